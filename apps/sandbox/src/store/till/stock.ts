import type { StoreDatabase } from '../database.ts'
import type { RowOf, Value } from '../schema/table.ts'
import { Item, Stone, Vendor, Wishlist } from '../schema/tables.ts'
import { found, Refusal } from './refusal.ts'

export type ItemRow = RowOf<typeof Item>

/** The inventory. Statuses beside `I` are our assumption (README.md). */
export class Stock {
  readonly #database: StoreDatabase

  constructor(database: StoreDatabase) {
    this.#database = database
  }

  /** A new item with the next number of its category (150 unless given); in stock unless given otherwise. */
  enter(fields: Partial<ItemRow>, stones: Partial<RowOf<typeof Stone>>[] = []): ItemRow {
    return this.#database.inTransaction(() => {
      const category = Number(fields.ItemCatId ?? fields.CategoryId ?? 150)
      const number = this.#database.nextNumber(`Item/${category}`)
      const key = `001-${pad(category, 3)}-${pad(number, 5)}`
      const now = this.#database.now()
      const item = this.#database.insert(Item, {
        ItemStoreId: 1,
        ItemCatId: category,
        ItemStockNo: number,
        ItemKey: key,
        ItemStatus: 'I',
        ItemInventoryType: 'S',
        ItemDateEntered: now,
        ItemDateReceived: now,
        ItemDateStatusChanged: now,
        ItemBarCode: key.replaceAll('-', ''),
        CategoryId: category,
        Quantity: 1,
        ...fields,
      })
      let place = 0
      for (const stone of stones) this.#database.insert(Stone, { StoneItemKey: key, StoneNo: ++place, ...stone })
      return item
    })
  }

  find(key: string): ItemRow {
    return found(this.#database.get(Item, key), `item ${key}`)
  }

  change(key: string, fields: Partial<ItemRow>): ItemRow {
    return found(this.#database.update(Item, [key], fields), `item ${key}`)
  }

  /** Takes an item off the shelf for a sale or an envelope. */
  take(key: string, fields: Partial<ItemRow>): ItemRow {
    const item = this.find(key)
    if (!['I', 'L', 'O'].includes(String(item.ItemStatus))) throw new Refusal(`Item ${key} is not in stock.`)
    return this.change(key, { ItemDateStatusChanged: this.#database.now(), ...fields })
  }

  /** A sold item: its wishes are fulfilled (EDT). */
  sold(key: string, sale: { key: string; customer: string; price: Value }): void {
    const now = this.#database.now()
    this.take(key, {
      ItemStatus: 'S',
      ItemSaleKey: sale.key,
      ItemSaleDate: now,
      ItemSalePrice: sale.price,
      ItemSaleCustKey: sale.customer,
    })
    const open = "WishlistItemKey = ? AND coalesce(WishlistDateBought, '') = ''"
    for (const wish of this.#database.values(Wishlist, 'WishlistKey', open, key)) {
      this.#database.update(Wishlist, [wish], { WishlistDateBought: now, WishlistFinalItkey: key })
    }
  }

  /** Back on the shelf. An item that has been trimmed away stays away. */
  putBack(key: string): void {
    this.#database.update(Item, [key], {
      ItemStatus: 'I',
      ItemDateStatusChanged: this.#database.now(),
      ItemSaleKey: '',
      ItemSaleDate: null,
      ItemSalePrice: null,
      ItemSaleCustKey: '',
    })
  }

  /** EDT: a transfer renumbers; each of the two records names the other. */
  renumber(key: string, category: number): ItemRow {
    return this.#database.inTransaction(() => {
      const { ItemKey, ItemStockNo, ItemBarCode, ItemUpdateSeq, ItemUpdateDateTime, ...rest } = this.find(key)
      const item = this.enter({ ...rest, ItemCatId: category, CategoryId: category, ItemOldKey: key })
      this.change(key, { ItemStatus: 'X', ItemNewItKey: item.ItemKey, ItemDateStatusChanged: this.#database.now() })
      return item
    })
  }

  vendor(fields: Partial<RowOf<typeof Vendor>>): void {
    this.#database.insert(Vendor, fields)
  }
}

export function pad(number: number, width: number): string {
  return String(number).padStart(width, '0')
}
