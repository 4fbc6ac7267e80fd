import type { DatabaseSync } from 'node:sqlite'
import { type RecordKind, recordKindSchema } from '@jumpring/contracts'
import { z } from 'zod'
import { type KeptLicense, keptLicenseSchema } from '../license/schema.ts'

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
  /** Kinds of which all records were read since this database was made. */
  fullRead: RecordKind[]
  /** The region with which the phones of the mirror were last read. */
  indexedRegion: string
  /** Kinds of which the cloud is to be told that it has been shown everything. */
  completeDue: RecordKind[]
  /** Number in the name of the last Outbox file. */
  outboxNumber: number
  /** What was installed, and what the cloud says of it. */
  licenses: KeptLicense[]
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
  /** Sentences: why a kind of record, or everything, cannot be read from The Edge's database. */
  sqlTrouble: Record<string, string>
}
type Name = keyof Values

const schemas: { readonly [Key in Name]: z.ZodType<Values[Key]> } = {
  epoch: z.uuid(),
  lastLine: z.int(),
  ackedLine: z.int(),
  generation: z.uuid(),
  rereadVersion: z.int(),
  fullRead: z.array(recordKindSchema),
  indexedRegion: z.string(),
  completeDue: z.array(recordKindSchema),
  outboxNumber: z.int(),
  licenses: z.array(keptLicenseSchema),
  connected: z.boolean(),
  trouble: z.string(),
  lastUploadAt: z.string(),
  lastFile: z.string(),
  lastFileAt: z.string(),
  waitingFor: z.string(),
  outboxTrouble: z.string(),
  sqlTrouble: z.record(z.string(), z.string()),
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
