import { type Customer, type ListName, listFields, lists } from '../customer.ts'
import type { Customers } from '../customers.ts'
import type { StoreDatabase } from '../database.ts'
import type { Table } from '../schema/table.ts'
import {
  Activity,
  Address,
  Appointment,
  Customer as CustomerTable,
  Email,
  Envelope,
  Item,
  Job,
  Notes,
  Notification,
  Phone,
  Sale,
  Saleline,
  Wishlist,
} from '../schema/tables.ts'
import { found, Refusal } from './refusal.ts'

const owners: readonly [Table, string][] = [
  [Sale, 'SaleCustKey'],
  [Saleline, 'SalelineCustKey'],
  [Saleline, 'SalelineCustAccountKey'],
  [Envelope, 'EnvCustKey'],
  [Job, 'JobCustKey'],
  [Item, 'ItemSaleCustKey'],
  [Appointment, 'AppointmentCustKey'],
  [Notification, 'NotificationCustKey'],
  [Wishlist, 'WishlistCustKey'],
  [Wishlist, 'WishlistCustAccountKey'],
  [Wishlist, 'WishlistBuyForCustKey'],
  [Activity, 'ActivityCustKey'],
  [Notes, 'NotesCustKey'],
  [Address, 'AddressCustAccountKey'],
  [Email, 'EmailCustAccountKey'],
  [Phone, 'PhoneCustAccountKey'],
  [CustomerTable, 'CustomerAccountKey'],
  [CustomerTable, 'CustomerSpouseKey'],
]

/** What happens between customers. */
export class People {
  readonly #database: StoreDatabase
  readonly #customers: Customers

  constructor(database: StoreDatabase, customers: Customers) {
    this.#database = database
    this.#customers = customers
  }

  /** EDT: one number is consumed, the other remains. It takes over contact methods that it lacks, and all that was the other's. */
  merge(consumedKey: string, remainingKey: string): Customer {
    return this.#database.inTransaction(() => {
      const consumed = this.#find(consumedKey)
      const remaining = this.#find(remainingKey)
      const [from, to] = [String(consumed.fields.CustomerKey), String(remaining.fields.CustomerKey)]
      if (from === to) throw new Refusal('A customer cannot be merged with itself.')
      for (const list of lists) takeOver(list, consumed, remaining)
      this.#customers.save(remaining)
      this.#customers.remove(from)
      for (const [table, column] of owners) this.#database.repoint(table, column, from, to)
      const spouse =
        remaining.fields.CustomerSpouseKey === from ? { CustomerSpouseKey: '', CustomerMarried: false } : {}
      this.#database.update(CustomerTable, [to], { CustomerOldCustKey: from, ...spouse })
      return this.#find(to)
    })
  }

  /** Spouses: two linked customers with the account key of the first. */
  marry(primaryKey: string, spouseKey: string): void {
    this.#database.inTransaction(() => {
      const pair = [this.#find(primaryKey), this.#find(spouseKey)] as const
      const [primary, spouse] = pair.map(({ fields }) => String(fields.CustomerKey))
      for (const customer of pair) {
        const own = customer.fields.CustomerKey
        Object.assign(customer.fields, {
          CustomerMarried: true,
          CustomerSpouseKey: own === primary ? spouse : primary,
          CustomerAccountKey: primary,
        })
        for (const list of lists) {
          for (const { PairValue } of customer[list]) {
            PairValue[`${listFields[list].prefix}CustAccountKey`] = primary ?? ''
          }
        }
        this.#customers.save(customer)
      }
    })
  }

  #find(key: string): Customer {
    return found(this.#customers.find(key), `customer ${key}`)
  }
}

function takeOver(list: ListName, from: Customer, to: Customer): void {
  const { value, prefix } = listFields[list]
  const known = new Set(to[list].map(({ PairValue }) => String(PairValue[value] ?? '').toLowerCase()))
  for (const { Key, PairValue } of from[list]) {
    if (known.has(String(PairValue[value] ?? '').toLowerCase())) continue
    const account = { [`${prefix}CustAccountKey`]: to.fields.CustomerAccountKey ?? '' }
    to[list].push({ Key, PairValue: { ...PairValue, ...account } })
  }
}
