import { looksAt, type WorkKind } from '@jumpring/contracts'
import { livePriority, priority } from '../directory/worklist.ts'
import { type EntitlementRow, entitlementColumns, entitlementOf, openStreamsOf } from '../licensing/entitled.ts'
import type { Sql } from '../scope.ts'
import { column } from './columns.ts'
import type { IngestUpsert } from './line.ts'
import type { SourceAt } from './records.ts'

/** A connection of the tenant and what it may look at. */
export interface Entitled {
  readonly connectionId: string
  looksAt(kind: WorkKind): boolean
}

/**
 * The tenant's connections, paused ones too: they keep their work list. Read it after the tenant's counter is locked: whoever
 * makes or opens a connection locks the same row, so that a record is seen by one of the two.
 */
export async function readConnections(sql: Sql): Promise<Entitled[]> {
  const { rows } = await sql.query<EntitlementRow & { id: string }>(
    `SELECT id, ${entitlementColumns} FROM connection ORDER BY id`,
  )
  return rows.map((row) => {
    const open = openStreamsOf(entitlementOf(row))
    return { connectionId: row.id, looksAt: (kind) => looksAt(kind, open) }
  })
}

/**
 * Puts changes on the work lists. A record that waits already waits on as its newest change, at the more urgent of both
 * priorities.
 * @param kind as what they are looked at
 * @param before the number before the first one's
 * @param someWait false where none of them waits yet: without ON CONFLICT a row costs half
 */
export async function queueChanges(
  sql: Sql,
  at: SourceAt,
  kind: WorkKind,
  connectionIds: readonly string[],
  changes: readonly IngestUpsert[],
  before: number,
  someWait: boolean,
): Promise<void> {
  if (connectionIds.length === 0) return
  await sql.query(
    // In the order of keys: two transactions that queue the same records wait for each other instead of blocking each other.
    `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
     SELECT connection_id, $2, $3, key, $1, $4 + i,
       CASE WHEN bulk = '1' AND $3 <> 'notification' THEN ${priority.backfill} ELSE ${livePriority(kind)} END, CASE WHEN bulk = '1' THEN 'snapshot' ELSE 'changed' END
     FROM unnest($5::uuid[]) AS connection_id,
       ROWS FROM (string_to_table($6, E'\\n'), string_to_table($7, E'\\n')) WITH ORDINALITY AS sent(key, bulk, i)
     ORDER BY connection_id, key
     ${someWait ? waitOn : ''}`,
    [
      at.tenantId,
      at.sourceId,
      kind,
      before,
      connectionIds,
      column(changes, (line) => line.key),
      column(changes, (line) => (line.bulk ? 1 : 0)),
    ],
  )
}

const waitOn = `ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET
  ticket = excluded.ticket, seq = excluded.seq, not_before = now(), attempts = 0,
  reason = CASE WHEN excluded.priority <= pending.priority THEN excluded.reason ELSE pending.reason END,
  priority = least(pending.priority, excluded.priority)`

/**
 * Whether a record between the first and the last of the keys in `sent` waits already, on any list of the tenant: an expression.
 * In a first upload none does. One that is put on after this look fails the insert, and the batch is written anew.
 */
export const someWait = `(
  SELECT coalesce(bool_or((
    SELECT p.key FROM pending p
    WHERE p.connection_id = c.id AND p.source_id = $2 AND p.kind = $3 AND p.key >= (SELECT min(key) FROM sent)
    ORDER BY p.key LIMIT 1
  ) <= (SELECT max(key) FROM sent)), false) FROM connection c)`
