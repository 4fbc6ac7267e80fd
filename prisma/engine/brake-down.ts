import type { Sql } from '../scope.ts'
import type { ByKind } from './brake.ts'

/** Counts what the platform has said and nobody has looked at as a whole, as far as `most`. `upTo`: the last of all that is here. */
export async function countUnapproved(
  sql: Sql,
  connectionId: string,
  most: number,
): Promise<{ waiting: number; upTo: string | null }> {
  const { rows } = await sql.query<{ waiting: number; up_to: string | null }>(
    `SELECT (SELECT count(*)::int FROM (SELECT FROM inbox i WHERE i.connection_id = c.id AND i.status = 'new'
       AND i.not_before <= now() AND i.n > c.approved_inbox_n LIMIT $2) AS new) AS waiting,
       (SELECT max(n) FROM inbox i WHERE i.connection_id = c.id AND i.status = 'new') AS up_to
     FROM connection c WHERE c.id = $1`,
    [connectionId, most],
  )
  return { waiting: rows[0]?.waiting ?? 0, upTo: rows[0]?.up_to ?? null }
}

/**
 * How many records that The Edge has it was asked to change within the last hour, since a person approved. What staff of a platform or
 * another program change there comes one by one, in messages.
 */
export async function countAskedChanges(sql: Sql, connectionId: string): Promise<ByKind> {
  const { rows } = await sql.query<{ kind: string; number: number }>(
    `SELECT CASE m.wish->>'do' WHEN 'setCustomFields' THEN 'customFields' WHEN 'putNote' THEN 'note' WHEN 'putWish' THEN 'wish' ELSE 'customer' END AS kind,
       count(DISTINCT m.link_id)::int AS number FROM command m JOIN connection c ON c.id = m.connection_id
     WHERE c.id = $1 AND m.updated_at > greatest(c.approved_at, now() - interval '1 hour') AND m.status IN ('queued', 'written', 'done')
       AND m.created_at > greatest(c.approved_at, now() - interval '1 hour') AND (m.wish->>'do' IN ('addMethods', 'setCustomFields')
         OR m.wish->>'do' IN ('putNote', 'putWish') AND m.wish->'expected' <> 'null')
     GROUP BY 1`,
    [connectionId],
  )
  return new Map(rows.map(({ kind, number }) => [kind, number]))
}

/** What the platform has said until then has been looked at as a whole. */
export async function approveInboxUpTo(sql: Sql, connectionId: string, upTo: string | null): Promise<void> {
  await sql.query('UPDATE connection SET approved_inbox_n = greatest(approved_inbox_n, $2::bigint) WHERE id = $1', [
    connectionId,
    upTo,
  ])
}

/** From now on what waits in the inbox is received as approved. In a transaction that holds the connection. */
export async function beginApproved(sql: Sql, connectionId: string): Promise<void> {
  await sql.query(
    `UPDATE connection SET approving_inbox_n = waits.n, approved_inbox_n = greatest(approved_inbox_n, waits.n)
     FROM (SELECT greatest(1, max(n)) AS n FROM inbox WHERE connection_id = $1 AND status = 'new') AS waits WHERE id = $1`,
    [connectionId],
  )
}

/** Once all of what was approved is received, changes are counted anew. @returns whether it is */
export async function endApproved(sql: Sql, connectionId: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `UPDATE connection c SET approving_inbox_n = NULL, approved_at = now() WHERE c.id = $1
       AND NOT EXISTS (SELECT FROM inbox i WHERE i.connection_id = c.id AND i.status = 'new' AND i.n <= c.approving_inbox_n)`,
    [connectionId],
  )
  return rowCount !== null && rowCount > 0
}
