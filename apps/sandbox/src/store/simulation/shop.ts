import type { Customers } from '../customers.ts'
import type { StoreDatabase } from '../database.ts'
import { Appointment, Customer, Envelope, Item, Job, Sale } from '../schema/tables.ts'
import type { Till } from '../till/till.ts'
import { Chance } from './chance.ts'
import { Pool } from './pool.ts'

/** What of a store a simulation needs. */
export interface ShopParts {
  readonly till: Till
  readonly database: StoreDatabase
  readonly customers: Customers
}

/** The store as its people see it on a day: who and what there is to deal with. */
export class Shop {
  readonly till: Till
  readonly database: StoreDatabase
  readonly customers: Customers
  readonly chance: Chance
  /** Whether texts wait to be sent; in made-up history they were sent long ago. */
  readonly live: boolean
  readonly people: Pool
  readonly stock: Pool
  readonly bulk: Pool
  readonly openJobs: Pool
  readonly doneJobs: Pool
  readonly layaways: Pool
  readonly appointments: Pool
  /** Sales of which something could come back. */
  readonly sales: Pool

  constructor(store: ShopParts, seed: number, live: boolean) {
    this.till = store.till
    this.database = store.database
    this.customers = store.customers
    this.chance = new Chance(seed)
    this.live = live
    const { database } = store
    const pool = (keys: string[]) => new Pool(this.chance.number, keys)
    this.people = pool(
      database.values(Customer, 'CustomerKey', 'CustomerInactive = 0 ORDER BY CustomerStoreId, Customerid'),
    )
    const inStock = "ItemStatus = 'I' AND typeof(ItemCurrentPrice) <> 'text' AND Quantity"
    this.stock = pool(database.values(Item, 'ItemKey', `${inStock} = 1 ORDER BY ItemKey`))
    this.bulk = pool(database.values(Item, 'ItemKey', `${inStock} > 1 ORDER BY ItemKey`))
    this.openJobs = pool(database.values(Job, 'JobKey', "JobStatus = 'Not Ready' ORDER BY JobId"))
    this.doneJobs = pool(database.values(Job, 'JobKey', "JobStatus = 'Done' ORDER BY JobId"))
    const layaways = "EnvStatus = 'Open' AND EnvType = 'Layaway' ORDER BY EnvKey"
    this.layaways = pool(database.values(Envelope, 'EnvKey', layaways))
    const scheduled = "AppointmentStatus = 'Scheduled' ORDER BY AppointmentKey"
    this.appointments = pool(database.values(Appointment, 'AppointmentKey', scheduled))
    this.sales = pool(database.values(Sale, 'SaleKey', 'SaleTotal > 0 ORDER BY SaleId DESC LIMIT 200'))
  }

  /** A time from now, at a quarter of an hour in which the shop is open. */
  later(days: number): string {
    const day = new Date(`${this.database.now().slice(0, 10)}T00:00:00Z`)
    day.setUTCDate(day.getUTCDate() + days)
    const quarter = this.chance.below(28)
    const time = `${String(10 + Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}:00`
    return `${day.toISOString().slice(0, 10)}T${time}`
  }
}

/** What can happen. It says what happened, or nothing when it could not just now. */
export type Event = { weight: number; what: string; happen: (shop: Shop) => string | undefined }
