import type { RecordKind } from '@jumpring/contracts'
import type { Sql } from '../scope.ts'
import { column } from './columns.ts'
import type { IngestUpsert } from './line.ts'

/** Whose records are written. */
export interface SourceAt {
  readonly tenantId: string
  readonly sourceId: string
}

/**
 * Writes changes: the record, and in the journal what it replaced. Their numbers are the tenant's next ones; the counter's row
 * lock, held until the transaction ends, makes the order of numbers the order of commits.
 * @param someKnown false where the cloud has no copy of any: without ON CONFLICT a row costs half
 * @returns the number before the first one's
 */
export async function writeRecords(
  sql: Sql,
  at: SourceAt,
  kind: RecordKind,
  changes: readonly IngestUpsert[],
  someKnown: boolean,
): Promise<number> {
  // Parameters, since COPY is refused for tables with row-level security; staging in a temporary table costs more, and two round trips.
  // The source is locked, so nobody else makes or changes its records meanwhile.
  const { rows } = await sql.query<{ before: string }>(
    `WITH number AS (
       UPDATE tenant_counter SET journal_seq = journal_seq + $4 WHERE tenant_id = $1 RETURNING journal_seq - $4 AS before
     ), sent AS MATERIALIZED (
       SELECT before + i AS seq, key, hash, to_timestamp(at::double precision / 1000) AS at, payload
       FROM number, ROWS FROM (
         string_to_table($5, E'\\n'), string_to_table($6, E'\\n'), string_to_table($7, E'\\n'), string_to_table($8, E'\\n')
       ) WITH ORDINALITY AS sent(key, hash, at, payload, i)
     ), journaled AS (
       INSERT INTO journal (tenant_id, seq, source_id, kind, key, at, before)
       SELECT $1, seq, $2, $3, key, at, ${someKnown ? replaced : 'NULL'} FROM sent
     ), kept AS (
       INSERT INTO record (tenant_id, source_id, kind, key, hash, payload, seq, changed_at)
       SELECT $1, $2, $3, key, hash, payload, seq, at FROM sent ${someKnown ? replace : ''}
     ) SELECT before FROM number`,
    [
      at.tenantId,
      at.sourceId,
      kind,
      changes.length,
      column(changes, (line) => line.key),
      column(changes, (line) => line.hash),
      column(changes, (line) => line.at),
      column(changes, (line) => line.payload),
    ],
  )
  if (!rows[0]) throw new Error('The tenant has no counter')
  return Number(rows[0].before)
}

const replaced = `(SELECT r.payload FROM record r
  WHERE r.tenant_id = $1 AND r.source_id = $2 AND r.kind = $3 AND r.key = sent.key)`
const replace = `ON CONFLICT (tenant_id, source_id, kind, key)
  DO UPDATE SET hash = excluded.hash, payload = excluded.payload, seq = excluded.seq, changed_at = excluded.changed_at`
