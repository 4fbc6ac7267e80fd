import type { RecordKind } from '@jumpring/contracts'
import { childColumnsOf, columnsOf, columnValue, type Row, readRow, requiredOf } from './columns.ts'
import type { EdgeDatabase, Parameter, RawRow, Session } from './database.ts'
import type { Mapping, StreamMapping } from './mapping-file.ts'
import { childrenOf, keysOf, nothingOf, type Place, pageOf, type Query, rowAt } from './paging.ts'
import { stampOf } from './stamp.ts'

/** A record as the database shows it. */
export interface ReadRow {
  readonly raw: RawRow
  /** Undefined where a column of its key is empty: it is not taken for a record. */
  readonly key: readonly Parameter[] | undefined
  readonly fields: Row
  readonly lists: Readonly<Record<string, readonly Row[]>>
  /** A sentence: why it cannot be taken; `fields` then has no more than its key. */
  readonly fault?: string
}

const noKey = 'A column of its number is empty.'
const notGiven = "One of its columns holds what the database's driver cannot give."

/** Reads pages of one kind's query, with the lists that belong to its records. What is wrong with one record concerns that one only. */
export class PageReader {
  private readonly kind: RecordKind
  private readonly stream: StreamMapping
  private readonly mapping: Mapping

  constructor(kind: RecordKind, stream: StreamMapping, mapping: Mapping) {
    this.kind = kind
    this.stream = stream
    this.mapping = mapping
  }

  /** The next records after a place in the order of `columns`. Throws what the database says, or a sentence about a missing column. */
  async read(
    database: EdgeDatabase,
    columns: readonly string[],
    place: Place | undefined,
    rows = this.mapping.pageRows,
  ): Promise<readonly ReadRow[]> {
    const limit = { rows, form: this.mapping.rows }
    const read = await this.rowsOf(database, pageOf(this.stream.query, columns, place, limit)).catch(
      async (error: unknown) => {
        if (!(await this.isSound(database))) throw error
        return this.oneByOne(
          database,
          keysOf(this.stream.query, [...new Set([...columns, ...this.stream.key])], columns, place, limit),
        )
      },
    )
    const [first] = read
    if (first !== undefined && first.fault === undefined) this.checkColumns(first.raw)
    return read
  }

  /** The place after these records. Throws where the last of them that has one is not to be told. */
  after(rows: readonly ReadRow[], columns: readonly string[]): Place {
    const last = rows.findLast(({ key }) => key !== undefined) ?? rows.at(-1)
    const values = columns.map((column) => {
      const value = last === undefined ? null : stampOf(columnValue(last.raw, column))
      if (value === null) throw new Error(`The column ${column}, by which the query is read, is missing or empty.`)
      return value
    })
    return { values, included: false }
  }

  /** Tries the query. */
  async check(database: EdgeDatabase): Promise<void> {
    const rows = await this.read(database, this.stream.key, undefined, 1)
    if (rows.length > 0) this.after(rows, this.stream.key)
  }

  private rowsOf(database: EdgeDatabase, { sql, parameters }: Query): Promise<readonly ReadRow[]> {
    return database.read(async (session) => {
      const found = await session.query(sql, parameters)
      const lists = await this.lists(session, found)
      return found.map((raw) => this.rowOf(raw, lists))
    })
  }

  /** Whether the query itself is in order: then it is a record that cannot be read. */
  private isSound(database: EdgeDatabase): Promise<boolean> {
    const { sql, parameters } = nothingOf(this.stream.query)
    return database
      .read((session) => session.query(sql, parameters))
      .then(
        () => true,
        () => false,
      )
  }

  private async oneByOne(database: EdgeDatabase, keys: Query): Promise<readonly ReadRow[]> {
    const found = await database.read((session) => session.query(keys.sql, keys.parameters))
    const rows: ReadRow[] = []
    for (const raw of found) {
      const key = this.keyOf(raw)
      const alone = { raw, key, fields: readRow(raw, columnsOf[this.kind]), lists: {} }
      if (key === undefined) rows.push({ ...alone, fault: noKey })
      else {
        const query = rowAt(this.stream.query, this.stream.key, key)
        rows.push(...(await this.rowsOf(database, query).catch(() => [{ ...alone, fault: notGiven }])))
      }
    }
    return rows
  }

  private checkColumns(row: RawRow): void {
    const missing = [...requiredOf[this.kind], ...this.stream.key].filter(
      (column) => columnValue(row, column) === undefined,
    )
    if (missing.length > 0) throw new Error(`The query gives no column ${missing.join(', ')}.`)
  }

  private rowOf(raw: RawRow, lists: ReadonlyMap<string, ReadonlyMap<string, readonly Row[]>>): ReadRow {
    const key = this.keyOf(raw)
    const fields = readRow(raw, columnsOf[this.kind])
    if (key === undefined) return { raw, key, fields, lists: {}, fault: noKey }
    const own = [...lists].map(([name, byKey]) => [name, byKey.get(String(key[0])) ?? []])
    return { raw, key, fields, lists: Object.fromEntries(own) }
  }

  private keyOf(row: RawRow): readonly Parameter[] | undefined {
    const key = this.stream.key.flatMap((column) => stampOf(columnValue(row, column)) ?? [])
    return key.length === this.stream.key.length ? key : undefined
  }

  /** The lists of these records: by list, then by the record's key. */
  private async lists(
    session: Session,
    rows: readonly RawRow[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, readonly Row[]>>> {
    const lists = new Map<string, Map<string, Row[]>>()
    const keys = rows.flatMap((row) => this.keyOf(row)?.[0] ?? [])
    for (const [name, child] of Object.entries(this.stream.children ?? {})) {
      const byKey = new Map<string, Row[]>()
      lists.set(name, byKey)
      const columns = childColumnsOf[this.kind]?.[name]
      if (columns === undefined) throw new Error(`There is no list ${name} of this kind.`)
      if (keys.length === 0) continue
      const { sql, parameters } = childrenOf(child, keys)
      for (const raw of await session.query(sql, parameters)) {
        const key = String(columnValue(raw, child.of))
        byKey.set(key, [...(byKey.get(key) ?? []), readRow(raw, columns)])
      }
    }
    return lists
  }
}
