import { type ClientWrite, or } from './bodies.ts'
import { type Clientbook, within } from './clientbook.ts'
import { addressesAfter, emailsAfter, phonesAfter } from './entries.ts'
import { mergedByItself } from './merge.ts'
import { type Actor, type Client, emptyClient, newId } from './model.ts'
import { invalid, Problem } from './problems.ts'
import { clientView, differences } from './views.ts'

/** A client who can be written to. Throws `not_found`, `client_deleted`, `client_merged`. */
export function livingClient(book: Clientbook, accountId: string, id: string): Client {
  const client = book.clients.get(id)
  if (client?.account_id !== accountId) throw new Problem('not_found')
  if (client.merged_into_id !== null) {
    throw new Problem('client_merged', { existing_id: whoRemains(book, client).id })
  }
  if (client.deleted_at !== null) throw new Problem('client_deleted')
  return client
}

/** Of one that was merged away, who remains; else the client itself. */
export function whoRemains(book: Clientbook, client: Client): Client {
  const next = client.merged_into_id === null ? undefined : book.clients.get(client.merged_into_id)
  return next ? whoRemains(book, next) : client
}

/** Makes or changes the client with this POS ID. Nobody is matched by anything else. Throws `invalid`. */
export function putByPosId(book: Clientbook, accountId: string, posId: string, write: ClientWrite, by: Actor) {
  if (write.pos_id !== undefined && write.pos_id !== posId) throw invalid('/pos_id', 'value_not_allowed')
  const before = book.clients.also(within(accountId, posId))
  const named = { ...write, pos_id: posId }
  return before
    ? { client: changeClient(book, before, named, by), made: false }
    : { client: createClient(book, accountId, named, by), made: true }
}

/** Throws `invalid`, `pos_id_taken`. */
export function createClient(book: Clientbook, accountId: string, write: ClientWrite, by: Actor): Client {
  const empty: Client = {
    id: newId('cl'),
    account_id: accountId,
    ...book.firstStamp(by),
    ...emptyClient(),
    deleted_at: null,
    merged_into_id: null,
  }
  const client = written(book, empty, write)
  const { first_name, last_name, phones, emails } = client
  if (!first_name && !last_name && phones.length + emails.length === 0) throw invalid('/last_name', 'required')
  book.clients.put(client)
  book.emit('client.created', accountId, by, () => ({ object: clientView(client, book) }))
  return mergedByItself(book, client)
}

/** What changes nothing leaves no trace. Throws `invalid`, `pos_id_taken`. */
export function changeClient(book: Clientbook, before: Client, write: ClientWrite, by: Actor): Client {
  return saveClient(book, before, written(book, before, write), by)
}

/** Keeps what differs, and tells of it. */
export function saveClient(book: Clientbook, before: Client, wanted: Client, by: Actor): Client {
  const previous = differences(before, wanted)
  if (Object.keys(previous).length === 0) return before
  const client = book.clients.put({ ...wanted, ...book.stamp(by, before) })
  book.emit('client.updated', client.account_id, by, () => ({ object: clientView(client, book), previous }))
  return mergedByItself(book, client)
}

/** Erases a client with everything that is theirs; the POS ID is free again. */
export function eraseClient(book: Clientbook, client: Client, by: Actor): void {
  const { id, account_id } = client
  book.preferences.remove(id)
  for (const shelf of [book.purchases, book.collections, book.items, book.activities, book.messages]) {
    for (const own of shelf.of(id)) shelf.remove(own.id)
  }
  const stamp = book.stamp(by, client)
  const gone = book.clients.put({ ...client, ...emptyClient(), ...stamp, deleted_at: stamp.updated_at })
  book.emit('client.deleted', account_id, by, () => ({ object: clientView(gone, book) }))
}

function written(book: Clientbook, before: Client, write: ClientWrite): Client {
  const { pos_id, home_location_id, phones, emails, addresses } = write
  const holder = typeof pos_id === 'string' ? book.clients.also(within(before.account_id, pos_id)) : undefined
  if (holder && holder.id !== before.id) throw new Problem('pos_id_taken', { existing_id: holder.id })
  const locations = book.accounts.get(before.account_id)?.locations ?? []
  if (typeof home_location_id === 'string' && !locations.some(({ id }) => id === home_location_id)) {
    throw invalid('/home_location_id', 'value_not_allowed')
  }
  return {
    ...before,
    pos_id: or(pos_id, before.pos_id),
    first_name: or(write.first_name, before.first_name),
    last_name: or(write.last_name, before.last_name),
    phones: phones ? phonesAfter(before.phones, phones) : before.phones,
    emails: emails ? emailsAfter(before.emails, emails) : before.emails,
    addresses: addresses ? addressesAfter(before.addresses, addresses) : before.addresses,
    acquisition_source: or(write.acquisition_source, before.acquisition_source),
    home_location_id: or(home_location_id, before.home_location_id),
  }
}
