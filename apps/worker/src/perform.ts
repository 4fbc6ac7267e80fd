import { frozenSchema, type Session, type WrittenSheet } from '@jumpring/connector-kit'
import { JumpringError } from '@jumpring/contracts'
import type { Effect } from '@jumpring/db/engine'
import type { Logger } from 'pino'
import { LeaseLost } from './lease.ts'
import { isOfSurroundings, whereOf } from './unexpected.ts'

/** What came of one effect's call. */
export type Outcome<Decision, Answer = unknown> =
  | { readonly effect: Effect<Decision>; readonly kind: 'accepted'; readonly answer: Answer }
  | { readonly effect: Effect<Decision>; readonly kind: 'failed'; readonly error: JumpringError }
  /** Not tried: the platform had asked to wait, or refused us altogether, or our lease had run out. */
  | { readonly effect: Effect<Decision>; readonly kind: 'untried' }

/** One call to the platform and the effects that it carries. */
export interface Call<Decision, Answer = unknown> {
  readonly effects: readonly Effect<Decision>[]
  /** @returns per effect, in order: the platform's answer when it was accepted, else what became of it. Throws what befalls the call as a whole. */
  make(session: Session): Promise<readonly (JumpringError | Answer)[]>
}

/** A contact's write is a call of its own. */
export function contactCalls<Decision>(effects: readonly Effect<Decision>[]): Call<Decision>[] {
  return effects.map((effect) => ({
    effects: [effect],
    make: async (session) => [await session.write(frozenSchema.parse(effect.frozen))],
  }))
}

/** So is a sheet's. */
export function sheetCalls<Decision>(effects: readonly Effect<Decision>[]): Call<Decision, WrittenSheet>[] {
  return effects.map((effect) => ({
    effects: [effect],
    make: async (session) => {
      if (!session.writeSheet)
        throw new JumpringError('configuration', 'This platform has nothing that goes both ways.')
      return [await session.writeSheet(frozenSchema.parse(effect.frozen))]
    },
  }))
}

/** Objects that go the same way share calls. What cannot be read is a call of its own, which fails. */
export function objectCalls<Decision>(effects: readonly Effect<Decision>[], mostObjects: number): Call<Decision>[] {
  const frozen = effects.flatMap((effect) => {
    const { data: payload } = frozenSchema.safeParse(effect.frozen)
    return payload ? [{ effect, payload }] : []
  })
  const readable = new Set(frozen.map(({ effect }) => effect))
  const broken = effects.filter((effect) => !readable.has(effect))
  const shared = [...Map.groupBy(frozen, ({ payload }) => payload.route)].flatMap(([, ofRoute]) =>
    chunks(ofRoute, mostObjects).map((chunk) => ({
      effects: chunk.map(({ effect }) => effect),
      make: (session: Session) => session.writeObjects(chunk.map(({ payload }) => payload)),
    })),
  )
  return [...shared, ...contactCalls(broken)]
}

const atOnce = 16
/** So many calls in a row without an answer: the platform is out, and the rest need not be tried. */
const mostSilent = 16

/**
 * Makes the calls, several at once; no two of a page are about the same record. Stops when the platform asks to wait or no longer
 * accepts our credentials. A fault of ours in one call is that one's outcome.
 * @throws when the database is away
 */
export async function perform<Decision, Answer>(
  session: Session,
  calls: readonly Call<Decision, Answer>[],
  log: Logger,
): Promise<Outcome<Decision, Answer>[]> {
  const outcomes: Outcome<Decision, Answer>[] = []
  const waiting = [...calls]
  let stopped = false
  let silent = 0
  const caller = async () => {
    for (let call = waiting.shift(); call; call = waiting.shift()) {
      const answers = stopped ? untried(call) : await make(session, call, log)
      outcomes.push(...answers)
      const codes = answers.map((answer) => (answer.kind === 'failed' ? answer.error.code : answer.kind))
      if (codes.includes('accepted')) silent = 0
      else if (codes.includes('platform_unavailable')) silent += 1
      if (silent >= mostSilent || codes.some((code) => ['rate_limited', 'auth', 'configuration'].includes(code)))
        stopped = true
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, calls.length) }, caller))
  return outcomes
}

const untried = <Decision, Answer>({ effects }: Call<Decision, Answer>): Outcome<Decision, Answer>[] =>
  effects.map((effect) => ({ effect, kind: 'untried' }))

async function make<Decision, Answer>(
  session: Session,
  call: Call<Decision, Answer>,
  log: Logger,
): Promise<Outcome<Decision, Answer>[]> {
  try {
    const answers = await call.make(session)
    return call.effects.flatMap((effect, index): Outcome<Decision, Answer>[] => {
      const answer = answers[index]
      if (answer === undefined) return []
      return [
        answer instanceof JumpringError
          ? { effect, kind: 'failed', error: answer }
          : { effect, kind: 'accepted', answer },
      ]
    })
  } catch (error) {
    if (error instanceof JumpringError)
      return call.effects.map((effect) => ({ effect, kind: 'failed' as const, error }))
    if (error instanceof LeaseLost) return untried(call)
    if (isOfSurroundings(error)) throw error
    log.error({ effectIds: call.effects.map(({ id }) => id), ...whereOf(error) }, 'a call could not be made')
    const unexpected = new JumpringError('unexpected')
    return call.effects.map((effect) => ({ effect, kind: 'failed' as const, error: unexpected }))
  }
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
}
