import { or, type ProductWrite } from './bodies.ts'
import { type Clientbook, within } from './clientbook.ts'
import { type Actor, newId, type Product, stampNow } from './model.ts'
import { invalid } from './problems.ts'
import { bare, differences } from './views.ts'

/** Makes or changes a product by its external id; what is absent stays as it is. Throws `invalid`. */
export function putProduct(book: Clientbook, accountId: string, write: ProductWrite, by: Actor) {
  const before = book.products.also(within(accountId, write.external_id))
  if (before) {
    const after = changeProduct(book, before, write, by)
    return { id: before.id, outcome: after === before ? ('unchanged' as const) : ('updated' as const) }
  }
  if (write.title === undefined) throw invalid('/title', 'required')
  if (write.kind === undefined) throw invalid('/kind', 'required')
  const now = stampNow()
  const { id } = book.products.put({
    id: newId('pr'),
    account_id: accountId,
    seq: book.nextSeq(),
    external_id: write.external_id,
    title: write.title,
    description: write.description ?? null,
    sku: write.sku ?? null,
    kind: write.kind,
    status: write.status ?? 'active',
    price: write.price ?? null,
    category: write.category ?? null,
    supplier: write.supplier ?? null,
    images: write.images ?? [],
    attributes: write.attributes ?? [],
    client_pos_id: write.client_pos_id ?? null,
    revision: 1,
    created_at: now,
    updated_at: now,
  })
  return { id, outcome: 'created' as const }
}

/** What changes nothing leaves no trace. */
export function changeProduct(
  book: Clientbook,
  before: Product,
  write: Omit<ProductWrite, 'external_id'>,
  by: Actor,
): Product {
  const wanted: Product = {
    ...before,
    title: or(write.title, before.title),
    description: or(write.description, before.description),
    sku: or(write.sku, before.sku),
    kind: or(write.kind, before.kind),
    status: or(write.status, before.status),
    price: or(write.price, before.price),
    category: or(write.category, before.category),
    supplier: or(write.supplier, before.supplier),
    images: or(write.images, before.images),
    attributes: or(write.attributes, before.attributes),
    client_pos_id: or(write.client_pos_id, before.client_pos_id),
  }
  const previous = differences(before, wanted)
  if (Object.keys(previous).length === 0) return before
  const { seq, updated_at } = book.stamp(by, before)
  const product = book.products.put({ ...wanted, revision: before.revision + 1, seq, updated_at })
  book.emit('product.updated', product.account_id, by, () => ({ object: bare(product), previous }))
  return product
}
