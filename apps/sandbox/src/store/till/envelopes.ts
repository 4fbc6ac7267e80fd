import type { StoreDatabase } from '../database.ts'
import type { RowOf } from '../schema/table.ts'
import { Envelope, Sale, Saleline } from '../schema/tables.ts'
import type { StoreSettings } from '../settings.ts'
import { found, Refusal } from './refusal.ts'
import { cents, type LineRow, type Sales, sum } from './sales.ts'
import { pad, type Stock } from './stock.ts'

export type EnvelopeRow = RowOf<typeof Envelope>

/** Layaways and special orders: set aside for a customer, and no purchase until they are sold. */
export class Envelopes {
  readonly #database: StoreDatabase
  readonly #stock: Stock
  readonly #sales: Sales
  readonly #settings: () => StoreSettings

  constructor(database: StoreDatabase, stock: Stock, sales: Sales, settings: () => StoreSettings) {
    this.#database = database
    this.#stock = stock
    this.#sales = sales
    this.#settings = settings
  }

  /** Items on layaway, with a first payment. */
  layaway(input: { customer: string; items: string[]; paid: number; associate?: number | undefined }): EnvelopeRow {
    return this.#database.inTransaction(() => {
      const lines = input.items.map((key) => {
        const { ItemDesc, ItemCurrentPrice, ItemCost } = this.#stock.take(key, { ItemStatus: 'L' })
        const value = { SalelineAmount: ItemCurrentPrice, SalelineCost: ItemCost, SalelineDesc: ItemDesc }
        return { ...value, SalelineItemKey: key, SalelineItemType: 'I' }
      })
      return this.open('Layaway', input, lines)
    })
  }

  /** An envelope with these lines, written as a sale that is none yet. */
  open(
    type: 'Layaway' | 'Special Order',
    input: { customer: string; paid: number; associate?: number | undefined },
    lines: Partial<LineRow>[],
  ): EnvelopeRow {
    const key = `001-E${pad(this.#database.nextNumber('Envelope'), 5)}`
    const { customer, associate = 1 } = input
    const open = lines.map((line) => ({ ...line, SalelineEnvKey: key }))
    const sale = this.#sales.writeNext({ customer, associate }, open)
    return this.#database.insert(Envelope, {
      EnvKey: key,
      EnvType: type,
      EnvStatus: 'Open',
      EnvCustKey: customer,
      EnvDateOpened: this.#database.now(),
      EnvTotal: sum(lines.map(({ SalelineAmount }) => SalelineAmount)),
      EnvPaid: input.paid,
      EnvSaleKey: sale.SaleKey,
    })
  }

  find(key: string): EnvelopeRow {
    return found(this.#database.get(Envelope, key), `envelope ${key}`)
  }

  /** A payment; the last one of a layaway (default: all that is owed) makes it a sale. */
  pay(key: string, amount?: number): EnvelopeRow {
    return this.#database.inTransaction(() => {
      const { EnvTotal, EnvPaid } = this.#openOne(key)
      const paid = amount === undefined ? Number(EnvTotal) : cents(Number(EnvPaid) + amount)
      const envelope = this.change(key, { EnvPaid: paid })
      return envelope.EnvType === 'Layaway' && paid >= Number(EnvTotal) ? this.sell(key) : envelope
    })
  }

  /** It becomes a sale, in the way that the settings say. */
  sell(key: string): EnvelopeRow {
    return this.#database.inTransaction(() => {
      const { EnvSaleKey, EnvTotal } = this.#openOne(key)
      const opened = this.#sales.find(String(EnvSaleKey))
      const lines = this.#sales.linesOf(String(EnvSaleKey))
      const sale =
        this.#settings().envelopeSale === 'new' ? this.#newSale(opened, lines) : this.#sameSale(opened, lines)
      for (const { SalelineItemKey, SalelineAmount } of lines) {
        const of = { key: String(sale), customer: String(opened.SaleCustKey), price: SalelineAmount }
        if (SalelineItemKey) this.#stock.sold(String(SalelineItemKey), of)
      }
      const closed = { EnvDateClosed: this.#database.now(), EnvPaid: EnvTotal }
      return this.change(key, { EnvStatus: 'Sold', EnvSaleKey: sale, ...closed })
    })
  }

  /** The money goes back, the items to the shelf; the lines stay what they are. */
  cancel(key: string): EnvelopeRow {
    return this.#database.inTransaction(() => {
      const { EnvSaleKey } = this.#openOne(key)
      for (const { SalelineItemKey } of this.#sales.linesOf(String(EnvSaleKey))) {
        if (SalelineItemKey) this.#stock.putBack(String(SalelineItemKey))
      }
      return this.change(key, { EnvStatus: 'Canceled', EnvDateClosed: this.#database.now(), EnvPaid: 0 })
    })
  }

  change(key: string, fields: Partial<EnvelopeRow>): EnvelopeRow {
    return found(this.#database.update(Envelope, [key], fields), `envelope ${key}`)
  }

  #openOne(key: string): EnvelopeRow {
    const envelope = this.find(key)
    if (envelope.EnvStatus !== 'Open') throw new Refusal(`Envelope ${key} is ${envelope.EnvStatus}.`)
    return envelope
  }

  #sameSale(opened: RowOf<typeof Sale>, lines: LineRow[]): string {
    const key = String(opened.SaleKey)
    for (const { SalelineLineNo } of lines) {
      this.#database.update(Saleline, [key, SalelineLineNo], { SalelineEnvKey: '' })
    }
    this.#database.update(Sale, [key], { SaleDate: this.#database.now() })
    return key
  }

  #newSale(opened: RowOf<typeof Sale>, lines: LineRow[]): string {
    const head = { customer: String(opened.SaleCustKey), associate: Number(opened.SaleAsKey) }
    const sold = lines.map(({ SalelineAmount, SalelineCost, SalelineDesc, SalelineItemKey, SalelineItemType }) => ({
      SalelineAmount,
      SalelineCost,
      SalelineDesc,
      SalelineItemKey,
      SalelineItemType,
    }))
    return String(this.#sales.writeNext(head, sold).SaleKey)
  }
}
