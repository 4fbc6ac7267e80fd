import type { JumpringError } from '@jumpring/contracts'
import { inTenant, type Sql } from '@jumpring/db'
import {
  askPlatformSoon,
  type ContactDecision,
  correctBudget,
  type Effect,
  finishEffects,
  finishWork,
  holdConnection,
  holderId,
  type Link,
  lockLinksByKeys,
  pauseForPerson,
  postponeEffects,
  postponeWork,
  quarantine,
  type RunCounts,
  resolveQuarantine,
  saveLinks,
  shareContacts,
} from '@jumpring/db/engine'
import { accepted, identifiersOf, type LinkState, refused } from '@jumpring/sync'
import { z } from 'zod'
import type { At } from './context.ts'
import type { Lease } from './lease.ts'
import { endAsMerged } from './mergers.ts'
import type { Outcome } from './perform.ts'
import {
  backoffSeconds,
  mostAttempts,
  mostLooks,
  noteState,
  ownOutcomes,
  platformState,
  refusedForSetting,
  type Settled,
} from './platform-state.ts'
import type { Line } from './session.ts'

/** Writes what came of a page's calls: effect, link, work list and quarantine in one transaction. */
export async function settle(
  at: At,
  line: Line,
  lease: Pick<Lease, 'id'>,
  came: readonly Outcome<ContactDecision>[],
  counts: RunCounts,
): Promise<Settled> {
  if (came.length === 0) return { paused: false, waitMs: 0, outage: false }
  const { answered, isWell: platformIsWell, refusedUs, waitMs } = await platformState(line, came)

  const { connection } = at
  const isLost = came.some((outcome) => isFailure(outcome, 'contact_not_found'))
  await inTenant(at.deps.db, connection.tenantId, async (sql) => {
    await holdConnection(sql, connection.id)
    await shareContacts(sql, connection.id)
    const links = await linksOf(sql, at, came)
    const outcomes = await ownOutcomes(sql, lease, came)
    const changed: Link[] = []
    const change = (
      effect: Effect<ContactDecision>,
      next: (state: LinkState) => LinkState,
      uid: string | null = null,
    ) => {
      const link = links.get(holderId(effect.sourceId, effect.key))
      if (!link) return
      const state = next(link.state)
      changed.push({ ...link, uid: link.uid ?? uid, state, identifiers: identifiersOf(state) })
    }
    const done = outcomes.filter((outcome) => outcome.kind === 'accepted').map((outcome) => outcome.effect)
    await finishEffects(
      sql,
      done.map((effect) => ({ id: effect.id, status: 'done' })),
    )
    for (const outcome of outcomes) {
      const { effect } = outcome
      const where = {
        stage: 'up' as const,
        subject: holderId(effect.sourceId, effect.key),
        sourceId: effect.sourceId,
        key: effect.key,
      }
      if (outcome.kind === 'accepted') {
        counts[effect.attempts === 0 && isCreate(effect) ? 'created' : 'updated'] += 1
        if (effect.decision.into === undefined)
          change(
            effect,
            (state) => accepted(state, effect.decision),
            isTheirs(effect) ? uidIn(at, outcome.answer) : null,
          )
      } else if (outcome.kind === 'untried') {
        await postponeEffects(sql, [{ id: effect.id, seconds: waitMs / 1000, counts: false }])
      } else {
        await settleFailure(sql, at, {
          effect,
          error: outcome.error,
          where,
          platformIsWell,
          counts,
          change,
          links,
          changed,
        })
      }
    }
    await saveLinks(sql, changed)
    await settleMergers(sql, at, outcomes)
    await finishWork(sql, connection.id, done)
    await resolveQuarantine(
      sql,
      connection.id,
      'up',
      done.map((effect) => holderId(effect.sourceId, effect.key)),
    )
    if (answered) await correctBudget(sql, connection, line.limit())
    await noteState(sql, connection, platformIsWell)
    // Staff may have changed both phone and e-mail, and the event may be lost: what the platform shows now will tell.
    if (isLost) await askPlatformSoon(sql, connection.id)
    if (refusedUs) await pauseForPerson(sql, connection.id, refusedUs.code, refusedUs.message)
  })
  return { paused: refusedUs !== null, waitMs, outage: !platformIsWell }
}

interface Failure {
  readonly effect: Effect<ContactDecision>
  readonly error: JumpringError
  readonly where: { readonly stage: 'up'; readonly subject: string; readonly sourceId: string; readonly key: string }
  readonly platformIsWell: boolean
  readonly counts: RunCounts
  readonly change: (effect: Effect<ContactDecision>, next: (state: LinkState) => LinkState) => void
  readonly links: ReadonlyMap<string, Link>
  readonly changed: Link[]
}

async function settleFailure(sql: Sql, { connection }: At, failure: Failure): Promise<void> {
  const { effect, error, where, counts, change } = failure
  const close = (errorCode: JumpringError['code']) =>
    finishEffects(sql, [{ id: effect.id, status: 'failed', errorCode }])
  const giveUp = async (code: JumpringError['code'], message: string) => {
    await close(code)
    counts.failed += 1
    change(effect, (state) => refused(state, effect.decision))
    await quarantine(sql, connection, [{ ...where, code, message }])
    await finishWork(sql, connection.id, [effect])
  }
  switch (error.code) {
    case 'platform_refused':
    case 'value_does_not_fit':
      return giveUp(error.code, error.message)
    case 'contact_not_found': {
      // The call was answered: it is known not to have been done, and is decided anew.
      await close(error.code)
      change(effect, (state) => refused(state, effect.decision))
      if ((await postponeWork(sql, connection.id, effect)) < mostLooks) return
      const link = failure.changed.pop()
      // One that has become another's meanwhile is not the contact that was looked for.
      if (link) failure.changed.push(link.status === 'active' ? { ...link, status: 'gone' } : link)
      counts.held += 1
      await quarantine(sql, connection, [
        {
          ...where,
          code: 'deleted_on_platform',
          message: 'The platform no longer has the contact; it is not made again by itself.',
        },
      ])
      return finishWork(sql, connection.id, [effect])
    }
    case 'configuration':
      await close(error.code)
      change(effect, (state) => refused(state, effect.decision))
      return refusedForSetting(sql, connection, effect, error)
    case 'rate_limited':
      return postponeEffects(sql, [{ id: effect.id, seconds: (error.retryAfterMs ?? 1000) / 1000, counts: false }])
    case 'platform_unavailable': {
      if (failure.platformIsWell && effect.attempts + 1 >= mostAttempts)
        return giveUp(
          'record_keeps_failing',
          `The platform failed ${mostAttempts} times on this record while it took others: ${error.message}`,
        )
      return postponeEffects(sql, [
        { id: effect.id, seconds: backoffSeconds(effect.attempts), counts: failure.platformIsWell },
      ])
    }
    case 'unexpected': {
      if (effect.attempts + 1 >= mostAttempts) return giveUp(error.code, error.message)
      return postponeEffects(sql, [{ id: effect.id, seconds: backoffSeconds(effect.attempts), counts: true }])
    }
    default:
      return postponeEffects(sql, [{ id: effect.id, seconds: 1, counts: false }])
  }
}

/** What became of merges. While one is under way the events of who remains wait; they are looked at again, whatever came of it. */
async function settleMergers(sql: Sql, at: At, outcomes: readonly Outcome<ContactDecision>[]): Promise<void> {
  for (const { kind, effect } of outcomes) {
    const { sourceId, key, decision } = effect
    if (decision.into === undefined) continue
    if (kind === 'accepted') await endAsMerged(sql, at, { sourceId, from: key, to: decision.into })
    await saveLinks(sql, await lockLinksByKeys(sql, at.connection.id, sourceId, [decision.into]))
  }
}

async function linksOf(
  sql: Sql,
  { connection }: At,
  outcomes: readonly Outcome<ContactDecision>[],
): Promise<Map<string, Link>> {
  const links = new Map<string, Link>()
  const bySource = Map.groupBy(outcomes, (outcome) => outcome.effect.sourceId)
  for (const [sourceId, ofSource] of bySource) {
    const keys = ofSource.flatMap(({ effect: { key, decision } }) => [key, ...(decision.into ? [decision.into] : [])])
    const found = await lockLinksByKeys(sql, connection.id, sourceId, keys)
    for (const link of found) if (link.key !== null) links.set(holderId(sourceId, link.key), link)
  }
  return links
}

/** A contact that gets its own values back, after a wrong match, is the customer's no more. */
const isTheirs = ({ decision }: Effect<ContactDecision>): boolean => Object.keys(decision.sent).length > 0

/** Where the number makes a contact, a write is answered with the contact's uid; else only the platform's word of it tells that. */
const uidIn = ({ connector }: At, answer: unknown): string | null =>
  connector.identity === 'externalId' ? (writtenSchema.safeParse(answer).data?.identifier ?? null) : null

const writtenSchema = z.object({ identifier: z.string() })

const isFailure = (outcome: Outcome<unknown>, code: JumpringError['code']) =>
  outcome.kind === 'failed' && outcome.error.code === code

const isCreate = (effect: Effect<ContactDecision>) =>
  typeof effect.frozen === 'object' && effect.frozen !== null && 'op' in effect.frozen && effect.frozen.op === 'create'
