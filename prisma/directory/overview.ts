import { recordKindOf, type Stream, shownStreamOf, type WorkKind, workKinds } from '@jumpring/contracts'
import { isDueSometime } from '../engine/work.ts'
import type { Connection, Run } from '../generated/client.ts'
import { entitlementOf, openStreamsOf } from '../licensing/entitled.ts'
import { type Database, inDirectory, inTenant } from '../scope.ts'
import type { ConnectionAt } from './connections.ts'
import { openKinds } from './worklist.ts'

export type { Run }

/** What a connection looks at of a stream: all there is, and what of it is on the work list, with what waits for a contact under way. */
export interface StreamWork {
  readonly stream: Stream
  readonly records: number
  readonly live: number
  readonly backfill: number
}

/** The numbers of a connection at this moment. */
export interface Overview {
  /** What the connection looks at, by stream. */
  readonly streams: readonly StreamWork[]
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
    const kinds = kindsOf(connection)
    const records = await sql.query<{ kind: string; count: number }>(
      'SELECT kind, count(*)::int AS count FROM record WHERE tenant_id = $1 AND kind = ANY ($2) GROUP BY kind',
      [tenantId, kinds.map(recordKindOf)],
    )
    const pending = await sql.query<PendingRow>(
      `SELECT kind, priority, count(*)::int AS count, count(*) FILTER (WHERE ${isDueSometime})::int AS due,
         min(seq) FILTER (WHERE reason = 'changed' AND ${isDueSometime}) AS oldest
       FROM pending p WHERE connection_id = $1 AND (${isDueSometime} OR EXISTS (SELECT FROM pending c WHERE c.connection_id = $1
         AND c.source_id = p.source_id AND c.kind = 'customer' AND c.key = p.waits_for AND c.${isDueSometime}))
       GROUP BY kind, priority`,
      [id],
    )
    const sum = (of: 'count' | 'due', priority: number, kind?: WorkKind) =>
      pending.rows
        .filter((row) => row.priority === priority && (kind === undefined || row.kind === kind))
        .reduce((all, row) => all + row[of], 0)
    const streams = kinds.flatMap((kind) => {
      const stream = shownStreamOf(kind)
      const all = records.rows.find((row) => row.kind === recordKindOf(kind))?.count ?? 0
      return stream === null
        ? []
        : [{ stream, records: all, live: sum('count', 1, kind), backfill: sum('count', 2, kind) }]
    })
    const lag = await sql.query<{ seconds: number }>(
      `SELECT greatest(0, extract(epoch FROM now() - at))::float8 AS seconds FROM journal WHERE tenant_id = $1
         AND seq = (SELECT min(seq) FROM unnest($2::bigint[]) AS seq)`,
      [tenantId, pending.rows.flatMap(({ priority, oldest }) => (priority === 1 && oldest !== null ? [oldest] : []))],
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
      streams,
      pending: { messages: sum('due', 0), live: sum('due', 1), backfill: sum('due', 2) },
      lagSeconds: lag.rows[0]?.seconds ?? 0,
      ...(runs.rows[0] ?? { created: 0, updated: 0, unchanged: 0, held: 0 }),
      quarantined: quarantined.rows[0]?.count ?? 0,
      links: links.rows,
    }
  })
}

interface PendingRow {
  readonly kind: string
  readonly priority: number
  readonly count: number
  readonly due: number
  readonly oldest: string | null
}

function kindsOf({ platform, licensedTier, settings }: Connection): WorkKind[] {
  const open = openKinds(openStreamsOf(entitlementOf({ platform, licensed_tier: licensedTier, settings })))
  return workKinds.filter((kind) => open.has(kind))
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
