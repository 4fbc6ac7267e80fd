import { join, resolve } from 'node:path'
import {
  type Child,
  type Customer,
  child,
  email,
  emptyCustomer,
  type ListName,
  listFields,
  lists,
  phone,
} from './customer.ts'
import { Customers } from './customers.ts'
import { StoreDatabase, stampNow } from './database.ts'
import { Exporter } from './exporter.ts'
import { Importer } from './importer.ts'
import { type Kind, madeUpAt, madeUpCustomers } from './made-up.ts'
import type { Value } from './schema/table.ts'
import {
  Appointment,
  Customer as CustomerTable,
  Item,
  Job,
  Notification,
  OtherKey,
  Sale,
  Saleline,
} from './schema/tables.ts'
import { type StoreSettings, type StoreSettingsPatch, storeSettingsSchema } from './settings.ts'
import { otherKeys } from './simulation/catalog.ts'
import { Day } from './simulation/day.ts'
import { makeHistory } from './simulation/history.ts'
import { Till } from './till/till.ts'

const firstCustomers = 40
const firstSeed = 17

/** A shop that runs The Edge: its customers, its EDT folder, and what its people do at the till. */
export class Store {
  /** Of the EDT folder: `Inbox` and `Outbox` are in it. */
  readonly folder: string
  readonly database: StoreDatabase
  readonly customers: Customers
  readonly till: Till
  readonly day: Day
  readonly exporter: Exporter
  readonly importer: Importer
  #settings: StoreSettings

  constructor(directory: string, licenseId: string, settings: StoreSettingsPatch) {
    this.folder = resolve(directory, 'edt', licenseId)
    this.database = new StoreDatabase(resolve(directory, 'edge.sqlite'))
    this.customers = new Customers(this.database)
    const kept = JSON.parse(this.database.fact('settings') ?? '{}')
    this.#settings = storeSettingsSchema.parse({ ...kept, ...settings })
    this.till = new Till(this.database, this.customers, () => this.#settings)
    this.day = new Day(this)
    this.exporter = new Exporter(this.database, () => this.#settings, join(this.folder, 'Inbox'))
    const folders = { outbox: join(this.folder, 'Outbox'), downloads: join(directory, 'edt-downloads') }
    this.importer = new Importer(
      this.database,
      this.customers,
      () => this.#settings,
      folders,
      () => this.exporter.changed(),
    )
  }

  /** At the very first start: makes the store up and exports it all. Later: exports what a stop left behind. */
  async open(customers = firstCustomers, history = false): Promise<void> {
    if (this.database.fact('opened') === undefined) {
      this.seed(customers, firstSeed, 'mixed', history ? {} : undefined)
      await this.exporter.export('all')
      this.database.setFact('opened', stampNow())
    } else this.exporter.changed()
  }

  get settings(): Readonly<StoreSettings> {
    return this.#settings
  }

  /** Throws a ZodError when a setting is unknown or its value not allowed. */
  change(patch: Record<string, unknown>): void {
    this.#settings = storeSettingsSchema.parse({ ...this.#settings, ...patch })
    this.database.setFact('settings', JSON.stringify(this.#settings))
  }

  /** Replaces everything by made-up customers; with a history until a day (default: today) by all that a shop has. */
  seed(count: number, seed: number, kind: Kind, history?: { until?: string | undefined }): void {
    this.day.stop()
    this.database.refill(() => {
      // As old as the customers: the same seed gives the same store at any time.
      for (const [index, name] of otherKeys.entries())
        this.database.insert(OtherKey, { OtherKeyNo: index + 1, OtherKeyName: name, OtherKeyUpdateDate: madeUpAt })
      for (const customer of madeUpCustomers(count, seed, kind)) this.customers.add(customer)
      const until = history?.until ?? stampNow().slice(0, 10)
      if (history) makeHistory(this, { customers: count, seed, kind, until })
    })
  }

  /** EDT: database trimming removes idle old records. Lines go with their sale. */
  trim({
    keys,
    items = [],
    sales = [],
    jobs = [],
  }: { keys: string[] } & Partial<Record<'items' | 'sales' | 'jobs', string[]>>) {
    this.database.inTransaction(() => {
      for (const key of keys) this.customers.remove(key)
      for (const key of items) this.database.remove(Item, 'ItemKey = ?', key)
      for (const key of jobs) this.database.remove(Job, 'JobKey = ?', key)
      for (const key of sales) {
        this.database.remove(Saleline, 'SalelineSaleKey = ?', key)
        this.database.remove(Sale, 'SaleKey = ?', key)
      }
    })
  }

  counts(): Record<'customers' | 'items' | 'sales' | 'saleLines' | 'jobs' | 'appointments' | 'notifications', number> {
    return {
      customers: this.database.count(CustomerTable),
      items: this.database.count(Item),
      sales: this.database.count(Sale),
      saleLines: this.database.count(Saleline),
      jobs: this.database.count(Job),
      appointments: this.database.count(Appointment),
      notifications: this.database.count(Notification),
    }
  }

  /** A new customer at the till; `CustomerStoreId` says of which store. */
  add(
    { CustomerStoreId = 1, ...fields }: Record<string, Value>,
    methods: { phone?: string | undefined; email?: string | undefined },
  ): Customer {
    const customer = emptyCustomer(this.customers.nextKey(Number(CustomerStoreId)))
    Object.assign(customer.fields, { CustomerDateEntered: stampNow() }, fields)
    if (methods.phone) customer.Phones = [phone(customer, 'Cell', methods.phone)]
    if (methods.email) customer.Emails = [email(customer, 'Home', methods.email)]
    for (const list of lists) customer.fields[listFields[list].preferred] ||= customer[list][0]?.Key ?? ''
    return this.#save(customer)
  }

  /** Sets fields and whole lists of a customer. Undefined: there is no such customer. */
  edit(
    key: string,
    fields: Record<string, Value>,
    given: Partial<Record<ListName, Child[]>> = {},
  ): Customer | undefined {
    const customer = this.customers.find(key)
    if (!customer) return undefined
    Object.assign(customer.fields, fields)
    Object.assign(customer, given)
    return this.#save(customer)
  }

  /** Changes the method of a type (default: the preferred one, else the first), or adds it when there is none. */
  setMethod(
    key: string,
    list: ListName,
    type: string | undefined,
    values: Record<string, Value>,
  ): Customer | undefined {
    const customer = this.customers.find(key)
    if (!customer) return undefined
    const { preferred, type: typeField } = listFields[list]
    const wanted = type ?? (String(customer.fields[preferred] ?? '') || customer[list][0]?.Key)
    const index = customer[list].findIndex((one) => one.Key.toLowerCase() === wanted?.toLowerCase())
    const found = customer[list][index]
    if (found) customer[list][index] = { Key: found.Key, PairValue: { ...found.PairValue, ...values } }
    else {
      const name = wanted ?? 'Home'
      const defaults: Record<ListName, Record<string, Value>> = {
        Phones: { PhoneDoNotContact: false, PhonePhoneExt: '' },
        Emails: { EmailSendPromo: true },
        Addresses: {},
      }
      customer[list].push(child(list, customer, name, { [typeField]: name, ...defaults[list], ...values }))
      customer.fields[preferred] ||= name
    }
    return this.#save(customer)
  }

  async close(): Promise<void> {
    this.day.stop()
    this.importer.close()
    await this.exporter.close()
    this.database.close()
  }

  /** EDT: marks a customer to be synchronized, or takes the mark away. */
  markForWeb(key: string, isMarked: boolean): Customer | undefined {
    const customer = this.customers.find(key)
    if (!customer) return undefined
    customer.CustomerTransfer.WebTransferRequiresWebUpload = isMarked
    return this.#save(customer)
  }

  #save(customer: Customer): Customer {
    customer.fields.CustomerUpdateUser = 'POS'
    this.customers.save(customer)
    this.exporter.changed()
    return customer
  }
}
