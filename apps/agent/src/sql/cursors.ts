import type { RecordKind } from '@jumpring/contracts'
import { z } from 'zod'
import type { Store } from '../store/store.ts'

const cursorSchema = z.object({
  /** Of the query and the record mapping: another one makes everything be read again. */
  reading: z.string(),
  /** By stamp column: up to where changes were read. */
  stamps: z.record(z.string(), z.union([z.string(), z.number()])),
  /** UTC: when everything was read last. */
  fullAt: z.iso.datetime(),
})
/** How far a kind has been read. There is none until everything was read once. */
export type Cursor = z.infer<typeof cursorSchema>

/** How far the source has read, kept in agent.db. */
export class Cursors {
  private readonly read
  private readonly write

  constructor({ db }: Pick<Store, 'db'>) {
    this.read = db.prepare('SELECT cursor FROM source_cursor WHERE kind = ?')
    this.write = db.prepare(
      'INSERT INTO source_cursor VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET cursor = excluded.cursor',
    )
  }

  get(kind: RecordKind): Cursor | undefined {
    const row = this.read.get(kind)
    return row === undefined ? undefined : cursorSchema.parse(JSON.parse(String(row.cursor)))
  }

  set(kind: RecordKind, cursor: Cursor): void {
    this.write.run(kind, JSON.stringify(cursor))
  }
}

/** Everything is read again: this database turned out to be an old copy. */
export function forgetCursors({ db }: Pick<Store, 'db'>): void {
  db.exec('DELETE FROM source_cursor')
}
