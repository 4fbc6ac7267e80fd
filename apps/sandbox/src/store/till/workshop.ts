import type { StoreDatabase } from '../database.ts'
import type { RowOf } from '../schema/table.ts'
import { Job, Saleline } from '../schema/tables.ts'
import type { Envelopes } from './envelopes.ts'
import { found, Refusal } from './refusal.ts'
import type { Sales } from './sales.ts'
import { pad, type Stock } from './stock.ts'

export type JobRow = RowOf<typeof Job>
export type JobType = 'Repair' | 'Custom' | 'Special Order' | 'Appraisal'
export type JobInput = {
  customer: string
  type: JobType
  summary?: string | undefined
  description?: string | undefined
  price?: number | undefined
  promised?: string | undefined
  associate?: number | undefined
  /** Of a special order: paid when it is ordered. */
  paid?: number | undefined
}

/** Service jobs: taken in, done, picked up. A special order is done when what was ordered has arrived. */
export class Workshop {
  readonly #database: StoreDatabase
  readonly #stock: Stock
  readonly #sales: Sales
  readonly #envelopes: Envelopes

  constructor(database: StoreDatabase, stock: Stock, sales: Sales, envelopes: Envelopes) {
    this.#database = database
    this.#stock = stock
    this.#sales = sales
    this.#envelopes = envelopes
  }

  takeIn(input: JobInput): JobRow {
    return this.#database.inTransaction(() => {
      const number = this.#database.nextNumber('Job')
      const key = `001-J${pad(number, 5)}`
      const { customer, type, summary = type, price = 0, associate = 1 } = input
      const envelope = type === 'Special Order' ? this.#order(input, summary, price) : ''
      if (envelope) this.#envelopes.change(envelope, { EnvJobKey: key })
      return this.#database.insert(Job, {
        JobStoreId: 1,
        JobId: number,
        JobKey: key,
        JobCustKey: customer,
        JobType: type,
        JobStatus: 'Not Ready',
        JobSummary: summary,
        JobDesc: input.description ?? '',
        JobDateEntered: this.#database.now(),
        JobDatePromised: input.promised ?? null,
        JobPrice: price,
        JobEnvKey: envelope,
        JobAsKey: associate,
      })
    })
  }

  /** The work is done; what was ordered has arrived and waits as an item of its own. */
  done(key: string): JobRow {
    return this.#database.inTransaction(() => {
      const job = this.find(key)
      if (job.JobStatus !== 'Not Ready') throw new Refusal(`Job ${key} is ${job.JobStatus}.`)
      const item = job.JobEnvKey ? this.#arrive(job) : ''
      return this.change(key, { JobStatus: 'Done', JobDateDone: this.#database.now(), JobItemKey: item })
    })
  }

  /** The customer has it: what was ordered is sold, work is paid for. */
  pickUp(key: string): JobRow {
    return this.#database.inTransaction(() => {
      const job = this.find(key)
      if (job.JobStatus !== 'Done') throw new Refusal(`Job ${key} is ${job.JobStatus}.`)
      const sale = job.JobEnvKey ? this.#envelopes.sell(String(job.JobEnvKey)).EnvSaleKey : this.#paid(job)
      return this.change(key, { JobStatus: 'Picked Up', JobDatePickedUp: this.#database.now(), JobSaleKey: sale })
    })
  }

  find(key: string): JobRow {
    return found(this.#database.get(Job, key), `job ${key}`)
  }

  change(key: string, fields: Partial<JobRow>): JobRow {
    return found(this.#database.update(Job, [key], fields), `job ${key}`)
  }

  #order({ customer, paid = 0, associate }: JobInput, summary: string, price: number): string {
    const line = { SalelineAmount: price, SalelineDesc: summary, SalelineItemType: 'S' }
    return String(this.#envelopes.open('Special Order', { customer, paid, associate }, [line]).EnvKey)
  }

  #arrive(job: JobRow): string {
    const item = this.#stock.enter({
      ItemDesc: job.JobSummary,
      ItemStatus: 'O',
      ItemRetailPrice: job.JobPrice,
      ItemCurrentPrice: job.JobPrice,
      ItemCost: Math.round(Number(job.JobPrice) / 2),
    })
    const { EnvSaleKey } = this.#envelopes.find(String(job.JobEnvKey))
    this.#database.update(Saleline, [EnvSaleKey, 1], { SalelineItemKey: item.ItemKey })
    return String(item.ItemKey)
  }

  #paid(job: JobRow): string {
    if (Number(job.JobPrice) === 0) return ''
    const head = { customer: String(job.JobCustKey), associate: Number(job.JobAsKey) }
    const line = { SalelineAmount: job.JobPrice, SalelineDesc: job.JobSummary, SalelineItemType: 'R' }
    return String(this.#sales.writeNext(head, [line]).SaleKey)
  }
}
