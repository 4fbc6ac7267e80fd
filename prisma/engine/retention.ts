import { type Database, inScope, type Sql } from '../scope.ts'
import type { ConnectionRef } from './sweep.ts'

/**
 * After how many days what is over is let go (docs/operations.md). Of the inbox, longer than any platform repeats a webhook (Podium
 * docs: 8 hours), whose event id must still be known then.
 */
export const lifetimeDays = { inbox: 30, effects: 90, runs: 90 } as const

export function allConnections(db: Database): Promise<ConnectionRef[]> {
  return inScope(db, { as: 'system' }, async (sql) => {
    const { rows } = await sql.query<{ id: string; tenant_id: string }>('SELECT id, tenant_id FROM connection')
    return rows.map((row) => ({ tenantId: row.tenant_id, connectionId: row.id }))
  })
}

/**
 * Lets go what is over and older than its lifetime, at most `limit` rows of each kind. What waits, what is under way and what a person
 * may still replay stays. Any number of workers may do it at once.
 * @returns whether there may be more
 */
export async function letGo(sql: Sql, connectionId: string, limit: number): Promise<boolean> {
  const counts = [
    await letGoInbox(sql, connectionId, limit),
    await letGoEffects(sql, connectionId, limit),
    await letGoRuns(sql, connectionId, limit),
  ]
  return counts.includes(limit)
}

async function letGoInbox(sql: Sql, connectionId: string, limit: number): Promise<number> {
  const { rowCount } = await sql.query(
    `DELETE FROM inbox WHERE connection_id = $1 AND event_id = ANY(ARRAY(
       SELECT i.event_id FROM inbox i WHERE i.connection_id = $1 AND i.received_at < now() - make_interval(days => $2)
         AND (i.status = 'done' OR i.status = 'quarantined' AND NOT EXISTS (
           SELECT FROM quarantine q WHERE q.connection_id = $1 AND q.stage = 'down' AND q.subject = i.event_id AND q.resolved_at IS NULL))
       ORDER BY i.received_at LIMIT $3 FOR UPDATE SKIP LOCKED))`,
    [connectionId, lifetimeDays.inbox, limit],
  )
  return rowCount ?? 0
}

async function letGoEffects(sql: Sql, connectionId: string, limit: number): Promise<number> {
  const { rowCount } = await sql.query(
    `DELETE FROM effect WHERE id = ANY(ARRAY(
       SELECT id FROM effect WHERE connection_id = $1 AND done_at < now() - make_interval(days => $2) AND status <> 'prepared'
       ORDER BY done_at LIMIT $3 FOR UPDATE SKIP LOCKED))`,
    [connectionId, lifetimeDays.effects, limit],
  )
  return rowCount ?? 0
}

/** What they had done stays in the connection's totals. */
async function letGoRuns(sql: Sql, connectionId: string, limit: number): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `WITH gone AS (
       DELETE FROM run WHERE id = ANY(ARRAY(
         SELECT id FROM run WHERE connection_id = $1 AND started_at < now() - make_interval(days => $2)
         ORDER BY started_at LIMIT $3 FOR UPDATE SKIP LOCKED))
       RETURNING *
     ), added AS (
       INSERT INTO run_total AS t (connection_id, tenant_id, created, updated, unchanged, held)
       SELECT connection_id, tenant_id, sum(created), sum(updated), sum(unchanged), sum(held) FROM gone GROUP BY connection_id, tenant_id
       ON CONFLICT (connection_id) DO UPDATE SET created = t.created + excluded.created, updated = t.updated + excluded.updated,
         unchanged = t.unchanged + excluded.unchanged, held = t.held + excluded.held
     )
     SELECT count(*)::int AS count FROM gone`,
    [connectionId, lifetimeDays.runs, limit],
  )
  return rows[0]?.count ?? 0
}
