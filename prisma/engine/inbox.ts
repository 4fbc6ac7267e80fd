import type { Observation } from '@jumpring/sync'
import type { Sql } from '../scope.ts'

/** Something the platform said, as it was stored: a webhook's raw body, a contact that we read, or an event that says what else we read. */
export interface InboxEntry {
  readonly eventId: string
  readonly origin: 'webhook' | 'observation' | 'event'
  readonly body: string
}

/** Stores contacts that were read, each state of one once. */
export async function storeObservations(
  sql: Sql,
  connection: { id: string; tenantId: string },
  contacts: readonly Observation[],
): Promise<void> {
  if (contacts.length === 0) return
  await sql.query(
    `INSERT INTO inbox (connection_id, tenant_id, event_id, origin, body)
     SELECT $1, $2, t.event_id, 'observation', t.body FROM unnest($3::text[], $4::text[]) AS t(event_id, body) ON CONFLICT DO NOTHING`,
    [
      connection.id,
      connection.tenantId,
      contacts.map((contact) => `read:${contact.uid}:${contact.updatedAt ?? ''}`),
      contacts.map((contact) => JSON.stringify(contact)),
    ],
  )
}

/** Stores what was read of a feed, each state of a thing once. */
export async function storeRead(
  sql: Sql,
  connection: { id: string; tenantId: string },
  feed: string,
  events: readonly { readonly eventId: string }[],
): Promise<void> {
  if (events.length === 0) return
  await sql.query(
    `INSERT INTO inbox (connection_id, tenant_id, event_id, origin, body)
     SELECT $1, $2, t.event_id, 'event', t.body FROM unnest($3::text[], $4::text[]) AS t(event_id, body) ON CONFLICT DO NOTHING`,
    [
      connection.id,
      connection.tenantId,
      events.map(({ eventId }) => `${feed}:${eventId}`),
      events.map((event) => JSON.stringify(event)),
    ],
  )
}

/** Leaves an entry until it is known whose contact this is. After `lockContacts`, in its transaction. */
export async function letWaitForContact(sql: Sql, connectionId: string, eventId: string, uid: string): Promise<void> {
  await sql.query(`UPDATE inbox SET status = 'waiting', waits_for = $3 WHERE connection_id = $1 AND event_id = $2`, [
    connectionId,
    eventId,
    uid,
  ])
}

/** Keeps entries for when the connection has a license, or goes on; giveKeptEntries puts them back. */
export async function keepInboxEntries(sql: Sql, connectionId: string, eventIds: readonly string[]): Promise<void> {
  await sql.query(
    `UPDATE inbox SET status = 'kept' WHERE connection_id = $1 AND event_id = ANY($2) AND status = 'new'`,
    [connectionId, eventIds],
  )
}

export async function giveKeptEntries(sql: Sql, connectionId: string): Promise<void> {
  await sql.query(`UPDATE inbox SET status = 'new' WHERE connection_id = $1 AND status = 'kept'`, [connectionId])
}

/** The oldest entries not looked at yet whose time has come. */
export async function newInboxEntries(sql: Sql, connectionId: string, limit: number): Promise<InboxEntry[]> {
  const { rows } = await sql.query<{ event_id: string; origin: InboxEntry['origin']; body: string }>(
    `SELECT event_id, origin, body FROM inbox WHERE connection_id = $1 AND status = 'new' AND not_before <= now() ORDER BY n LIMIT $2`,
    [connectionId, limit],
  )
  return rows.map((row) => ({ eventId: row.event_id, origin: row.origin, body: row.body }))
}

export async function closeInboxEntries(
  sql: Sql,
  connectionId: string,
  eventIds: readonly string[],
  status: 'done' | 'quarantined',
): Promise<void> {
  if (eventIds.length === 0) return
  await sql.query('UPDATE inbox SET status = $3 WHERE connection_id = $1 AND event_id = ANY($2)', [
    connectionId,
    eventIds,
    status,
  ])
}

/** Whether an entry is still to be looked at and nobody else is at it; until the transaction ends it is ours. */
export async function claimInboxEntry(sql: Sql, connectionId: string, eventId: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `SELECT FROM inbox WHERE connection_id = $1 AND event_id = $2 AND status = 'new' FOR UPDATE SKIP LOCKED`,
    [connectionId, eventId],
  )
  return rowCount === 1
}

/**
 * Leaves an entry for later, each time twice as long: a second at first.
 * @returns how often it has been left by now; 0 when it is closed
 */
export async function postponeInboxEntry(sql: Sql, connectionId: string, eventId: string): Promise<number> {
  const { rows } = await sql.query<{ attempts: number }>(
    `UPDATE inbox SET attempts = attempts + 1, not_before = now() + make_interval(secs => 2 ^ attempts)
     WHERE connection_id = $1 AND event_id = $2 AND status = 'new' RETURNING attempts`,
    [connectionId, eventId],
  )
  return rows[0]?.attempts ?? 0
}

/** Until the end of the transaction nobody else decides about these phones and e-mails of the tenant. */
export async function lockIdentifiers(sql: Sql, tenantId: string, values: readonly string[]): Promise<void> {
  // Sorted, so that two transactions never wait for each other.
  for (const value of [...values].sort())
    await sql.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [`${tenantId}:${value}`])
}
