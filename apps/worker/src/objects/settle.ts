import type { JumpringError } from '@jumpring/contracts'
import { inTenant, type Sql } from '@jumpring/db'
import {
  correctBudget,
  type Effect,
  finishEffects,
  finishWork,
  holdConnection,
  type ObjectKind,
  type ObjectWritten,
  objectKinds,
  pauseForPerson,
  postponeEffects,
  postponeWork,
  quarantine,
  type RunCounts,
  resolveQuarantine,
  saveObjectLinks,
  subjectOf,
} from '@jumpring/db/engine'
import type { At } from '../context.ts'
import type { Lease } from '../lease.ts'
import type { Outcome } from '../perform.ts'
import {
  backoffSeconds,
  mostAttempts,
  mostLooks,
  noteState,
  ownOutcomes,
  platformState,
  refusedForSetting,
  type Settled,
} from '../platform-state.ts'
import type { Line } from '../session.ts'

/** Writes what came of a page's calls: effect, link, work list and quarantine in one transaction. */
export async function settleObjects(
  at: At,
  line: Line,
  lease: Pick<Lease, 'id'>,
  came: readonly Outcome<ObjectWritten>[],
  counts: RunCounts,
): Promise<Settled> {
  if (came.length === 0) return { paused: false, waitMs: 0, outage: false }
  const state = await platformState(line, came)
  const { connection } = at
  await inTenant(at.deps.db, connection.tenantId, async (sql) => {
    await holdConnection(sql, connection.id)
    const outcomes = await ownOutcomes(sql, lease, came)
    const done = outcomes.filter((outcome) => outcome.kind === 'accepted').map(({ effect }) => effect)
    await finishEffects(
      sql,
      done.map(({ id }) => ({ id, status: 'done' })),
    )
    await saveObjectLinks(
      sql,
      connection,
      done.flatMap((effect) => (isObject(effect.kind) ? [{ ...effect, kind: effect.kind, ...effect.decision }] : [])),
    )
    for (const { decision } of done) counts[decision.event === 'created' ? 'created' : 'updated'] += 1
    for (const outcome of outcomes) {
      if (outcome.kind === 'untried')
        await postponeEffects(sql, [{ id: outcome.effect.id, seconds: state.waitMs / 1000, counts: false }])
      if (outcome.kind === 'failed') await settleFailure(sql, at, outcome.effect, outcome.error, state.isWell, counts)
    }
    await finishWork(sql, connection.id, done)
    await resolveQuarantine(sql, connection.id, 'up', done.map(subjectOf))
    if (state.answered) await correctBudget(sql, connection, line.limit())
    await noteState(sql, connection, state.isWell)
    if (state.refusedUs) await pauseForPerson(sql, connection.id, state.refusedUs.code, state.refusedUs.message)
  })
  return { paused: state.refusedUs !== null, waitMs: state.waitMs, outage: !state.isWell }
}

/**
 * What a failed write means for its effect and its record.
 * @returns whether the effect is over: the write was not and will not be made
 */
export async function settleFailure(
  sql: Sql,
  { connection }: At,
  effect: Effect<unknown>,
  error: JumpringError,
  isWell: boolean,
  counts: RunCounts,
): Promise<boolean> {
  const close = () => finishEffects(sql, [{ id: effect.id, status: 'failed', errorCode: error.code }])
  const giveUp = async (code: JumpringError['code'], message: string) => {
    counts.failed += 1
    const { sourceId, kind, key } = effect
    await quarantine(sql, connection, [{ stage: 'up', subject: subjectOf(effect), sourceId, kind, key, code, message }])
    await finishWork(sql, connection.id, [effect])
    return true
  }
  const later = async (seconds: number, counts: boolean) => {
    await postponeEffects(sql, [{ id: effect.id, seconds, counts }])
    return false
  }
  switch (error.code) {
    case 'platform_refused':
    case 'value_does_not_fit':
      await close()
      return giveUp(error.code, error.message)
    case 'contact_not_found':
      // The contact's own write is applied late, or staff changed how it is known: decided anew, each time a second later.
      await close()
      if ((await postponeWork(sql, connection.id, effect)) >= mostLooks)
        await giveUp('deleted_on_platform', "The platform no longer has the customer's contact.")
      return true
    case 'configuration':
      await close()
      await refusedForSetting(sql, connection, effect, error)
      return true
    case 'rate_limited':
      return later((error.retryAfterMs ?? 1000) / 1000, false)
    case 'platform_unavailable':
      if (isWell && effect.attempts + 1 >= mostAttempts) {
        await close()
        return giveUp(
          'record_keeps_failing',
          `The platform failed ${mostAttempts} times on this record while it took others: ${error.message}`,
        )
      }
      return later(backoffSeconds(effect.attempts), isWell)
    case 'unexpected':
      if (effect.attempts + 1 >= mostAttempts) {
        await close()
        return giveUp(error.code, error.message)
      }
      return later(backoffSeconds(effect.attempts), true)
    default:
      return later(1, false)
  }
}

const isObject = (kind: string): kind is ObjectKind => objectKinds.some((one) => one === kind)
