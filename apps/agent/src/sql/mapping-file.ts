import { readFileSync } from 'node:fs'
import { recordKindSchema } from '@jumpring/contracts'
import { z } from 'zod'
import defaultMappingJson from './default-mapping.json' with { type: 'json' }
import { sqlSchema } from './statements.ts'
import { writesSchema } from './write-mapping.ts'

/** The name of a column of a query's result. It is put into SQL as it is. */
const columnSchema = z.string().regex(/^\w+$/)

const childSchema = z.strictObject({
  query: sqlSchema,
  /** The column that holds the record's own key: the first of the stream's `key`. */
  of: columnSchema,
  /** The order of the list. */
  order: z.array(columnSchema).min(1),
})

const streamSchema = z.strictObject({
  /** One SELECT whose columns have the documented names (columns.ts, docs/sql.md). What it names beyond them stays in the store. */
  query: sqlSchema,
  /** The columns that together name a record, unique; pages go by them. */
  key: z.array(columnSchema).min(1).max(3),
  /**
   * How changes are found. `stamp`: columns that rise with each change (several: each is followed by itself).
   * `hash`: everything is read and compared.
   */
  changes: z.union([z.strictObject({ stamp: z.array(columnSchema).min(1) }), z.literal('hash')]),
  /** Seconds between looks. */
  everySeconds: z.number().min(0.1).max(86_400),
  /** Lists that belong to a record: EDT's Phones, Emails, Addresses of a customer, Stones of an item. */
  children: z.record(z.string(), childSchema).optional(),
})
export type StreamMapping = z.infer<typeof streamSchema>

export const mappingSchema = z.strictObject({
  version: z.literal(1),
  /** How this database limits rows: `limit` (SQLite, PostgreSQL, MySQL), `fetch` (SQL Server, Oracle: OFFSET … FETCH NEXT). */
  rows: z.enum(['limit', 'fetch']).default('limit'),
  pageRows: z.int().min(1).max(10_000).default(200),
  /** A record written in a long transaction carries an older stamp than one seen before it: so far back is looked again. */
  overlapSeconds: z.int().min(0).max(3600).default(10),
  /** Everything is read and compared so often: what no stamp showed is found then. */
  fullLookMinutes: z.number().min(1).max(10_080).default(60),
  streams: z.partialRecord(recordKindSchema, streamSchema),
  writes: writesSchema,
})
/** Where The Edge's database holds what: one query for each kind of record, and how it is written back. */
export type Mapping = z.infer<typeof mappingSchema>

/** The mapping in a file, or the one that fits the documented tables. Throws a sentence where the file is damaged. */
export function readMapping(file?: string): Mapping {
  if (file === undefined) return mappingSchema.parse(defaultMappingJson)
  try {
    return mappingSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : ''
    throw new Error(`The mapping file ${file} cannot be used: ${why}`, { cause: error })
  }
}

/** The default mapping as a file to copy and change. */
export const defaultMappingText = `${JSON.stringify(defaultMappingJson, null, 2)}`
