import { type Database, inScope } from '../scope.ts'

export interface ConnectionRef {
  readonly tenantId: string
  readonly connectionId: string
}

/** Connections that have something due, where they do not run what the platform said only, or are to ask the platform anew: the rings that got lost. */
export function connectionsWithWork(db: Database): Promise<ConnectionRef[]> {
  return inScope(db, { as: 'system' }, async (sql) => {
    const { rows } = await sql.query<{ id: string; tenant_id: string }>(
      `SELECT c.id, c.tenant_id FROM connection c WHERE
         c.status = 'active' AND c.licensed_tier IS NOT NULL AND (c.next_try_at IS NULL OR c.next_try_at <= now()) AND (
           c.last_poll_at IS NULL AND c.preview IS NULL
           OR EXISTS (SELECT FROM pending p WHERE p.connection_id = c.id AND p.priority < 2 AND p.not_before <= now())
           OR c.last_run_at < now() - interval '30 seconds' AND EXISTS (SELECT FROM pending p WHERE p.connection_id = c.id AND p.not_before < 'infinity'))
         OR EXISTS (SELECT FROM inbox i WHERE i.connection_id = c.id AND i.status = 'new' AND i.not_before <= now())`,
    )
    return rows.map((row) => ({ tenantId: row.tenant_id, connectionId: row.id }))
  })
}

/** Active, licensed connections that have not run for longer than their interval: their workflow may be lost. */
export function silentConnections(db: Database): Promise<ConnectionRef[]> {
  return inScope(db, { as: 'system' }, async (sql) => {
    const { rows } = await sql.query<{ id: string; tenant_id: string }>(
      `SELECT id, tenant_id FROM connection WHERE status = 'active' AND licensed_tier IS NOT NULL
         AND (last_run_at IS NULL OR last_run_at < now() - make_interval(mins => coalesce((settings->>'intervalMinutes')::int, 15), secs => 30))`,
    )
    return rows.map((row) => ({ tenantId: row.tenant_id, connectionId: row.id }))
  })
}
