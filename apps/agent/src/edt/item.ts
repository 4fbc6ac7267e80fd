import { type InventoryType, inventoryTypes, itemSchema } from '@jumpring/contracts'
import { normalizeItemKey, normalizeKey } from '@jumpring/sync'
import { z } from 'zod'
import type { ReadOf, Unreadable } from '../store/reading.ts'
import type { StoreSettings } from '../store-settings.ts'
import { descriptionOf, instantOf, moneyOf, wholeNumber } from './fields.ts'
import { checked, childrenSchema, type Fields, fieldsSchema, parseRecord, withoutGaps } from './record.ts'
import { flag, localDate, type Scalar, text } from './values.ts'

/** Raise it when the mapping below gives another item for the same record. */
export const itemMapping = 2

const detailNumbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16] as const

/** All that is read of an item. ItemCost, ItemMinPrice, invoices and notes are not named, so they cannot be sent (AG-04). */
const itemFields = [
  'ItemStoreId',
  'ItemCatId',
  'ItemStockNo',
  'ItemKey',
  'ItemStyle',
  'ItemDesc',
  'ItemDescMemo',
  'ItemStatus',
  'ItemDateEntered',
  'ItemVendorId',
  'ItemInventoryType',
  'ItemRetailPrice',
  'ItemCurrentPrice',
  ...detailNumbers.map((number) => `ItemDetail_${number}` as const),
  'ItemMetalType',
  'ItemMetalColor',
  'ItemMetalFinish',
  'ItemSize',
  'ItemImage',
  'ItemSaleKey',
  'ItemSaleDate',
  'ItemSalePrice',
  'ItemSaleCustKey',
  'ItemNewItKey',
  'ItemOldKey',
  'ItemNeverUpload',
  'ItemAlwaysUpload',
  'Quantity',
  'CategoryId',
  'CategoryName',
] as const
const stoneFields = ['StoneType', 'StoneShape', 'StoneCount', 'StoneWeight', 'StoneColor', 'StoneClarity'] as const
const vendorFields = ['VendorId', 'VendorName'] as const

const itemFieldsSchema = fieldsSchema(itemFields)
const listsSchema = z.object({ Stones: childrenSchema(stoneFields), Vendors: childrenSchema(vendorFields) })
const pairSchema = z
  .looseObject({})
  .transform((pair) => ({ item: itemFieldsSchema.parse(pair), lists: listsSchema.parse(pair) }))

type ItemFields = Fields<(typeof itemFields)[number]>

/** Reads one record of an item export from its bytes. */
export function readItem(bytes: Buffer, settings: StoreSettings): ReadOf<'item'> | Unreadable {
  const found = parseRecord(bytes, pairSchema)
  if ('message' in found) return found
  const { item, lists } = found.pair
  const parts = [item.ItemStoreId, item.ItemCatId, item.ItemStockNo].map(text)
  const rawKey = text(item.ItemKey) ?? found.rawKey ?? (parts.includes(undefined) ? undefined : parts.join('-'))
  const key = rawKey === undefined ? null : normalizeItemKey(rawKey)
  if (rawKey === undefined || key === null)
    return { key: null, message: 'ItemKey is missing, or is not a number of the known form.' }
  const faults: string[] = []
  const money = (field: keyof ItemFields) => moneyOf(field, item[field], settings.currency, faults)
  const status = statusOf(item, faults)
  const record = withoutGaps({
    category: namedOf(text(item.ItemCatId) ?? text(item.CategoryId), text(item.CategoryName)),
    style: text(item.ItemStyle),
    description: descriptionOf(item.ItemDesc, item.ItemDescMemo),
    status,
    inventoryType: inventoryTypeOf(item.ItemInventoryType, settings, faults),
    supplier: supplierOf(text(item.ItemVendorId), lists.Vendors),
    price: money('ItemCurrentPrice') ?? money('ItemRetailPrice'),
    details: detailNumbers.flatMap((number) => text(item[`ItemDetail_${number}`]) ?? []),
    metal: joined(item.ItemMetalType, item.ItemMetalColor, item.ItemMetalFinish),
    size: text(item.ItemSize),
    stones: lists.Stones.flatMap((stone) => stoneOf(stone) ?? []).slice(0, 50),
    images: imagesOf(item.ItemImage),
    quantity: wholeNumber(item.Quantity),
    enteredOn: localDate(item.ItemDateEntered)?.slice(0, 10),
    upload: uploadOf(item),
    oldKey: itemKeyFrom(item.ItemOldKey),
    newKey: itemKeyFrom(item.ItemNewItKey),
    sold: status === 'sold' ? soldOf(item, settings, money('ItemSalePrice')) : undefined,
  })
  return checked({ kind: 'item', key, rawKey }, itemSchema, record, faults)
}

/** EDT: `I` in stock; any other letter means "take it off", sold where there is a sale (our assumption: `S` too). */
function statusOf({ ItemStatus, ItemSaleKey, ItemSaleDate }: ItemFields, faults: string[]) {
  const letter = text(ItemStatus)?.toUpperCase()
  if (letter === undefined || !/^[A-Z]$/.test(letter)) {
    faults.push('ItemStatus is not a single letter.')
    return undefined
  }
  if (letter === 'I') return 'in_stock'
  const isSold = letter === 'S' || text(ItemSaleKey) !== undefined || text(ItemSaleDate) !== undefined
  return isSold ? 'sold' : 'off'
}

/** A letter of the store's, or the word itself. */
function inventoryTypeOf(value: Scalar | undefined, settings: StoreSettings, faults: string[]) {
  const written = text(value)?.toLowerCase()
  const byLetter = Object.entries(settings.inventoryTypes).find(([letter]) => letter.toLowerCase() === written)?.[1]
  const word = written?.replace(/[^a-z]/g, '').replace(/^tradein$/, 'trade')
  const type: InventoryType | undefined = byLetter ?? inventoryTypes.find((one) => one === word)
  if (type === undefined) faults.push('ItemInventoryType is none of the known inventory types.')
  return type
}

const itemKeyFrom = (value: Scalar | undefined) => normalizeItemKey(text(value) ?? '') ?? undefined

function namedOf(id: string | undefined, name: string | undefined) {
  return id === undefined ? undefined : withoutGaps({ id, name })
}

function supplierOf(id: string | undefined, vendors: readonly Fields<(typeof vendorFields)[number]>[]) {
  const vendor = vendors.find(({ VendorId }) => text(VendorId) === id) ?? vendors[0]
  return namedOf(id ?? text(vendor?.VendorId), text(vendor?.VendorName))
}

/** `1 Round Diamond 1.29 ct G VS1`. */
function stoneOf(stone: Fields<(typeof stoneFields)[number]>): string | undefined {
  const weight = text(stone.StoneWeight)
  const carats = weight === undefined ? undefined : `${weight} ct`
  return joined(stone.StoneCount, stone.StoneShape, stone.StoneType, carats, stone.StoneColor, stone.StoneClarity)
}

function imagesOf(value: Scalar | undefined): string[] {
  const names = (text(value) ?? '').split('|').map((name) => name.trim())
  return names.filter((name) => name !== '').slice(0, 50)
}

/** What the store keeps to itself stays: an unclear "never" counts as set, an unclear "always" as not. */
function uploadOf({ ItemNeverUpload, ItemAlwaysUpload }: ItemFields) {
  if (flag(ItemNeverUpload, true)) return 'never'
  return flag(ItemAlwaysUpload, false) ? 'always' : 'by_filter'
}

function soldOf(item: ItemFields, { timeZone }: StoreSettings, price: unknown) {
  return withoutGaps({
    sale: normalizeKey(text(item.ItemSaleKey) ?? '') ?? undefined,
    at: instantOf(item.ItemSaleDate, timeZone),
    price,
    customer: normalizeKey(text(item.ItemSaleCustKey) ?? '') ?? undefined,
  })
}

function joined(...values: readonly (Scalar | undefined)[]): string | undefined {
  return values.flatMap((value) => text(value) ?? []).join(' ') || undefined
}
