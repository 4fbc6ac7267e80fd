import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { z } from 'zod'
import { openPrivateDatabase } from '../private-database.ts'
import { Rows, toSql } from './rows.ts'
import { createTable, emptyRow, type Table, type Value } from './schema/table.ts'
import { Customer, Item, Job, Saleline, tables, Wishlist } from './schema/tables.ts'

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

/** Who else writes may take so long. */
const busyMs = 5000

/** What EDT exports: a change of one of these, whoever makes it, marks the record for the next incremental files. */
const exported: readonly Table[] = [Customer, Item, Saleline, Job, Wishlist]

/** The Edge's database, and beside it, in tables of its own, what the sandbox must remember. */
export class StoreDatabase extends Rows {
  readonly file: string
  /** The store's local time, which is UTC here, in the form of EDT's samples. Made-up history sets it to the past. */
  now: () => string = stampNow
  readonly #writers = new Map<string, StatementSync>()
  #inTransaction = false

  constructor(file: string) {
    super(openPrivateDatabase(file, { timeout: busyMs }))
    this.file = file
    this.connection.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA cache_size = -131072;
      ${tables.map(createTable).join('\n')}
      CREATE TABLE IF NOT EXISTS _Changed (TableName TEXT NOT NULL, RowNo INTEGER NOT NULL, PRIMARY KEY (TableName, RowNo)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS _Imports (Id INTEGER PRIMARY KEY, Body TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS _Facts (Name TEXT PRIMARY KEY, Value TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS _Numbers (Name TEXT PRIMARY KEY, Last INTEGER NOT NULL);
      ${markChanges}`)
  }

  /** A second connection that sees everything as it is now, however long it reads. */
  snapshot(): Rows {
    const connection = new DatabaseSync(this.file, { readOnly: true, timeout: busyMs })
    // A transaction begins with its first read.
    connection.exec('BEGIN; SELECT 1 FROM Customer LIMIT 1')
    return new Rows(connection)
  }

  /** Adds a record, what is not given empty. The stamp is now's, unless given. */
  insert<Column extends string>(table: Table<Column>, fields: Partial<Record<Column, Value>>): Record<Column, Value> {
    const row = { ...emptyRow(table), ...(table.stamp && { [table.stamp.date]: this.now() }), ...fields }
    this.#write(table, row)
    return row
  }

  /** Changes a record and its stamp; nothing where there is none. */
  update<Column extends string>(
    table: Table<Column>,
    key: readonly Value[],
    fields: Partial<Record<NoInfer<Column>, Value>>,
  ): Record<Column, Value> | undefined {
    const old = this.get(table, ...key)
    if (!old) return undefined
    const row = { ...old, ...this.nextStamp(table, old), ...fields }
    this.#write(table, row)
    return row
  }

  /** The stamp columns of a record after one more change. */
  nextStamp<Column extends string>(table: Table<Column>, row: Partial<Record<Column, Value>>): object {
    if (!table.stamp) return {}
    const { seq, date } = table.stamp
    return { [seq]: Number(row[seq] ?? 0) + 1, [date]: this.now() }
  }

  /** Writes a row as it is, in place of the one with its key. */
  put<Column extends string>(table: Table<Column>, row: Record<Column, Value>): void {
    this.#write(table, row)
  }

  /** Removes rows: database trimming, and lists that are written anew. */
  remove(table: Table, condition: string, ...values: Value[]): void {
    this.prepared(`DELETE FROM ${table.name} WHERE ${condition}`).run(...values.map(toSql))
  }

  /** Sets one column of the rows in which it has a value, and stamps them. */
  repoint<Column extends string>(table: Table<Column>, column: Column, from: Value, to: Value): void {
    const stamp = table.stamp ? `, ${table.stamp.seq} = ${table.stamp.seq} + 1, ${table.stamp.date} = ?` : ''
    const values = table.stamp ? [to, this.now(), from] : [to, from]
    this.prepared(`UPDATE ${table.name} SET ${column} = ?${stamp} WHERE ${column} = ?`).run(...values.map(toSql))
  }

  /** The next of the store's numbers of a kind: 1, 2, … */
  nextNumber(name: string): number {
    const sql = 'INSERT INTO _Numbers VALUES (?, 1) ON CONFLICT DO UPDATE SET Last = Last + 1 RETURNING Last'
    return Number(this.prepared(sql).get(name)?.Last)
  }

  /** Removes everything but what the sandbox remembers of itself, and fills in what the work writes, none of it marked. */
  refill(work: () => void): void {
    this.inTransaction(() => {
      for (const { name } of tables) this.connection.exec(`DELETE FROM ${name}`)
      this.connection.exec('DELETE FROM _Numbers; DELETE FROM _Changed')
      for (const { name, event } of triggers) this.connection.exec(`DROP TRIGGER _${name}_${event}`)
      work()
      this.connection.exec(markChanges)
    })
  }

  /** The records of an exported table that have changed since `forgetChanged`. */
  changed<Column extends string>(table: Table<Column>, order: string): Record<Column, Value>[] {
    return this.find(table, `rowid IN (SELECT RowNo FROM _Changed WHERE TableName = '${table.name}') ORDER BY ${order}`)
  }

  forgetChanged(): void {
    this.connection.exec('DELETE FROM _Changed')
  }

  logImport(entry: Omit<ImportEntry, 'at'>): void {
    const body = JSON.stringify({ ...entry, at: new Date().toISOString() })
    this.prepared('INSERT INTO _Imports (Body) VALUES (?)').run(body)
  }

  imports(): ImportEntry[] {
    const rows = this.prepared('SELECT Body FROM _Imports ORDER BY Id').all()
    return rows.map(({ Body }) => importEntrySchema.parse(JSON.parse(String(Body))))
  }

  forgetImports(): void {
    this.connection.exec('DELETE FROM _Imports')
  }

  fact(name: string): string | undefined {
    const row = this.prepared('SELECT Value FROM _Facts WHERE Name = ?').get(name)
    return row && String(row.Value)
  }

  setFact(name: string, value: string): void {
    this.prepared('INSERT OR REPLACE INTO _Facts (Name, Value) VALUES (?, ?)').run(name, value)
  }

  /** All of the work or nothing; a transaction in a transaction is part of it. */
  inTransaction<T>(work: () => T): T {
    if (this.#inTransaction) return work()
    this.connection.exec('BEGIN IMMEDIATE')
    this.#inTransaction = true
    try {
      const result = work()
      this.connection.exec('COMMIT')
      return result
    } catch (error) {
      this.connection.exec('ROLLBACK')
      throw error
    } finally {
      this.#inTransaction = false
    }
  }

  #write<Column extends string>(table: Table<Column>, row: Partial<Record<Column, Value>>): void {
    let writer = this.#writers.get(table.name)
    if (!writer) {
      writer = this.connection.prepare(upsert(table))
      this.#writers.set(table.name, writer)
    }
    const values: SQLInputValue[] = []
    for (const column in table.columns) values.push(toSql(row[column]))
    writer.run(...values)
  }
}

/** The time of the store, which is UTC here. */
export function stampNow(): string {
  return new Date().toISOString().slice(0, 19)
}

function upsert({ name, key, columns }: Table): string {
  const all = Object.keys(columns)
  const own = all.filter((column) => !key.includes(column))
  return `INSERT INTO ${name} (${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')})
    ON CONFLICT DO UPDATE SET ${own.map((column) => `${column} = excluded.${column}`).join(', ')}`
}

const triggers = exported.flatMap(({ name }) => ['INSERT', 'UPDATE'].map((event) => ({ name, event })))

/** Not by OR IGNORE: a conflict clause of the statement that fires a trigger takes the place of the trigger's own. */
const markChanges = triggers
  .map(({ name, event }) => {
    const isMarked = `SELECT 1 FROM _Changed WHERE TableName = '${name}' AND RowNo = new.rowid`
    const mark = `INSERT INTO _Changed SELECT '${name}', new.rowid WHERE NOT EXISTS (${isMarked});`
    return `CREATE TRIGGER IF NOT EXISTS _${name}_${event} AFTER ${event} ON ${name} BEGIN ${mark} END;`
  })
  .join('\n')
