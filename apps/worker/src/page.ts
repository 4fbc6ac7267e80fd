import { randomUUID } from 'node:crypto'
import type { Connector, Frozen } from '@jumpring/connector-kit'
import { JumpringError, settingsIn } from '@jumpring/contracts'
import type { Sql } from '@jumpring/db'
import {
  type ContactDecision,
  contactEffects,
  type Effect,
  finishWork,
  holderId,
  insertLinks,
  type Lane,
  type NewEffect,
  type NewQuarantine,
  postponeWork,
  prepareEffects,
  quarantine,
  type RunCounts,
  reserveCalls,
  resolveQuarantine,
  saveLinks,
  shareContacts,
  takeWork,
  unfinishedEffects,
  type WorkItem,
} from '@jumpring/db/engine'
import { identifiersOf, prepared, unlinked } from '@jumpring/sync'
import type { At } from './context.ts'
import { isWrite, type Verdict, type Write } from './decide.ts'
import { type Decided, decidePage } from './decide-page.ts'
import { withFreshLinks } from './fresh-links.ts'
import { onConnection } from './hold.ts'
import { type Lease, newLease } from './lease.ts'
import { lookAtLinks } from './owners.ts'
import { setRecordsAside, setUnreadableAside } from './set-aside.ts'
import { whereOf } from './unexpected.ts'

const pageSize: Record<Lane, number> = { live: 50, backfill: 200 }
/** Of a bulk while other connections have live changes: soon over. */
const considerateSize = 10

const sizeOf = ({ deps, connection }: At, lane: Lane) =>
  lane === 'backfill' && deps.precedence.areOthersLive(connection.id) ? considerateSize : pageSize[lane]

/** Effects that are stored and may be sent now. */
export interface PreparedPage {
  readonly lease: Lease
  readonly effects: readonly Effect<ContactDecision>[]
  /** Whether there was anything to take, with or without a call to make. */
  readonly tookAny: boolean
  /** The rate limit gave fewer calls than there is work: ask again after this. */
  readonly waitMs: number
}

/**
 * Takes a page of the lane's work and decides it. What needs no call is settled here; what does is stored as effects with their
 * frozen payload, as many as the rate limit allows. Effects of an earlier run whose outcome is unknown come first.
 */
export async function preparePage(
  before: At,
  lane: Lane,
  counts: RunCounts,
  size = sizeOf(before, lane),
): Promise<PreparedPage> {
  const lease = newLease(before)
  const page = await onConnection(before, async (sql, at) => {
    const { connection } = at
    await shareContacts(sql, connection.id)
    const { effects: unfinished, unreadable: broken } = await unfinishedEffects(
      sql,
      connection.id,
      lane,
      contactEffects,
      size,
    )
    const taken = await takeWork(sql, connection.id, lane, size - unfinished.length)
    const items = await withFreshLinks(sql, at, taken.items, counts)
    const { decided, lookAt, waiting } = await decidePage(sql, at, items)
    const writes = decided.filter(({ verdict }) => isWrite(verdict))
    const { granted, waitMs } = await reserveCalls(sql, connection.id, unfinished.length + writes.length, (limit) =>
      // Live changes always find some calls left.
      lane === 'backfill' ? Math.ceil(limit / 10) : 0,
    )
    const settled = await settleWithoutCall(sql, at, decided, counts)
    const granting = Math.max(0, granted - unfinished.length)
    const { effects, refused } = await storeEffects(sql, at, lane, writes.slice(0, granting), counts)
    const left = await setUnreadableAside(sql, at, { records: taken.unreadable, effects: broken }, counts)
    // Last: whoever waits for a row of the work list holds no link that another needs.
    await finishWork(sql, connection.id, [...settled, ...refused, ...left])
    await lookAtLinks(sql, at, lookAt)
    for (const item of waiting) await postponeWork(sql, connection.id, item)
    return {
      lease,
      effects: await lease.take(sql, [...unfinished.slice(0, granted), ...effects]),
      tookAny: unfinished.length + items.length + left.length > 0,
      waitMs,
    }
  })
  return page ?? { lease, effects: [], tookAny: false, waitMs: 0 }
}

/** Held, skipped and unchanged records, with a reason where a person should know. Gives those that are done. */
export async function settleWithoutCall(
  sql: Sql,
  { connection }: At,
  decided: readonly Decided[],
  counts: RunCounts,
): Promise<WorkItem[]> {
  const settled = decided.filter(({ verdict }) => !isWrite(verdict))
  const held: NewQuarantine[] = []
  for (const { item, verdict } of settled) {
    if (verdict.kind === 'held') {
      counts.held += 1
      held.push({
        stage: 'up',
        subject: holderId(item.sourceId, item.key),
        sourceId: item.sourceId,
        key: item.key,
        code: verdict.code,
        message: verdict.message,
      })
    } else {
      counts.unchanged += 1
    }
  }
  await saveLinks(
    sql,
    settled.flatMap(({ item: { link }, verdict }) => {
      if (!link) return []
      if (verdict.kind === 'unchanged') return [{ ...link, state: { ...link.state, sent: verdict.decision.sent } }]
      const sharedWith = sharedWithOf(verdict)
      if (sharedWith) return [{ ...link, status: 'shared' as const, sharedWith }]
      // Kept apart from whose contact it shared: what belongs to the customer is not shown there any more.
      const stoodBack = verdict.kind === 'held' && link.status === 'shared' && link.uid === null
      return stoodBack ? [{ ...link, status: 'active' as const, sharedWith: null }] : []
    }),
  )
  await insertLinks(
    sql,
    connection,
    settled.flatMap(({ item: { link, sourceId, key }, verdict }) => {
      const sharedWith = sharedWithOf(verdict)
      return sharedWith && !link ? [{ sourceId, key, status: 'shared' as const, sharedWith }] : []
    }),
  )
  await quarantine(sql, connection, held)
  await resolveQuarantine(
    sql,
    connection.id,
    'up',
    settled.filter(({ verdict }) => verdict.kind !== 'held').map(({ item }) => holderId(item.sourceId, item.key)),
  )
  return settled.map(({ item }) => item)
}

const sharedWithOf = (verdict: Verdict): string | undefined =>
  verdict.kind === 'joined' || verdict.kind === 'held' ? verdict.sharedWith : undefined

/** Stores what is to be written, with its link; `refused` is what cannot be, and is set aside. */
export async function storeEffects(
  sql: Sql,
  at: At,
  lane: Lane,
  writes: readonly Decided[],
  counts: RunCounts,
): Promise<{ effects: Effect<ContactDecision>[]; refused: WorkItem[] }> {
  const { connection } = at
  const refused: WorkItem[] = []
  const frozen: { item: WorkItem; effect: NewEffect<ContactDecision> }[] = []
  for (const { item, verdict } of writes) {
    if (!isWrite(verdict)) continue
    const payload = freeze(at, item, verdict)
    if (payload instanceof JumpringError) {
      await setRecordsAside(sql, at, [item], payload, counts)
      refused.push(item)
      continue
    }
    frozen.push({
      item,
      effect: {
        id: randomUUID(),
        sourceId: item.sourceId,
        kind: item.kind,
        key: item.key,
        seq: item.seq,
        ticket: item.ticket,
        frozen: payload,
        decision: verdict.decision,
        changedAt: item.changedAt,
      },
    })
  }
  const effects = await prepareEffects(
    sql,
    connection,
    lane,
    frozen.map(({ effect }) => effect),
  )
  const stored = new Map(effects.map((effect) => [holderId(effect.sourceId, effect.key), effect]))
  const taken = frozen.filter(({ item }) => stored.has(holderId(item.sourceId, item.key)))
  // The link stands before the call is made: an event that the platform sends at once finds it.
  const linked = taken.map(({ item, effect }) => {
    const state = prepared(item.link?.state ?? unlinked, effect.decision)
    return {
      link: item.link,
      change: {
        sourceId: item.sourceId,
        key: item.key,
        status: 'active' as const,
        sharedWith: null,
        state,
        identifiers: identifiersOf(state),
      },
    }
  })
  await saveLinks(
    sql,
    linked.flatMap(({ link, change }) => (link ? [{ ...link, ...change }] : [])),
  )
  await insertLinks(
    sql,
    connection,
    linked.flatMap(({ link, change: { sharedWith: _, ...change } }) => (link ? [] : [change])),
  )
  return { effects, refused }
}

/** How the platform may know the contact, the likeliest first. */
function knownBy({ identity }: Connector, { link, key }: Pick<WorkItem, 'link' | 'key'>): readonly string[] {
  if (identity === 'methods') return identifiersOf(link?.state ?? unlinked)
  const { uid, state } = link ?? { uid: null, state: unlinked }
  // By the number that stands there, which is the old one of a customer who has got a new one.
  return [...new Set([uid, state.sent.externalId, key])].filter((one) => one !== null && one !== undefined)
}

function freeze({ deps, connector, connection }: At, item: WorkItem, verdict: Write): Frozen | JumpringError {
  try {
    if (verdict.kind === 'merge') {
      const kept = { key: verdict.decision.into, link: verdict.into }
      if (!connector.freezeMerge) throw new JumpringError('configuration')
      return connector.freezeMerge(knownBy(connector, kept), knownBy(connector, item))
    }
    return verdict.kind === 'create'
      ? connector.freezeCreate(verdict.decision.write, {
          edgeKey: item.key,
          settings: settingsIn(item.sourceId, connection.settings),
          externalIdField: connection.externalIdField,
          acquisitionField: connection.acquisitionField,
        })
      : connector.freezeUpdate(verdict.decision.write, knownBy(connector, item), connection.acquisitionField)
  } catch (error) {
    // A store without a location holds up its own customers, not the others'.
    if (error instanceof JumpringError) return error
    deps.log.error({ connectionId: connection.id, ...whereOf(error) }, 'a record could not be made into a payload')
    return new JumpringError('unexpected')
  }
}
