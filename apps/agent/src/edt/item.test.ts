import fc from 'fast-check'
import { expect, test } from 'vitest'
import { storeSettingsSchema } from '../store-settings.ts'
import { readItem } from './item.ts'

const settings = storeSettingsSchema.parse({
  region: 'US',
  timeZone: 'America/New_York',
  inventoryTypes: { W: 'sample' },
})
const readRecord = (record: unknown) => readItem(Buffer.from(JSON.stringify(record)), settings)
const read = (fields: Record<string, unknown>) =>
  readRecord({ Key: '001-150-00004', PairValue: { ItemStatus: 'I', ItemInventoryType: 'S', ...fields } })

test('reads an item as EDT exports it, with all its oddities', () => {
  const result = readRecord({
    Key: '001-150-000004',
    PairValue: {
      ItemStoreId: 1,
      ItemCatId: 150,
      ItemStockNo: 4,
      itemkey: '001-150-000004',
      ItemStyle: 'cocktail',
      ItemDesc: ' Rosé gold cocktail ring ',
      ItemDescMemo: null,
      ITEMSTATUS: 'i',
      ItemDateEntered: '07/18/2019 09:39:58',
      ItemVendorId: 'STUL',
      ItemInventoryType: 'S',
      ItemCost: 610,
      ItemRetailPrice: '1,250.00',
      ItemCurrentPrice: 1125.99,
      ItemDetail_1: 'Opal',
      ItemDetail_2: '',
      ItemDetail_16: 'Estate',
      ItemMetalType: 'Gold 14K',
      ItemMetalColor: 'Rosé',
      ItemSize: '6½',
      ItemImage: '150-00004.jpg| 150-00004b.jpg |',
      ItemSaleKey: '',
      ItemSaleDate: null,
      ItemOldKey: '1-100-7',
      ItemNeverUpload: false,
      ItemAlwaysUpload: 'Y',
      Quantity: '1',
      CategoryName: "Ladies' rings",
      Stones: [
        {
          Key: 'x',
          PairValue: { StoneType: 'Opal', StoneShape: 'Oval', StoneCount: 1, StoneWeight: 0.5, StoneCost: 90 },
        },
      ],
      Vendors: [
        { Key: 'STUL', PairValue: { VendorId: 'STUL', VendorName: 'Harborline Designs', VendorAccountNo: '7' } },
      ],
    },
  })
  expect(result).toEqual({
    kind: 'item',
    key: '001-150-00004',
    rawKey: '001-150-000004',
    record: {
      category: { id: '150', name: "Ladies' rings" },
      style: 'cocktail',
      description: 'Rosé gold cocktail ring',
      status: 'in_stock',
      inventoryType: 'stock',
      supplier: { id: 'STUL', name: 'Harborline Designs' },
      price: { minor: 112_599, currency: 'USD' },
      details: ['Opal', 'Estate'],
      metal: 'Gold 14K Rosé',
      size: '6½',
      stones: ['1 Oval Opal 0.5 ct'],
      images: ['150-00004.jpg', '150-00004b.jpg'],
      quantity: 1,
      enteredOn: '2019-07-18',
      upload: 'always',
      oldKey: '001-100-00007',
    },
  })
})

test('a sold item says when, for how much and to whom', () => {
  const sale = {
    ItemSaleKey: '1-42',
    ItemSaleDate: '2026-03-03T18:00:00',
    ItemSalePrice: '990',
    ItemSaleCustKey: '1-17',
  }
  const sold = { sale: '001-00042', at: '2026-03-03T23:00:00Z', price: { minor: 99_000, currency: 'USD' } }
  expect(read({ ItemStatus: 'S', ...sale })).toMatchObject({
    record: { status: 'sold', sold: { ...sold, customer: '001-00017' } },
  })
})

test.each([
  ['I', {}, 'in_stock'],
  ['S', {}, 'sold'],
  ['Q', { ItemSaleKey: '001-00042' }, 'sold'],
  ['Q', { ItemSaleDate: '2026-03-03' }, 'sold'],
  ['L', {}, 'off'],
  ['X', { ItemNewItKey: '001-150-00009' }, 'off'],
])('status %s with %j is %s', (ItemStatus, fields, status) => {
  expect(read({ ItemStatus, ...fields })).toMatchObject({ record: { status } })
})

test.each([
  ['M', 'memo'],
  ['c', 'consignment'],
  ['Trade-In', 'trade'],
  ['ASSEMBLED', 'assembled'],
  ['w', 'sample'],
])('inventory type %s is %s', (ItemInventoryType, inventoryType) => {
  expect(read({ ItemInventoryType })).toMatchObject({ record: { inventoryType } })
})

test.each([
  ['?', { ItemStatus: '?' }, 'ItemStatus is not a single letter.'],
  ['Zebra', { ItemInventoryType: 'Zebra' }, 'ItemInventoryType is none of the known inventory types.'],
  ['call', { ItemCurrentPrice: 'call', ItemRetailPrice: 5 }, 'ItemCurrentPrice is not a number.'],
  ['POA', { ItemCurrentPrice: null, ItemRetailPrice: 'POA' }, 'ItemRetailPrice is not a number.'],
  ['gone', { ItemStatus: 'S', ItemSalePrice: 'gone' }, 'ItemSalePrice is not a number.'],
])('[CO-11] %s is refused with a sentence that names the field and not the value', (value, fields, message) => {
  const result = read(fields)
  expect(result).toEqual({ key: '001-150-00004', message })
  expect(JSON.stringify(result)).not.toContain(value)
})

test('an item without a price is read, and its words go on in the memo', () => {
  const cut = `${'a ring '.repeat(36)}wit` // 255 characters
  expect(read({ ItemDesc: cut, ItemDescMemo: 'h a stone' })).toMatchObject({
    record: { description: `${cut}h a stone` },
  })
  expect(read({ ItemDesc: 'A ring', ItemDescMemo: 'A ring. By hand.' })).toMatchObject({
    record: { description: 'A ring. By hand.' },
  })
  expect(read({ ItemDesc: 'A ring', ItemDescMemo: 'By hand.' })).toMatchObject({
    record: { description: 'A ring\nBy hand.' },
  })
  expect(read({})).toMatchObject({ record: { details: [], stones: [], images: [], upload: 'by_filter' } })
})

test.each([
  ['no number', { PairValue: { ItemStatus: 'I' } }],
  ['a number of another form', { Key: 'RING-1', PairValue: {} }],
  ['no PairValue', { Key: '001-150-00004' }],
])('an item with %s is refused', (_, record) => {
  expect(readRecord(record)).toEqual({ key: null, message: expect.any(String) })
})

test('without a key its three parts make one', () => {
  const parts = { ItemStoreId: 1, ItemCatId: 150, ItemStockNo: 4, ItemStatus: 'I', ItemInventoryType: 'S' }
  expect(readRecord({ PairValue: parts })).toMatchObject({ key: '001-150-00004' })
})

test('any JSON is either read or refused, never a crash', () => {
  const scalar = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.object({ maxDepth: 1 }))
  const fields = [
    'ItemStatus',
    'ItemCurrentPrice',
    'ItemSaleDate',
    'ItemImage',
    'ItemDesc',
    'Quantity',
    'Stones',
    'Vendors',
  ]
  const record = fc.record({
    Key: fc.oneof(fc.constant('1-150-4'), scalar),
    PairValue: fc.oneof(fc.dictionary(fc.constantFrom(...fields), fc.oneof(scalar, fc.array(scalar))), scalar),
  })
  fc.assert(
    fc.property(record, (input) => {
      const result = readRecord(input)
      expect('record' in result || result.message.length > 0).toBe(true)
    }),
    { numRuns: 500 },
  )
})
