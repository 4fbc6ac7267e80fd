import type { Sql } from '../scope.ts'
import type { IngestReject, SourceAt } from './line.ts'
import type { Upserts } from './rounds.ts'

/** Keeps what could not be taken, with the reason. An entry that is open for the same subject gets the new reason. No subject twice. */
export async function quarantine(sql: Sql, at: SourceAt, rejects: readonly IngestReject[]): Promise<void> {
  if (rejects.length === 0) return
  await sql.query(
    `INSERT INTO quarantine (tenant_id, source_id, stage, subject, kind, key, code, message)
     SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
     ON CONFLICT (tenant_id, coalesce(connection_id, source_id), stage, subject) WHERE resolved_at IS NULL
     DO UPDATE SET code = excluded.code, message = excluded.message`,
    [
      at.tenantId,
      at.sourceId,
      rejects.map((line) => line.stage),
      rejects.map((line) => line.subject),
      rejects.map((line) => line.kind),
      rejects.map((line) => line.key),
      rejects.map((line) => line.code),
      rejects.map((line) => line.message),
    ],
  )
  const customers = rejects.flatMap(({ kind, key }) => (kind === 'customer' && key !== null ? [key] : []))
  if (customers.length > 0) await tellWaiting(sql, at, customers)
}

/** Has what waits for these customers looked at again: it waits on, and says that they were refused. */
async function tellWaiting(sql: Sql, at: SourceAt, customers: readonly string[]): Promise<void> {
  await sql.query(
    `UPDATE pending p SET not_before = now() FROM connection c
     WHERE c.tenant_id = $1 AND p.connection_id = c.id AND p.source_id = $2 AND p.waits_for = ANY($3)`,
    [at.tenantId, at.sourceId, customers],
  )
}

const refused = `tenant_id = $1 AND source_id = $2 AND connection_id IS NULL AND stage IN ('agent', 'ingest') AND resolved_at IS NULL
  AND (kind IS NULL OR kind = $3)`

/** Whether anything of a kind's is open: an expression; $1 is the tenant, $2 the source, $3 the kind. */
export const someRefused = `EXISTS (SELECT FROM quarantine WHERE ${refused})`

/** Closes the entries of records that have come up well since. */
export async function resolveRefused(sql: Sql, at: SourceAt, { kind, columns }: Upserts): Promise<void> {
  await sql.query(
    `UPDATE quarantine SET resolved_at = now() WHERE ${refused} AND key = ANY (string_to_array($4, E'\\n'))`,
    [at.tenantId, at.sourceId, kind, columns.keys],
  )
}
