import { Activity, Appointment, Notes, Notification } from './contact-tables.ts'
import { Address, Associate, Customer, CustomerTransfer, Email, OtherKey, Phone, WhyIn } from './customer-tables.ts'
import { Item, Stone, Vendor, Wishlist } from './item-tables.ts'
import { Envelope, Job, Sale, Saleline } from './sale-tables.ts'
import type { Table } from './table.ts'

/** All tables of the store's database. README.md beside this folder says what their columns mean. */
export const tables: readonly Table[] = [
  Customer,
  Address,
  Email,
  Phone,
  CustomerTransfer,
  WhyIn,
  OtherKey,
  Associate,
  Item,
  Stone,
  Vendor,
  Wishlist,
  Sale,
  Saleline,
  Envelope,
  Job,
  Appointment,
  Notification,
  Activity,
  Notes,
]

export {
  Activity,
  Address,
  Appointment,
  Associate,
  Customer,
  CustomerTransfer,
  Email,
  Envelope,
  Item,
  Job,
  Notes,
  Notification,
  OtherKey,
  Phone,
  Sale,
  Saleline,
  Stone,
  Vendor,
  WhyIn,
  Wishlist,
}
