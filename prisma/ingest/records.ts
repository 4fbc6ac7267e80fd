import type { Sql } from '../scope.ts'
import type { IngestUpsert } from './line.ts'

/** Whose records are written. */
export interface SourceAt {
  readonly tenantId: string
  readonly sourceId: string
}

/** A change that was written, with its number in the journal. */
export interface Change {
  readonly key: string
  readonly seq: bigint
  readonly bulk: boolean
}

/**
 * Writes what differs from the cloud's copy: the record, and in the journal what it replaced.
 * @param upserts of one kind, no key twice
 * @returns what changed; from the first change on the tenant's counter is locked until the transaction ends
 */
export async function writeRecords(sql: Sql, at: SourceAt, upserts: readonly IngestUpsert[]): Promise<Change[]> {
  const changed = await onlyChanged(sql, at, upserts)
  const kind = upserts[0]?.kind
  if (kind === undefined || changed.length === 0) return []
  const seq = await takeNumbers(sql, at.tenantId, changed.length)
  // All parts of one statement see the records as they were before it, so the journal gets the payload that is replaced.
  // New records, most of a first upload, are spared the search for what they replace: the source is locked, nobody else makes them.
  await sql.query(
    `WITH change AS MATERIALIZED (
       SELECT key, hash, payload, known = '1' AS known, to_timestamp(at::float8 / 1000) AS at, $4::bigint + i - 1 AS seq
       FROM unnest(${column('$5')}, ${column('$6')}, ${column('$7')}, ${column('$8')}, ${column('$9')})
         WITH ORDINALITY AS c(key, hash, payload, known, at, i)
     ), journaled AS (
       INSERT INTO journal (tenant_id, seq, source_id, kind, key, at, before)
       SELECT $1, seq, $2, $3, key, at, CASE WHEN known THEN
         (SELECT r.payload FROM record r WHERE r.tenant_id = $1 AND r.source_id = $2 AND r.kind = $3 AND r.key = change.key) END
       FROM change
     ), inserted AS (
       INSERT INTO record (tenant_id, source_id, kind, key, hash, payload, seq, changed_at)
       SELECT $1, $2, $3, key, hash, payload, seq, at FROM change WHERE NOT known
     )
     INSERT INTO record (tenant_id, source_id, kind, key, hash, payload, seq, changed_at)
     SELECT $1, $2, $3, key, hash, payload, seq, at FROM change WHERE known
     ON CONFLICT (tenant_id, source_id, kind, key)
     DO UPDATE SET hash = excluded.hash, payload = excluded.payload, seq = excluded.seq, changed_at = excluded.changed_at`,
    [
      at.tenantId,
      at.sourceId,
      kind,
      seq,
      list(changed.map(({ line }) => line.key)),
      list(changed.map(({ line }) => line.hash)),
      list(changed.map(({ line }) => line.payload)),
      list(changed.map(({ known }) => (known ? 1 : 0))),
      list(changed.map(({ line }) => line.at)),
    ],
  )
  return changed.map(({ line }, index) => ({ key: line.key, seq: seq + BigInt(index), bulk: line.bulk }))
}

/** Lines that differ from the cloud's copy, and whether there is one. */
async function onlyChanged(
  sql: Sql,
  at: SourceAt,
  upserts: readonly IngestUpsert[],
): Promise<{ line: IngestUpsert; known: boolean }[]> {
  const kind = upserts[0]?.kind
  if (kind === undefined) return []
  // In this form the planner can only look each record up by its key, whatever it believes about a table without statistics.
  const { rows } = await sql.query<{ i: number; known: boolean }>(
    `SELECT i::int, known IS NOT NULL AS known FROM (
       SELECT i, c.hash, (SELECT r.hash FROM record r WHERE r.tenant_id = $1 AND r.source_id = $2 AND r.kind = $3 AND r.key = c.key) AS known
       FROM unnest(${column('$4')}, ${column('$5')}) WITH ORDINALITY AS c(key, hash, i) OFFSET 0
     ) AS compared WHERE known IS DISTINCT FROM hash ORDER BY i`,
    [at.tenantId, at.sourceId, kind, list(upserts.map((line) => line.key)), list(upserts.map((line) => line.hash))],
  )
  return rows.flatMap(({ i, known }) => {
    const line = upserts[i - 1]
    return line === undefined ? [] : [{ line, known }]
  })
}

/** The first of `count` new journal numbers. The counter's row lock makes their order the order of commits. */
async function takeNumbers(sql: Sql, tenantId: string, count: number): Promise<bigint> {
  const { rows } = await sql.query<{ first: string }>(
    'UPDATE tenant_counter SET journal_seq = journal_seq + $2 WHERE tenant_id = $1 RETURNING journal_seq - $2 + 1 AS first',
    [tenantId, count],
  )
  if (!rows[0]) throw new Error('The tenant has no counter.')
  return BigInt(rows[0].first)
}

/** A column of values as one parameter. Values hold no line break: keys, hashes, numbers, JSON. Ten times cheaper to send than an array. */
export function list(values: readonly (string | number | bigint)[]): string {
  return values.join('\n')
}

/** The parameter that `list` made, as an array in SQL. */
export function column(parameter: string): string {
  return `string_to_array(${parameter}::text, E'\\n')`
}
