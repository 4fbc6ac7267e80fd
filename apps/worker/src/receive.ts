import type { PlatformEvent } from '@jumpring/connector-kit'
import { JumpringError } from '@jumpring/contracts'
import { inTenant, type Sql } from '@jumpring/db'
import {
  addCounts,
  claimInboxEntry,
  closeInboxEntries,
  forgetUnmatched,
  holderId,
  type InboxEntry,
  isMergingInto,
  type Link,
  letWaitForContact,
  lockIdentifiers,
  lockLinksByIdentifier,
  lockLinksByUid,
  lockLinksOfContacts,
  lookAtHolders,
  mergedAway,
  newInboxEntries,
  noCounts,
  noteDelivery,
  noteMergedContacts,
  postponeInboxEntry,
  quarantine,
  type RunCounts,
  resolveQuarantine,
  saveLinks,
  shareContacts,
  unmatchedWithin,
} from '@jumpring/db/engine'
import type { Observation } from '@jumpring/sync'
import { bringDown } from './bring-down.ts'
import type { At } from './context.ts'
import { type Showing, settleEchoes } from './echoes.ts'
import { onConnection } from './hold.ts'
import { meet } from './meet.ts'
import { noteOptOuts, spreadOptOuts } from './opt-outs.ts'
import { goneInto, mergeLinks } from './owners.ts'
import { eventIn, readEntry } from './read-entry.ts'
import { ContactAwaited, messageSent, sheetChanged, sheetRemoved, wishElsewhere, wishesGone } from './sheets/receive.ts'
import { isOfSurroundings, whereOf } from './unexpected.ts'

/** So many entries are looked at before anything else is done. */
export const eventsAtOnce = 100
/** An entry whose handling fails this often, with growing waits between, is set aside. */
const mostTries = 5

/**
 * Looks at what the platform said, in the order it arrived: what only shows what is known at once, the rest each in a
 * transaction of its own. What cannot be understood is set aside and holds up no other.
 * @returns how many were looked at
 */
export async function receiveEvents(at: At, limit: number, counts: RunCounts): Promise<number> {
  const { connection, deps } = at
  const entries = await inTenant(deps.db, connection.tenantId, (sql) => newInboxEntries(sql, connection.id, limit))
  const showings = leadingShowings(at, entries)
  const settled = await settleShown(at, showings)
  const ahead: At = { ...at, acquisitions: acquisitionsIn(at, entries) }
  for (const entry of entries) {
    counts.received += 1
    if (settled.has(entry.eventId)) continue
    const own = noCounts()
    try {
      await onConnection(ahead, (sql, now) => receive(sql, now, entry, own))
      addCounts(counts, own)
    } catch (error) {
      await notHandled(at, entry, error, counts)
    }
  }
  return entries.length
}

async function settleShown(at: At, showings: readonly Showing[]): Promise<ReadonlySet<string>> {
  try {
    return (await onConnection(at, (sql, now) => settleEchoes(sql, now, showings))) ?? new Set()
  } catch (error) {
    if (isOfSurroundings(error)) throw error
    // Which of them brings it out shows when each is looked at for itself.
    at.deps.log.error({ connectionId: at.connection.id, ...whereOf(error) }, 'echoes could not be settled at once')
    return new Set()
  }
}

/** A fault of ours that an entry brings out: it is tried again some times, then set aside, and the others go on. */
async function notHandled(at: At, entry: InboxEntry, error: unknown, counts: RunCounts): Promise<void> {
  if (isOfSurroundings(error)) throw error
  const { connection, deps } = at
  deps.log.error({ connectionId: connection.id, ...whereOf(error) }, 'an event was not handled')
  await inTenant(deps.db, connection.tenantId, async (sql) => {
    if ((await postponeInboxEntry(sql, connection.id, entry.eventId)) < mostTries) return
    await setAside(sql, at, entry, new JumpringError('unexpected'), counts)
  })
}

/** CO-06: a platform makes a contact first and sets its attributes after: who is new comes with what they have by now. */
function acquisitionsIn(at: At, entries: readonly InboxEntry[]): ReadonlyMap<string, string> {
  const acquisitions = new Map<string, string>()
  for (const entry of entries) {
    const event = eventIn(at, entry)
    if (event?.type !== 'contact.changed' && event?.type !== 'contact.merged') continue
    const { uid, acquisition } = event.contact
    if (acquisition !== undefined) acquisitions.set(uid, acquisition)
  }
  return acquisitions
}

/** The contacts that are shown before anything else is said. */
export function leadingShowings(at: At, entries: readonly InboxEntry[]): Showing[] {
  const showings: Showing[] = []
  for (const entry of entries) {
    const event = eventIn(at, entry)
    if (event?.type !== 'contact.changed') break
    showings.push({ eventId: entry.eventId, contact: event.contact })
  }
  return showings
}

/** One entry. What cannot be understood is set aside. @throws where it is a fault of ours */
export async function receive(sql: Sql, at: At, entry: InboxEntry, counts: RunCounts): Promise<void> {
  const { connection } = at
  // Another may have looked at it since it was read here.
  if (!(await claimInboxEntry(sql, connection.id, entry.eventId))) return
  try {
    await apply(sql, at, readEntry(at, entry), counts)
    await closeInboxEntries(sql, connection.id, [entry.eventId], 'done')
    await resolveQuarantine(sql, connection.id, 'down', [entry.eventId])
  } catch (error) {
    if (error instanceof ContactAwaited) return letWaitForContact(sql, connection.id, entry.eventId, error.uid)
    if (!(error instanceof JumpringError)) throw error
    await setAside(sql, at, entry, error, counts)
  }
}

async function setAside(
  sql: Sql,
  { connection }: At,
  entry: InboxEntry,
  { code, message }: JumpringError,
  counts: RunCounts,
): Promise<void> {
  counts.held += 1
  await quarantine(sql, connection, [{ stage: 'down', subject: entry.eventId, code, message }])
  await closeInboxEntries(sql, connection.id, [entry.eventId], 'quarantined')
}

async function apply(sql: Sql, at: At, event: PlatformEvent, counts: RunCounts): Promise<void> {
  switch (event.type) {
    case 'contact.changed':
      return contactChanged(sql, at, event, counts)
    case 'contact.deleted':
      return contactDeleted(sql, at, event.uid)
    case 'contact.merged':
      return contactChanged(sql, at, event, counts, event.goneUids)
    case 'sheet.changed':
      return sheetChanged(sql, at, event, counts)
    case 'sheet.removed':
      return sheetRemoved(sql, at, event, counts)
    case 'wishes.gone':
      return wishesGone(sql, at, event)
    case 'wish.elsewhere':
      return wishElsewhere(sql, at, event)
    case 'message':
      return messageSent(sql, at, event, counts)
    case 'text.status':
      return noteDelivery(sql, at.connection, event.id, event)
    case 'ignored':
      return
  }
}

async function contactChanged(
  sql: Sql,
  at: At,
  { eventId, contact, associate }: Showing,
  counts: RunCounts,
  goneUids: readonly string[] = [],
): Promise<void> {
  const { connection } = at
  await shareContacts(sql, connection.id)
  if (!at.rehearsal) await lockIdentifiers(sql, connection.tenantId, [...contact.phones, ...contact.emails])
  const denied = await noteOptOuts(sql, at, contact.optedOutPhones)
  await noteMergedContacts(sql, connection, goneUids, contact.uid)
  const remains = (await mergedAway(sql, connection.id, [contact.uid])).get(contact.uid)
  if (remains !== undefined) {
    // Late: of what it says only an opt-out holds, and that others had been merged into it before.
    if (remains !== null && goneUids.length > 0)
      await mergeLinks(sql, at, goneUids, { ...contact, uid: remains, phones: [], emails: [] })
    return spreadOptOuts(sql, at, denied, counts)
  }
  // Where the number makes a contact, two may show the same phones and e-mails.
  const merged = at.connector.identity === 'methods' ? [...goneUids, ...(await goneInto(sql, at, contact))] : goneUids
  if (merged.length > 0) await mergeLinks(sql, at, merged, contact)
  // Links are locked before rows are put on the work list.
  const link = await linkOf(sql, at, contact)
  await spreadOptOuts(sql, at, denied, counts)
  if (goneUids.length === 0 && link && (await isGettingAnother(sql, at, link))) throw new ContactAwaited(contact.uid)
  const within =
    link && at.connector.identity === 'methods'
      ? await unmatchedWithin(sql, connection.id, {
          uid: contact.uid,
          identifiers: [...contact.phones, ...contact.emails],
        })
      : []
  const before = await forgetUnmatched(sql, connection.id, [contact.uid, ...merged, ...within])
  // Should it still fit several, this event stands for it on the worklist.
  const earlier = before.eventIds.filter((id) => id !== eventId)
  await resolveQuarantine(sql, connection.id, 'down', earlier)
  const gone = before.identifiers.filter((value) => ![...contact.phones, ...contact.emails].includes(value))
  await lookAtHolders(sql, connection, gone)
  if (link) await bringDown(sql, at, link, contact, counts, associate)
  else await meet(sql, at, { eventId, contact, ...(associate !== undefined && { associate }) }, counts)
  // Only now that it fits one, or nobody: whom it held up is looked at again.
  await lookAtHolders(sql, connection, before.identifiers)
}

/** Whether another contact is about to be merged into this one: what then shows here is not staff's doing. */
const isGettingAnother = async (sql: Sql, { connection, connector }: At, { sourceId, key }: Link) =>
  connector.identity === 'externalId' && key !== null && isMergingInto(sql, connection.id, { sourceId, key })

/** The link of a contact: by its uid, else one of ours that the platform has not shown yet. What is shared belongs to the owner. */
async function linkOf(sql: Sql, { connection, connector }: At, contact: Observation): Promise<Link | null> {
  const known = await lockLinksByUid(sql, connection.id, [contact.uid])
  const [first] = known
  if (first)
    return known.find(({ status }) => status === 'active') ?? known.find(({ status }) => status !== 'shared') ?? first
  if (connector.identity === 'externalId') {
    const numbers = contact.externalId === undefined ? [] : [contact.externalId]
    const numbered = await lockLinksOfContacts(sql, connection.id, { uids: [], identifiers: [], numbers })
    return numbered.find(({ status }) => status === 'active') ?? null
  }
  const ours = await lockLinksByIdentifier(sql, connection.id, [...contact.phones, ...contact.emails])
  return ours.find((link) => link.uid === null && link.status === 'active') ?? null
}

async function contactDeleted(sql: Sql, at: At, uid: string): Promise<void> {
  const { connection } = at
  await shareContacts(sql, connection.id)
  const links = await lockLinksByUid(sql, connection.id, [uid])
  // Nobody's: a message from before, should it come late, makes nobody a customer.
  if (links.length === 0 && !(await mergedAway(sql, connection.id, [uid])).has(uid))
    await noteMergedContacts(sql, connection, [uid], null)
  const { identifiers, eventIds } = await forgetUnmatched(sql, connection.id, [uid])
  await resolveQuarantine(sql, connection.id, 'down', eventIds)
  await lookAtHolders(sql, connection, identifiers)
  await saveLinks(
    sql,
    links.map((link) => ({ ...link, status: 'gone' as const, deferred: null })),
  )
  await quarantine(
    sql,
    connection,
    links.flatMap((link) =>
      link.key === null
        ? []
        : [
            {
              stage: 'up' as const,
              subject: holderId(link.sourceId, link.key),
              sourceId: link.sourceId,
              key: link.key,
              code: 'deleted_on_platform' as const,
              message: 'The contact was deleted on the platform and is not made again by itself.',
            },
          ],
    ),
  )
}
