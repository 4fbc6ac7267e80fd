import type { Sql } from '../scope.ts'

/** Remembers contacts of the platform that were merged into another. */
export async function noteMergedContacts(
  sql: Sql,
  connection: { id: string; tenantId: string },
  uids: readonly string[],
): Promise<void> {
  await sql.query(
    `INSERT INTO merged_contact (tenant_id, connection_id, uid) SELECT DISTINCT $1::uuid, $2::uuid, uid FROM unnest($3::text[]) AS uid
     ON CONFLICT DO NOTHING`,
    [connection.tenantId, connection.id, uids],
  )
}

/** Whether the contact was merged into another: what a message that comes late says of it is no longer so. */
export async function isMergedAway(sql: Sql, connectionId: string, uid: string): Promise<boolean> {
  const { rowCount } = await sql.query('SELECT FROM merged_contact WHERE connection_id = $1 AND uid = $2', [
    connectionId,
    uid,
  ])
  return rowCount !== null && rowCount > 0
}
