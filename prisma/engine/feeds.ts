import type { Sql } from '../scope.ts'
import { askAnew } from './connections.ts'

/** How far a feed of the platform has been read. */
export interface FeedMark {
  readonly feed: string
  /** The greatest change stamp that it has shown. */
  readonly watermark: Date | null
  /** When it was first read to its end; null: not yet. */
  readonly readAt: Date | null
}

export async function feedMarks(sql: Sql, connectionId: string): Promise<ReadonlyMap<string, FeedMark>> {
  const { rows } = await sql.query<{ feed: string; watermark: Date | null; read_at: Date | null }>(
    'SELECT feed, watermark, read_at FROM feed WHERE connection_id = $1',
    [connectionId],
  )
  return new Map(rows.map(({ feed, watermark, read_at: readAt }) => [feed, { feed, watermark, readAt }]))
}

/** Of a sheet that waits until the platform has been read: it may hold what must not be overwritten. No customer's key. */
export const untilRead = 'the platform'

/** Notes that a feed has been read to its end, and has those looked at that waited for it. */
export async function noteFeedRead(
  sql: Sql,
  connection: { id: string; tenantId: string },
  feed: string,
  watermark: Date | null,
): Promise<void> {
  await lockContacts(sql, connection.id)
  await sql.query(
    `INSERT INTO feed AS f (connection_id, feed, tenant_id, watermark, read_at) VALUES ($1, $2, $3, $4, now())
     ON CONFLICT (connection_id, feed) DO UPDATE SET
       watermark = greatest(f.watermark, excluded.watermark), read_at = coalesce(f.read_at, now())`,
    [connection.id, feed, connection.tenantId, watermark],
  )
  await sql.query(
    `UPDATE pending SET not_before = now(), waits_for = NULL WHERE connection_id = $1 AND kind = $2 AND waits_for = $3`,
    [connection.id, feed, untilRead],
  )
}

/**
 * Until the transaction ends no contact becomes known unnoticed, and no feed counts as read. Like `shareContacts` the first lock of its
 * transaction: who holds a link never waits for it.
 */
export async function lockContacts(sql: Sql, connectionId: string): Promise<void> {
  await sql.query(`SELECT pg_advisory_xact_lock(hashtextextended('contacts:' || $1, 0))`, [connectionId])
}

/** For whoever is about to change links of contacts, of which others may count on what is known: they wait for the end, or are waited for. */
export async function shareContacts(sql: Sql, connectionId: string): Promise<void> {
  await sql.query(`SELECT pg_advisory_xact_lock_shared(hashtextextended('contacts:' || $1, 0))`, [connectionId])
}

/** Has feeds read anew from their beginning, also what was read before; until then nothing is written over them. */
export async function readFeedsAnew(sql: Sql, connectionId: string, feeds: readonly string[]): Promise<void> {
  if (feeds.length === 0) return
  await sql.query('DELETE FROM feed WHERE connection_id = $1 AND feed = ANY($2)', [connectionId, feeds])
  await sql.query(
    `DELETE FROM inbox WHERE connection_id = $1 AND origin = 'event' AND status IN ('done', 'quarantined')
       AND split_part(event_id, ':', 1) = ANY($2)`,
    [connectionId, feeds],
  )
  await sql.query(`UPDATE connection SET ${askAnew} WHERE id = $1`, [connectionId])
}
