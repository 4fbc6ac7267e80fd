import { setImmediate } from 'node:timers/promises'
import type { RecordKind } from '@jumpring/contracts'
import { noteFull, sayComplete } from '../store/completeness.ts'
import { inTransaction } from '../store/database.ts'
import { Intake } from '../store/intake.ts'
import { digestOf } from '../store/reading.ts'
import type { Store } from '../store/store.ts'
import type { StoreSettings } from '../store-settings.ts'
import { columnValue } from './columns.ts'
import { type Cursor, Cursors } from './cursors.ts'
import type { EdgeDatabase, Parameter } from './database.ts'
import type { Mapping, StreamMapping } from './mapping-file.ts'
import { PageReader, type ReadRow } from './page-reader.ts'
import { greatestOf, type Place } from './paging.ts'
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
  private readonly pages: PageReader
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
    this.pages = new PageReader(kind, stream, parts.mapping)
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
    const rows = await this.pages.read(database, this.stream.key, place)
    this.take(intake, rows)
    if (rows.length === this.parts.mapping.pageRows) {
      this.pass.place = this.pages.after(rows, this.stream.key)
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
    await this.pages.check(database)
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
      const rows = await this.pages.read(database, columns, place)
      this.take(intake, rows)
      const last = rows.at(-1)
      if (last === undefined) break
      this.advance(column, stampOf(columnValue(last.raw, column)))
      if (rows.length < mapping.pageRows) break
      place = this.pages.after(rows, columns)
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

  private take(intake: Intake, rows: readonly ReadRow[]): void {
    const { kind, parts } = this
    intake.page(() => {
      for (const { key, fields, lists, fault } of rows) {
        const read = () => readings[kind].read({ fields, lists }, parts.settings)
        intake.take({
          // Of what cannot be given each look knows other columns.
          digest: digestOf(JSON.stringify(fault === undefined ? [fields, lists] : [key ?? fields, fault])),
          read: fault === undefined ? read : () => ({ key: read().key, message: fault }),
          where: () => `database, ${kind} ${key?.join('/') ?? 'without a number'}`,
        })
      }
    })
  }
}
