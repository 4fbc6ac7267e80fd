import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { z } from 'zod'
import { openPrivateDatabase } from './private-database.ts'

/** How long a change of which nobody has heard yet may wait in memory before it is written. */
const flushAfterMs = 40

type Change = { kind: string; key: string; value: unknown }

/**
 * JSON documents by kind and key, kept in one SQLite file and written behind in batches; `flush` before anybody is told of a change.
 * Whoever uses it keeps its documents in memory and reads them once, at start.
 */
export class Documents {
  readonly #database: DatabaseSync
  readonly #changes = new Map<string, Change>()
  #timer: NodeJS.Timeout | undefined
  #closed = false
  readonly #put: StatementSync
  readonly #remove: StatementSync

  constructor(file: string) {
    this.#database = openPrivateDatabase(file)
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS documents (
        kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)
      ) WITHOUT ROWID;`)
    this.#put = this.#database.prepare('INSERT OR REPLACE INTO documents (kind, key, body) VALUES (?, ?, ?)')
    this.#remove = this.#database.prepare('DELETE FROM documents WHERE kind = ? AND key = ?')
  }

  /** All documents of a kind, in no promised order. */
  read<T>(kind: string, schema: z.ZodType<T>): T[] {
    this.flush()
    const rows = this.#database.prepare('SELECT body FROM documents WHERE kind = ?').all(kind)
    return rows.map((row) => schema.parse(JSON.parse(String(row.body))))
  }

  /** Notes a document. It is turned into text only when it is written: who changes it in place puts it again. */
  put(kind: string, key: string, value: unknown): void {
    this.#note({ kind, key, value })
  }

  remove(kind: string, key: string): void {
    this.#note({ kind, key, value: undefined })
  }

  /** Drops all documents of a kind at once. */
  clear(kind: string): void {
    this.flush()
    this.#database.prepare('DELETE FROM documents WHERE kind = ?').run(kind)
  }

  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#changes.size === 0) return
    this.#database.exec('BEGIN')
    for (const { kind, key, value } of this.#changes.values()) {
      if (value === undefined) this.#remove.run(kind, key)
      else this.#put.run(kind, key, JSON.stringify(value))
    }
    this.#database.exec('COMMIT')
    this.#changes.clear()
  }

  close(): void {
    this.flush()
    this.#closed = true
    this.#database.close()
  }

  #note(change: Change): void {
    // A request that was cut off by the end may still have something to say.
    if (this.#closed) return
    this.#changes.set(`${change.kind}/${change.key}`, change)
    this.#timer ??= setTimeout(() => this.flush(), flushAfterMs)
  }
}
