import type { RecordKind } from '@jumpring/contracts'
import type { Sql } from '../scope.ts'
import type { Change } from './stage.ts'

/** Whose records are written. */
export interface SourceAt {
  readonly tenantId: string
  readonly sourceId: string
}

/**
 * Writes the staged changes: the record, and in the journal what it replaced. Their numbers are the tenant's next ones; the
 * counter's row lock, held until the transaction ends, makes the order of numbers the order of commits.
 */
export async function writeRecords(
  sql: Sql,
  at: SourceAt,
  kind: RecordKind,
  changes: readonly Change[],
): Promise<void> {
  const [tenant, source, of] = [at.tenantId, at.sourceId, kind].map((text) => sql.escapeLiteral(text))
  const number = numberOf(`${tenant}`, `${changes.length}`)
  const record = `record (tenant_id, source_id, kind, key, hash, payload, seq, changed_at)
    SELECT ${tenant}, ${source}, ${of}, key, hash, payload, ${number}, to_timestamp(at / 1000) FROM staged`
  const statements = [
    `UPDATE tenant_counter SET journal_seq = journal_seq + ${changes.length} WHERE tenant_id = ${tenant}`,
    // Before the records, so that the journal gets what they replace; only for those that are known it is looked up.
    `INSERT INTO journal (tenant_id, seq, source_id, kind, key, at, before)
     SELECT ${tenant}, ${number}, ${source}, ${of}, key, to_timestamp(at / 1000), CASE WHEN known THEN (SELECT r.payload FROM record r
       WHERE r.tenant_id = ${tenant} AND r.source_id = ${source} AND r.kind = ${of} AND r.key = staged.key) END
     FROM staged`,
    // The source is locked, so nobody else makes these. Without ON CONFLICT a row costs half.
    `INSERT INTO ${record} WHERE NOT known`,
    `INSERT INTO ${record} WHERE known ON CONFLICT (tenant_id, source_id, kind, key)
     DO UPDATE SET hash = excluded.hash, payload = excluded.payload, seq = excluded.seq, changed_at = excluded.changed_at`,
  ]
  // In one round trip, for which there may be no parameters.
  await sql.query(statements.join(';'))
}

/**
 * The number of a staged change after the tenant's counter was raised: an expression.
 * @param count how many are staged
 */
export function numberOf(tenant: string, count: string): string {
  return `(SELECT journal_seq FROM tenant_counter WHERE tenant_id = ${tenant}) - ${count} + 1 + i`
}
