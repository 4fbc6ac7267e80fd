import { JumpringError } from '@jumpring/contracts'
import type { Sql } from '@jumpring/db'
import {
  creationsUnderWay,
  customersFormerly,
  customersNumbered,
  customersWithWebId,
  decisionsOn,
  type HomeStore,
  holdersOf,
  homeOf,
  insertLinks,
  leaveContact,
  lockLinksByKeys,
  lockLinksByUid,
  type MatchReason,
  matesOf,
  noteMatch,
  noteUnmatched,
  placeOf,
  putWork,
  queueCommand,
  type RecordHolder,
  type RunCounts,
  saveLinks,
  undoneMatchesOf,
} from '@jumpring/db/engine'
import {
  comesDown,
  contactOwner,
  isOlder,
  matchContact,
  normalizeKey,
  type Observation,
  splitName,
  unlinked,
  withoutWritten,
} from '@jumpring/sync'
import { by } from './associate.ts'
import { bringDown } from './bring-down.ts'
import { type At, bringsDown } from './context.ts'
import type { Showing } from './echoes.ts'
import { deniedOf } from './opt-outs.ts'

/** An earlier integration, or staff, may have written the number in another width. */
const numberOn = (externalId: string) => normalizeKey(externalId) ?? externalId

/** CO-05: a contact that is linked to nobody yet. */
export async function meet(sql: Sql, at: At, showing: Showing, counts: RunCounts): Promise<void> {
  const { eventId, contact: shown, associate } = showing
  const { connection } = at
  const undone = await undoneMatchesOf(sql, connection, shown.uid)
  const contact = withoutNumberOf(undone.ids, withoutWritten(shown, undone.written))
  const isNumbered = at.connector.identity === 'externalId'
  const all = await (isNumbered ? candidatesByNumber : candidatesByMethods)(sql, at, { eventId, contact })
  const candidates = {
    byNumber: all.byNumber.filter((id) => !undone.ids.has(id)),
    byWebId: all.byWebId.filter((id) => !undone.ids.has(id)),
    byEmail: all.byEmail.filter(({ id }) => !undone.ids.has(id)),
    byPhone: all.byPhone.filter(({ id }) => !undone.ids.has(id)),
  }
  const ids = [...candidates.byEmail, ...candidates.byPhone].map(({ id }) => id)
  const decisions = await decisionsOn(sql, connection.tenantId, ids)
  const match = matchContact(candidates, decisions)
  const waitForPerson = () => noteUnmatched(sql, connection, { uid: shown.uid, eventId, identifiers: knownBy(shown) })
  if (match.kind === 'several') {
    await waitForPerson()
    const keys = match.ids.map((id) => id.split('/')[1]).join(', ')
    throw new JumpringError(
      'ambiguous_match',
      `The ${match.by} of the contact ${shown.uid} fits ${keys}; none was chosen.`,
    )
  }
  if (match.kind === 'one') {
    // Of one person, who has a contact stands for all.
    const isCertain = match.by === 'number' || match.by === 'webId' || isNumbered
    const mates = isCertain ? [] : await matesOf(sql, connection, [match.id], decisions)
    const standing = contactOwner(mates.filter(({ linked }) => linked))
    const found = { id: standing?.id ?? match.id, by: match.by }
    const standsElsewhere = await linkToCustomer(sql, at, found, { ...showing, contact }, counts)
    if (standsElsewhere === null) return
    await waitForPerson()
    throw new JumpringError('ambiguous_match', standsElsewhere)
  }
  const apart = [...all.byEmail, ...all.byPhone].find(({ id }) => undone.ids.has(id))
  if (apart) {
    // The Edge would take the new customer for that one again, by what the two have in common.
    await waitForPerson()
    throw new JumpringError(
      'ambiguous_match',
      `A phone or an e-mail of the contact ${shown.uid} is also that of ${apart.key}, from whom it is kept apart; take it away there, and the contact goes on.`,
    )
  }
  // BY-05: whoever the filter keeps out is looked at again with the contact's next change, or when the filter changes.
  const mayCome = bringsDown(at, 'customers') && comesDown(contact, connection.settings.downloadFilter)
  if (mayCome) await createInEdge(sql, at, contact, counts, associate)
}

/** By what a contact that fits several, or a customer who has another, is told from others; on Clientbook it may have no more than a number. */
const knownBy = ({ phones, emails, externalId }: Observation) => [
  ...phones,
  ...emails,
  ...(externalId === undefined ? [] : [numberOn(externalId)]),
]

/** The number of who the contact is not says nothing, should it still stand there. */
function withoutNumberOf(ids: ReadonlySet<string>, contact: Observation): Observation {
  const { externalId, ...rest } = contact
  const isTheirs = externalId !== undefined && [...ids].some((id) => placeOf(id).key === numberOn(externalId))
  return isTheirs ? rest : contact
}

async function candidatesByMethods(sql: Sql, { connection }: At, { contact }: Showing) {
  const { uid, externalId, emails, phones } = contact
  return {
    byNumber: externalId === undefined ? [] : await customersNumbered(sql, connection.tenantId, numberOn(externalId)),
    byWebId: await customersWithWebId(sql, connection.tenantId, uid),
    byEmail: await holdersOf(sql, connection, 'email', emails),
    byPhone: await holdersOf(sql, connection, 'phone', phones),
  }
}

/**
 * Where contacts are known by the number of The Edge: one with a number is that customer's and nobody else's, whatever it has in common
 * with others; one without is of those with its e-mail or phone who have no contact yet, and gets the number.
 */
async function candidatesByNumber(sql: Sql, at: At, showing: Showing): ReturnType<typeof candidatesByMethods> {
  const { contact, eventId } = showing
  const found = await candidatesByMethods(sql, at, showing)
  if (contact.externalId === undefined) {
    const isFree = ({ linked }: RecordHolder) => !linked
    const hasFree = [...found.byEmail, ...found.byPhone].some(isFree)
    return hasFree ? { ...found, byEmail: found.byEmail.filter(isFree), byPhone: found.byPhone.filter(isFree) } : found
  }
  if (found.byNumber.length === 0)
    found.byNumber = await customersFormerly(sql, at.connection.tenantId, numberOn(contact.externalId))
  if (found.byNumber.length + found.byWebId.length === 0) {
    // It is met again when the customer comes.
    const identifiers = [numberOn(contact.externalId)]
    await noteUnmatched(sql, at.connection, { uid: contact.uid, eventId, identifiers })
    throw new JumpringError(
      'unknown_customer',
      `The contact has the number ${contact.externalId}, which no customer of the store has.`,
    )
  }
  if (found.byNumber.length > 1)
    throw new JumpringError('ambiguous_match', `Several stores have a customer ${contact.externalId}; none was chosen.`)
  return { ...found, byEmail: [], byPhone: [] }
}

/** @returns why it was not done: the customer has another contact */
async function linkToCustomer(
  sql: Sql,
  at: At,
  { id, by }: { readonly id: string; readonly by: MatchReason },
  { contact, associate }: Showing,
  counts: RunCounts,
): Promise<string | null> {
  const { connection } = at
  const [sourceId = '', key = ''] = id.split('/')
  const [there] = await lockLinksByKeys(sql, connection.id, sourceId, [key])
  if (there?.status === 'shared' && (await isFromBefore(sql, at, contact, there.uid))) return null
  if (there && there.uid !== null && there.status === 'active')
    return `The contact ${contact.uid} on the platform fits ${key}, who has the contact ${there.uid} there; merge the two there if they are one.`
  const [link] = there
    ? // Of a contact that was deleted, or is another's, nothing holds for the one that staff made anew.
      [{ ...there, status: 'active' as const, sharedWith: null, ...(there.uid !== null && { state: unlinked }) }]
    : await insertLinks(sql, connection, [{ sourceId, key, status: 'active', uid: contact.uid }])
  if (!link) throw new Error('A link was not stored.')
  if (there && there.uid !== null && there.uid !== contact.uid) await leaveContact(sql, connection, { sourceId, key })
  await noteMatch(sql, link.id, by, contact)
  await bringDown(sql, at, link, contact, counts, associate)
  await putWork(sql, { connectionId: connection.id, sourceId, key, reason: 'matched' })
  return null
}

/** What is said of a contact was so before it became another, as that one shows: a message that is late. */
async function isFromBefore(sql: Sql, { connection }: At, contact: Observation, uid: string | null): Promise<boolean> {
  const links = uid === null || uid === contact.uid ? [] : await lockLinksByUid(sql, connection.id, [uid])
  return links.some(({ status, state }) => status === 'active' && isOlder(contact, state.seen))
}

async function createInEdge(
  sql: Sql,
  at: At,
  contact: Observation,
  counts: RunCounts,
  associate: string | undefined,
): Promise<void> {
  const { connection } = at
  if (at.connector.identity === 'methods' && contact.phones.length + contact.emails.length === 0)
    throw new JumpringError(
      'needs_identifier',
      'A contact without phone and e-mail is not brought into The Edge: nothing could be matched.',
    )
  const underWay = await creationsUnderWay(sql, connection.tenantId, [...contact.phones, ...contact.emails])
  const [coming] = underWay
  // Of this platform another contact with the same phone or e-mail: whether they are one shows when that is done.
  if (underWay.some((one) => one.connectionId === connection.id || one.commandId !== coming?.commandId))
    throw new JumpringError(
      'ambiguous_match',
      'Another contact with the same phone or e-mail is being brought into The Edge; replay this one when it is there.',
    )
  // Of another platform the same person: one customer, for whom both links wait.
  const home: HomeStore | null = coming ?? (await homeOf(sql, connection, contact.locations))
  if (home === null) return
  const { sourceId } = home
  const denied = await deniedOf(sql, connection.tenantId, contact)
  const phone = contact.phones.find((number) => !denied.includes(number))
  const [email] = contact.emails
  const [address] = contact.addresses
  const name = contact.name ?? email ?? contact.phones[0] ?? ''
  const sent = { name, ...(phone && { phone }), ...(email && { email }), ...(address && { address }) }
  const identifiers = [...contact.phones, ...contact.emails]
  const [link] = await insertLinks(sql, connection, [
    {
      sourceId,
      key: coming?.key ?? null,
      status: coming?.key ? 'active' : 'creating',
      uid: contact.uid,
      identifiers,
      state: { ...unlinked, sent },
    },
  ])
  if (!link) throw new Error('A link was not stored.')
  const commandId =
    coming?.commandId ?? (await wishFor(sql, at, { home, linkId: link.id, name, contact, denied, associate }))
  if (!coming) counts.commanded += 1
  // What the customer lacks once there is added then: the agent may find one in the store instead of creating one, and another
  // platform may have brought fewer.
  await saveLinks(sql, [{ ...link, deferred: contact, createdBy: commandId }])
  await noteMatch(sql, link.id, 'cameFromPlatform', contact)
}

interface NewCustomer {
  readonly home: HomeStore
  readonly linkId: string
  readonly name: string
  readonly contact: Observation
  readonly denied: readonly string[]
  readonly associate: string | undefined
}

function wishFor(sql: Sql, at: At, wanted: NewCustomer): Promise<string> {
  const { connection } = at
  const { home, linkId, name, contact, denied, associate } = wanted
  return queueCommand(sql, connection, {
    sourceId: home.sourceId,
    linkId,
    wish: {
      do: 'createCustomer',
      ...splitName(name),
      phones: [...contact.phones],
      emails: [...contact.emails],
      addresses: [...contact.addresses],
      optedOutPhones: [...denied],
      // CO-06: theirs if they have one, else the one by which who came from the platform is told apart.
      acquisition: at.acquisitions?.get(contact.uid) ?? contact.acquisition ?? connection.settings.defaultAcquisition,
      ...(home.store !== undefined && { store: home.store }),
      ...by(at, associate),
    },
  })
}
