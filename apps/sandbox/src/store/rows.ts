import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { ColumnType, Table, Value } from './schema/table.ts'

type Columns = [name: string, type: ColumnType][]
type Reader = { statement: StatementSync; columns: Columns }

/** Reads rows of The Edge's tables, with flags as booleans. */
export class Rows {
  protected readonly connection: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #readers = new Map<string, Map<string, Reader>>()

  constructor(connection: DatabaseSync) {
    this.connection = connection
  }

  /** The row with this primary key. */
  get<Column extends string>(table: Table<Column>, ...key: Value[]): Record<Column, Value> | undefined {
    return this.find(table, table.key.map((column) => `${column} = ?`).join(' AND '), ...key)[0]
  }

  /** The rows that fit a condition; it may order and limit them too. */
  find<Column extends string>(table: Table<Column>, condition = '1', ...values: Value[]): Record<Column, Value>[] {
    const { statement, columns } = this.#reader(table, condition)
    return statement.all(...values.map(toSql)).map((row) => toRow<Column>(row, columns))
  }

  /** The same, one after the other. */
  *each<Column extends string>(table: Table<Column>, condition = '1'): Generator<Record<Column, Value>> {
    // A statement of its own: two readers of one would disturb each other.
    const { statement, columns } = reader(this.connection, table, condition)
    for (const row of statement.iterate()) yield toRow<Column>(row, columns)
  }

  count<Column extends string>(table: Table<Column>, condition = '1', ...values: Value[]): number {
    const row = this.prepared(`SELECT count(*) AS n FROM ${table.name} WHERE ${condition}`).get(...values.map(toSql))
    return Number(row?.n)
  }

  /** One column of the rows that fit. */
  values<Column extends string>(table: Table<Column>, column: Column, condition = '1', ...values: Value[]): string[] {
    const rows = this.prepared(`SELECT ${column} AS value FROM ${table.name} WHERE ${condition}`)
    return rows.all(...values.map(toSql)).map(({ value }) => String(value))
  }

  close(): void {
    this.connection.close()
  }

  protected prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.connection.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #reader(table: Table, condition: string): Reader {
    let readers = this.#readers.get(table.name)
    if (!readers) {
      readers = new Map()
      this.#readers.set(table.name, readers)
    }
    let found = readers.get(condition)
    if (!found) {
      found = reader(this.connection, table, condition)
      readers.set(condition, found)
    }
    return found
  }
}

export function toSql(value: Value | undefined): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0
  return value ?? null
}

function reader(connection: DatabaseSync, table: Table, condition: string): Reader {
  const columns: Columns = Object.entries(table.columns)
  const names = columns.map(([name]) => name).join(', ')
  const statement = connection.prepare(`SELECT ${names} FROM ${table.name} WHERE ${condition}`)
  statement.setReturnArrays(true)
  return { statement, columns }
}

/** `stored`: the values in the order of the columns. */
function toRow<Column extends string>(stored: unknown, columns: Columns): Record<Column, Value> {
  const values: readonly unknown[] = Array.isArray(stored) ? stored : []
  const row: Record<string, Value> = {}
  let index = 0
  for (const [name, type] of columns) {
    const value = values[index++]
    if (type === 'flag' && (value === 0 || value === 1)) row[name] = value === 1
    else row[name] = typeof value === 'string' || typeof value === 'number' ? value : null
  }
  return row as Record<Column, Value>
}
