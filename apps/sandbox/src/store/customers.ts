import { type Child, type Customer, listFields, lists, partsOf } from './customer.ts'
import type { StoreDatabase } from './database.ts'
import type { Rows } from './rows.ts'
import { emptyRow, type Value } from './schema/table.ts'
import { Customer as CustomerTable, CustomerTransfer } from './schema/tables.ts'

/** The customers of the database, each with its lists, as EDT shows them. */
export class Customers {
  readonly #database: StoreDatabase

  constructor(database: StoreDatabase) {
    this.#database = database
  }

  count(): number {
    return this.#database.count(CustomerTable)
  }

  /** By number, whatever the width of the key. */
  find(key: string): Customer | undefined {
    const { store, number } = partsOf(key)
    if (!Number.isInteger(store) || !Number.isInteger(number)) return undefined
    const [fields] = this.#database.find(CustomerTable, 'CustomerStoreId = ? AND Customerid = ?', store, number)
    return fields && withLists(this.#database, fields)
  }

  /** The key of the customer that carries a partner's id. */
  keyOfWebId(webId: string): string | undefined {
    return this.#database.values(CustomerTransfer, 'WebTransferEdgeID', 'WebTransferWebID = ?', webId)[0]
  }

  /** The number of the next new customer of a store: each counts for itself. */
  nextKey(store = 1): string {
    const [last] = this.#database.values(
      CustomerTable,
      'Customerid',
      'CustomerStoreId = ? ORDER BY Customerid DESC LIMIT 1',
      store,
    )
    return `${String(store).padStart(3, '0')}-${String(Number(last ?? 0) + 1).padStart(5, '0')}`
  }

  /** Stores a customer with a new update stamp. */
  save(customer: Customer): void {
    const { fields } = customer
    Object.assign(fields, this.#database.nextStamp<string>(CustomerTable, fields))
    this.#database.inTransaction(() => this.write(customer))
  }

  /** Stores a customer as it is. */
  write(customer: Customer): void {
    const key = customer.fields.CustomerKey ?? null
    for (const { table, prefix } of Object.values(listFields)) this.#database.remove(table, `${prefix}CustKey = ?`, key)
    this.add(customer)
  }

  /** Stores a customer who is new, as it is. */
  add(customer: Customer): void {
    const key = customer.fields.CustomerKey ?? null
    this.#database.put<string>(CustomerTable, customer.fields)
    for (const list of lists) {
      const { table, prefix, type } = listFields[list]
      let place = 0
      for (const { Key, PairValue } of customer[list]) {
        const own = { [`${prefix}CustKey`]: key, [`${prefix}No`]: ++place, [type]: Key }
        this.#database.put(table, { ...PairValue, ...own })
      }
    }
    this.#database.put<string>(CustomerTransfer, { ...customer.CustomerTransfer, WebTransferEdgeID: key })
  }

  /** The record disappears, as by database trimming. */
  remove(key: string): void {
    const own = this.find(key)?.fields.CustomerKey
    if (own === undefined) return
    this.#database.inTransaction(() => {
      for (const { table, prefix } of Object.values(listFields))
        this.#database.remove(table, `${prefix}CustKey = ?`, own)
      this.#database.remove(CustomerTransfer, 'WebTransferEdgeID = ?', own)
      this.#database.remove(CustomerTable, 'CustomerKey = ?', own)
    })
  }

  /** By a part of a name, a number, a phone or an e-mail; by number. */
  search(words: string, limit: number): Customer[] {
    const names = ['CustomerFirstName', 'CustomerLastName', 'CustomerCompany', 'CustomerKey']
    const condition = `${names.join(" || ' ' || ")} LIKE ?
      OR CustomerKey IN (SELECT PhoneCustKey FROM Phone WHERE PhonePhone LIKE ?)
      OR CustomerKey IN (SELECT EmailCustKey FROM Email WHERE EmailEmail LIKE ?)
      ORDER BY CustomerStoreId, Customerid LIMIT ?`
    const like = `%${words}%`
    const found = this.#database.find(CustomerTable, condition, like, like, like, limit)
    return found.map((fields) => withLists(this.#database, fields))
  }
}

/** A customer from its row, with its lists. */
export function withLists(rows: Rows, fields: Record<string, Value>): Customer {
  const key = fields.CustomerKey ?? null
  const [transfer] = rows.find(CustomerTransfer, 'WebTransferEdgeID = ?', key)
  return {
    fields,
    Addresses: childrenOf(rows, 'Addresses', key),
    Emails: childrenOf(rows, 'Emails', key),
    Phones: childrenOf(rows, 'Phones', key),
    CustomerTransfer: transfer ?? emptyRow(CustomerTransfer),
  }
}

function childrenOf(rows: Rows, list: (typeof lists)[number], key: Value): Child[] {
  const { table, prefix, type } = listFields[list]
  return rows.find(table, `${prefix}CustKey = ? ORDER BY ${prefix}No`, key).map((row) => {
    delete row[`${prefix}No`]
    return { Key: String(row[type] ?? ''), PairValue: row }
  })
}
