import type { StoreDatabase } from '../database.ts'
import type { RowOf, Value } from '../schema/table.ts'
import { Customer, Sale, Saleline } from '../schema/tables.ts'
import { found, Refusal } from './refusal.ts'
import { pad, type Stock } from './stock.ts'

export type SaleRow = RowOf<typeof Sale>
export type LineRow = RowOf<typeof Saleline>
export type LineInput = {
  /** An item of the inventory; of a bulk item one piece is sold. */
  item?: string | undefined
  description?: string | undefined
  /** Default: the item's current price. */
  amount?: number | undefined
  type?: string | undefined
}
export type SaleInput = { customer?: string | undefined; associate?: number | undefined; lines: LineInput[] }

const taxRate = 0.0635

/** What goes over the counter. */
export class Sales {
  readonly #database: StoreDatabase
  readonly #stock: Stock

  constructor(database: StoreDatabase, stock: Stock) {
    this.#database = database
    this.#stock = stock
  }

  /** A sale; what it sells is sold. */
  sell(input: SaleInput): SaleRow {
    return this.#database.inTransaction(() => {
      const key = this.#nextKey()
      const lines = input.lines.map((line) => this.#sold(key, input.customer ?? '', line))
      return this.write(key, input, lines)
    })
  }

  /** Returned lines of a sale, as negative lines of a new one; beside what is taken in exchange. */
  giveBack(saleKey: string, lineNos: number[], exchange: LineInput[] = [], associate?: number): SaleRow {
    return this.#database.inTransaction(() => {
      const sale = this.find(saleKey)
      const key = this.#nextKey()
      const customer = String(sale.SaleCustKey ?? '')
      const given = lineNos.map((lineNo) => this.#returned(saleKey, lineNo))
      const taken = exchange.map((line) => this.#sold(key, customer, line))
      return this.write(key, { customer, associate: associate ?? Number(sale.SaleAsKey) }, [...given, ...taken])
    })
  }

  find(key: string): SaleRow {
    return found(this.#database.get(Sale, key), `sale ${key}`)
  }

  linesOf(key: string): LineRow[] {
    return this.#database.find(Saleline, 'SalelineSaleKey = ? ORDER BY SalelineLineNo', key)
  }

  changeLine(key: string, lineNo: number, fields: Partial<LineRow>): LineRow {
    return found(this.#database.update(Saleline, [key, lineNo], fields), `line ${lineNo} of sale ${key}`)
  }

  /** A sale of lines that are made already: of an envelope, of a job. */
  writeNext(head: { customer: string; associate: number }, lines: Partial<LineRow>[]): SaleRow {
    return this.write(this.#nextKey(), head, lines)
  }

  write(
    key: string,
    head: { customer?: string | undefined; associate?: number | undefined },
    lines: Partial<LineRow>[],
  ): SaleRow {
    const customer = head.customer ?? ''
    const [account] = this.#database.values(Customer, 'CustomerAccountKey', 'CustomerKey = ?', customer)
    const subtotal = sum(lines.map(({ SalelineAmount }) => SalelineAmount))
    const tax = cents(subtotal * taxRate)
    let lineNo = 0
    for (const line of lines) {
      this.#database.insert(Saleline, {
        ...line,
        SalelineSaleKey: key,
        SalelineLineNo: ++lineNo,
        SalelineCustKey: customer,
        SalelineCustAccountKey: account ?? '',
      })
    }
    return this.#database.insert(Sale, {
      SaleStoreId: 1,
      SaleId: Number(key.split('-')[1]),
      SaleKey: key,
      SaleDate: this.#database.now(),
      SaleCustKey: customer,
      SaleAsKey: head.associate ?? 1,
      SaleStation: 1,
      SaleSubtotal: subtotal,
      SaleTax: tax,
      SaleTotal: cents(subtotal + tax),
    })
  }

  #nextKey(): string {
    return `001-${pad(this.#database.nextNumber('Sale'), 5)}`
  }

  #sold(sale: string, customer: string, { item: key, description, amount, type }: LineInput): Partial<LineRow> {
    const card = { SalelineccName: 'Card on file', SalelineccNumber: '************4242', SalelineccAuthCode: '051222' }
    const own = { SalelineDesc: description ?? '', SalelineAmount: amount ?? 0, SalelineItemType: type ?? 'M', ...card }
    if (key === undefined) return own
    const item = this.#stock.find(key)
    const price = amount ?? item.ItemCurrentPrice
    const line = {
      ...own,
      SalelineDesc: description ?? item.ItemDesc,
      SalelineAmount: price,
      SalelineCost: item.ItemCost,
      SalelineBonusPct: 2.5,
      SalelineAge: 90,
    }
    const quantity = Number(item.Quantity)
    if (quantity > 1) {
      this.#stock.change(key, { Quantity: quantity - 1 })
      return { ...line, SalelineItemType: type ?? 'B', SalelineInstanceOf: key }
    }
    this.#stock.sold(key, { key: sale, customer, price })
    return { ...line, SalelineItemType: type ?? 'I', SalelineItemKey: key }
  }

  #returned(saleKey: string, lineNo: number): Partial<LineRow> {
    const line = found(this.#database.get(Saleline, saleKey, lineNo), `line ${lineNo} of sale ${saleKey}`)
    if (Number(line.SalelineAmount) < 0) throw new Refusal('What was returned cannot be returned again.')
    if (line.SalelineEnvKey) throw new Refusal('It is not sold yet.')
    if (line.SalelineItemKey) this.#stock.putBack(String(line.SalelineItemKey))
    const { SalelineAmount, SalelineCost, SalelineDesc, SalelineItemKey, SalelineItemType, SalelineInstanceOf } = line
    return {
      SalelineAmount: negative(SalelineAmount),
      SalelineCost: negative(SalelineCost),
      SalelineDesc,
      SalelineItemKey,
      SalelineItemType,
      SalelineInstanceOf,
    }
  }
}

/** Dollars, without what floating point adds. */
export function cents(dollars: number): number {
  return Math.round(dollars * 100) / 100
}

export function sum(amounts: (Value | undefined)[]): number {
  return cents(amounts.reduce<number>((total, amount) => total + (Number(amount) || 0), 0))
}

function negative(amount: Value): Value {
  return typeof amount === 'number' ? -amount : amount
}
