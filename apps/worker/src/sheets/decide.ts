import type { Frozen } from '@jumpring/connector-kit'
import { JumpringError, looksAt, openStreams } from '@jumpring/contracts'
import type { Sql } from '@jumpring/db'
import {
  type ContactRef,
  contactsOf,
  feedMarks,
  findItem,
  insertSheets,
  lockSheetsByKey,
  lockWishesOf,
  mappingVersion,
  type NewQuarantine,
  putWork,
  type RunCounts,
  type SheetLink,
  type SheetWork,
  saveSheets,
  sheetIdOf,
  untilRead,
} from '@jumpring/db/engine'
import { due, projectWishedItem, type SheetFields, toPreferences } from '@jumpring/sync'
import { type At, bringsSheetsDown } from '../context.ts'
import { notRecorded } from '../set-aside.ts'
import { whereOf } from '../unexpected.ts'
import { edgeSheetOf } from './edge.ts'
import { noteMisfits } from './misfits.ts'
import { after, askEdge, keepLost, underMapping, withEdge } from './sheet.ts'

/** What is known around a page of sheets. */
interface Around {
  readonly counts: RunCounts
  /** The version of the mapping of custom fields. */
  readonly mapping: number
}

/** What becomes of one sheet. */
export type SheetVerdict =
  | { readonly kind: 'done' }
  /** `unknown`: that the cloud has no record of the customer, as a sentence; null where it has one. */
  | { readonly kind: 'waits'; readonly for: string; readonly unknown: string | null }
  | { readonly kind: 'held'; readonly code: NewQuarantine['code']; readonly message: string }
  | { readonly kind: 'write'; readonly link: SheetLink; readonly fields: SheetFields; readonly frozen: Frozen }

/** A sheet of the page, and what becomes of it. */
export interface DecidedSheet {
  readonly work: SheetWork
  readonly verdict: SheetVerdict
}

/** Decides a page of sheets; what is for The Edge is asked of it at once. */
export async function decideSheets(
  sql: Sql,
  at: At,
  taken: readonly SheetWork[],
  counts: RunCounts,
): Promise<DecidedSheet[]> {
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
  // All at once, so that they are locked in the order in which others lock them.
  await lockSheetsByKey(sql, connection.id, taken)
  const feeds = await feedMarks(sql, connection.id)
  const verdicts: DecidedSheet[] = []
  for (const [index, { work, edge }] of sheets.entries()) {
    const contact = contacts[index]
    const isUnread = bringsSheetsDown(at, work.kind) && !feeds.get(work.kind)?.readAt
    // CO-12: whatever stands on the work list, a stream that is closed is not synchronized.
    if (!looksAt(work.kind, streams)) verdicts.push({ work, verdict: { kind: 'done' } })
    else if (edge.customer === null) verdicts.push({ work, verdict: incomplete })
    else if (!contact || contact.identifiers === null)
      verdicts.push({
        work,
        verdict: {
          kind: 'waits',
          for: edge.customer,
          unknown: notRecorded(edge.customer, contact?.shown ?? 'nothing'),
        },
      })
    else if (isUnread) verdicts.push({ work, verdict: { kind: 'waits', for: untilRead, unknown: null } })
    else
      verdicts.push({
        work,
        verdict: await decide(sql, at, work, { ...edge, customer: edge.customer }, contact, around),
      })
  }
  return verdicts
}

const incomplete = { kind: 'held', code: 'incomplete_record', message: 'It names no customer.' } as const

async function decide(
  sql: Sql,
  at: At,
  work: SheetWork,
  edge: ReturnType<typeof edgeSheetOf> & { customer: string },
  contact: ContactRef,
  around: Around,
): Promise<SheetVerdict> {
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
  return freeze(sql, at, asked.link, write, { contact, enteredAt: edge.at ?? work.seenAt.toISOString() })
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
): Promise<SheetVerdict> {
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
