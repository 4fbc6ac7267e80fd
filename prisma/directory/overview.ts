import type { Connection, Run } from '../generated/client.ts'
import { entitlementOf, openStreamsOf } from '../licensing/entitled.ts'
import { type Database, inDirectory, inTenant } from '../scope.ts'
import type { ConnectionAt } from './connections.ts'
import { openKinds } from './worklist.ts'

export type { Run }

/** The numbers of a connection at this moment. */
export interface Overview {
  /** The tenant's records of the kinds that the connection looks at. */
  readonly records: number
  /** Pending rows by lane, without those that wait for a contact. */
  readonly pending: { readonly messages: number; readonly live: number; readonly backfill: number }
  /** Age in seconds of the oldest change of the store that the connection has not looked at; 0 when there is none. */
  readonly lagSeconds: number
  /** Sums over all runs. */
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly held: number
  /** Open entries of the quarantine. */
  readonly quarantined: number
  readonly links: readonly { readonly status: string; readonly count: number }[]
}

export function readOverview(db: Database, connection: Connection): Promise<Overview> {
  const { id, tenantId } = connection
  return inTenant(db, tenantId, async (sql) => {
    const records = await sql.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM record WHERE tenant_id = $1 AND kind = ANY ($2)',
      [tenantId, kindsOf(connection)],
    )
    const lanes = await sql.query<{ priority: number; count: number; oldest: string | null }>(
      `SELECT priority, count(*)::int AS count, min(seq) FILTER (WHERE reason = 'changed') AS oldest
       FROM pending WHERE connection_id = $1 AND not_before < 'infinity' GROUP BY priority`,
      [id],
    )
    const lane = (priority: number) => lanes.rows.find((row) => row.priority === priority)
    const lag = await sql.query<{ seconds: number }>(
      `SELECT greatest(0, extract(epoch FROM now() - at))::float8 AS seconds FROM journal WHERE tenant_id = $1 AND seq = $2`,
      [tenantId, lane(1)?.oldest ?? null],
    )
    const runs = await sql.query<{ created: number; updated: number; unchanged: number; held: number }>(
      `SELECT coalesce(sum(created), 0)::int AS created, coalesce(sum(updated), 0)::int AS updated,
              coalesce(sum(unchanged), 0)::int AS unchanged, coalesce(sum(held), 0)::int AS held
       FROM (SELECT created, updated, unchanged, held FROM run WHERE connection_id = $1
         UNION ALL SELECT created, updated, unchanged, held FROM run_total WHERE connection_id = $1) AS runs`,
      [id],
    )
    const quarantined = await sql.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM quarantine WHERE tenant_id = $2 AND connection_id = $1 AND resolved_at IS NULL',
      [id, tenantId],
    )
    const links = await sql.query<{ status: string; count: number }>(
      'SELECT status, count(*)::int AS count FROM link WHERE connection_id = $1 GROUP BY status ORDER BY status',
      [id],
    )
    return {
      records: records.rows[0]?.count ?? 0,
      pending: { messages: lane(0)?.count ?? 0, live: lane(1)?.count ?? 0, backfill: lane(2)?.count ?? 0 },
      lagSeconds: lag.rows[0]?.seconds ?? 0,
      ...(runs.rows[0] ?? { created: 0, updated: 0, unchanged: 0, held: 0 }),
      quarantined: quarantined.rows[0]?.count ?? 0,
      links: links.rows,
    }
  })
}

function kindsOf({ platform, licensedTier, settings }: Connection): string[] {
  return [...openKinds(openStreamsOf(entitlementOf({ platform, licensed_tier: licensedTier, settings })))]
}

/** One page of a connection's runs, newest first. */
export function listRuns(
  db: Database,
  at: ConnectionAt,
  wanted: { limit: number; after?: { value: string; id: string } | undefined },
): Promise<Run[]> {
  const { after } = wanted
  return inDirectory(db, { as: 'tenant', tenantId: at.tenantId }, (directory) =>
    directory.run.findMany({
      where: {
        connectionId: at.connectionId,
        ...(after === undefined
          ? {}
          : { OR: [{ startedAt: { lt: after.value } }, { startedAt: after.value, id: { lt: after.id } }] }),
      },
      orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
      take: wanted.limit,
    }),
  )
}
