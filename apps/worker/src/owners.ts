import type { Sql } from '@jumpring/db'
import {
  customersBehind,
  holderId,
  insertLinks,
  isWriting,
  type Link,
  lockLinksByIdentifier,
  lockLinksByKeys,
  lockLinksByUid,
  lockLinksOfContacts,
  putWork,
  type RecordHolder,
  referTo,
  saveLinks,
  type WorkItem,
} from '@jumpring/db/engine'
import { contactOwner, identifiersOf, isKeptApart, isOlder, merged, type Observation, takenOver } from '@jumpring/sync'
import type { At } from './context.ts'
import type { Surroundings } from './decide.ts'

// Many customers may share one contact; one of them stands for it: gives name and values, and gets what comes down (ADR 0006).

/**
 * Contacts merged on the platform: every link of those that are gone points to the one that remains. Who stood for that one goes on;
 * the others share it from now on.
 */
export async function mergeLinks(sql: Sql, at: At, goneUids: readonly string[], contact: Observation): Promise<void> {
  const { connection } = at
  const uids = [contact.uid, ...goneUids]
  const locked = await lockLinksOfContacts(sql, connection.id, {
    uids,
    identifiers: at.connector.identity === 'methods' ? [...contact.phones, ...contact.emails] : [],
  })
  const links = locked.filter(({ uid, status }) => (uid === null ? status === 'active' : uids.includes(uid)))
  const customers = await customersBehind(sql, connection.tenantId, links)
  const standsAlready = links.filter(({ uid, status }) => uid === contact.uid && status === 'active')
  const owner = ownerAmong(links, customers, standsAlready)
  if (!owner) return
  const others = links.filter((link) => link !== owner)
  const state = others.reduce((joined, link) => merged(joined, link.state), owner.state)
  await saveLinks(sql, [
    {
      ...owner,
      uid: contact.uid,
      status: owner.key === null ? owner.status : 'active',
      sharedWith: null,
      state,
      identifiers: identifiersOf(state),
    },
    ...others.map((link) => sharing(link, contact.uid, owner)),
  ])
  await lookAtLinks(sql, at, links)
}

/**
 * Contacts of which this one now shows every phone and e-mail that they showed: a phone or an e-mail names one contact, so they were
 * merged into it, and the message of that is late or lost.
 * @returns their uids
 */
export async function goneInto(sql: Sql, { connection }: At, contact: Observation): Promise<string[]> {
  const values = [...contact.phones, ...contact.emails]
  const links = await lockLinksByIdentifier(sql, connection.id, values)
  return links.flatMap(({ uid, status, state: { seen } }) => {
    const shown = [...seen.phones, ...seen.emails]
    const isElsewhere = uid !== null && uid !== contact.uid && status === 'active' && shown.length > 0
    return isElsewhere && !isOlder(contact, seen) && shown.every((value) => values.includes(value)) ? [uid] : []
  })
}

/** Whoever stands for the contact already and is still there; else by couple and age among those who are. */
function ownerAmong(
  links: readonly Link[],
  customers: ReadonlyMap<string, RecordHolder>,
  standing: readonly Link[],
): Link | undefined {
  const known = links.flatMap((link) => customers.get(link.id) ?? [])
  const present = known.filter(({ left }) => !left)
  const owner = ownerOf(
    (present.length > 0 ? present : known).map((holder) => ({
      ...holder,
      linked: standing.some(({ id }) => id === holder.value),
    })),
  )
  return links.find(({ id }) => id === owner?.value) ?? links[0]
}

function ownerOf(holders: readonly RecordHolder[]): RecordHolder | undefined {
  const owner = contactOwner(holders)
  return holders.find(({ id }) => id === owner?.id)
}

const sharing = (link: Link, uid: string | null, owner: Link): Link => ({
  ...link,
  uid,
  // Who is on the way into The Edge shares the contact once there.
  status: link.key === null ? link.status : 'shared',
  sharedWith: owner.key === null ? null : referTo({ sourceId: owner.sourceId, key: owner.key }, link),
})

type Around = Pick<Surroundings, 'sharers' | 'mates' | 'decisions'>

/** Links as they are after somebody took over; `wait`: the one who left has a write under way, which comes first. */
export type Takeover = readonly Link[] | 'wait' | null

/**
 * Has a customer who only shares a contact stand for it, if who did has left and this is the next.
 * @returns the links that changed, the customer's own first; null when all stays
 */
export async function takeOver(sql: Sql, { connection }: At, item: WorkItem, around: Around): Promise<Takeover> {
  const uid = item.link?.uid ?? null
  const from =
    item.link && uid !== null
      ? await leftByContact(sql, connection, item.link, uid)
      : await leftByValue(sql, connection, item, around)
  if (!from) return null
  if (from.key !== null && (await isWriting(sql, connection.id, { sourceId: from.sourceId, key: from.key })))
    return 'wait'
  const { sourceId, key } = item
  const [mine] = item.link ? [item.link] : await insertLinks(sql, connection, [{ sourceId, key, status: 'shared' }])
  if (!mine) throw new Error('A link was not stored.')
  const state = takenOver(from.state)
  const owner: Link = {
    ...mine,
    uid: from.uid,
    status: 'active',
    sharedWith: null,
    state,
    identifiers: identifiersOf(from.state),
    deferred: null,
  }
  const all = from.uid === null ? [from] : await lockLinksByUid(sql, connection.id, [from.uid])
  const others = all.filter(({ id, status }) => id !== mine.id && status !== 'gone')
  const changed = [owner, ...others.map((other) => sharing(other, from.uid, owner))]
  await saveLinks(sql, changed)
  return changed
}

/** Of a contact that several links point to: the link of who stood for it and has left, if `mine` is next. */
async function leftByContact(sql: Sql, connection: At['connection'], mine: Link, uid: string): Promise<Link | null> {
  const links = (await lockLinksByUid(sql, connection.id, [uid])).filter(
    ({ key, status }) => key !== null && (status === 'active' || status === 'shared'),
  )
  const customers = await customersBehind(sql, connection.tenantId, links)
  const owner = links.find(({ status }) => status === 'active')
  if (owner && !customers.get(owner.id)?.left) return null
  const next = ownerOf([...customers.values()].filter(({ left }) => !left))
  return next?.value === mine.id ? (owner ?? mine) : null
}

/**
 * Of a phone or e-mail that several customers have, or of customers who are one person: the link of who stood for the contact and has
 * left, if the customer is next. Nobody takes over from someone from whom people keep them apart.
 */
async function leftByValue(
  sql: Sql,
  connection: At['connection'],
  item: WorkItem,
  { sharers, mates, decisions }: Around,
): Promise<Link | null> {
  const id = holderId(item.sourceId, item.key)
  const byValue = Map.groupBy<string, RecordHolder>([...sharers, ...mates], ({ type, value }) => `${type} ${value}`)
  for (const all of byValue.values()) {
    const owner = all.find(({ linked }) => linked)
    if (!owner?.left || isKeptApart(decisions, owner.value, [owner.id, id])) continue
    const holders = all.filter((one) => !isKeptApart(decisions, owner.value, [owner.id, one.id]))
    if (ownerOf(await withoutContact(sql, connection, holders))?.id !== id) continue
    const [link] = await lockLinksByKeys(sql, connection.id, owner.sourceId, [owner.key])
    if (link?.status === 'active') return link
  }
  return null
}

/** The holders who are still there and have no contact of their own. */
async function withoutContact(
  sql: Sql,
  connection: At['connection'],
  holders: readonly RecordHolder[],
): Promise<RecordHolder[]> {
  const free: RecordHolder[] = []
  for (const holder of holders.filter(({ left }) => !left)) {
    const [link] = await lockLinksByKeys(sql, connection.id, holder.sourceId, [holder.key])
    if (!link || (link.status === 'shared' && link.uid === null)) free.push(holder)
  }
  return free
}

/** Those who share the contact of one of these customers who has left, or are one person with one: one of them may follow, so they are looked at again. */
export async function heirsOf(
  sql: Sql,
  { connection }: At,
  items: readonly WorkItem[],
  { sharers, mates }: Around,
): Promise<Link[]> {
  const left = new Set([...sharers, ...mates].filter((holder) => holder.left).map(({ id }) => id))
  const heirs: Link[] = []
  for (const { link, customer, sourceId, key } of items) {
    const id = holderId(sourceId, key)
    if (!(customer.inactive || left.has(id))) continue
    const person = mates.find((mate) => mate.id === id)?.value
    const holders: RecordHolder[] = mates.filter((mate) => mate.value === person && !mate.left)
    if (link?.status === 'active') {
      if (link.uid !== null) heirs.push(...(await lockLinksByUid(sql, connection.id, [link.uid])))
      holders.push(...sharers.filter(({ value }) => link.identifiers.includes(value)))
    }
    for (const [source, inSource] of Map.groupBy(holders, (holder) => holder.sourceId)) {
      const keys = inSource.map((holder) => holder.key)
      heirs.push(...(await lockLinksByKeys(sql, connection.id, source, keys)))
    }
  }
  return heirs.filter(({ status }) => status === 'shared')
}

/** Puts the customers of these links on the work list. */
export async function lookAtLinks(sql: Sql, { connection }: At, links: readonly Link[]): Promise<void> {
  for (const { sourceId, key } of links)
    if (key !== null) await putWork(sql, { connectionId: connection.id, sourceId, key, reason: 'shared' })
}
