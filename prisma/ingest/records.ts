import type { RecordKind } from '@jumpring/contracts'
import type { Sql } from '../scope.ts'
import type { IngestUpsert } from './line.ts'

/** Whose records are written. */
export interface SourceAt {
  readonly tenantId: string
  readonly sourceId: string
}

/** A line that differs from the cloud's copy. */
export interface Change {
  readonly line: IngestUpsert
  /** Whether there is a copy. */
  readonly known: boolean
}

/** @param upserts of one kind, no key twice */
export async function findChanges(
  sql: Sql,
  at: SourceAt,
  kind: RecordKind,
  upserts: readonly IngestUpsert[],
): Promise<readonly Change[]> {
  // In this form the planner can only look each record up by its key, whatever it believes about a table without statistics; and
  // it looks for none where the cloud holds nothing between the first key and the last, as in a first upload in the order of keys.
  // Keys and hashes hold no line break, and one text is ten times cheaper to send than an array.
  const { rows } = await sql.query<{ equal: number[] | null; other: number[] | null }>(
    `WITH sent AS MATERIALIZED (
       SELECT i::int, key, hash FROM unnest(string_to_array($4, E'\\n'), string_to_array($5, E'\\n')) WITH ORDINALITY AS sent(key, hash, i)
     )
     SELECT array_agg(i) FILTER (WHERE known = hash) AS equal, array_agg(i) FILTER (WHERE known <> hash) AS other FROM (
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
  return upserts.flatMap((line, index) => (equal.has(index + 1) ? [] : [{ line, known: other.has(index + 1) }]))
}

/**
 * Writes the staged changes: the record, and in the journal what it replaced.
 * @param first the journal number of the first
 */
export async function writeRecords(sql: Sql, at: SourceAt, kind: RecordKind, first: bigint): Promise<void> {
  const place = [at.tenantId, at.sourceId, kind, first]
  // Before the records are written, so that the journal gets what is replaced; only records that are known are looked up for it.
  await sql.query(
    `INSERT INTO journal (tenant_id, seq, source_id, kind, key, at, before)
     SELECT $1, $4::bigint + i, $2, $3, key, to_timestamp(at / 1000), CASE WHEN known THEN
       (SELECT r.payload FROM record r WHERE r.tenant_id = $1 AND r.source_id = $2 AND r.kind = $3 AND r.key = staged.key) END
     FROM staged`,
    place,
  )
  const staged = `SELECT $1::uuid, $2::uuid, $3, key, hash, payload, $4::bigint + i, to_timestamp(at / 1000) FROM staged`
  // The source is locked, so nobody else makes these. Without ON CONFLICT a row costs half.
  await sql.query(`INSERT INTO record (${columns}) ${staged} WHERE NOT known`, place)
  await sql.query(
    `INSERT INTO record (${columns}) ${staged} WHERE known ON CONFLICT (tenant_id, source_id, kind, key)
     DO UPDATE SET hash = excluded.hash, payload = excluded.payload, seq = excluded.seq, changed_at = excluded.changed_at`,
    place,
  )
}

const columns = 'tenant_id, source_id, kind, key, hash, payload, seq, changed_at'

/** The first of `count` new journal numbers. The counter's row lock makes their order the order of commits. */
export async function takeNumbers(sql: Sql, tenantId: string, count: number): Promise<bigint> {
  const { rows } = await sql.query<{ first: string }>(
    'UPDATE tenant_counter SET journal_seq = journal_seq + $2 WHERE tenant_id = $1 RETURNING journal_seq - $2 + 1 AS first',
    [tenantId, count],
  )
  if (!rows[0]) throw new Error('The tenant has no counter.')
  return BigInt(rows[0].first)
}
