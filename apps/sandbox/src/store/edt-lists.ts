import { pairValue } from './customer.ts'
import { withLists } from './customers.ts'
import type { StoreDatabase } from './database.ts'
import type { Rows } from './rows.ts'
import type { Table, Value } from './schema/table.ts'
import { Customer, Item, Job, Saleline, Stone, Vendor, Wishlist } from './schema/tables.ts'

/** A record as it stands in a file. `number` is the same in every file; the form of its dates follows from it. */
export type EdtRecord = { key: string; number: number; body: string }

type Row = Record<string, Value>
export type EdtList = {
  /** In the file's name, and of the array in it. */
  file: string
  array: string
  table: Table
  order: string
  key: (row: Row) => string
  /** What belongs to a record beside its own fields. */
  pair?: (rows: Rows, row: Row) => unknown
}

/** EDT: the files that The Edge exports. Customers first: what the others speak of. */
export const edtLists: readonly EdtList[] = [
  {
    file: 'CustomerList',
    array: 'Customers',
    table: Customer,
    order: 'CustomerStoreId, Customerid',
    key: (row) => text(row.CustomerKey),
    pair: (rows, row) => pairValue(withLists(rows, row)),
  },
  {
    file: 'ItemList',
    array: 'Items',
    table: Item,
    order: 'ItemKey',
    key: (row) => text(row.ItemKey),
    pair: (rows, row) => ({ ...row, Stones: stones(rows, row), Vendors: vendors(rows, row) }),
  },
  {
    file: 'Transaction',
    array: 'SaleLines',
    table: Saleline,
    order: 'SalelineSaleKey, SalelineLineNo',
    // EDT: the two run together, without anything between.
    key: (row) => `${text(row.SalelineSaleKey)}${text(row.SalelineLineNo)}`,
  },
  { file: 'JobList', array: 'Jobs', table: Job, order: 'JobKey', key: (row) => text(row.JobKey) },
  { file: 'WishList', array: 'Wishes', table: Wishlist, order: 'WishlistKey', key: (row) => text(row.WishlistKey) },
]

/** All records of a list, as `rows` sees them. */
export function* allRecords(rows: Rows, list: EdtList): Generator<EdtRecord> {
  for (const row of rows.each(list.table, `1 ORDER BY ${list.order}`)) yield record(rows, list, row)
}

/** The records of a list that have changed since the last export. */
export function changedRecords(database: StoreDatabase, list: EdtList): EdtRecord[] {
  return database.changed(list.table, list.order).map((row) => record(database, list, row))
}

function record(rows: Rows, list: EdtList, row: Row): EdtRecord {
  const key = list.key(row)
  const number = Number(key.replace(/\D/g, '').slice(3))
  for (const column of list.table.notInEdt ?? []) delete row[column]
  return { key, number, body: JSON.stringify(list.pair?.(rows, row) ?? row) }
}

function stones(rows: Rows, item: Row): object[] {
  return rows
    .find(Stone, 'StoneItemKey = ? ORDER BY StoneNo', item.ItemKey ?? null)
    .map(({ StoneNo, ...PairValue }) => ({
      Key: `${text(item.ItemKey)}-${text(StoneNo)}`,
      PairValue,
    }))
}

function vendors(rows: Rows, item: Row): object[] {
  const vendor = rows.get(Vendor, item.ItemVendorId ?? null)
  return vendor ? [{ Key: vendor.VendorId, PairValue: vendor }] : []
}

function text(value: Value | undefined): string {
  return String(value ?? '')
}
