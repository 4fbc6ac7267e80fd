import type { Sql } from '../scope.ts'
import { holderId } from './holders.ts'

/**
 * CB-01: of these customers, the ones (ids as `holderId` gives them) that the connection does not synchronize: it has only selected
 * ones, and they are not. Nothing of theirs goes up or comes down, and nothing is deleted; opt-outs come down all the same.
 */
export async function notSelected(
  sql: Sql,
  connection: { id: string; tenantId: string; settings: { scope: 'all' | 'selected' } },
  customers: readonly { sourceId: string; key: string }[],
): Promise<ReadonlySet<string>> {
  if (connection.settings.scope === 'all' || customers.length === 0) return new Set()
  const { rows } = await sql.query<{ source_id: string; key: string }>(
    `SELECT DISTINCT t.source_id, t.key FROM unnest($3::uuid[], $4::text[]) AS t(source_id, key)
     WHERE NOT is_selected($1, $2, t.source_id, t.key)`,
    [connection.id, connection.tenantId, customers.map(({ sourceId }) => sourceId), customers.map(({ key }) => key)],
  )
  return new Set(rows.map((row) => holderId(row.source_id, row.key)))
}
