import type { Platform } from '@jumpring/contracts'
import { type Database, inScope, type Sql } from './scope.ts'

/** Whose a connection is, for a webhook that names nothing but it; null where the platform has no such connection. */
export function findWebhookTenant(db: Database, platform: Platform, connectionId: string): Promise<string | null> {
  return inScope(db, { as: 'system' }, async (sql) => {
    const { rows } = await sql.query<{ tenant_id: string }>(
      'SELECT tenant_id FROM connection WHERE id = $1 AND platform = $2',
      [connectionId, platform],
    )
    return rows[0]?.tenant_id ?? null
  })
}

/** Keeps a platform's event until it is decided. The same event counts once. `sql` is in the tenant's scope. */
export async function storeWebhook(
  sql: Sql,
  event: { tenantId: string; connectionId: string; eventId: string; body: string },
): Promise<void> {
  await sql.query(
    `INSERT INTO inbox (connection_id, event_id, tenant_id, origin, body) VALUES ($1, $2, $3, 'webhook', $4)
     ON CONFLICT (connection_id, event_id) DO NOTHING`,
    [event.connectionId, event.eventId, event.tenantId, event.body],
  )
}
