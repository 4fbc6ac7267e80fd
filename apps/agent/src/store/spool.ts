import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import {
  type CompleteLine,
  type RecordKind,
  type RejectLine,
  rejectLineSchema,
  type UpsertLine,
} from '@jumpring/contracts'
import { z } from 'zod'
import { inTransaction } from './database.ts'
import type { State } from './state.ts'

type Numbered = 'n' | 'at'
/** A line before it has its number. */
export type SpoolEntry =
  | ({ kind: RecordKind; payload: string } & Omit<UpsertLine, Numbered | 'record' | 'kind'>)
  | Omit<RejectLine, Numbered>
  | Omit<CompleteLine, Numbered>

/** What others name comes before them: look-ups, customers, items, then the rest. */
const linkable = `ORDER BY CASE kind WHEN 'acquisition' THEN 0 WHEN 'customer' THEN 1 WHEN 'item' THEN 2 ELSE 3 END, kind, key`

/** What cannot be read, of records and, as far as it was not sent yet, of what has no key. */
const allRejects = `
  SELECT line AS entry FROM spool WHERE line->>'op' = 'reject' AND line->>'key' IS NULL UNION ALL SELECT entry FROM open_reject`
const rejectSchema = rejectLineSchema.partial({ n: true, at: true }).transform(({ n, at, ...entry }) => entry)

const rowSchema = z.object({ n: z.int(), line: z.string() })

/** Lines that are read from the database at once. */
const pageLines = 500
const pageBytes = 256 * 1024

/** What waits to go up. All but `pages` and `size` must be called inside a transaction, or be one. */
export class Spool {
  private readonly db: DatabaseSync
  private readonly state: State
  private readonly insert
  private readonly next
  private readonly trim
  private readonly open
  private readonly close

  constructor(db: DatabaseSync, state: State) {
    this.db = db
    this.state = state
    this.insert = db.prepare('INSERT INTO spool VALUES (?, ?)')
    this.next = db.prepare('SELECT n, line FROM spool WHERE n > ? ORDER BY n LIMIT ?')
    this.trim = db.prepare('DELETE FROM spool WHERE n <= ?')
    this.open = db.prepare('INSERT OR REPLACE INTO open_reject VALUES (?, ?, ?)')
    this.close = db.prepare('DELETE FROM open_reject WHERE kind = ? AND key = ?')
    if (state.get('epoch') === undefined) inTransaction(db, () => this.beginEpoch())
  }

  /** Call inside the transaction that makes the change. */
  append(entry: SpoolEntry): void {
    const n = (this.state.get('lastLine') ?? 0) + 1
    const at = new Date().toISOString()
    this.insert.run(n, entry.op === 'upsert' ? upsertLine(n, at, entry) : JSON.stringify({ n, at, ...entry }))
    this.state.set('lastLine', n)
    if (entry.op === 'upsert') this.close.run(entry.kind, entry.key)
    if (entry.op === 'reject' && entry.key !== null) this.open.run(entry.kind, entry.key, JSON.stringify(entry))
  }

  /** All records of the kind that the store has shown stand before this point. Call inside the transaction that makes it so. */
  appendComplete(kind: RecordKind): void {
    this.append({ op: 'complete', kind })
  }

  /**
   * The oldest lines in order, a page at a time, at most `maxLines` and, but for the last page, `maxBytes`. What is spooled meanwhile comes
   * along; with another epoch it ends. Between two pages anything may happen to the database.
   */
  *pages(maxLines: number, maxBytes: number): Generator<string[]> {
    const epoch = this.state.get('epoch')
    let last = 0
    let bytes = 0
    for (let left = maxLines; left > 0 && bytes < maxBytes && this.state.get('epoch') === epoch; ) {
      const page: string[] = []
      const before = bytes
      for (const row of this.next.iterate(last, Math.min(left, pageLines))) {
        const { n, line } = rowSchema.parse(row)
        page.push(line)
        bytes += Buffer.byteLength(line) + 1
        last = n
        if (bytes - before > pageBytes) break
      }
      if (page.length === 0) return
      left -= page.length
      yield page
    }
  }

  /** The cloud has made all up to `n` durable. */
  acknowledge(n: number): void {
    inTransaction(this.db, () => {
      this.trim.run(n)
      this.state.set('ackedLine', n)
      this.state.set('lastUploadAt', new Date().toISOString())
    })
  }

  /** Number of lines that wait. */
  size(): number {
    return Math.max(0, (this.state.get('lastLine') ?? 0) - (this.state.get('ackedLine') ?? 0))
  }

  /**
   * Begins a new epoch in which everything goes up again: every record of the mirror, then what is the matter with those that cannot
   * be read as they stand now, and with files. Done inside SQLite, so that a big store's mirror does not pass through memory.
   * Left out are text messages that the cloud had taken: it may have lost that it sent them, and a text goes out once at most (CO-10).
   */
  snapshot(generation: string): void {
    inTransaction(this.db, () => {
      const rejects = z.array(z.object({ entry: z.string() })).parse(this.db.prepare(allRejects).all())
      this.db.exec(
        `CREATE TEMP TABLE untaken AS SELECT line->>'key' AS key FROM spool WHERE line->>'kind' = 'notification'`,
      )
      this.db.exec('DELETE FROM spool')
      this.beginEpoch()
      const added = this.db
        .prepare(
          `INSERT INTO spool SELECT row_number() OVER (${linkable}),
             '{"n":' || row_number() OVER (${linkable}) || ',"at":"' || ? || '","op":"upsert","kind":"' || kind ||
             '","key":"' || key || '","bulk":true,"record":' || payload || '}'
           FROM mirror WHERE payload IS NOT NULL AND (kind <> 'notification' OR key IN (SELECT key FROM untaken))`,
        )
        .run(new Date().toISOString())
      this.db.exec('DROP TABLE untaken')
      this.state.set('lastLine', Number(added.changes))
      for (const { entry } of rejects) this.append(rejectSchema.parse(JSON.parse(entry)))
      this.state.set('generation', generation)
      const due = this.state.get('completeDue') ?? []
      for (const kind of this.state.get('fullRead') ?? []) if (!due.includes(kind)) this.appendComplete(kind)
    })
  }

  private beginEpoch(): void {
    this.state.set('epoch', randomUUID())
    this.state.set('lastLine', 0)
    this.state.set('ackedLine', 0)
  }
}

function upsertLine(n: number, at: string, { payload, ...entry }: Extract<SpoolEntry, { op: 'upsert' }>): string {
  return `${JSON.stringify({ n, at, ...entry }).slice(0, -1)},"record":${payload}}`
}
