import { randomUUID } from 'node:crypto'
import type { WrittenSheet } from '@jumpring/connector-kit'
import type { Sql } from '@jumpring/db'
import {
  type Effect,
  finishWork,
  type Lane,
  type NewEffect,
  type NewQuarantine,
  prepareEffects,
  quarantine,
  type RunCounts,
  reserveCalls,
  resolveQuarantine,
  type SheetLink,
  type SheetWork,
  type SheetWritten,
  saveSheets,
  sheetEffects,
  subjectOf,
  takeSheets,
  unfinishedEffects,
  waitForCustomers,
} from '@jumpring/db/engine'
import type { SheetFields } from '@jumpring/sync'
import type { At } from '../context.ts'
import { onConnection } from '../hold.ts'
import { type Lease, newLease } from '../lease.ts'
import { type Call, sheetCalls } from '../perform.ts'
import { setUnreadableAside } from '../set-aside.ts'
import { type DecidedSheet, decideSheets } from './decide.ts'
import { after } from './sheet.ts'

const pageSize: Record<Lane, number> = { live: 50, backfill: 200 }

/** Calls that may be made now. */
export interface PreparedSheets {
  readonly lease: Lease
  readonly calls: readonly Call<SheetWritten, WrittenSheet>[]
  readonly tookAny: boolean
  /** The rate limit gave fewer calls than there is work: ask again after this. */
  readonly waitMs: number
}

/**
 * Takes a page of the lane's sheets, decides them, and stores what the platform is to get as effects with their frozen payload. Effects
 * whose outcome is unknown come first.
 */
export async function prepareSheets(before: At, lane: Lane, counts: RunCounts): Promise<PreparedSheets> {
  const lease = newLease(before)
  const nothing = { lease, calls: [], tookAny: false, waitMs: 0 }
  if (!before.connector.freezeSheet) return nothing
  const page = await onConnection(before, async (sql, at) => {
    const { connection } = at
    const size = pageSize[lane]
    const { effects: unfinished, unreadable: broken } = await unfinishedEffects(
      sql,
      connection.id,
      lane,
      sheetEffects,
      size,
    )
    const { work, unreadable } = await takeSheets(sql, connection.id, lane, size - unfinished.length)
    const decided = await decideSheets(sql, at, work, counts)
    await settleWithoutCall(sql, at, decided, counts)
    const effects = await storeEffects(sql, at, lane, decided)
    const aside = await setUnreadableAside(sql, at, { records: unreadable, effects: broken }, counts)
    await finishWork(sql, connection.id, aside)
    const all = [...unfinished, ...effects]
    const { granted, waitMs } = await reserveCalls(sql, connection.id, all.length, (limit) =>
      lane === 'backfill' ? Math.ceil(limit / 10) : 0,
    )
    // What no call is left for is stored all the same, and goes first when there is.
    const ours = await lease.take(sql, all.slice(0, granted))
    return {
      lease,
      calls: sheetCalls(ours),
      tookAny: unfinished.length + work.length + aside.length > 0,
      waitMs,
    }
  })
  return page ?? nothing
}

async function settleWithoutCall(
  sql: Sql,
  { connection }: At,
  decided: readonly DecidedSheet[],
  counts: RunCounts,
): Promise<void> {
  const done: SheetWork[] = []
  const held: NewQuarantine[] = []
  const through: string[] = []
  const waiting: Parameters<typeof waitForCustomers>[2][number][] = []
  for (const { work, verdict } of decided) {
    if (verdict.kind === 'write') continue
    const { sourceId, kind, key } = work
    const aside = { stage: 'up', subject: subjectOf(work), sourceId, kind, key } as const
    if (verdict.kind === 'waits') {
      waiting.push({ sourceId, kind, key, ticket: work.ticket, customer: verdict.for })
      if (verdict.unknown !== null) held.push({ ...aside, code: 'unknown_customer', message: verdict.unknown })
      else through.push(subjectOf(work))
      continue
    }
    done.push(work)
    if (verdict.kind === 'done') {
      counts.unchanged += 1
      through.push(subjectOf(work))
    } else {
      const { code, message } = verdict
      held.push({ ...aside, code, message })
    }
  }
  counts.held += held.length
  await quarantine(sql, connection, held)
  await resolveQuarantine(sql, connection.id, 'up', through)
  await waitForCustomers(sql, connection.id, waiting)
  await finishWork(sql, connection.id, done)
}

/** The link says what is asked before the call is made: an event that the platform sends at once finds it. */
async function storeEffects(
  sql: Sql,
  { connection }: At,
  lane: Lane,
  decided: readonly DecidedSheet[],
): Promise<Effect<SheetWritten>[]> {
  const links = new Map<string, { link: SheetLink; fields: SheetFields }>()
  const effects: NewEffect<SheetWritten>[] = []
  for (const { work, verdict } of decided) {
    if (verdict.kind !== 'write') continue
    const { sourceId, kind, key, seq, ticket, changedAt } = work
    const { link, fields, frozen } = verdict
    const id = randomUUID()
    links.set(id, { link, fields })
    effects.push({
      id,
      sourceId,
      kind,
      key,
      seq,
      ticket,
      frozen,
      decision: { customer: link.customer, fields },
      changedAt,
    })
  }
  const stored = await prepareEffects(sql, connection, lane, effects)
  await saveSheets(
    sql,
    stored.flatMap(({ id }) => {
      const asked = links.get(id)
      return asked ? [after({ link: asked.link, lost: [] }, { type: 'platformAsked', fields: asked.fields }).link] : []
    }),
  )
  return stored
}
