import type { RecordKind } from '@jumpring/contracts'
import type { ReadRecord, Unreadable } from '../store/reading.ts'
import { mappingVersionOf, type StoreSettings } from '../store-settings.ts'
import { customerMapping, readCustomer } from './customer.ts'
import { itemMapping, readItem } from './item.ts'
import { jobMapping, readJob } from './job.ts'
import type { ListName } from './names.ts'
import { readSaleLine, saleLineMapping } from './sale-line.ts'
import { readWish, wishMapping } from './wish.ts'

/** What an export of one list holds, and how it is read. */
export interface EdtList {
  readonly kind: RecordKind
  /** Of the array in the file; null where it is not documented: then every array at the top of the file is one of records. */
  readonly array: string | null
  /** What a record is called, one and many. */
  readonly noun: readonly [string, string]
  mappingVersion(settings: StoreSettings): number
  read(bytes: Buffer, settings: StoreSettings): ReadRecord | Unreadable
}

/** EDT: the lists that The Edge exports. */
export const edtLists: { readonly [Name in ListName]: EdtList } = {
  CustomerList: {
    kind: 'customer',
    array: 'Customers',
    noun: ['customer', 'customers'],
    mappingVersion: () => customerMapping,
    read: readCustomer,
  },
  ItemList: {
    kind: 'item',
    array: null,
    noun: ['item', 'items'],
    mappingVersion: ({ currency, timeZone, inventoryTypes }) =>
      mappingVersionOf(itemMapping, currency, timeZone, inventoryTypes),
    read: readItem,
  },
  Transaction: {
    kind: 'saleLine',
    array: null,
    noun: ['sale line', 'sale lines'],
    mappingVersion: ({ currency, timeZone }) => mappingVersionOf(saleLineMapping, currency, timeZone),
    read: readSaleLine,
  },
  JobList: {
    kind: 'job',
    array: null,
    noun: ['job', 'jobs'],
    mappingVersion: ({ currency, timeZone }) => mappingVersionOf(jobMapping, currency, timeZone),
    read: readJob,
  },
  WishList: {
    kind: 'wish',
    array: null,
    noun: ['wish', 'wishes'],
    mappingVersion: ({ timeZone }) => mappingVersionOf(wishMapping, timeZone),
    read: readWish,
  },
}

/** Another number for each change of a mapping, or of a setting that one goes by. */
export function allMappings(settings: StoreSettings): number {
  return mappingVersionOf(0, ...Object.values(edtLists).map((list) => list.mappingVersion(settings)))
}

/** `1 customer`, `2 customers`. */
export function countOf({ noun: [one, many] }: EdtList, count: number): string {
  return `${count} ${count === 1 ? one : many}`
}
