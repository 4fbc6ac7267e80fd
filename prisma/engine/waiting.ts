import type { Sql } from '../scope.ts'

/** The platform has taken the contact, or shown it, and has it still; it is known there by what identifies it, or by the number that we gave it. Of a link. */
export const isKnown = (link: string) =>
  `(${link}.status = 'active' AND (cardinality(${link}.identifiers) > 0 OR ${link}.state->'sent' ? 'externalId') AND (${link}.uid IS NOT NULL OR ${link}.state->'sent' <> '{}'))`

/** Has the records looked at that wait for one of these contacts, where the platform has it by now. Call it after links were saved. */
export async function wakeWaiting(sql: Sql, linkIds: readonly string[]): Promise<void> {
  if (linkIds.length === 0) return
  await sql.query(
    `SELECT pg_advisory_xact_lock_shared(hashtextextended('contacts:' || connection_id, 0)) FROM (
       SELECT DISTINCT connection_id FROM link WHERE id = ANY($1)) AS touched`,
    [linkIds],
  )
  await sql.query(
    `UPDATE pending p SET not_before = now(), waits_for = NULL FROM link l
     WHERE l.id = ANY($1) AND l.kind = 'customer' AND (l.status = 'shared' OR ${isKnown('l')})
       AND p.connection_id = l.connection_id AND p.source_id = l.source_id AND p.waits_for = l.key`,
    [linkIds],
  )
  await sql.query(
    `UPDATE inbox i SET status = 'new', not_before = now(), waits_for = NULL FROM link l
     WHERE l.id = ANY($1) AND l.kind = 'customer' AND l.key IS NOT NULL
       AND i.connection_id = l.connection_id AND i.status = 'waiting' AND i.waits_for = l.uid`,
    [linkIds],
  )
}
