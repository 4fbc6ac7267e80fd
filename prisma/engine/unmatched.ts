import type { Sql } from '../scope.ts'

/** Remembers a contact of the platform that fits several customers, of whom none was chosen. */
export async function noteUnmatched(
  sql: Sql,
  connection: { id: string; tenantId: string },
  contact: { uid: string; eventId: string; identifiers: readonly string[] },
): Promise<void> {
  await sql.query(
    `INSERT INTO unmatched (tenant_id, connection_id, identifier, uid, event_id)
     SELECT DISTINCT $1::uuid, $2::uuid, identifier, $4, $5 FROM unnest($3::text[]) AS identifier
     ON CONFLICT (connection_id, identifier, uid) DO UPDATE SET event_id = excluded.event_id`,
    [connection.tenantId, connection.id, contact.identifiers, contact.uid, contact.eventId],
  )
}

/** Forgets contacts. Gives what was remembered of them. */
export async function forgetUnmatched(
  sql: Sql,
  connectionId: string,
  uids: readonly string[],
): Promise<{ identifiers: string[]; eventIds: string[] }> {
  const { rows } = await sql.query<{ identifier: string; event_id: string }>(
    'DELETE FROM unmatched WHERE connection_id = $1 AND uid = ANY($2) RETURNING identifier, event_id',
    [connectionId, uids],
  )
  return {
    identifiers: rows.map((row) => row.identifier),
    eventIds: [...new Set(rows.map((row) => row.event_id))],
  }
}

/** Such contacts, but for this one, all of whose phones and e-mails are among these: where each is one contact's only, they are gone into it. */
export async function unmatchedWithin(
  sql: Sql,
  connectionId: string,
  { uid, identifiers }: { uid: string; identifiers: readonly string[] },
): Promise<string[]> {
  const { rows } = await sql.query<{ uid: string }>(
    `SELECT uid FROM unmatched WHERE connection_id = $1 AND uid <> $2
       AND uid IN (SELECT uid FROM unmatched WHERE connection_id = $1 AND identifier = ANY($3))
     GROUP BY uid HAVING bool_and(identifier = ANY($3))`,
    [connectionId, uid, identifiers],
  )
  return rows.map((row) => row.uid)
}

/** Those of these phones and e-mails that such a contact has, with the events that showed it. */
export async function unmatchedAmong(
  sql: Sql,
  connectionId: string,
  identifiers: readonly string[],
): Promise<{ identifiers: ReadonlySet<string>; eventIds: string[] }> {
  const { rows } = await sql.query<{ identifier: string; event_id: string }>(
    'SELECT identifier, event_id FROM unmatched WHERE connection_id = $1 AND identifier = ANY($2)',
    [connectionId, identifiers],
  )
  return {
    identifiers: new Set(rows.map((row) => row.identifier)),
    eventIds: [...new Set(rows.map((row) => row.event_id))],
  }
}

/** Has events that were set aside looked at once more. */
export async function reopenEvents(sql: Sql, connectionId: string, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length === 0) return
  await sql.query(
    `UPDATE inbox SET status = 'new', attempts = 0, not_before = now() WHERE connection_id = $1 AND event_id = ANY($2) AND status = 'quarantined'`,
    [connectionId, eventIds],
  )
}

/** Puts everyone who has one of these phones or e-mails on the connection's work list. */
export async function lookAtHolders(
  sql: Sql,
  connection: { id: string; tenantId: string },
  identifiers: readonly string[],
): Promise<void> {
  if (identifiers.length === 0) return
  await sql.query(
    `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
     SELECT $2, r.source_id, r.kind, r.key, $1, r.seq, 1, 'shared'
     FROM (SELECT DISTINCT i.source_id, i.key FROM identity i
       WHERE i.tenant_id = $1 AND i.type IN ('phone', 'email') AND i.value = ANY($3)) AS holder
     JOIN record r ON r.tenant_id = $1 AND r.source_id = holder.source_id AND r.kind = 'customer' AND r.key = holder.key
     ORDER BY r.source_id, r.key
     ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET ticket = excluded.ticket`,
    [connection.tenantId, connection.id, identifiers],
  )
}
