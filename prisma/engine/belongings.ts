import { sheetKinds } from '@jumpring/sync'
import type { Sql } from '../scope.ts'
import { dropObjectWrites, objectKinds } from './object-work.ts'

/**
 * A customer's contact is another from now on (the one it had was deleted, or was never theirs): sales, jobs and appointments are written
 * again, as the same objects of the right contact; wishes, notes and custom fields are looked at as if they were new, so that nothing
 * the new contact lacks counts as taken away by staff.
 */
export async function leaveContact(
  sql: Sql,
  connection: { id: string; tenantId: string },
  customer: { readonly sourceId: string; readonly key: string },
): Promise<void> {
  await dropObjectWrites(sql, connection.id, customer)
  const of = [connection.id, customer.sourceId, customer.key, connection.tenantId]
  await sql.query(
    `WITH moved AS (
       UPDATE link SET state = state - 'customer' || '{"sent": null}', updated_at = now()
       WHERE id = ANY(ARRAY(SELECT id FROM link WHERE connection_id = $1 AND source_id = $2 AND kind = ANY($5) AND state->>'customer' = $3 ORDER BY id FOR UPDATE)) RETURNING kind, key)
     ${lookAgain('moved')}`,
    [...of, objectKinds],
  )
  await sql.query(
    `WITH left_there AS (
       DELETE FROM link WHERE id = ANY(ARRAY(SELECT id FROM link WHERE connection_id = $1 AND source_id = $2 AND kind = ANY($5) AND state->>'customer' = $3 ORDER BY id FOR UPDATE)) RETURNING kind, key)
     ${lookAgain('left_there')}`,
    [...of, sheetKinds],
  )
}

/** Puts the records of these (kind, key) on the work list. */
const lookAgain = (those: string) => `
  INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
  SELECT $1, r.source_id, t.kind, r.key, r.tenant_id, r.seq, 1, 'decided' FROM ${those} t
  JOIN record r ON r.tenant_id = $4 AND r.source_id = $2 AND r.key = t.key
    AND r.kind = CASE t.kind WHEN 'customFields' THEN 'customer' ELSE t.kind END
  ORDER BY t.kind, r.key
  ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET ticket = excluded.ticket, not_before = now(), attempts = 0`
