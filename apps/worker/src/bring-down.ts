import { type Customer, customerSchema } from '@jumpring/contracts'
import type { Sql } from '@jumpring/db'
import {
  decisionsOn,
  findRecord,
  holderId,
  type Link,
  leaveContact,
  matesOf,
  notSelected,
  openWishes,
  putWork,
  queueCommand,
  type RunCounts,
  saveLinks,
  setWishedAcquisition,
  undoneMatchesOf,
} from '@jumpring/db/engine'
import {
  decideDown,
  identifiersOf,
  type LinkState,
  laterShowing,
  type Methods,
  methodsOf,
  type Observation,
  sameAddress,
  withoutWritten,
} from '@jumpring/sync'
import { by } from './associate.ts'
import { type At, bringsDown, isAstray } from './context.ts'
import { deniedOf } from './opt-outs.ts'

/** What a linked contact shows that is new: a wish for The Edge (CO-04), in mode A only (PD-04). */
export async function bringDown(
  sql: Sql,
  at: At,
  link: Link,
  shown: Observation,
  counts: RunCounts,
  associate?: string,
): Promise<void> {
  const { connection } = at
  // What waits may be newer than what is shown now: messages come in any order.
  const contact = laterShowing(link.deferred, shown)
  const payload =
    link.key === null
      ? null
      : await findRecord(sql, { tenantId: connection.tenantId, sourceId: link.sourceId }, link.key)
  if (link.key === null && link.createdBy && contact.acquisition !== undefined)
    await setWishedAcquisition(sql, connection.id, link.createdBy, contact.acquisition)
  // The Edge has not given the customer a number, or has not shown it yet; or nobody has selected it (CB-01).
  if (link.key === null || payload === null || (await isOutside(sql, at, link.sourceId, link.key)))
    return saveLinks(sql, [{ ...link, deferred: contact }])
  const { state: after, ...added } = decideDown(contact, link.state)
  const customer = customerSchema.parse(JSON.parse(payload))
  // While nothing comes down, what is new stays new: it comes once downloads are opened (CO-13).
  const state = bringsDown(at, 'contactMethods')
    ? after
    : stillUnseen(after, lacking(added, [methodsOf(customer, connection.region)]))
  // What was given up as gone and is shown again is there.
  const status = link.status === 'gone' ? 'active' : link.status
  await saveLinks(sql, [
    { ...link, uid: contact.uid, state, identifiers: identifiersOf(state), status, deferred: null },
  ])
  if (link.status === 'gone' && link.uid !== contact.uid)
    await leaveContact(sql, connection, { sourceId: link.sourceId, key: link.key })
  const astray = isAstray(at, contact, link.key)
  if (link.status === 'gone' || astray)
    await putWork(sql, {
      connectionId: connection.id,
      sourceId: link.sourceId,
      key: link.key,
      reason: astray ? 'number changed' : 'found again',
    })
  if (!bringsDown(at, 'contactMethods')) return
  const wish = await missingIn(sql, at, customer, link, link.key, {
    ...added,
    optedOutPhones: await deniedOf(sql, connection.tenantId, contact),
  })
  if (!wish) return
  await queueCommand(sql, connection, {
    sourceId: link.sourceId,
    linkId: link.id,
    wish: { do: 'addMethods', key: link.key, ...wish, ...by(at, associate) },
  })
  counts.commanded += 1
}

const isOutside = async (sql: Sql, { connection }: At, sourceId: string, key: string) =>
  (await notSelected(sql, connection, [{ sourceId, key }])).size > 0

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
  key: string,
  shown: Added,
): Promise<MissingMethods | null> {
  if (nothingIn(shown)) return null
  // What had been written to the contact as another customer's, by a match that was undone, is nobody's news.
  const { written } = link.uid === null ? { written: [] } : await undoneMatchesOf(sql, connection, link.uid)
  const added = withoutWritten(shown, written)
  if (nothingIn(added)) return null
  const coming = (await openWishes(sql, link.id)).flatMap((wish) => (wish.do === 'addMethods' ? [wish] : []))
  const id = holderId(link.sourceId, key)
  const mates = await matesOf(sql, connection, [id], await decisionsOn(sql, connection.tenantId, [id]))
  // Who is one person with the customer has it for both.
  const sides: readonly Methods[] = [
    methodsOf(customer, connection.region),
    ...mates.map((mate) => methodsOf(mate.customer, connection.region)),
    ...coming,
  ]
  const missing = lacking(added, sides)
  if (nothingIn(missing)) return null
  return {
    phones: [...missing.phones],
    emails: [...missing.emails],
    addresses: [...missing.addresses],
    optedOutPhones: missing.phones.filter((phone) => missing.optedOutPhones.includes(phone)),
  }
}

const nothingIn = ({ phones, emails, addresses }: Added) => phones.length + emails.length + addresses.length === 0

/** Of methods that a contact shows, those that none of these sides has: what both have is no news, whatever comes down. */
function lacking<Shown extends Pick<Observation, 'phones' | 'emails' | 'addresses'>>(
  shown: Shown,
  sides: readonly Methods[],
): Shown {
  return {
    ...shown,
    phones: shown.phones.filter((phone) => !sides.some((side) => side.phones.includes(phone))),
    emails: shown.emails.filter((email) => !sides.some((side) => side.emails.includes(email))),
    addresses: shown.addresses.filter(
      (address) => !sides.some((side) => side.addresses.some((one) => sameAddress(one, address))),
    ),
  }
}

/** The state without having seen these. */
function stillUnseen(state: LinkState, unseen: Pick<Observation, 'phones' | 'emails' | 'addresses'>): LinkState {
  const { phones, emails, addresses } = state.seen
  return {
    ...state,
    seen: {
      ...state.seen,
      phones: phones.filter((phone) => !unseen.phones.includes(phone)),
      emails: emails.filter((email) => !unseen.emails.includes(email)),
      addresses: addresses.filter((address) => !unseen.addresses.includes(address)),
    },
  }
}
