import type { Sql } from '@jumpring/db'
import {
  closeInboxEntries,
  type Link,
  linksWithRecord,
  lockLinksOfContacts,
  mergedAway,
  resolveQuarantine,
  saveLinks,
  shareContacts,
} from '@jumpring/db/engine'
import { decideDown, identifiersOf, type Observation } from '@jumpring/sync'
import { type At, isAstray } from './context.ts'

/** A contact as an entry of the inbox shows it. */
export interface Showing {
  readonly eventId: string
  readonly contact: Observation
  /** The Edge number of the associate who made the change there. */
  readonly associate?: string
}

/**
 * Settles all that only shows what is known, at once: a first upload gets an event for each contact that it makes, and one by one
 * they would hold up the changes behind them. What brings anything new is left, and with it everything later of the same contact,
 * phone or e-mail: the order per contact holds.
 * @param showings the oldest of the inbox, in order
 * @returns ids of the events that are settled
 */
export async function settleEchoes(sql: Sql, at: At, showings: readonly Showing[]): Promise<ReadonlySet<string>> {
  const { connection, connector } = at
  const isNumbered = connector.identity === 'externalId'
  await shareContacts(sql, connection.id)
  const locked = await lockLinksOfContacts(sql, connection.id, {
    uids: showings.map(({ contact }) => contact.uid),
    identifiers: isNumbered ? [] : showings.flatMap(({ contact }) => [...contact.phones, ...contact.emails]),
    numbers: isNumbered ? showings.flatMap(({ contact }) => contact.externalId ?? []) : [],
  })
  const gone = await mergedAway(
    sql,
    connection.id,
    showings.map(({ contact }) => contact.uid),
  )
  const withRecord = await linksWithRecord(sql, connection, locked)
  const links = new Map(locked.map((link) => [link.id, link]))
  const changed = new Map<string, Link>()
  const settled = new Set<string>()
  const left = new Set<string>()
  for (const { eventId, contact } of showings) {
    const values = [contact.uid, ...contact.phones, ...contact.emails]
    const isLeft = gone.has(contact.uid) || values.some((value) => left.has(value))
    const link = isLeft ? null : linkOf([...links.values()], contact, isNumbered)
    const after = link && withRecord.has(link.id) && !isAstray(at, contact, link.key) ? afterEcho(link, contact) : null
    if (after) {
      links.set(after.id, after)
      changed.set(after.id, after)
      settled.add(eventId)
    } else for (const value of values) left.add(value)
  }
  await saveLinks(sql, [...changed.values()])
  await closeInboxEntries(sql, connection.id, [...settled], 'done')
  await resolveQuarantine(sql, connection.id, 'down', [...settled])
  return settled
}

/** The contact's one link; null where there is none, or a choice. */
function linkOf(links: readonly Link[], contact: Observation, isNumbered: boolean): Link | null {
  const known = links.filter((link) => link.uid === contact.uid && link.status !== 'shared')
  const values = [...contact.phones, ...contact.emails]
  const isOurs = (link: Link) =>
    link.uid === null &&
    (isNumbered ? link.key === contact.externalId : link.identifiers.some((value) => values.includes(value)))
  const [link, ...others] = known.length > 0 ? known : links.filter((each) => each.status === 'active' && isOurs(each))
  return link && others.length === 0 ? link : null
}

/** The link once the contact has been looked at; null where that brings anything new. */
function afterEcho(link: Link, contact: Observation): Link | null {
  if (link.key === null || link.status !== 'active' || link.deferred || contact.optedOutPhones.length > 0) return null
  const { state, phones, emails, addresses } = decideDown(contact, link.state)
  if (phones.length + emails.length + addresses.length > 0) return null
  return { ...link, uid: contact.uid, state, identifiers: identifiersOf(state) }
}
