import { setImmediate } from 'node:timers/promises'
import type { RecordKind } from '@jumpring/contracts'
import { noteFull, sayComplete } from '../store/completeness.ts'
import { inTransaction } from '../store/database.ts'
import { Intake } from '../store/intake.ts'
import { digestOf } from '../store/reading.ts'
import type { Store } from '../store/store.ts'
import type { StoreSettings } from '../store-settings.ts'
import { childColumnsOf, columnsOf, columnValue, type Row, readRow, requiredOf } from './columns.ts'
import { type Cursor, Cursors } from './cursors.ts'
import type { EdgeDatabase, Parameter, RawRow, Session } from './database.ts'
import type { Mapping, StreamMapping } from './mapping-file.ts'
import { childrenOf, greatestOf, type Place, pageOf } from './paging.ts'
import { readings, versionOf } from './records.ts'
import { believable, earlier, stampOf } from './stamp.ts'

/** After so many times the overlap without a newer stamp, what carries the last one is taken to be written to its end. */
const quietAfter = 2

export interface StreamReaderParts {
  readonly store: Store
  readonly mapping: Mapping
  readonly settings: StoreSettings
  /** Called when something was spooled. */
  readonly onCommit: () => void
}

interface Pass {
  readonly intake: Intake
  readonly stamps: Record<string, Parameter>
  place: Place | undefined
}

/** Reads one kind of record from The Edge's database: everything in pages of its key, then what its stamps show as changed. */
export class StreamReader {
  readonly kind: RecordKind
  /** When the next look is due, as of `performance.now()`. */
  nextLook = 0
  readonly everyMs: number
  private readonly parts: StreamReaderParts
  private readonly stream: StreamMapping
  private readonly cursors: Cursors
  private readonly reading: string
  private readonly mappingVersion: number
  private pass: Pass | undefined
  /** Whether changes are to be found at once. */
  private asked = false
  /** By stamp column: when a newer stamp was last seen. */
  private readonly risen = new Map<string, number>()

  constructor(kind: RecordKind, stream: StreamMapping, parts: StreamReaderParts) {
    this.kind = kind
    this.stream = stream
    this.parts = parts
    this.cursors = new Cursors(parts.store)
    const { query, children, key, changes } = stream
    this.mappingVersion = versionOf(kind, parts.settings)
    const how = JSON.stringify([query, children, key, changes, this.mappingVersion])
    this.everyMs = stream.everySeconds * 1000
    this.reading = Buffer.from(digestOf(how), 'latin1').toString('hex')
  }

  /** Something has changed that is to be seen soon. */
  lookAtOnce(): void {
    this.nextLook = 0
    this.asked = true
  }

  /** Whether everything is to be read: for the first time, again after so long, or with another mapping. */
  fullDue(): boolean {
    if (this.pass || (this.asked && this.stream.changes === 'hash')) return true
    const cursor = this.cursor()
    if (cursor === undefined) return true
    const sinceMs = Date.now() - Date.parse(cursor.fullAt)
    const dueMs =
      this.stream.changes === 'hash' ? this.stream.everySeconds * 1000 : this.parts.mapping.fullLookMinutes * 60_000
    // A clock that was set back must not put it off.
    return sinceMs < 0 || sinceMs >= dueMs
  }

  /** Reads the next page of everything. */
  async readOn(database: EdgeDatabase): Promise<void> {
    if (!this.pass) this.asked = false
    this.pass ??= await this.beginPass(database)
    const { intake, place, stamps } = this.pass
    const rows = await this.page(database, this.stream.key, place)
    this.take(intake, rows)
    const last = rows.at(-1)
    if (last !== undefined && rows.length === this.parts.mapping.pageRows) {
      this.pass.place = { values: this.placeOf(last.raw, this.stream.key), included: false }
      return
    }
    this.endPass(stamps)
  }

  /** Reads what the stamps show as changed. */
  async look(database: EdgeDatabase): Promise<void> {
    const cursor = this.cursor()
    if (cursor === undefined || this.stream.changes === 'hash') return
    for (const column of this.stream.changes.stamp) await this.lookBy(database, column)
  }

  /** Whether everything was read once: from then on looks keep it current. */
  wasRead(): boolean {
    return this.cursor() !== undefined
  }

  /** Leaves an unfinished pass, so that it begins anew. */
  giveUp(): void {
    this.pass = undefined
  }

  /** Tries the query. Throws what the database says, or a sentence about a missing column. */
  async check(database: EdgeDatabase): Promise<void> {
    const rows = await this.page(database, this.stream.key, undefined, 1)
    for (const { raw } of rows) this.placeOf(raw, this.stream.key)
    if (this.stream.changes === 'hash') return
    for (const column of this.stream.changes.stamp)
      await database.read((session) => session.query(greatestOf(this.stream.query, column), []))
  }

  private async beginPass(database: EdgeDatabase): Promise<Pass> {
    const { store, onCommit } = this.parts
    const stamps: Record<string, Parameter> = {}
    for (const column of this.stream.changes === 'hash' ? [] : this.stream.changes.stamp) {
      const [row] = await database.read((session) => session.query(greatestOf(this.stream.query, column), []))
      this.risen.set(column, performance.now())
      const greatest = row && stampOf(columnValue(row, 'greatest'))
      if (greatest !== null && greatest !== undefined) stamps[column] = believable(greatest, Date.now())
    }
    // A text message is wanted now, also when it was there before this agent.
    const bulk = this.cursor() === undefined && this.kind !== 'notification'
    const intake = new Intake(store, this.kind, { mappingVersion: this.mappingVersion, bulk, many: true, onCommit })
    return { intake, stamps, place: undefined }
  }

  private endPass(stamps: Record<string, Parameter>): void {
    const { store, onCommit } = this.parts
    const first = this.cursor() === undefined
    this.pass?.intake.finish()
    this.pass = undefined
    inTransaction(store.db, () => {
      if (first) noteFull(store, this.kind)
      // What was written for The Edge by EDT shows among its customers.
      if (this.kind === 'customer') store.commands.countExport()
      this.cursors.set(this.kind, { reading: this.reading, stamps, fullAt: new Date().toISOString() })
    })
    if (sayComplete(store, new Set([this.kind]))) onCommit()
  }

  private async lookBy(database: EdgeDatabase, column: string): Promise<void> {
    const { store, mapping, onCommit } = this.parts
    const intake = new Intake(store, this.kind, { mappingVersion: this.mappingVersion, bulk: false, onCommit })
    const columns = [column, ...this.stream.key]
    const from = this.cursor()?.stamps[column]
    let place = from === undefined ? undefined : this.startAt(column, from)
    for (;;) {
      const rows = await this.page(database, columns, place)
      this.take(intake, rows)
      const last = rows.at(-1)
      if (last === undefined) break
      this.advance(column, stampOf(columnValue(last.raw, column)))
      if (rows.length < mapping.pageRows) break
      place = { values: this.placeOf(last.raw, columns), included: false }
      // SQLite answers at once: the rest of the agent has its turn between pages.
      await setImmediate()
    }
    intake.finish()
  }

  /** Stamps have whole seconds, and a long transaction shows late what it stamped early: until all is quiet, a little is read again. */
  private startAt(column: string, from: Parameter): Place {
    const risenAt = this.risen.get(column)
    if (risenAt === undefined) this.risen.set(column, performance.now())
    const quietMs = quietAfter * this.parts.mapping.overlapSeconds * 1000
    const quiet = risenAt !== undefined && performance.now() - risenAt > quietMs
    return quiet
      ? { values: [from], included: false }
      : { values: [earlier(from, this.parts.mapping.overlapSeconds)], included: true }
  }

  private advance(column: string, seen: Parameter | null): void {
    const cursor = this.cursor()
    if (seen === null || cursor === undefined) return
    const [before, stamp] = [cursor.stamps[column], believable(seen, Date.now())]
    if (before !== undefined && stamp <= before) return
    this.risen.set(column, performance.now())
    this.cursors.set(this.kind, { ...cursor, stamps: { ...cursor.stamps, [column]: stamp } })
  }

  private cursor(): Cursor | undefined {
    const cursor = this.cursors.get(this.kind)
    return cursor?.reading === this.reading ? cursor : undefined
  }

  private page(
    database: EdgeDatabase,
    columns: readonly string[],
    place: Place | undefined,
    rows = this.parts.mapping.pageRows,
  ): Promise<readonly ReadRow[]> {
    const { sql, parameters } = pageOf(this.stream.query, columns, place, { rows, form: this.parts.mapping.rows })
    return database.read(async (session) => {
      const found = await session.query(sql, parameters)
      const [first] = found
      if (first) this.checkColumns(first)
      const children = await this.children(session, found)
      return found.map((raw) => this.readRow(raw, children))
    })
  }

  private checkColumns(row: RawRow): void {
    const missing = requiredOf[this.kind].filter((column) => columnValue(row, column) === undefined)
    if (missing.length > 0) throw new Error(`The query gives no column ${missing.join(', ')}.`)
  }

  private readRow(raw: RawRow, children: ReadonlyMap<string, ReadonlyMap<string, readonly Row[]>>): ReadRow {
    const fields = readRow(raw, columnsOf[this.kind])
    const key = String(this.placeOf(raw, this.stream.key)[0])
    const lists = Object.fromEntries([...children].map(([name, byKey]) => [name, byKey.get(key) ?? []]))
    return { raw, fields, lists }
  }

  /** The lists of these records: by list, then by the record's key. */
  private async children(
    session: Session,
    rows: readonly RawRow[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, readonly Row[]>>> {
    const lists = new Map<string, Map<string, Row[]>>()
    const keys = rows.flatMap((row) => this.placeOf(row, this.stream.key)[0] ?? [])
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

  private placeOf(row: RawRow, columns: readonly string[]): Parameter[] {
    return columns.map((column) => {
      const value = stampOf(columnValue(row, column))
      if (value === null) throw new Error(`The column ${column}, by which the query is read, is missing or empty.`)
      return value
    })
  }

  private take(intake: Intake, rows: readonly ReadRow[]): void {
    const { kind, stream } = this
    intake.page(() => {
      for (const { raw, fields, lists } of rows) {
        intake.take({
          digest: digestOf(JSON.stringify([fields, lists])),
          read: () => readings[kind].read({ fields, lists }, this.parts.settings),
          where: () => `database, ${kind} ${this.placeOf(raw, stream.key).join('/')}`,
        })
      }
    })
  }
}

interface ReadRow {
  readonly raw: RawRow
  readonly fields: Row
  readonly lists: Readonly<Record<string, readonly Row[]>>
}
