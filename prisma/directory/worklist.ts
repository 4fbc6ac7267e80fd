import { kindsFeeding, looksAt, type OpenStream, recordKindOf, type WorkKind, workKinds } from '@jumpring/contracts'
import type { Sql } from '../scope.ts'

/** Pending priorities (schema.prisma): what comes from people's actions in bulk stays behind live changes. */
export const priority = { text: 0, live: 1, backfill: 2 } as const

/** A change's place: text messages before all else, for they age by the minute. */
export const livePriority = (kind: WorkKind): number => (kind === 'notification' ? priority.text : priority.live)

/** The kinds that a connection looks at when these streams are open. */
export function openKinds(open: ReadonlySet<OpenStream>): ReadonlySet<WorkKind> {
  return new Set(workKinds.filter((kind) => looksAt(kind, open)))
}

/** What changing a tier or a switch means for a connection's work list: CO-12, CO-13. */
export function workOfChange(
  before: ReadonlySet<OpenStream>,
  after: ReadonlySet<OpenStream>,
): { add: WorkKind[]; remove: WorkKind[] } {
  const openedFeeders = [...after].filter((stream) => !before.has(stream)).flatMap((stream) => kindsFeeding[stream])
  const stillOpen = openKinds(after)
  return {
    add: [...new Set(openedFeeders)].filter((kind) => stillOpen.has(kind)),
    remove: [...openKinds(before)].filter((kind) => !stillOpen.has(kind)),
  }
}

/**
 * Holds ingest back until this transaction ends. Ingest takes the same row before it reads which connections there are, so a
 * record that is being written now is seen either by the caller or by ingest.
 */
export async function holdIngest(sql: Sql, tenantId: string): Promise<void> {
  await sql.query('SELECT FROM tenant_counter WHERE tenant_id = $1 FOR UPDATE', [tenantId])
}

/**
 * Puts all records of these kinds on a connection's work list, behind live changes. Of text messages only those that may still be wanted
 * once their stream is opened.
 * `sql` is in the tenant's scope.
 */
export async function addAllRecords(
  sql: Sql,
  connection: { tenantId: string; connectionId: string },
  kinds: readonly WorkKind[],
  reason: 'opened' | 'resync' | 'filtered',
): Promise<void> {
  const wanted = kinds.filter((kind) => kind !== 'notification')
  if (reason === 'opened' && wanted.length < kinds.length) await addLateTexts(sql, connection)
  await sql.query(
    `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
     SELECT $1, r.source_id, work.kind, r.key, r.tenant_id, r.seq, $2, $3
     FROM unnest($5::text[], $6::text[]) AS work(kind, of) JOIN record r ON r.tenant_id = $4 AND r.kind = work.of
     ORDER BY r.source_id, work.kind, r.key
     ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET ticket = excluded.ticket, not_before = now(), attempts = 0,
       reason = CASE WHEN excluded.reason = 'filtered' AND pending.reason <> 'changed' THEN 'filtered' ELSE pending.reason END`,
    [connection.connectionId, priority.backfill, reason, connection.tenantId, wanted, wanted.map(recordKindOf)],
  )
}

/**
 * CO-13: text messages that were asked for while their stream was closed; whether one is too old by now is decided when it is taken. Who
 * has sent none yet was not the store's provider: what was asked for until now was another's to send.
 */
async function addLateTexts(sql: Sql, { tenantId, connectionId }: { tenantId: string; connectionId: string }) {
  const dayAgo = new Date(Date.now() - 24 * 60 * 60_000).toISOString()
  await sql.query(
    `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
     SELECT $1, r.source_id, r.kind, r.key, r.tenant_id, r.seq, $2, 'opened' FROM record r
     WHERE r.tenant_id = $3 AND r.kind = 'notification' AND r.payload::json->>'createdAt' > $4
       AND EXISTS (SELECT FROM text_message t WHERE t.connection_id = $1)
       AND NOT EXISTS (SELECT FROM text_message t WHERE t.source_id = r.source_id AND t.key = r.key)
     ORDER BY r.source_id, r.key
     ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET ticket = excluded.ticket`,
    [connectionId, priority.text, tenantId, dayAgo],
  )
}

/** Takes the records of these kinds off a connection's work list; deletes nothing else. `sql` is in the tenant's scope. */
export async function removeRecords(sql: Sql, connectionId: string, kinds: readonly WorkKind[]): Promise<void> {
  await sql.query('DELETE FROM pending WHERE connection_id = $1 AND kind = ANY ($2)', [connectionId, kinds])
}
