import { type RecordKind, recordKindSchema, recordKinds } from '@jumpring/contracts'
import { z } from 'zod'
import type { OpenDatabase } from './database.ts'
import { type Mapping, readMapping } from './mapping-file.ts'
import { openOdbc } from './odbc.ts'
import { openSqlite } from './sqlite.ts'

const common = {
  /** A mapping file; the one for the documented tables unless given. */
  mapping: z.string().min(1).optional(),
  /** The kinds that come from the database; all that the mapping has a query for unless given. The others come from EDT's files. */
  kinds: z.array(recordKindSchema).min(1).optional(),
}
/** The Edge's database as a source. The connection string may hold a password. */
export const sqlConfigSchema = z.discriminatedUnion('driver', [
  z.strictObject({ driver: z.literal('sqlite'), file: z.string().min(1), ...common }),
  z.strictObject({ driver: z.literal('odbc'), connectionString: z.string().min(1), ...common }),
])
export type SqlConfig = z.infer<typeof sqlConfigSchema>

/** What the agent does with The Edge's database. */
export interface SqlPlan {
  readonly mapping: Mapping
  readonly kinds: ReadonlySet<RecordKind>
  readonly open: OpenDatabase
}

/** The kinds that come from the database. Throws a sentence where the mapping file is damaged. */
export function kindsOf(config: SqlConfig, mapping = readMapping(config.mapping)): readonly RecordKind[] {
  return config.kinds ?? recordKinds.filter((kind) => mapping.streams[kind])
}

/** Throws a sentence where the mapping file is damaged, or has no query for a kind that is wanted. */
export function planOf(config: SqlConfig): SqlPlan {
  const mapping = readMapping(config.mapping)
  const kinds = kindsOf(config, mapping)
  for (const kind of kinds) if (!mapping.streams[kind]) throw new Error(`The mapping file has no query for "${kind}".`)
  const open = async () => (config.driver === 'sqlite' ? openSqlite(config.file) : openOdbc(config.connectionString))
  return { mapping, kinds: new Set(kinds), open }
}
