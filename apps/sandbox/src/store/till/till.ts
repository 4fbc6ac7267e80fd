import type { Customers } from '../customers.ts'
import type { StoreDatabase } from '../database.ts'
import type { StoreSettings } from '../settings.ts'
import { Diary } from './diary.ts'
import { Envelopes } from './envelopes.ts'
import { People } from './people.ts'
import { Sales } from './sales.ts'
import { Stock } from './stock.ts'
import { Workshop } from './workshop.ts'

/** All that the shop's people do, each a transaction of The Edge's database. What cannot be done is a Refusal. */
export class Till {
  readonly stock: Stock
  readonly sales: Sales
  readonly envelopes: Envelopes
  readonly workshop: Workshop
  readonly diary: Diary
  readonly people: People

  constructor(database: StoreDatabase, customers: Customers, settings: () => StoreSettings) {
    this.stock = new Stock(database)
    this.sales = new Sales(database, this.stock)
    this.envelopes = new Envelopes(database, this.stock, this.sales, settings)
    this.workshop = new Workshop(database, this.stock, this.sales, this.envelopes)
    this.diary = new Diary(database)
    this.people = new People(database, customers)
  }
}
