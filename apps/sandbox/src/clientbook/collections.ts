import { type ItemWrite, or } from './bodies.ts'
import { type Clientbook, within } from './clientbook.ts'
import { type Actor, type Client, type Collection, type Item, newId } from './model.ts'
import { invalid, Problem } from './problems.ts'
import { collectionView, differences, itemView } from './views.ts'

/** Throws `not_found`; a deleted one is not found either. */
export function livingCollection(book: Clientbook, accountId: string, id: string): Collection {
  const collection = book.collections.get(id)
  if (collection?.account_id !== accountId || collection.deleted_at !== null) throw new Problem('not_found')
  return collection
}

/** What stands in a collection. */
function itemsIn(book: Clientbook, { id, client_id }: Collection): Item[] {
  return book.items.of(client_id).filter((item) => item.collection_id === id && item.removed_at === null)
}

/** A client's collections, those that were deleted left out. */
export function collectionsOf(book: Clientbook, client: Client): Collection[] {
  return book.collections.of(client.id).filter(({ deleted_at }) => deleted_at === null)
}

/** Throws `name_taken`. */
export function makeCollection(book: Clientbook, client: Client, name: string, by: Actor): Collection {
  checkName(book, client.id, name)
  const { id: client_id, account_id } = client
  const head = { id: newId('co'), account_id, client_id, name, deleted_at: null }
  const collection = book.collections.put({ ...head, ...book.firstStamp(by) })
  book.emit('collection.created', account_id, by, () => ({ object: collectionView(collection, book) }))
  return collection
}

/** Counts as an update of its items, which have no event of their own for it. Throws `name_taken`. */
export function renameCollection(book: Clientbook, before: Collection, name: string, by: Actor): Collection {
  if (before.name === name) return before
  checkName(book, before.client_id, name)
  const collection = book.collections.put({ ...before, name, ...book.stamp(by, before) })
  // its items count as updated, without events of their own
  for (const item of itemsIn(book, before)) book.items.put({ ...item, ...book.stamp(by, item) })
  book.emit('collection.updated', before.account_id, by, () => ({
    object: collectionView(collection, book),
    previous: { name: before.name },
  }))
  return collection
}

/** Each item has an event of its own, before that of the collection. */
export function deleteCollection(book: Clientbook, before: Collection, by: Actor): void {
  if (before.deleted_at !== null) return
  for (const item of itemsIn(book, before)) removeItem(book, item, by, 'collection_deleted')
  const stamp = book.stamp(by, before)
  const collection = book.collections.put({ ...before, ...stamp, deleted_at: stamp.updated_at })
  book.emit('collection.deleted', before.account_id, by, () => ({ object: collectionView(collection, book) }))
}

/** Adds an item that has no external id, as staff does. Throws `invalid`. */
export function addItem(book: Clientbook, collection: Collection, write: ItemWrite, by: Actor): Item {
  return added(book, written(book, blankItem(collection, null), write), by)
}

/** Puts an item into a collection, or changes it. One that was removed is put back under its id. Throws `invalid`. */
export function putItem(book: Clientbook, collection: Collection, externalId: string, write: ItemWrite, by: Actor) {
  const before = book.items.also(within(collection.id, externalId))
  if (!before) return { item: added(book, written(book, blankItem(collection, externalId), write), by), made: true }
  const wanted = { ...written(book, before, write), removed_at: null, removed_reason: null }
  if (before.removed_at !== null) return { item: added(book, wanted, by, before), made: true }
  return { item: saved(book, before, wanted, by), made: false }
}

/** Throws `item_removed`, `invalid`. */
export function changeItem(book: Clientbook, before: Item, write: ItemWrite, by: Actor): Item {
  if (before.removed_at !== null) throw new Problem('item_removed')
  return saved(book, before, written(book, before, write), by)
}

export function removeItem(
  book: Clientbook,
  before: Item,
  by: Actor,
  removed_reason: 'removed' | 'collection_deleted' = 'removed',
): Item {
  if (before.removed_at !== null) return before
  const stamp = book.stamp(by, before)
  const item = book.items.put({ ...before, ...stamp, removed_at: stamp.updated_at, removed_reason })
  book.emit('collection_item.removed', item.account_id, by, () => ({ object: itemView(item, book) }))
  return item
}

type Unsaved = Omit<Item, 'seq' | 'created_at' | 'updated_at' | 'updated_by'>

function blankItem(collection: Collection, external_id: string | null): Unsaved {
  const { id: collection_id, account_id, client_id } = collection
  const empty = { product_id: null, note: null, removed_at: null, removed_reason: null }
  return { id: newId('it'), external_id, account_id, client_id, collection_id, ...empty }
}

function written(book: Clientbook, before: Unsaved, write: ItemWrite): Unsaved {
  const product_id = or(write.product_id, before.product_id)
  if (product_id !== null && book.products.get(product_id)?.account_id !== before.account_id) {
    throw invalid('/product_id', 'product_not_found', product_id)
  }
  const note = or(write.note, before.note)
  if (product_id === null && !note) throw invalid('/note', 'required')
  return { ...before, product_id, note }
}

function added(book: Clientbook, wanted: Unsaved, by: Actor, before?: Item): Item {
  const stamp = before ? { created_at: before.created_at, ...book.stamp(by, before) } : book.firstStamp(by)
  const item = book.items.put({ ...wanted, ...stamp })
  book.emit('collection_item.added', item.account_id, by, () => ({ object: itemView(item, book) }))
  return item
}

function saved(book: Clientbook, before: Item, wanted: Unsaved, by: Actor): Item {
  const after = { ...before, ...wanted, ...book.stamp(by, before) }
  const previous = differences(itemView(before, book), itemView(after, book))
  if (Object.keys(previous).length === 0) return before
  const item = book.items.put(after)
  book.emit('collection_item.updated', item.account_id, by, () => ({ object: itemView(item, book), previous }))
  return item
}

function checkName(book: Clientbook, clientId: string, name: string): void {
  const holder = book.collections.of(clientId).find((one) => one.name === name && one.deleted_at === null)
  if (holder) throw new Problem('name_taken', { existing_id: holder.id })
}
