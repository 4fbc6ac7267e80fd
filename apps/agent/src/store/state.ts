import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'

interface Values {
  /** UUID made with this database; a new one announces a full snapshot. */
  epoch: string
  /** Number of the last line ever spooled in this epoch. */
  lastLine: number
  /** Number of the last line the cloud has acknowledged in this epoch. */
  ackedLine: number
  /** The cloud's generation that this epoch was begun with. */
  generation: string
  /** The mapping with which the kept files were last read again. */
  rereadVersion: number
  /** Whether a full export has been read since this database was made: only then is a missing customer known to be missing. */
  fullRead: boolean
  /** The region with which the phones of the mirror were last read. */
  indexedRegion: string
  /** Whether the cloud is to be told that it has been shown everything, once the Inbox has been read. */
  completeDue: boolean
  /** Number in the name of the last Outbox file. */
  outboxNumber: number
  // for people
  connected: boolean
  /** A sentence: why the cloud does not answer, or refuses this agent. */
  trouble: string
  lastUploadAt: string
  lastFile: string
  lastFileAt: string
  /** A file in the Inbox that has not ended yet and does not grow. */
  waitingFor: string
  /** A sentence: why nothing can be written for The Edge. */
  outboxTrouble: string
}
type Name = keyof Values

const schemas: { readonly [Key in Name]: z.ZodType<Values[Key]> } = {
  epoch: z.uuid(),
  lastLine: z.int(),
  ackedLine: z.int(),
  generation: z.uuid(),
  rereadVersion: z.int(),
  fullRead: z.boolean(),
  indexedRegion: z.string(),
  completeDue: z.boolean(),
  outboxNumber: z.int(),
  connected: z.boolean(),
  trouble: z.string(),
  lastUploadAt: z.string(),
  lastFile: z.string(),
  lastFileAt: z.string(),
  waitingFor: z.string(),
  outboxTrouble: z.string(),
}

/** Single values that must outlive the process. */
export class State {
  private readonly read
  private readonly write
  private readonly remove

  constructor(db: DatabaseSync) {
    this.read = db.prepare('SELECT value FROM state WHERE name = ?')
    this.write = db.prepare('INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
    this.remove = db.prepare('DELETE FROM state WHERE name = ?')
  }

  get<Key extends Name>(name: Key): Values[Key] | undefined {
    const row = this.read.get(name)
    if (row === undefined) return undefined
    return schemas[name].parse(JSON.parse(String(row.value)))
  }

  set<Key extends Name>(name: Key, value: Values[Key]): void {
    this.write.run(name, JSON.stringify(value))
  }

  clear(name: Name): void {
    this.remove.run(name)
  }
}
