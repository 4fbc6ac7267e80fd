import { priority } from '../directory/worklist.ts'
import { type EntitlementRow, entitlementColumns, entitlementOf, openStreamsOf } from '../licensing/entitled.ts'
import type { Sql } from '../scope.ts'

/** Ids of the tenant's connections that synchronize customers. */
export async function connectionsWithCustomers(sql: Sql, tenantId: string): Promise<string[]> {
  const { rows } = await sql.query<EntitlementRow & { id: string }>(
    `SELECT id, ${entitlementColumns} FROM connection WHERE tenant_id = $1`,
    [tenantId],
  )
  return rows.filter((row) => openStreamsOf(entitlementOf(row)).has('customers')).map(({ id }) => id)
}

/** Puts customers on the work list of connections. Who is not there is passed over. */
export async function lookAtCustomers(
  sql: Sql,
  tenantId: string,
  connections: readonly string[],
  customers: readonly { readonly sourceId: string; readonly key: string }[],
): Promise<void> {
  await sql.query(
    `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
     SELECT c.id, r.source_id, r.kind, r.key, r.tenant_id, r.seq, ${priority.live}, 'decided'
     FROM (SELECT DISTINCT * FROM unnest($2::uuid[], $3::text[]) AS t(source_id, key)) t
     JOIN record r ON r.tenant_id = $1 AND r.source_id = t.source_id AND r.kind = 'customer' AND r.key = t.key
     CROSS JOIN unnest($4::uuid[]) AS c(id)
     ORDER BY c.id, r.source_id, r.key
     ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET
       ticket = excluded.ticket, not_before = now(), attempts = 0, priority = least(pending.priority, excluded.priority)`,
    [tenantId, customers.map(({ sourceId }) => sourceId), customers.map(({ key }) => key), connections],
  )
}
