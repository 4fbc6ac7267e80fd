import { addOwnActivity } from './activities.ts'
import type { PurchaseWrite } from './bodies.ts'
import { type Clientbook, within } from './clientbook.ts'
import { newId, type Purchase } from './model.ts'
import { Problem } from './problems.ts'
import { differences } from './views.ts'

/** Makes or replaces a purchase by its external id. Throws `client_not_found`. */
export function putPurchase(book: Clientbook, accountId: string, write: PurchaseWrite) {
  const { client_pos_id, ...fields } = write
  const client = book.clients.also(within(accountId, client_pos_id))
  if (!client) throw new Problem('client_not_found')
  const before = book.purchases.also(within(accountId, write.external_id))
  const wanted: Purchase = {
    ...fields,
    id: before?.id ?? newId('pu'),
    account_id: accountId,
    seq: before?.seq ?? 0,
    client_id: client.id,
    purchased_at: new Date(write.purchased_at).toISOString(),
    revision: before?.revision ?? 0,
  }
  if (before && Object.keys(differences(before, wanted)).length === 0) {
    return { id: before.id, outcome: 'unchanged' as const }
  }
  const { id, title, purchased_at } = book.purchases.put({
    ...wanted,
    revision: wanted.revision + 1,
    seq: book.nextSeq(),
  })
  if (!before) addOwnActivity(book, client, 'purchase', title ?? 'Purchase', purchased_at)
  return { id, outcome: before ? ('updated' as const) : ('created' as const) }
}
