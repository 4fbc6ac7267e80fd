import type { RecordKind } from '@jumpring/contracts'
import { localDate, type Scalar } from '../edt/values.ts'
import type { RawRow } from './database.ts'

/** What a documented column holds. Drivers give the same column as text, number, boolean or date: `coerce` makes them one. */
type ColumnType = 'text' | 'number' | 'flag' | 'time'
type Columns = Readonly<Record<string, ColumnType>>

const associate = { AssociateFirstName: 'text', AssociateLastName: 'text' } as const
const texts = <Name extends string>(...names: Name[]) =>
  Object.fromEntries(names.map((name) => [name, 'text'])) as Record<Name, 'text'>

/**
 * The columns that a kind's query may give, and with them all that can leave the store (AG-04): what a query names beyond them is
 * dropped as it is read. Names are EDT's where EDT has one; those of Sale, Envelope, Appointment, Notification, WhyIn, Associate and
 * most of Job are our assumption.
 */
export const columnsOf = {
  acquisition: { WhyInKey: 'text', WhyInDesc: 'text' },
  customer: {
    ...texts(
      'CustomerKey',
      'CustomerTitle',
      'CustomerFirstName',
      'CustomerMiddleName',
      'CustomerLastName',
      'CustomerSuffix',
    ),
    ...texts('CustomerCompany', 'CustomerPrefMail', 'CustomerPrefPhone', 'CustomerPrefEMail', 'CustomerAcquisition'),
    CustomerInactive: 'flag',
    CustomerDateEntered: 'time',
    ...texts('CustomerAccountKey', 'CustomerOldCustKey', 'WebTransferWebID'),
    ...texts('CustomerKey1', 'CustomerKey2', 'CustomerKey3', 'CustomerKey4'),
    ...texts('CustomerKey5', 'CustomerKey6', 'CustomerKey7', 'CustomerKey8'),
    WebTransferRequiresWebUpload: 'flag',
  },
  item: {
    ...texts('ItemKey', 'ItemCatId', 'CategoryName', 'ItemStyle', 'ItemDesc', 'ItemDescMemo', 'ItemStatus'),
    ...texts('ItemInventoryType', 'ItemVendorId', 'VendorName', 'ItemMetalType', 'ItemMetalColor', 'ItemMetalFinish'),
    ...texts('ItemSize', 'ItemImage', 'ItemOldKey', 'ItemNewItKey', 'ItemSaleKey', 'ItemSaleCustKey'),
    ...Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`ItemDetail_${index + 1}`, 'text'] as const)),
    ItemCurrentPrice: 'number',
    ItemRetailPrice: 'number',
    ItemSalePrice: 'number',
    Quantity: 'number',
    ItemDateEntered: 'time',
    ItemSaleDate: 'time',
    ItemNeverUpload: 'flag',
    ItemAlwaysUpload: 'flag',
  },
  saleLine: {
    ...texts('SalelineSaleKey', 'SalelineCustKey', 'SalelineDesc', 'SalelineItemKey', 'SalelineInstanceOf'),
    ...texts('SalelineItemType', 'SalelineEnvKey', 'EnvType', 'SaleAsKey'),
    SalelineLineNo: 'number',
    SalelineAmount: 'number',
    SaleDate: 'time',
    ...associate,
  },
  job: {
    ...texts('JobKey', 'JobCustKey', 'JobType', 'JobStatus', 'JobSummary', 'JobDesc', 'JobItemKey', 'JobAsKey'),
    JobDateEntered: 'time',
    JobDatePromised: 'time',
    JobDateDone: 'time',
    JobDatePickedUp: 'time',
    JobPrice: 'number',
    ...associate,
  },
  appointment: {
    ...texts('AppointmentKey', 'AppointmentCustKey', 'AppointmentSubject', 'AppointmentNotes', 'AppointmentStatus'),
    AppointmentStart: 'time',
    AppointmentMinutes: 'number',
    AppointmentDateEntered: 'time',
    AppointmentUpdateDate: 'time',
    AppointmentAsKey: 'text',
    ...associate,
  },
  notification: {
    ...texts('NotificationKey', 'NotificationCustKey', 'NotificationPhone', 'NotificationMessage'),
    NotificationDateEntered: 'time',
  },
  wish: {
    ...texts('WishlistKey', 'WishlistCustKey', 'WishlistItemKey', 'WishlistItemDesc', 'WishlistItemDescMemo'),
    ...texts('WishlistEventDesc', 'WishlistAssociate'),
    WishlistDateEntered: 'time',
    WishlistDateBought: 'time',
    WishlistDateRemoved: 'time',
    WishlistEventDate: 'time',
    ...associate,
  },
  note: {
    ...texts('NotesKey', 'NotesCustKey', 'NotesText', 'NotesAsKey'),
    NotesDate: 'time',
    NotesLocked: 'flag',
    ...associate,
  },
} as const satisfies Record<RecordKind, Columns>

/** Columns without which no record of the kind can be made. */
export const requiredOf: Record<RecordKind, readonly string[]> = {
  acquisition: ['WhyInKey', 'WhyInDesc'],
  customer: ['CustomerKey', 'CustomerFirstName', 'CustomerLastName', 'CustomerInactive'],
  item: ['ItemKey', 'ItemStatus', 'ItemInventoryType'],
  saleLine: ['SalelineSaleKey', 'SalelineLineNo', 'SalelineAmount', 'SalelineCustKey', 'SalelineEnvKey'],
  job: ['JobKey', 'JobCustKey', 'JobType', 'JobStatus'],
  appointment: ['AppointmentKey', 'AppointmentCustKey', 'AppointmentStart', 'AppointmentStatus'],
  notification: ['NotificationKey', 'NotificationPhone', 'NotificationMessage', 'NotificationDateEntered'],
  wish: [
    'WishlistKey',
    'WishlistCustKey',
    'WishlistItemKey',
    'WishlistItemDesc',
    'WishlistDateBought',
    'WishlistDateRemoved',
  ],
  note: ['NotesKey', 'NotesCustKey', 'NotesText', 'NotesLocked'],
}

/** The lists of a kind's records and their columns, as EDT has them. */
export const childColumnsOf: Partial<Record<RecordKind, Readonly<Record<string, Columns>>>> = {
  customer: {
    Phones: {
      ...texts('PhoneCustKey', 'PhoneType', 'PhonePhone'),
      PhoneDoNotContact: 'flag',
      ...texts('PhonePhoneExt', 'PhoneCustAccountKey'),
    },
    Emails: {
      ...texts('EmailCustKey', 'EmailType', 'EmailEmail'),
      EmailSendPromo: 'flag',
      EmailCustAccountKey: 'text',
    },
    Addresses: texts(
      'AddressCustKey',
      'AddressType',
      'AddressCompany',
      'AddressStreet',
      'AddressStreet2',
      'AddressCity',
      'AddressState',
      'AddressZip',
      'AddressCountry',
      'AddressCustAccountKey',
    ),
  },
  item: {
    Stones: {
      ...texts('StoneType', 'StoneShape', 'StoneColor', 'StoneClarity'),
      StoneCount: 'number',
      StoneWeight: 'number',
    },
  },
}

/** A row whose columns are known: documented names, values as EDT's files would have them. */
export type Row = Readonly<Record<string, Scalar>>

/**
 * Takes of a driver's row the documented columns, whatever their letter case (PostgreSQL gives names in lower case), in one form.
 * Columns that the query does not give are absent.
 */
export function readRow(raw: RawRow, columns: Columns): Row {
  const row: Record<string, Scalar> = {}
  const byName = new Map(Object.entries(raw).map(([name, value]) => [name.toLowerCase(), value]))
  for (const [name, type] of Object.entries<ColumnType>(columns)) {
    const value = byName.get(name.toLowerCase())
    if (value !== undefined) row[name] = coerce(value, type)
  }
  return row
}

/** One column of a driver's row, whatever the letter case of its name. */
export function columnValue(raw: RawRow, column: string): unknown {
  if (column in raw) return raw[column]
  return Object.entries(raw).find(([name]) => name.toLowerCase() === column.toLowerCase())?.[1]
}

function coerce(value: unknown, type: ColumnType): Scalar {
  const scalar = scalarOf(value)
  if (scalar === null) return null
  switch (type) {
    case 'flag':
      return scalar === 0 || scalar === '0' ? false : scalar === 1 || scalar === '1' ? true : scalar
    case 'time':
      // A driver adds fractions and a blank for the T; text that is no time stays as it is, to be complained of.
      return localDate(scalar) ?? scalar
    case 'text':
      return String(scalar)
    case 'number':
      return scalar
  }
}

function scalarOf(value: unknown): Scalar {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Date) return value.toISOString().slice(0, 19)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  return null
}
