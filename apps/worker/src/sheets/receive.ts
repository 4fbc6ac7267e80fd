import { randomUUID } from 'node:crypto'
import type { PlatformEvent, SheetShowing } from '@jumpring/connector-kit'
import { openStreams } from '@jumpring/contracts'
import type { Sql } from '@jumpring/db'
import {
  findSheetRecord,
  insertSheets,
  isMergingInto,
  type Link,
  lockContacts,
  lockLinksByUid,
  lockSheetsByKey,
  lockSheetsByUid,
  lockWishesOf,
  mappingVersion,
  mergedAway,
  noteMessage,
  notSelected,
  putWork,
  queueCommand,
  type RunCounts,
  type SheetLink,
  saveSheets,
  sheetNamed,
} from '@jumpring/db/engine'
import { beginningOf, due, elsewhere, longText, preferencesOf, type SheetEvent } from '@jumpring/sync'
import { by } from '../associate.ts'
import { type At, bringsSheetsDown } from '../context.ts'
import { noteShown, wishShown } from './edge.ts'
import { noteMisfits } from './misfits.ts'
import { after, askEdge, keepLost, underMapping, type Worked, withEdge } from './sheet.ts'

type Event<Type extends PlatformEvent['type']> = Extract<PlatformEvent, { type: Type }>

/** A customer of The Edge and the contact that shows it. */
interface Owner {
  readonly sourceId: string
  readonly customer: string
  /** The contact that was asked for was merged away; this customer's remains. */
  readonly isHeir: boolean
}

/** An event waits: nobody knows yet whose the contact is. */
export class ContactAwaited extends Error {
  readonly uid: string

  constructor(uid: string) {
    super('It is not known yet whose the contact is.')
    this.uid = uid
  }
}

/** CB-03, CB-04, CB-06: staff changed a sheet on the platform, or it shows what we wrote. */
export async function sheetChanged(
  sql: Sql,
  at: At,
  { showing, associate }: Event<'sheet.changed'>,
  counts: RunCounts,
): Promise<void> {
  if (!bringsSheetsDown(at, showing.sheet)) return
  const owner = await ownerOf(sql, at, showing.contactUid)
  // The custom fields of a contact that is gone are nobody's.
  if (!owner || (owner.isHeir && showing.sheet === 'customFields')) return
  // What shows here by then may be what the other contact had.
  if (
    showing.sheet === 'customFields' &&
    (await isMergingInto(sql, at.connection.id, { ...owner, key: owner.customer }))
  )
    throw new ContactAwaited(showing.contactUid)
  const link = (await known(sql, at, showing, owner)) ?? (await begun(sql, at, showing, owner))
  if (!link) return
  const fields = shownFields(at, showing)
  await happens(sql, at, { ...link, uid: showing.uid }, associate, counts, {
    type: 'platformShows',
    fields,
    at: showing.updatedAt,
  })
}

export async function sheetRemoved(
  sql: Sql,
  at: At,
  { sheet, uid, at: stamp, associate }: Event<'sheet.removed'>,
  counts: RunCounts,
): Promise<void> {
  if (!bringsSheetsDown(at, sheet)) return
  for (const link of await lockSheetsByUid(sql, at.connection.id, sheet, uid))
    await happens(sql, at, { ...link, uid: null }, associate, counts, { type: 'platformRemoved', at: stamp })
}

/** CB-04: staff took the whole collection away. No wish of The Edge is touched by that. */
export async function wishesGone(sql: Sql, at: At, { contactUid, at: stamp }: Event<'wishes.gone'>): Promise<void> {
  const owner = await ownerOf(sql, at, contactUid)
  // The collection of a contact that is gone, or was merged with another's, goes without its wishes.
  if (!owner || owner.isHeir) return
  const wishes = await lockWishesOf(sql, at.connection.id, owner.sourceId, owner.customer)
  await saveSheets(
    sql,
    wishes.map((link) => after({ link, lost: [] }, { type: 'platformRemoved', at: stamp, spared: true }).link),
  )
}

/** CB-04: where nobody told that the collection was renamed, its entries show it: each for itself, no wish of The Edge is touched either. */
export async function wishElsewhere(sql: Sql, at: At, { uid, at: stamp }: Event<'wish.elsewhere'>): Promise<void> {
  const wishes = await lockSheetsByUid(sql, at.connection.id, 'wish', uid)
  await saveSheets(
    sql,
    wishes.map((link) => after({ link, lost: [] }, { type: 'platformRemoved', at: stamp, spared: true }).link),
  )
}

/** CB-09: a message that was sent through the platform: once onto the Activity tab, whatever tells of it twice. */
export async function messageSent(sql: Sql, at: At, event: Event<'message'>, counts: RunCounts): Promise<void> {
  const { platform, tier, settings } = at.connection
  if (!openStreams(platform, tier, settings.streams).has('messages')) return
  const owner = await ownerOf(sql, at, event.contactUid)
  if (!owner) return
  const { uid, channel, at: sentAt, subject, body, attachments, associate } = event
  const key = await noteMessage(sql, at.connection, { ...owner, uid })
  if (key === null) return
  await queueCommand(sql, at.connection, {
    sourceId: owner.sourceId,
    linkId: null,
    wish: {
      do: 'addActivity',
      key,
      customer: owner.customer,
      channel,
      at: sentAt,
      subject: beginningOf(longText(subject) ?? '', 500) || null,
      body: beginningOf(longText(body) ?? '', 20_000),
      attachments: attachments.slice(0, 20),
      ...by(at, associate),
    },
  })
  counts.commanded += 1
}

/**
 * Whose a contact is, or who remains where it was merged away; null where nothing of it comes down.
 * @throws ContactAwaited where that is not known (yet), or The Edge has not given the customer a number
 */
async function ownerOf(sql: Sql, { connection }: At, shown: string): Promise<Owner | null> {
  await lockContacts(sql, connection.id)
  const uid = (await mergedAway(sql, connection.id, [shown])).get(shown) ?? shown
  const links = await lockLinksByUid(sql, connection.id, [uid])
  const link = links.find(({ status }) => status === 'active') ?? links.find(({ status }) => status !== 'shared')
  if (!link || link.status === 'creating' || !hasKey(link)) throw new ContactAwaited(uid)
  const { sourceId, key } = link
  if ((await notSelected(sql, connection, [{ sourceId, key }])).size > 0) throw new ContactAwaited(uid)
  return link.status === 'gone' ? null : { sourceId, customer: key, isHeir: uid !== shown }
}

const hasKey = (link: Link): link is Link & { key: string } => link.key !== null

/** The link of a sheet that both sides have: by the platform's id, by our name for it, or of custom fields by whose they are. */
async function known(sql: Sql, { connection }: At, showing: SheetShowing, owner: Owner): Promise<SheetLink | null> {
  const { sheet, uid, externalId } = showing
  if (sheet === 'customFields') {
    const [link] = await lockSheetsByKey(sql, connection.id, [{ ...owner, kind: sheet, key: owner.customer }])
    // Of another client than before nothing is known: what it lacks nobody has taken away.
    return link && link.uid !== null && link.uid !== uid ? { ...link, sheet: elsewhere(link.sheet) } : (link ?? null)
  }
  const [shown] = await lockSheetsByUid(sql, connection.id, sheet, uid)
  if (shown) return shown
  const named = externalId === undefined ? null : sheetNamed(externalId)
  const [ours] = named?.kind === sheet ? await lockSheetsByKey(sql, connection.id, [named]) : []
  // One that staff deleted and we made again has another id by now.
  return ours && (ours.uid === null || ours.uid === uid) ? ours : null
}

/** A sheet that staff began on the platform: The Edge gets it under a key of ours. Null where there is nothing to get. */
async function begun(sql: Sql, { connection }: At, showing: SheetShowing, owner: Owner): Promise<SheetLink | null> {
  const { sheet: kind, fields, uid, externalId } = showing
  if (kind === 'wish' && fields.present !== 'yes') return null
  if (kind === 'note' && longText(fields.text) === undefined) return null
  // What we have made and deleted there is shown late.
  if (kind !== 'customFields' && externalId !== undefined && sheetNamed(externalId) !== null) return null
  const key = kind === 'customFields' ? owner.customer : `jr-${randomUUID()}`
  const mapping = await mappingVersion(sql, connection.id)
  const [link] = await insertSheets(sql, connection, [{ ...owner, kind, key, uid, mapping }])
  return link ?? null
}

function shownFields({ connection }: At, { sheet, fields }: SheetShowing) {
  if (sheet === 'customFields') return preferencesOf(fields, connection.settings.customFields)
  return sheet === 'wish' ? wishShown(fields) : noteShown(fields)
}

/** What The Edge holds now is looked at first: what comes down is decided against that. */
async function happens(
  sql: Sql,
  at: At,
  found: SheetLink,
  associate: string | undefined,
  counts: RunCounts,
  event: SheetEvent,
): Promise<void> {
  const { connection } = at
  const stored = await findSheetRecord(sql, connection.tenantId, found)
  const before: Worked = { link: underMapping(found, await mappingVersion(sql, connection.id)), lost: [] }
  const worked = after(stored ? await withEdge(sql, at, before, stored) : before, event)
  const kept = await keepLost(sql, at, worked, associate, counts)
  const { link, misfits } = await askEdge(sql, at, kept, stored, associate, counts)
  await saveSheets(sql, [link])
  await noteMisfits(sql, at, link, 'down', misfits)
  const { sourceId, kind, key } = link
  if (stored && due(kind, link.sheet).write !== null)
    await putWork(sql, { connectionId: connection.id, sourceId, kind, key, reason: 'follows' })
}
