import type { Sql } from '../scope.ts'

/**
 * Remembers contacts of the platform that were merged into another, or deleted, and has those events looked at that waited for one of them. After
 * `shareContacts`, in its transaction.
 * @param into uid of the one that remains; null where the platform has not shown it, and where there is none
 */
export async function noteMergedContacts(
  sql: Sql,
  connection: { id: string; tenantId: string },
  uids: readonly string[],
  into: string | null,
): Promise<void> {
  if (uids.length === 0) return
  // Who remained may have been merged away since.
  const remains = into === null ? null : ((await mergedAway(sql, connection.id, [into])).get(into) ?? into)
  await sql.query(
    `INSERT INTO merged_contact (tenant_id, connection_id, uid, into_uid)
     SELECT DISTINCT $1::uuid, $2::uuid, uid, $4 FROM unnest($3::text[]) AS uid WHERE uid IS DISTINCT FROM $4
     ON CONFLICT (connection_id, uid) DO UPDATE SET into_uid = excluded.into_uid`,
    [connection.tenantId, connection.id, uids, remains],
  )
  await sql.query(
    'UPDATE merged_contact SET into_uid = $3 WHERE connection_id = $1 AND into_uid = ANY($2) AND uid IS DISTINCT FROM $3',
    [connection.id, uids, remains],
  )
  await sql.query(
    `UPDATE inbox SET status = 'new', not_before = now(), waits_for = NULL
     WHERE connection_id = $1 AND status = 'waiting' AND waits_for = ANY($2)`,
    [connection.id, uids],
  )
}

/**
 * Those of some contacts that were merged into another, each with the uid of who remains in the end (null: not known). What a message
 * that comes late says of such a contact is no longer so.
 */
export async function mergedAway(
  sql: Sql,
  connectionId: string,
  uids: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const { rows } = await sql.query<{ uid: string; into_uid: string | null }>(
    'SELECT uid, into_uid FROM merged_contact WHERE connection_id = $1 AND uid = ANY($2)',
    [connectionId, uids],
  )
  return new Map(rows.map(({ uid, into_uid }) => [uid, into_uid]))
}
