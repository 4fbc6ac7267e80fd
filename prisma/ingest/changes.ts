import type { RecordKind } from '@jumpring/contracts'
import type { Sql } from '../scope.ts'
import type { IngestUpsert } from './line.ts'
import { resolveOf } from './quarantine.ts'
import type { SourceAt } from './records.ts'
import type { Change } from './stage.ts'
import { someWait } from './worklist.ts'

/** What an upload changes. */
export interface Changes {
  readonly changes: readonly Change[]
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
  // Keys and hashes hold no line break, and one text is ten times cheaper to send than an array.
  const { rows } = await sql.query<{ equal: number[] | null; other: number[] | null; some_wait: boolean }>(
    `WITH sent AS MATERIALIZED (
       SELECT i::int, key, hash FROM unnest(string_to_array($4, E'\\n'), string_to_array($5, E'\\n')) WITH ORDINALITY AS sent(key, hash, i)
     ), resolved AS (${resolveOf('$4')})
     SELECT array_agg(i) FILTER (WHERE known = hash) AS equal, array_agg(i) FILTER (WHERE known <> hash) AS other, ${someWait} AS some_wait
     FROM (
       SELECT i, hash, (SELECT r.hash FROM record r WHERE r.tenant_id = $1 AND r.source_id = $2 AND r.kind = $3 AND r.key = sent.key) AS known
       FROM sent WHERE (
         SELECT r.key FROM record r
         WHERE r.tenant_id = $1 AND r.source_id = $2 AND r.kind = $3 AND r.key >= (SELECT min(key) FROM sent) ORDER BY r.key LIMIT 1
       ) <= (SELECT max(key) FROM sent) OFFSET 0
     ) AS compared`,
    [
      at.tenantId,
      at.sourceId,
      kind,
      upserts.map((line) => line.key).join('\n'),
      upserts.map((line) => line.hash).join('\n'),
    ],
  )
  const [equal, other] = [new Set(rows[0]?.equal), new Set(rows[0]?.other)]
  return {
    changes: upserts.flatMap((line, index) => (equal.has(index + 1) ? [] : [{ line, known: other.has(index + 1) }])),
    someWait: rows[0]?.some_wait ?? true,
  }
}
