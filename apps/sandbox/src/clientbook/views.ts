import type { Clientbook } from './clientbook.ts'
import { within } from './clientbook.ts'
import type { Activity, Client, Collection, Endpoint, Item, Message, Preferences } from './model.ts'

// Objects as the API and its events show them.

/** An object without what only we keep of it. */
export function bare<T extends { account_id: string; seq: number }>({
  account_id: _account,
  seq: _seq,
  ...shown
}: T): Omit<T, 'account_id' | 'seq'> {
  return shown
}

export function clientView(client: Client, { optOuts }: Clientbook) {
  return {
    ...bare(client),
    phones: client.phones.map((phone) => ({
      ...phone,
      sms_opted_out_at: optOuts.get(within(client.account_id, phone.number))?.since ?? null,
    })),
  }
}

export function preferencesView({ id, values, updated_at }: Preferences, book: Clientbook) {
  return { client_id: id, client_pos_id: posIdOf(id, book), values, updated_at }
}

export function collectionView(collection: Collection, book: Clientbook) {
  return { ...bare(collection), client_pos_id: posIdOf(collection.client_id, book) }
}

export function itemView(item: Item, book: Clientbook) {
  const { collection_id, product_id, ...shown } = bare(item)
  const product = product_id === null ? undefined : book.products.get(product_id)
  return {
    ...shown,
    client_pos_id: posIdOf(item.client_id, book),
    collection: { id: collection_id, name: book.collections.get(collection_id)?.name ?? '' },
    product: product
      ? {
          id: product.id,
          external_id: product.external_id,
          sku: product.sku,
          title: product.title,
          kind: product.kind,
        }
      : null,
  }
}

export function activityView(activity: Activity, book: Clientbook) {
  return { ...bare(activity), client_pos_id: posIdOf(activity.client_id, book) }
}

export function messageView(message: Message, book: Clientbook) {
  return { ...bare(message), client_pos_id: posIdOf(message.client_id, book) }
}

/** The secret is never shown. */
export function endpointView({ account_id: _account, secret: _secret, ...shown }: Endpoint) {
  return shown
}

/** The values before, of the fields that differ; empty where none does. Stamps do not count. */
export function differences<T extends object>(before: T, after: T): Partial<T> {
  const stamps = new Set(['seq', 'updated_at', 'updated_by'])
  const previous: Partial<T> = { ...before }
  for (const name in previous) {
    if (stamps.has(name) || JSON.stringify(before[name]) === JSON.stringify(after[name])) delete previous[name]
  }
  return previous
}

function posIdOf(clientId: string, { clients }: Clientbook): string | null {
  return clients.get(clientId)?.pos_id ?? null
}
