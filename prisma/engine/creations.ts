import { priority } from '../directory/worklist.ts'
import type { Sql } from '../scope.ts'
import { shareContacts } from './feeds.ts'
import { wakeWaiting } from './waiting.ts'

/** A customer whom The Edge is asked to create, or has created without its record having come up. */
export interface Creation {
  readonly commandId: string
  readonly connectionId: string
  readonly sourceId: string
  /** Null while The Edge has not given a number. */
  readonly key: string | null
}

/** Customers of the tenant on their way into The Edge with one of these phones or e-mails, whichever connection brings them; oldest first. */
export async function creationsUnderWay(
  sql: Sql,
  tenantId: string,
  identifiers: readonly string[],
): Promise<Creation[]> {
  const { rows } = await sql.query<{
    created_by: string
    connection_id: string
    source_id: string
    key: string | null
  }>(
    `SELECT l.created_by, l.connection_id, l.source_id, l.key FROM link l
     WHERE l.id = ANY(ARRAY(SELECT i.link_id FROM link_identifier i
         WHERE i.connection_id = ANY(ARRAY(SELECT c.id FROM connection c WHERE c.tenant_id = $1)) AND i.identifier = ANY($2)))
       AND l.kind = 'customer' AND l.created_by IS NOT NULL
       AND (l.key IS NULL
         OR (SELECT true FROM record r WHERE r.tenant_id = $1 AND r.source_id = l.source_id AND r.kind = 'customer' AND r.key = l.key) IS NULL)
     ORDER BY l.created_at, l.id`,
    [tenantId, identifiers],
  )
  return rows.map((row) => ({
    commandId: row.created_by,
    connectionId: row.connection_id,
    sourceId: row.source_id,
    key: row.key,
  }))
}

/**
 * Gives the number of a customer to every link that waits for it, and has the customer looked at. Where another link of a connection
 * has that customer already there are two contacts for one: the waiting link goes, and its contact is met anew. Where another's is the
 * contact, it is shared. A contact that was deleted meanwhile stays so.
 * @returns ids of the connections that have something to do now
 */
export async function giveKey(sql: Sql, commandId: string, key: string): Promise<string[]> {
  const { rows: touched } = await sql.query<{ connection_id: string }>(
    'SELECT DISTINCT connection_id FROM link WHERE created_by = $1 ORDER BY connection_id',
    [commandId],
  )
  for (const { connection_id } of touched) await shareContacts(sql, connection_id)
  await meetAnew(sql, commandId, key)
  const { rows } = await sql.query<{ id: string; connection_id: string }>(
    `UPDATE link l SET key = $2, updated_at = now(), shared_with = owner.key,
       status = CASE WHEN l.status = 'gone' THEN 'gone' WHEN owner.key IS NULL THEN 'active' ELSE 'shared' END
     FROM (SELECT w.id, (SELECT CASE WHEN o.source_id = w.source_id THEN o.key ELSE o.source_id || '/' || o.key END FROM link o WHERE o.connection_id = w.connection_id AND o.uid = w.uid AND o.kind = w.kind
         AND o.status = 'active' AND o.id <> w.id AND o.key IS NOT NULL LIMIT 1) AS key
       FROM link w WHERE w.created_by = $1 AND w.key IS NULL FOR UPDATE OF w) AS owner
     WHERE l.id = owner.id
     RETURNING l.id, l.connection_id`,
    [commandId, key],
  )
  await wakeWaiting(
    sql,
    rows.map(({ id }) => id),
  )
  // Where the record has not come up yet it will be queued when it does.
  await sql.query(
    `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
     SELECT link.connection_id, record.source_id, record.kind, record.key, record.tenant_id, record.seq, ${priority.live}, 'follows'
     FROM link JOIN record ON record.tenant_id = link.tenant_id AND record.source_id = link.source_id AND record.kind = link.kind
     WHERE link.id = ANY($1) AND record.key = $2
     ORDER BY link.connection_id
     ON CONFLICT (connection_id, source_id, kind, key)
     DO UPDATE SET ticket = excluded.ticket, not_before = now(), attempts = 0, priority = least(pending.priority, excluded.priority)`,
    [rows.map(({ id }) => id), key],
  )
  const { rows: again } = await sql.query<{ connection_id: string }>(
    `SELECT connection_id FROM inbox WHERE event_id = 'again:' || $1 AND status = 'new'`,
    [commandId],
  )
  return [...rows, ...again].map((row) => row.connection_id)
}

/** The contacts of links that wait for a customer whom another link of their connection has. */
async function meetAnew(sql: Sql, commandId: string, key: string): Promise<void> {
  await sql.query(
    `WITH dead AS (
       DELETE FROM link w WHERE w.created_by = $1 AND w.key IS NULL AND EXISTS (
         SELECT FROM link o WHERE o.connection_id = w.connection_id AND o.source_id = w.source_id AND o.kind = w.kind AND o.key = $2)
       RETURNING w.tenant_id, w.connection_id, w.deferred)
     INSERT INTO inbox (connection_id, tenant_id, event_id, origin, body)
     SELECT connection_id, tenant_id, 'again:' || $1, 'observation', deferred::text FROM dead WHERE deferred IS NOT NULL
     ON CONFLICT (connection_id, event_id) DO UPDATE SET body = excluded.body, status = 'new'`,
    [commandId, key],
  )
}
