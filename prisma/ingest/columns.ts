import type { IngestUpsert } from './line.ts'

/**
 * The columns of some records, each as one parameter, a value a line: ten times cheaper to send than an array. No value may hold a
 * line break. In SQL: `string_to_table($n, E'\n')`.
 */
export interface Columns {
  readonly keys: string
  readonly hashes: string
  readonly ats: string
  readonly bulks: string
  readonly payloads: string
  /** The first key and the last in the order of the database: that of their bytes, as here, for a key is ASCII (contracts/values.ts). */
  readonly firstKey: string
  readonly lastKey: string
}

export function columnsOf(upserts: readonly IngestUpsert[]): Columns {
  const column = (cell: (line: IngestUpsert) => string | number) => upserts.map(cell).join('\n')
  const keys = upserts.map((line) => line.key).sort()
  return {
    keys: column((line) => line.key),
    hashes: column((line) => line.hash),
    ats: column((line) => line.at),
    bulks: column((line) => (line.bulk ? 1 : 0)),
    payloads: column((line) => line.payload),
    firstKey: keys.at(0) ?? '',
    lastKey: keys.at(-1) ?? '',
  }
}
