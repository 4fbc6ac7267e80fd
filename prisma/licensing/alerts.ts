import type { Alert } from '../generated/client.ts'
import { type Database, inDirectory, type Scope, type Sql } from '../scope.ts'

export type { Alert }
export type AlertKind = 'license_requested' | 'license_ending' | 'license_expired'

/** Tells the operator and the vendor something; once as long as it stands open. `sql` is in the tenant's scope. */
export async function raiseAlert(
  sql: Sql,
  alert: { tenantId: string; connectionId: string; licenseId: string; kind: AlertKind; message: string },
): Promise<void> {
  await sql.query(
    `INSERT INTO alert (tenant_id, connection_id, license_id, kind, message) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (connection_id, kind) WHERE resolved_at IS NULL
     DO UPDATE SET license_id = excluded.license_id, message = excluded.message`,
    [alert.tenantId, alert.connectionId, alert.licenseId, alert.kind, alert.message],
  )
}

export async function resolveAlerts(sql: Sql, connectionId: string, kinds: readonly AlertKind[]): Promise<void> {
  await sql.query(
    'UPDATE alert SET resolved_at = now() WHERE connection_id = $1 AND kind = ANY ($2) AND resolved_at IS NULL',
    [connectionId, kinds],
  )
}

/** One page of the alerts that a scope sees, newest first. `open`: only what still stands, or only what does not. */
export function listAlerts(
  db: Database,
  scope: Scope,
  wanted: {
    limit: number
    open?: boolean | undefined
    tenantId?: string | undefined
    after?: { value: string; id: string } | undefined
  },
): Promise<Alert[]> {
  const { after, open, tenantId } = wanted
  return inDirectory(db, scope, (directory) =>
    directory.alert.findMany({
      where: {
        ...(open !== undefined && { resolvedAt: open ? null : { not: null } }),
        ...(tenantId !== undefined && { tenantId }),
        ...(after !== undefined && {
          OR: [{ createdAt: { lt: after.value } }, { createdAt: after.value, id: { lt: after.id } }],
        }),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: wanted.limit,
    }),
  )
}
