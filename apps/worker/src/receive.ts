import type { PlatformEvent } from '@jumpring/connector-kit'
import { type Customer, customerSchema, JumpringError, openStreams } from '@jumpring/contracts'
import { inTenant, type Sql } from '@jumpring/db'
import {
  closeInboxEntry,
  findRecord,
  holderId,
  holdersOf,
  homeSource,
  type InboxEntry,
  insertLinks,
  type Link,
  lockIdentifiers,
  lockLinksByIdentifier,
  lockLinksByKeys,
  lockLinksByUid,
  lookAgain,
  newInboxEntries,
  observationSchema,
  openWishes,
  optedOut,
  putWork,
  quarantine,
  queueCommand,
  type RunCounts,
  rememberOptOuts,
  resolveQuarantine,
  saveLinks,
} from '@jumpring/db/engine'
import {
  contactOwner,
  decideDown,
  identifiersOf,
  matchContact,
  methodsOf,
  normalizeAddress,
  normalizePhone,
  type Observation,
  sameAddress,
  splitName,
  unlinked,
} from '@jumpring/sync'
import type { At } from './context.ts'

/**
 * Looks at what the platform said, in the order it arrived, each event in a transaction of its own: one that cannot be
 * understood is set aside and holds up no other.
 * @returns how many were looked at
 */
export async function receiveEvents(at: At, limit: number, counts: RunCounts): Promise<number> {
  const { connection, deps } = at
  const entries = await inTenant(deps.db, connection.tenantId, (sql) => newInboxEntries(sql, connection.id, limit))
  for (const entry of entries) {
    counts.received += 1
    await inTenant(deps.db, connection.tenantId, (sql) => receive(sql, at, entry, counts))
  }
  return entries.length
}

async function receive(sql: Sql, at: At, entry: InboxEntry, counts: RunCounts): Promise<void> {
  const { connection } = at
  try {
    await apply(sql, at, readEntry(at, entry), counts)
    await closeInboxEntry(sql, connection.id, entry.eventId, 'done')
    await resolveQuarantine(sql, connection.id, 'down', [entry.eventId])
  } catch (error) {
    if (!(error instanceof JumpringError)) throw error
    counts.held += 1
    await quarantine(sql, connection, [
      { stage: 'down', subject: entry.eventId, code: error.code, message: error.message },
    ])
    await closeInboxEntry(sql, connection.id, entry.eventId, 'quarantined')
  }
}

function readEntry({ connector, connection }: At, entry: InboxEntry): PlatformEvent {
  if (entry.origin === 'webhook') return connector.readEvent(entry.body, connection.region)
  return { type: 'contact.changed', eventId: entry.eventId, contact: observationSchema.parse(JSON.parse(entry.body)) }
}

async function apply(sql: Sql, at: At, event: PlatformEvent, counts: RunCounts): Promise<void> {
  switch (event.type) {
    case 'contact.changed':
      return contactChanged(sql, at, event.contact, counts)
    case 'contact.deleted':
      return contactDeleted(sql, at, event.uid)
    case 'contact.merged':
      return contactMerged(sql, at, event.goneUids, event.contact, counts)
    case 'ignored':
      return
  }
}

async function contactChanged(sql: Sql, at: At, contact: Observation, counts: RunCounts): Promise<void> {
  const { connection } = at
  await lockIdentifiers(sql, connection.tenantId, [...contact.phones, ...contact.emails])
  await optOuts(sql, at, contact.optedOutPhones, counts)
  const link = await linkOf(sql, at, contact)
  if (link) await bringDown(sql, at, link, contact, counts)
  else await meet(sql, at, contact, counts)
}

/** The link of a contact: by its uid, else one of ours that the platform has not shown yet. What is shared belongs to the owner. */
async function linkOf(sql: Sql, { connection }: At, contact: Observation): Promise<Link | null> {
  const known = await lockLinksByUid(sql, connection.id, [contact.uid])
  if (known.length > 0) {
    const owner = contactOwner(known.map((link) => ({ id: link.key ?? '~', linked: link.status === 'active' })))
    return known.find((link) => (link.key ?? '~') === owner?.id) ?? null
  }
  const ours = await lockLinksByIdentifier(sql, connection.id, [...contact.phones, ...contact.emails])
  return ours.find((link) => link.uid === null && link.status === 'active') ?? null
}

/** What a linked contact shows that is new: a wish for The Edge (CO-04), in mode A only (PD-04). */
export async function bringDown(sql: Sql, at: At, link: Link, contact: Observation, counts: RunCounts): Promise<void> {
  const { connection } = at
  const payload =
    link.key === null
      ? null
      : await findRecord(sql, { tenantId: connection.tenantId, sourceId: link.sourceId }, link.key)
  // The Edge has not given the customer a number, or has not shown it yet.
  if (link.key === null || payload === null) return saveLinks(sql, [{ ...link, deferred: contact }])
  const { state, ...added } = decideDown(contact, link.state)
  // What was given up as gone and is shown again is there.
  const status = link.status === 'gone' ? 'active' : link.status
  await saveLinks(sql, [
    { ...link, uid: contact.uid, state, identifiers: identifiersOf(state), status, deferred: null },
  ])
  if (link.status === 'gone')
    await putWork(sql, { connectionId: connection.id, sourceId: link.sourceId, key: link.key, reason: 'found again' })
  const customer = customerSchema.parse(JSON.parse(payload))
  // An opt-out that came in the meantime found nobody there to mark.
  if (link.deferred) {
    const denied = await optedOut(sql, connection.tenantId, contact.phones)
    await markInEdge(sql, connection, { sourceId: link.sourceId, key: link.key, customer }, denied, counts)
  }
  if (!bringsMethods(at)) return
  const wish = await missingIn(sql, at, customer, link, { ...added, optedOutPhones: contact.optedOutPhones })
  if (!wish) return
  await queueCommand(sql, connection, {
    sourceId: link.sourceId,
    linkId: link.id,
    wish: { do: 'addMethods', key: link.key, ...wish },
  })
  counts.commanded += 1
}

type Added = Pick<Observation, 'phones' | 'emails' | 'addresses' | 'optedOutPhones'>
interface MissingMethods {
  phones: string[]
  emails: string[]
  addresses: Observation['addresses'][number][]
  optedOutPhones: string[]
}

/** Of what is new on the platform, what the customer does not have and is not about to get; null when that is nothing. */
async function missingIn(
  sql: Sql,
  { connection }: At,
  customer: Customer,
  link: Link,
  added: Added,
): Promise<MissingMethods | null> {
  const here = methodsOf(customer, connection.region)
  const coming = (await openWishes(sql, link.id)).flatMap((wish) => (wish.do === 'addMethods' ? [wish] : []))
  const phones = added.phones.filter((phone) => ![here, ...coming].some((side) => side.phones.includes(phone)))
  const emails = added.emails.filter((email) => ![here, ...coming].some((side) => side.emails.includes(email)))
  const addresses = added.addresses
    .flatMap((address) => normalizeAddress(address) ?? [])
    .filter((address) => ![here, ...coming].some((side) => side.addresses.some((one) => sameAddress(one, address))))
  if (phones.length + emails.length + addresses.length === 0) return null
  return { phones, emails, addresses, optedOutPhones: phones.filter((phone) => added.optedOutPhones.includes(phone)) }
}

/** CO-05: a contact that is linked to nobody yet. */
async function meet(sql: Sql, at: At, contact: Observation, counts: RunCounts): Promise<void> {
  const { connection } = at
  const match = matchContact(
    await holdersOf(sql, connection, 'email', contact.emails),
    await holdersOf(sql, connection, 'phone', contact.phones),
  )
  if (match.kind === 'several') {
    const keys = match.ids.map((id) => id.split('/')[1]).join(', ')
    throw new JumpringError('ambiguous_match', `The ${match.by} of this contact fits ${keys}; none was chosen.`)
  }
  if (match.kind === 'one') return linkToCustomer(sql, at, match.id, contact, counts)
  if (bringsCustomers(at)) await createInEdge(sql, at, contact, counts)
}

async function linkToCustomer(sql: Sql, at: At, id: string, contact: Observation, counts: RunCounts): Promise<void> {
  const { connection } = at
  const [sourceId = '', key = ''] = id.split('/')
  const [there] = await lockLinksByKeys(sql, connection.id, sourceId, [key])
  if (there && there.uid !== null && there.status === 'active')
    throw new JumpringError(
      'ambiguous_match',
      `A second contact on the platform fits ${key}, who is linked to another.`,
    )
  const [link] = there
    ? // Of a contact that was deleted nothing holds for the one that staff made anew.
      [{ ...there, status: 'active' as const, sharedWith: null, ...(there.status === 'gone' && { state: unlinked }) }]
    : await insertLinks(sql, connection, [{ sourceId, key, status: 'active', uid: contact.uid }])
  if (!link) throw new Error('A link was not stored.')
  await bringDown(sql, at, link, contact, counts)
  await putWork(sql, { connectionId: connection.id, sourceId, key, reason: 'matched' })
}

async function createInEdge(sql: Sql, at: At, contact: Observation, counts: RunCounts): Promise<void> {
  const { connection } = at
  if (contact.phones.length + contact.emails.length === 0)
    throw new JumpringError(
      'needs_identifier',
      'A contact without phone and e-mail is not brought into The Edge: nothing could be matched.',
    )
  // Another contact with the same phone or e-mail is on its way into The Edge: whether they are one shows when that is done.
  const underWay = await lockLinksByIdentifier(sql, connection.id, [...contact.phones, ...contact.emails])
  if (underWay.some((link) => link.key === null))
    throw new JumpringError(
      'ambiguous_match',
      'Another contact with the same phone or e-mail is being brought into The Edge; replay this one when it is there.',
    )
  const sourceId = await homeSource(sql, connection.tenantId)
  if (sourceId === null) return
  const phone = contact.phones.find((number) => !contact.optedOutPhones.includes(number))
  const [email] = contact.emails
  const [address] = contact.addresses
  const name = contact.name ?? email ?? contact.phones[0] ?? ''
  const sent = { name, ...(phone && { phone }), ...(email && { email }), ...(address && { address }) }
  const identifiers = [...contact.phones, ...contact.emails]
  const [link] = await insertLinks(sql, connection, [
    { sourceId, key: null, status: 'creating', uid: contact.uid, identifiers, state: { ...unlinked, sent } },
  ])
  if (!link) throw new Error('A link was not stored.')
  // The agent may find the customer in the store instead of creating one: what that one lacks is then added.
  await saveLinks(sql, [{ ...link, deferred: contact }])
  await queueCommand(sql, connection, {
    sourceId,
    linkId: link.id,
    wish: {
      do: 'createCustomer',
      ...splitName(name),
      phones: [...contact.phones],
      emails: [...contact.emails],
      addresses: [...contact.addresses],
      optedOutPhones: contact.phones.filter((number) => contact.optedOutPhones.includes(number)),
      acquisition: connection.settings.defaultAcquisition,
    },
  })
  counts.commanded += 1
}

/** An opt-out reaches The Edge in every mode, and nothing lifts it (guarantee 6). */
async function optOuts(sql: Sql, { connection }: At, phones: readonly string[], counts: RunCounts): Promise<void> {
  const denied = await rememberOptOuts(sql, connection.tenantId, phones, connection.platform)
  if (denied.length === 0) return
  await lookAgain(sql, connection.tenantId, denied)
  const holders = await holdersOf(sql, connection, 'phone', denied)
  for (const [holder] of Map.groupBy(holders, ({ id }) => id).values()) {
    const payload = holder && (await findRecord(sql, { ...holder, tenantId: connection.tenantId }, holder.key))
    if (!payload) continue
    const customer = customerSchema.parse(JSON.parse(payload))
    await markInEdge(sql, connection, { ...holder, customer }, new Set(denied), counts)
  }
}

/** Has The Edge mark those of the denied phones that the customer has there as contactable. */
async function markInEdge(
  sql: Sql,
  connection: At['connection'],
  { sourceId, key, customer }: { sourceId: string; key: string; customer: Customer },
  denied: ReadonlySet<string>,
  counts: RunCounts,
): Promise<void> {
  const contactable = customer.phones
    .filter((phone) => !phone.doNotContact)
    .flatMap((phone) => normalizePhone(phone.number, connection.region) ?? [])
  const phones = [...new Set(contactable)].filter((phone) => denied.has(phone))
  if (phones.length === 0) return
  await queueCommand(sql, connection, { sourceId, linkId: null, wish: { do: 'optOut', key, phones } })
  counts.commanded += 1
}

async function contactDeleted(sql: Sql, { connection }: At, uid: string): Promise<void> {
  const links = await lockLinksByUid(sql, connection.id, [uid])
  await saveLinks(
    sql,
    links.map((link) => ({ ...link, status: 'gone' as const })),
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

/** Merged on the platform: every link of the contacts that are gone points to the one that remains. */
async function contactMerged(
  sql: Sql,
  at: At,
  goneUids: readonly string[],
  contact: Observation,
  counts: RunCounts,
): Promise<void> {
  const links = await lockLinksByUid(sql, at.connection.id, goneUids)
  await saveLinks(
    sql,
    links.map((link) => ({ ...link, uid: contact.uid })),
  )
  await contactChanged(sql, at, contact, counts)
}

/** PD-03, PD-04: only mode A brings customers and their methods down. */
function bringsCustomers({ connection }: At): boolean {
  return (
    connection.settings.mode === 'A' &&
    openStreams(connection.platform, connection.tier, connection.settings.streams).has('customers')
  )
}

function bringsMethods({ connection }: At): boolean {
  return (
    connection.settings.mode === 'A' &&
    openStreams(connection.platform, connection.tier, connection.settings.streams).has('contactMethods')
  )
}
