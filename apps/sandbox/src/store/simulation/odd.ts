import type { StoreDatabase } from '../database.ts'
import { Item, Job, Sale, Saleline, Wishlist } from '../schema/tables.ts'
import type { Till } from '../till/till.ts'

/** What makes a store's data hard beside its customers: each at least once, in a larger store again and again. */
export function addOddThings({ database, till }: { database: StoreDatabase; till: Till }, customers: number): void {
  const times = 1 + Math.floor(customers / 1000)
  const inStock = database.values(
    Item,
    'ItemKey',
    "ItemStatus = 'I' AND Quantity = 1 ORDER BY ItemKey LIMIT ?",
    times * 8,
  )
  const sales = database.values(Sale, 'SaleKey', '1 ORDER BY SaleId DESC LIMIT ?', times * 4)
  const jobs = database.values(Job, 'JobKey', '1 ORDER BY JobId DESC LIMIT ?', times * 2)
  for (let time = 0; time < times; time++) {
    const item = () => inStock.pop() ?? ''
    database.update(Item, [item()], { ItemStatus: '?' })
    database.update(Item, [item()], { ItemInventoryType: 'Z' })
    database.update(Item, [item()], { ItemCurrentPrice: 'call for price', ItemRetailPrice: 'POA' })
    database.update(Item, [item()], { ItemCurrentPrice: '$1,250.00' })
    database.update(Item, [item()], { ItemCurrentPrice: null, ItemRetailPrice: null, ItemDesc: '' })
    const old = item()
    if (old) till.stock.renumber(old, 150)
    // An item that has been trimmed away since it was sold.
    database.update(Saleline, [sales.pop() ?? '', 1], { SalelineItemKey: '001-150-99999', SalelineItemType: 'I' })
    const stranger = sales.pop() ?? ''
    database.update(Sale, [stranger], { SaleCustKey: '001-99999' })
    database.update(Saleline, [stranger, 1], { SalelineCustKey: '001-99999', SalelineCustAccountKey: '' })
    database.update(Saleline, [sales.pop() ?? '', 1], { SalelineAmount: 'n/a' })
    database.update(Job, [jobs.pop() ?? ''], { JobCustKey: '' })
    database.update(Job, [jobs.pop() ?? ''], { JobStatus: 'On hold' })
    const [wish] = database.values(Wishlist, 'WishlistKey', "WishlistItemKey <> '' ORDER BY rowid DESC LIMIT 1")
    if (wish)
      database.update(Wishlist, [wish], { WishlistItemKey: '', WishlistItemDesc: 'Grandmother’s brooch, like it' })
  }
}
