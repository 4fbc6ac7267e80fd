import { randomUUID } from 'node:crypto'
import type { Frozen, WrittenSheet } from '@jumpring/connector-kit'
import { JumpringError, looksAt, openStreams } from '@jumpring/contracts'
import type { Sql } from '@jumpring/db'
import {
  type ContactRef,
  contactsOf,
  type Effect,
  feedMarks,
  findItem,
  finishWork,
  insertSheets,
  type Lane,
  lockSheetsByKey,
  lockWishesOf,
  mappingVersion,
  type NewEffect,
  type NewQuarantine,
  prepareEffects,
  putWork,
  quarantine,
  type RunCounts,
  reserveCalls,
  resolveQuarantine,
  type SheetLink,
  type SheetWork,
  type SheetWritten,
  saveSheets,
  sheetEffects,
  sheetIdOf,
  subjectOf,
  takeSheets,
  unfinishedEffects,
  untilRead,
  waitForCustomers,
} from '@jumpring/db/engine'
import { due, projectWishedItem, type SheetFields, toPreferences } from '@jumpring/sync'
import { type At, bringsSheetsDown } from '../context.ts'
import { onConnection } from '../hold.ts'
import { type Lease, newLease } from '../lease.ts'
import { type Call, sheetCalls } from '../perform.ts'
import { setUnreadableAside } from '../set-aside.ts'
import { whereOf } from '../unexpected.ts'
import { edgeSheetOf } from './edge.ts'
import { after, askEdge, keepLost, underMapping, withEdge } from './sheet.ts'

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
    const effects = await decideSheets(sql, at, lane, work, counts)
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

/** What is known around a page of sheets. */
interface Around {
  readonly counts: RunCounts
  /** The version of the mapping of custom fields. */
  readonly mapping: number
}

/** What becomes of one sheet. */
type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'waits'; readonly for: string }
  | { readonly kind: 'held'; readonly code: NewQuarantine['code']; readonly message: string }
  | { readonly kind: 'write'; readonly link: SheetLink; readonly fields: SheetFields; readonly frozen: Frozen }

async function decideSheets(
  sql: Sql,
  at: At,
  lane: Lane,
  taken: readonly SheetWork[],
  counts: RunCounts,
): Promise<Effect<SheetWritten>[]> {
  if (taken.length === 0) return []
  const { connection } = at
  const streams = openStreams(connection.platform, connection.tier, connection.settings.streams)
  const around = { counts, mapping: await mappingVersion(sql, connection.id) }
  const sheets = taken.map((work) => ({ work, edge: edgeSheetOf(work, work.key, connection.settings) }))
  const contacts = await contactsOf(
    sql,
    connection,
    sheets.map(({ work, edge }) => ({ sourceId: work.sourceId, customer: edge.customer ?? '' })),
  )
  const feeds = await feedMarks(sql, connection.id)
  const verdicts: { work: SheetWork; verdict: Verdict }[] = []
  for (const [index, { work, edge }] of sheets.entries()) {
    const contact = contacts[index]
    const isUnread = bringsSheetsDown(at, work.kind) && !feeds.get(work.kind)?.readAt
    // CO-12: whatever stands on the work list, a stream that is closed is not synchronized.
    if (!looksAt(work.kind, streams)) verdicts.push({ work, verdict: { kind: 'done' } })
    else if (edge.customer === null) verdicts.push({ work, verdict: incomplete })
    else if (!contact || contact.identifiers === null)
      verdicts.push({ work, verdict: { kind: 'waits', for: edge.customer } })
    else if (isUnread) verdicts.push({ work, verdict: { kind: 'waits', for: untilRead } })
    else
      verdicts.push({
        work,
        verdict: await decide(sql, at, work, { ...edge, customer: edge.customer }, contact, around),
      })
  }
  await settleWithoutCall(sql, at, verdicts, counts)
  return storeEffects(sql, at, lane, verdicts)
}

const incomplete = { kind: 'held', code: 'incomplete_record', message: 'It names no customer.' } as const

async function decide(
  sql: Sql,
  at: At,
  work: SheetWork,
  edge: ReturnType<typeof edgeSheetOf> & { customer: string },
  contact: ContactRef,
  around: Around,
): Promise<Verdict> {
  const { connection } = at
  const { sourceId, kind, key } = work
  // The contact's custom fields are those of who stands for it.
  if (kind === 'customFields' && (connection.settings.customFields.length === 0 || contact.isShared))
    return { kind: 'done' }
  const found = await linkOf(sql, at, { sourceId, kind, key, customer: edge.customer }, around)
  const before = { link: { ...underMapping(found, around.mapping), customer: edge.customer }, lost: [] }
  const worked = await withEdge(sql, at, before, work)
  const kept = await keepLost(sql, at, worked, undefined, around.counts)
  const asked = await askEdge(sql, at, kept, work, undefined, around.counts)
  await saveSheets(sql, [asked.link])
  await noteMisfits(sql, at, asked.link, 'down', asked.misfits)
  const { write } = due(kind, asked.link.sheet)
  if (write === null) {
    await noteMisfits(sql, at, asked.link, 'up', [])
    return { kind: 'done' }
  }
  return freeze(sql, at, asked.link, write, { contact, enteredAt: edge.at ?? work.changedAt.toISOString() })
}

async function linkOf(
  sql: Sql,
  { connection }: At,
  sheet: Pick<SheetLink, 'sourceId' | 'kind' | 'key' | 'customer'>,
  { mapping }: Around,
): Promise<SheetLink> {
  const [found] = await lockSheetsByKey(sql, connection.id, [sheet])
  if (found) return found
  const [made] = await insertSheets(sql, connection, [{ ...sheet, uid: null, mapping }])
  if (!made) throw new Error('A link was not stored.')
  return made
}

async function freeze(
  sql: Sql,
  at: At,
  link: SheetLink,
  write: SheetFields,
  { contact, enteredAt }: { contact: ContactRef; enteredAt: string },
): Promise<Verdict> {
  const { connector, connection, deps } = at
  const { kind, sourceId } = link
  const { fields, asked, misfits } = forPlatform(at, link, write)
  await noteMisfits(sql, at, link, 'up', misfits)
  if (asked === null) return { kind: 'done' }
  if (kind === 'wish' && fields.present === 'yes') await reviveOthers(sql, at, link)
  // What is put back after it was taken off is found by our name for it, or made.
  const isThere = kind !== 'wish' || link.sheet.platform.shown?.present === 'yes' || fields.present !== 'yes'
  const item = kind === 'wish' ? (fields.item ?? null) : null
  const product =
    item === null
      ? null
      : projectWishedItem(
          item,
          await findItem(sql, connection.tenantId, sourceId, item),
          fields,
          connection.settings.itemFilter,
        )
  try {
    if (!connector.freezeSheet) throw new JumpringError('configuration')
    const frozen = connector.freezeSheet(
      {
        sheet: kind,
        externalId: sheetIdOf(link),
        uid: isThere ? link.uid : null,
        contact: { edgeKey: link.customer, uid: contact.uid },
        fields,
        product: product && { externalId: `${sourceId}/item/${item}`, object: product },
        at: enteredAt,
      },
      connection.settings,
    )
    return { kind: 'write', link, fields: asked, frozen }
  } catch (error) {
    if (error instanceof JumpringError) return { kind: 'held', code: error.code, message: error.message }
    deps.log.error({ connectionId: connection.id, ...whereOf(error) }, 'a sheet could not be made into a payload')
    const { code, message } = new JumpringError('unexpected')
    return { kind: 'held', code, message }
  }
}

/** What is due on the platform in its own names, what of it the sheet is asked for, and what does not fit there. */
function forPlatform({ connection, connector }: At, { kind }: SheetLink, write: SheetFields) {
  if (kind !== 'customFields') return { fields: write, asked: write, misfits: [] }
  const { values, misfits } = toPreferences(write, connection.settings.customFields, connector.longestCustomField)
  const asked = Object.fromEntries(Object.entries(write).filter(([field]) => !misfits.includes(field)))
  return { fields: values, asked: Object.keys(values).length === 0 ? null : asked, misfits }
}

/** CB-04: the first wish after staff took the collection away brings back the others that are on the list. */
async function reviveOthers(sql: Sql, { connection }: At, link: SheetLink): Promise<void> {
  const wishes = await lockWishesOf(sql, connection.id, link.sourceId, link.customer)
  const gone = wishes.filter(({ id, sheet }) => id !== link.id && sheet.platform.gone)
  await saveSheets(
    sql,
    gone.map((each) => after({ link: { ...each, uid: null }, lost: [] }, { type: 'revived' }).link),
  )
  for (const { sourceId, kind, key } of gone)
    await putWork(sql, { connectionId: connection.id, sourceId, kind, key, reason: 'revived' })
}

/** CB-03: a value that does not fit is set aside by itself; it is let go once it fits, or is gone. */
export async function noteMisfits(
  sql: Sql,
  { connection }: At,
  link: SheetLink,
  stage: 'up' | 'down',
  misfits: readonly string[],
): Promise<void> {
  const { sourceId, kind, key } = link
  const subjectFor = (field: string) => `${sheetIdOf(link)}/${field}`
  await quarantine(
    sql,
    connection,
    misfits.map((field) => ({
      stage,
      subject: subjectFor(field),
      sourceId,
      kind,
      key,
      code: 'value_does_not_fit',
      message: messageOf(stage, kind, field),
    })),
  )
  const fitting = Object.keys(link.sheet.agreed).filter((field) => !misfits.includes(field))
  await resolveQuarantine(sql, connection.id, stage, fitting.map(subjectFor))
}

function messageOf(stage: 'up' | 'down', kind: SheetLink['kind'], field: string): string {
  const what =
    kind === 'customFields'
      ? `Custom field ${field}`
      : kind === 'note'
        ? 'The text of a note'
        : `The ${field} of a wish`
  return stage === 'up'
    ? `${what} does not fit the platform. Mend it in The Edge, or change the mapping.`
    : `${what}: the value on the platform does not fit The Edge. Mend it there, or change the mapping.`
}

async function settleWithoutCall(
  sql: Sql,
  { connection }: At,
  verdicts: readonly { work: SheetWork; verdict: Verdict }[],
  counts: RunCounts,
): Promise<void> {
  const done: SheetWork[] = []
  const held: NewQuarantine[] = []
  const through: string[] = []
  const waiting: Parameters<typeof waitForCustomers>[2][number][] = []
  for (const { work, verdict } of verdicts) {
    if (verdict.kind === 'write') continue
    const { sourceId, kind, key } = work
    if (verdict.kind === 'waits') {
      waiting.push({ sourceId, kind, key, ticket: work.ticket, customer: verdict.for })
      continue
    }
    done.push(work)
    if (verdict.kind === 'done') {
      counts.unchanged += 1
      through.push(subjectOf(work))
    } else {
      counts.held += 1
      const { code, message } = verdict
      held.push({ stage: 'up', subject: subjectOf(work), sourceId, kind, key, code, message })
    }
  }
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
  verdicts: readonly { work: SheetWork; verdict: Verdict }[],
): Promise<Effect<SheetWritten>[]> {
  const links = new Map<string, { link: SheetLink; fields: SheetFields }>()
  const effects: NewEffect<SheetWritten>[] = []
  for (const { work, verdict } of verdicts) {
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
