import { type Clientbook, within } from './clientbook.ts'
import { joined } from './entries.ts'
import { type Actor, type Client, emptyClient, system } from './model.ts'
import { Problem } from './problems.ts'
import { clientView } from './views.ts'

/**
 * Merges `gone` into `kept`: phones, e-mails, addresses, the preferences that the remaining one lacks, and all else of the other
 * move over; collections of one name become one. Throws `pos_id_conflict`.
 */
export function mergeClients(book: Clientbook, kept: Client, gone: Client, by: Actor): Client {
  if (kept.pos_id !== null && gone.pos_id !== null) throw new Problem('pos_id_conflict')
  movePreferences(book, kept, gone, by)
  moveCollections(book, kept, gone, by)
  for (const item of book.items.of(gone.id)) book.items.put({ ...item, client_id: kept.id, ...book.stamp(by, item) })
  for (const one of book.activities.of(gone.id))
    book.activities.put({ ...one, client_id: kept.id, ...book.stamp(by, one) })
  for (const one of book.messages.of(gone.id)) {
    const { seq, updated_at } = book.stamp(by, one)
    book.messages.put({ ...one, client_id: kept.id, seq, updated_at })
  }
  for (const one of book.purchases.of(gone.id)) book.purchases.put({ ...one, client_id: kept.id, seq: book.nextSeq() })

  const stone = book.stamp(by, gone)
  const end = { deleted_at: stone.updated_at, merged_into_id: kept.id }
  book.clients.put({ ...gone, ...emptyClient(), ...stone, ...end })
  const client = book.clients.put({
    ...kept,
    pos_id: kept.pos_id ?? gone.pos_id,
    first_name: kept.first_name ?? gone.first_name,
    last_name: kept.last_name ?? gone.last_name,
    phones: joined(kept.phones, gone.phones, ({ number }) => number),
    emails: joined(kept.emails, gone.emails, ({ address }) => address.toLowerCase()),
    addresses: joined(kept.addresses, gone.addresses, ({ id: _id, label: _label, is_primary: _mark, ...parts }) =>
      JSON.stringify(parts),
    ),
    acquisition_source: kept.acquisition_source ?? gone.acquisition_source,
    assigned_associate_id: kept.assigned_associate_id ?? gone.assigned_associate_id,
    home_location_id: kept.home_location_id ?? gone.home_location_id,
    tags: [...new Set([...kept.tags, ...gone.tags])],
    ...book.stamp(by, kept),
  })
  book.emit('client.merged', client.account_id, by, () => ({ object: clientView(client, book), merged_id: gone.id }))
  return client
}

/**
 * Where that is switched on: joins a client with another of the same name who has a phone or an e-mail of theirs, letter by letter.
 * Two with POS IDs are never joined. Gives who remains.
 */
export function mergedByItself(book: Clientbook, client: Client): Client {
  const { first_name, last_name, account_id, id, pos_id } = client
  if (!book.settings.current.autoMerge || first_name === null || last_name === null) return client
  const twin = book.clients
    .of(account_id)
    .find(
      (other) =>
        other.id !== id &&
        other.first_name === first_name &&
        other.last_name === last_name &&
        (other.pos_id === null || pos_id === null) &&
        haveOneInCommon(other, client),
    )
  if (!twin) return client
  const clientRemains = pos_id !== null || (twin.pos_id === null && client.created_at < twin.created_at)
  return clientRemains ? mergeClients(book, client, twin, system) : mergeClients(book, twin, client, system)
}

function haveOneInCommon(one: Client, other: Client): boolean {
  return (
    one.phones.some(({ number }) => other.phones.some((phone) => phone.number === number)) ||
    one.emails.some(({ address }) => other.emails.some((email) => email.address === address))
  )
}

function movePreferences(book: Clientbook, kept: Client, gone: Client, by: Actor): void {
  const theirs = book.preferences.get(gone.id)
  if (!theirs) return
  book.preferences.remove(gone.id)
  const own = book.preferences.get(kept.id)?.values.filter(({ value }) => value !== null) ?? []
  const lacking = theirs.values.filter(({ preference_id }) => !own.some((one) => one.preference_id === preference_id))
  const { seq, updated_at } = book.stamp(by, theirs)
  const values = [...own, ...lacking.map((value) => ({ ...value, updated_at, updated_by: by }))]
  book.preferences.put({ id: kept.id, account_id: kept.account_id, seq, updated_at, values })
}

function moveCollections(book: Clientbook, kept: Client, gone: Client, by: Actor): void {
  const own = book.collections.of(kept.id).filter(({ deleted_at }) => deleted_at === null)
  for (const collection of book.collections.of(gone.id)) {
    const same = own.find(({ name }) => name === collection.name)
    if (!same || collection.deleted_at !== null) {
      book.collections.put({ ...collection, client_id: kept.id, ...book.stamp(by, collection) })
      continue
    }
    for (const item of book.items.of(gone.id).filter(({ collection_id }) => collection_id === collection.id)) {
      const isTaken = item.external_id !== null && book.items.also(within(same.id, item.external_id)) !== undefined
      const external_id = isTaken ? null : item.external_id
      book.items.put({ ...item, external_id, collection_id: same.id, ...book.stamp(by, item) })
    }
    const stamp = book.stamp(by, collection)
    book.collections.put({ ...collection, ...stamp, client_id: kept.id, deleted_at: stamp.updated_at })
  }
}
