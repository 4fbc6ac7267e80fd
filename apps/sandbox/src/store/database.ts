import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { z } from 'zod'
import { openPrivateDatabase } from '../private-database.ts'
import { type Customer, pairValue, readCustomer, sameNumber, stampNow } from './customer.ts'

const rowSchema = z.object({ key: z.string(), body: z.string() })
type Row = z.infer<typeof rowSchema>
const importEntrySchema = z.object({
  at: z.string(),
  file: z.string(),
  outcome: z.enum(['changed', 'created', 'refused', 'failed']),
  key: z.string().nullable(),
  webId: z.string().nullable(),
  reason: z.string().nullable(),
})
/** What became of one record of an imported file, or of a file that could not be read. */
export type ImportEntry = z.infer<typeof importEntrySchema>

/** The customers as The Edge's database holds them: one row a customer, its PairValue as JSON text. */
export class StoreDatabase {
  readonly #file: string
  readonly #database: DatabaseSync
  readonly #put: StatementSync

  constructor(file: string) {
    this.#file = file
    this.#database = openPrivateDatabase(file)
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS customers (
        number TEXT PRIMARY KEY, key TEXT NOT NULL, customer_id INTEGER NOT NULL, web_id TEXT UNIQUE, body TEXT NOT NULL,
        changed INTEGER NOT NULL DEFAULT 0
      );
      CREATE INDEX IF NOT EXISTS customers_changed ON customers (customer_id) WHERE changed = 1;
      CREATE INDEX IF NOT EXISTS customers_id ON customers (customer_id);
      CREATE TABLE IF NOT EXISTS imports (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);`)
    this.#put = this.#database.prepare(
      'INSERT OR REPLACE INTO customers (number, key, customer_id, web_id, body, changed) VALUES (?, ?, ?, ?, ?, ?)',
    )
  }

  count(): number {
    return Number(this.#database.prepare('SELECT count(*) AS n FROM customers').get()?.n)
  }

  /** By number, whatever the width of the key. */
  find(key: string): Customer | undefined {
    const row = this.#database.prepare('SELECT body FROM customers WHERE number = ?').get(sameNumber(key))
    return row && readCustomer(String(row.body))
  }

  /** The key of the customer that carries a partner's id. */
  keyOfWebId(webId: string): string | undefined {
    const row = this.#database.prepare('SELECT key FROM customers WHERE web_id = ?').get(webId)
    return row && String(row.key)
  }

  nextKey(): string {
    const row = this.#database.prepare('SELECT coalesce(max(customer_id), 0) + 1 AS next FROM customers').get()
    return `001-${String(row?.next).padStart(5, '0')}`
  }

  /** Stores a customer with a new update stamp, and marks it for the next incremental file. */
  save(customer: Customer): void {
    const { fields } = customer
    fields.CustomerUpdateSeq = Number(fields.CustomerUpdateSeq ?? 0) + 1
    fields.CustomerUpdateDate = stampNow()
    this.#write(customer, 1)
  }

  /** Replaces all customers; nothing is marked as changed. */
  replaceAll(customers: Iterable<Customer>): void {
    this.inTransaction(() => {
      this.#database.exec('DELETE FROM customers')
      for (const customer of customers) this.#write(customer, 0)
    })
  }

  /** EDT: database trimming removes idle old records. */
  trim(keys: string[]): void {
    const remove = this.#database.prepare('DELETE FROM customers WHERE number = ?')
    for (const key of keys) remove.run(sameNumber(key))
  }

  /** Key and PairValue (as JSON text) of the customers that are marked as changed, by number. */
  changed(): Row[] {
    const select = 'SELECT key, body FROM customers WHERE changed = 1 ORDER BY customer_id'
    return z.array(rowSchema).parse(this.#database.prepare(select).all())
  }

  /** The same of all customers, one after the other, as they are when the first is read. */
  *all(): Generator<Row> {
    const snapshot = new DatabaseSync(this.#file, { readOnly: true })
    try {
      for (const row of snapshot.prepare('SELECT key, body FROM customers ORDER BY customer_id').iterate()) {
        yield rowSchema.parse(row)
      }
    } finally {
      snapshot.close()
    }
  }

  search(words: string, limit: number): Customer[] {
    const rows = this.#database
      .prepare('SELECT body FROM customers WHERE body LIKE ? ORDER BY customer_id LIMIT ?')
      .all(`%${words}%`, limit)
    return rows.map((row) => readCustomer(String(row.body)))
  }

  forgetChanged(): void {
    this.#database.exec('UPDATE customers SET changed = 0 WHERE changed = 1')
  }

  logImport(entry: Omit<ImportEntry, 'at'>): void {
    const body = JSON.stringify({ ...entry, at: new Date().toISOString() })
    this.#database.prepare('INSERT INTO imports (body) VALUES (?)').run(body)
  }

  imports(): ImportEntry[] {
    const rows = this.#database.prepare('SELECT body FROM imports ORDER BY id').all()
    return rows.map((row) => importEntrySchema.parse(JSON.parse(String(row.body))))
  }

  forgetImports(): void {
    this.#database.exec('DELETE FROM imports')
  }

  fact(name: string): string | undefined {
    const row = this.#database.prepare('SELECT value FROM facts WHERE name = ?').get(name)
    return row && String(row.value)
  }

  setFact(name: string, value: string): void {
    this.#database.prepare('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)').run(name, value)
  }

  inTransaction(work: () => void): void {
    this.#database.exec('BEGIN')
    try {
      work()
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  close(): void {
    this.#database.close()
  }

  #write(customer: Customer, changed: 0 | 1): void {
    const key = String(customer.fields.CustomerKey)
    const webId = String(customer.CustomerTransfer.WebTransferWebID ?? '')
    this.#put.run(
      sameNumber(key),
      key,
      Number(customer.fields.Customerid),
      webId === '' ? null : webId,
      JSON.stringify(pairValue(customer)),
      changed,
    )
  }
}
