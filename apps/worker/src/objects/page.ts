import { randomUUID } from 'node:crypto'
import type { Frozen, ObjectWrite } from '@jumpring/connector-kit'
import { JumpringError, openStreams, settingsIn } from '@jumpring/contracts'
import type { Sql } from '@jumpring/db'
import {
  type ContactRef,
  type CustomerAt,
  contactsOf,
  type Effect,
  finishWork,
  holderId,
  type Lane,
  moveItemLinks,
  type NewEffect,
  type NewQuarantine,
  type ObjectWork,
  type ObjectWritten,
  objectEffects,
  prepareEffects,
  quarantine,
  type RunCounts,
  reserveCalls,
  resolveQuarantine,
  subjectOf,
  takeObjects,
  unfinishedEffects,
  waitForCustomers,
} from '@jumpring/db/engine'
import { momentOf } from '@jumpring/sync'
import type { At } from '../context.ts'
import { onConnection } from '../hold.ts'
import { type Lease, newLease } from '../lease.ts'
import { type Call, objectCalls } from '../perform.ts'
import { setUnreadableAside } from '../set-aside.ts'
import { whereOf } from '../unexpected.ts'
import { decide, type ObjectVerdict, type Surroundings } from './decide.ts'

const pageSize: Record<Lane, number> = { live: 100, backfill: 1000 }

/** Calls that may be made now. */
export interface PreparedObjects {
  readonly lease: Lease
  readonly calls: readonly Call<ObjectWritten>[]
  readonly tookAny: boolean
  /** The rate limit gave fewer calls than there is work: ask again after this. */
  readonly waitMs: number
}

/**
 * Takes a page of the lane's records that are no customers, decides them, and stores what is to be written as effects with their
 * frozen payload. Effects whose outcome is unknown come first.
 */
export async function prepareObjects(before: At, lane: Lane, counts: RunCounts): Promise<PreparedObjects> {
  const lease = newLease(before)
  const page = await onConnection(before, async (sql, at) => {
    const { connection, connector } = at
    const { effects: unfinished, unreadable: broken } = await unfinishedEffects(
      sql,
      connection.id,
      lane,
      objectEffects,
      pageSize[lane],
    )
    const { work, unreadable } = await takeObjects(sql, connection.id, lane, pageSize[lane] - unfinished.length)
    const decided = await decideObjects(sql, at, work)
    const effects = await storeEffects(sql, at, lane, decided, counts)
    await settleWithoutCall(sql, at, decided, counts)
    const aside = await setUnreadableAside(sql, at, { records: unreadable, effects: broken }, counts)
    await finishWork(sql, connection.id, aside)
    const calls = objectCalls([...unfinished, ...effects], connector.mostObjects)
    const { granted, waitMs } = await reserveCalls(sql, connection.id, calls.length, (limit) =>
      lane === 'backfill' ? Math.ceil(limit / 10) : 0,
    )
    // What no call is left for is stored all the same, and goes first when there is.
    const ours = await lease.take(
      sql,
      calls.slice(0, granted).flatMap((call) => call.effects),
    )
    return {
      lease,
      calls: objectCalls(ours, connector.mostObjects),
      tookAny: unfinished.length + work.length + aside.length > 0,
      waitMs,
    }
  })
  return page ?? { lease, calls: [], tookAny: false, waitMs: 0 }
}

export interface DecidedObject {
  readonly work: ObjectWork
  readonly verdict: ObjectVerdict
}

export async function decideObjects(sql: Sql, at: At, taken: readonly ObjectWork[]): Promise<DecidedObject[]> {
  if (taken.length === 0) return []
  const { connection } = at
  const work = await withMovedLinks(sql, connection.id, taken)
  const wanted = new Map<string, CustomerAt>()
  for (const { sourceId, kind, record } of work)
    if (kind !== 'item' && record.customer !== undefined)
      wanted.set(holderId(sourceId, record.customer), { sourceId, customer: record.customer })
  const found = await contactsOf(sql, connection, [...wanted.values()])
  const contacts = new Map([...wanted.keys()].map((id, index) => [id, found[index]]))
  const nobody: ContactRef = {
    shown: 'nothing',
    identifiers: null,
    name: null,
    uid: null,
    holder: null,
    isShared: false,
  }
  const around = {
    identity: at.connector.identity,
    streams: openStreams(connection.platform, connection.tier, connection.settings.streams),
    settings: connection.settings,
    now: new Date().toISOString(),
  }
  return work.map((one) => ({
    work: one,
    verdict: decideOne(at, one, {
      ...around,
      contactOf: (customer) => contacts.get(holderId(one.sourceId, customer)) ?? nobody,
    }),
  }))
}

/** An item with a new number goes on as the product that the old number was. */
async function withMovedLinks(
  sql: Sql,
  connectionId: string,
  taken: readonly ObjectWork[],
): Promise<readonly ObjectWork[]> {
  const moved = await moveItemLinks(
    sql,
    connectionId,
    taken.flatMap((one) =>
      one.kind === 'item' && one.link === null && one.record.oldKey !== undefined
        ? [{ sourceId: one.sourceId, from: one.record.oldKey, to: one.key }]
        : [],
    ),
  )
  const given = new Map(moved.map(({ sourceId, to, link }) => [holderId(sourceId, to), link]))
  const away = new Set(moved.map(({ sourceId, from }) => holderId(sourceId, from)))
  return taken.map((one) => {
    if (one.kind !== 'item') return one
    const id = holderId(one.sourceId, one.key)
    return { ...one, link: given.get(id) ?? (away.has(id) ? null : one.link) }
  })
}

async function storeEffects(
  sql: Sql,
  at: At,
  lane: Lane,
  decided: readonly DecidedObject[],
  counts: RunCounts,
): Promise<Effect<ObjectWritten>[]> {
  const { connection } = at
  const effects: NewEffect<ObjectWritten>[] = []
  for (const { work, verdict } of decided) {
    if (verdict.kind !== 'write') continue
    const { sourceId, kind, key, seq, ticket, seenAt, changedAt } = work
    const id = randomUUID()
    const externalId = work.link?.externalId ?? `${sourceId}/${kind}/${key}`
    const { object, event, contact } = verdict
    const moment = momentOf(object, work.link?.state ?? { sent: null }, seenAt.toISOString())
    const frozen = freeze(at, sourceId, {
      externalId,
      eventId: id,
      event,
      object,
      at: moment,
      contact: contact && { edgeKey: contact.edgeKey, name: contact.name, identifiers: contact.identifiers ?? [] },
    })
    if (frozen instanceof JumpringError) {
      counts.held += 1
      await quarantine(sql, connection, [held(work, frozen.code, frozen.message)])
      await finishWork(sql, connection.id, [work])
      continue
    }
    const decision = { externalId, event, customer: contact?.edgeKey ?? null, object, at: moment }
    effects.push({ id, sourceId, kind, key, seq, ticket, frozen, decision, changedAt })
  }
  return prepareEffects(sql, connection, lane, effects)
}

function freeze({ deps, connector, connection }: At, sourceId: string, write: ObjectWrite): Frozen | JumpringError {
  try {
    return connector.freezeObject(write, settingsIn(sourceId, connection.settings))
  } catch (error) {
    // A stream without a place to go holds up its own records, not the others'.
    if (error instanceof JumpringError) return error
    deps.log.error({ connectionId: connection.id, ...whereOf(error) }, 'a record could not be made into a payload')
    return new JumpringError('unexpected')
  }
}

/** A fault of ours that one record brings out holds up that one only. */
function decideOne({ deps, connection }: At, work: ObjectWork, around: Surroundings): ObjectVerdict {
  try {
    return decide(work, around)
  } catch (error) {
    deps.log.error({ connectionId: connection.id, ...whereOf(error) }, 'a record could not be decided')
    const { code, message } = new JumpringError('unexpected')
    return { kind: 'held', code, message }
  }
}

/** What needs no call: off the work list, or waiting for its customer; with a reason where a person should know. */
async function settleWithoutCall(
  sql: Sql,
  { connection }: At,
  decided: readonly DecidedObject[],
  counts: RunCounts,
): Promise<void> {
  const aside: NewQuarantine[] = []
  const waiting: (CustomerAt & { kind: ObjectWork['kind']; key: string; ticket: string })[] = []
  const done: ObjectWork[] = []
  const through: string[] = []
  for (const { work, verdict } of decided) {
    if (verdict.kind === 'write') continue
    if (verdict.kind === 'waits') {
      waiting.push({ ...work, customer: verdict.customer })
      if (verdict.unknown !== null) aside.push(held(work, 'unknown_customer', verdict.unknown))
      else through.push(subjectOf(work))
      continue
    }
    done.push(work)
    if (verdict.kind === 'held') aside.push(held(work, verdict.code, verdict.message))
    else {
      counts.unchanged += 1
      through.push(subjectOf(work))
    }
  }
  counts.held += aside.length
  await quarantine(sql, connection, aside)
  await resolveQuarantine(sql, connection.id, 'up', through)
  await waitForCustomers(sql, connection.id, waiting)
  await finishWork(sql, connection.id, done)
}

function held(
  work: Pick<ObjectWork, 'sourceId' | 'kind' | 'key'>,
  code: NewQuarantine['code'],
  message: string,
): NewQuarantine {
  return {
    stage: 'up',
    subject: subjectOf(work),
    sourceId: work.sourceId,
    kind: work.kind,
    key: work.key,
    code,
    message,
  }
}
