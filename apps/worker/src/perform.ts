import { frozenSchema, type Session } from '@jumpring/connector-kit'
import { JumpringError } from '@jumpring/contracts'
import type { Effect } from '@jumpring/db/engine'

/** What came of one call. */
export type Outcome =
  | { readonly effect: Effect; readonly kind: 'accepted' }
  | { readonly effect: Effect; readonly kind: 'failed'; readonly error: JumpringError }
  /** Not tried: the platform had asked to wait, or refused us altogether. */
  | { readonly effect: Effect; readonly kind: 'untried' }

const atOnce = 16
/** So many calls in a row without an answer: the platform is out, and the rest need not be tried. */
const mostSilent = 16

/**
 * Makes the calls, several at once; no two of a page are about the same contact. Stops when the platform asks to wait or no longer
 * accepts our credentials.
 * @throws unexpected errors only
 */
export async function perform(session: Session, effects: readonly Effect[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const waiting = [...effects]
  let stopped = false
  let silent = 0
  const caller = async () => {
    for (let effect = waiting.shift(); effect; effect = waiting.shift()) {
      const outcome: Outcome = stopped ? { effect, kind: 'untried' } : await call(session, effect)
      outcomes.push(outcome)
      if (outcome.kind === 'accepted') silent = 0
      else if (outcome.kind === 'failed' && outcome.error.code === 'platform_unavailable') silent += 1
      if (silent >= mostSilent) stopped = true
      if (outcome.kind === 'failed' && ['rate_limited', 'auth', 'configuration'].includes(outcome.error.code))
        stopped = true
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, effects.length) }, caller))
  return outcomes
}

async function call(session: Session, effect: Effect): Promise<Outcome> {
  try {
    await session.write(frozenSchema.parse(effect.frozen))
    return { effect, kind: 'accepted' }
  } catch (error) {
    if (error instanceof JumpringError) return { effect, kind: 'failed', error }
    throw error
  }
}
