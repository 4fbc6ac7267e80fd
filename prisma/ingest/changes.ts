import type { RecordKind } from '@jumpring/contracts'
import type { Sql } from '../scope.ts'
import { column } from './columns.ts'
import type { IngestUpsert } from './line.ts'
import { resolveOf } from './quarantine.ts'
import type { SourceAt } from './records.ts'
import { someWait } from './worklist.ts'

/** What an upload changes. */
export interface Changes {
  readonly changes: readonly IngestUpsert[]
  /** Whether the cloud has a copy of one of them. */
  readonly someKnown: boolean
  /** Whether one of them may wait on a work list already. */
  readonly someWait: boolean
}

/**
 * Compares lines with the cloud's copy, and closes what lies in quarantine for them.
 * @param upserts of one kind, no key twice
 */
export async function findChanges(
  sql: Sql,
  at: SourceAt,
  kind: RecordKind,
  upserts: readonly IngestUpsert[],
): Promise<Changes> {
  // In this form the planner can only look each record up by its key, whatever it believes about a table without statistics; and
  // it looks for none where the cloud holds nothing between the first key and the last, as in a first upload in the order of keys.
  const { rows } = await sql.query<{ equal: number[] | null; some_known: boolean | null; some_wait: boolean }>(
    `WITH sent AS MATERIALIZED (
       SELECT i::int, key, hash FROM ROWS FROM (string_to_table($4, E'\\n'), string_to_table($5, E'\\n')) WITH ORDINALITY AS sent(key, hash, i)
     ), resolved AS (${resolveOf('$4')})
     SELECT array_agg(i) FILTER (WHERE known = hash) AS equal, bool_or(known <> hash) AS some_known, ${someWait} AS some_wait
     FROM (
       SELECT i, hash, (SELECT r.hash FROM record r WHERE r.tenant_id = $1 AND r.source_id = $2 AND r.kind = $3 AND r.key = sent.key) AS known
       FROM sent WHERE (
         SELECT r.key FROM record r
         WHERE r.tenant_id = $1 AND r.source_id = $2 AND r.kind = $3 AND r.key >= (SELECT min(key) FROM sent) ORDER BY r.key LIMIT 1
       ) <= (SELECT max(key) FROM sent) OFFSET 0
     ) AS compared`,
    [at.tenantId, at.sourceId, kind, column(upserts, (line) => line.key), column(upserts, (line) => line.hash)],
  )
  const equal = new Set(rows[0]?.equal)
  return {
    changes: upserts.filter((_, index) => !equal.has(index + 1)),
    someKnown: rows[0]?.some_known ?? false,
    someWait: rows[0]?.some_wait ?? true,
  }
}
