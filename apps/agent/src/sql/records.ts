import type { RecordKind } from '@jumpring/contracts'
import { customerMapping, readCustomer } from '../edt/customer.ts'
import { itemMapping, readItem } from '../edt/item.ts'
import { jobMapping, readJob } from '../edt/job.ts'
import { readSaleLine, saleLineMapping } from '../edt/sale-line.ts'
import { readWish, wishMapping } from '../edt/wish.ts'
import type { ReadRecord, Unreadable } from '../store/reading.ts'
import { mappingVersionOf, type StoreSettings } from '../store-settings.ts'
import type { Row } from './columns.ts'
import { diaryMapping, readAcquisition, readAppointment, readNote, readNotification } from './diary.ts'

/** A record as the database shows it: its documented columns, and its lists by their names in EDT. */
export interface DatabaseRecord {
  readonly fields: Row
  readonly lists: Readonly<Record<string, readonly Row[]>>
}

/** How a kind's records are read. */
interface Reading {
  readonly version: number
  read(record: DatabaseRecord, settings: StoreSettings): ReadRecord | Unreadable
}

/** What EDT's files hold as well is put into their form, so that one mapping reads both. */
export const readings: Record<RecordKind, Reading> = {
  customer: { version: customerMapping, read: (record) => readCustomer(edtForm(record, transferOf(record))) },
  item: { version: itemMapping, read: (record, settings) => readItem(edtForm(withVendor(record)), settings) },
  saleLine: { version: saleLineMapping, read: (record, settings) => readSaleLine(edtForm(record), settings) },
  job: { version: jobMapping, read: (record, settings) => readJob(edtForm(record), settings) },
  appointment: { version: diaryMapping, read: ({ fields }, settings) => readAppointment(fields, settings) },
  notification: { version: diaryMapping, read: ({ fields }, settings) => readNotification(fields, settings) },
  wish: { version: wishMapping, read: (record, settings) => readWish(edtForm(record), settings) },
  note: { version: diaryMapping, read: ({ fields }, settings) => readNote(fields, settings) },
  acquisition: { version: diaryMapping, read: ({ fields }) => readAcquisition(fields) },
}

/** The number of the mapping of a kind with these settings. */
export function versionOf(kind: RecordKind, { currency, timeZone, inventoryTypes }: StoreSettings): number {
  return mappingVersionOf(readings[kind].version, currency, timeZone, inventoryTypes)
}

/** EDT: `{ Key, PairValue }`, the entries of its lists too; the Key of a contact method is its type. `more`: objects in it. */
function edtForm({ fields, lists }: DatabaseRecord, more: object = {}): Buffer {
  const pair: Record<string, unknown> = { ...fields, ...more }
  for (const [name, rows] of Object.entries(lists)) {
    pair[name] = rows.map((row) => ({ Key: row.PhoneType ?? row.EmailType ?? row.AddressType, PairValue: row }))
  }
  return Buffer.from(JSON.stringify({ PairValue: pair }))
}

const transferOf = ({ fields: { WebTransferWebID, WebTransferRequiresWebUpload } }: DatabaseRecord) => ({
  CustomerTransfer: { WebTransferWebID, WebTransferRequiresWebUpload },
})

/** The supplier's name, which is joined in, where EDT has a list. */
function withVendor({ fields, lists }: DatabaseRecord): DatabaseRecord {
  const { VendorName = null, ItemVendorId = null } = fields
  return { fields, lists: { ...lists, Vendors: [{ VendorId: ItemVendorId, VendorName }] } }
}
