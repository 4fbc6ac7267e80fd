import { type ErrorCode, JumpringError } from '@jumpring/contracts'
import { leaveContact } from '../engine/belongings.ts'
import type { Prisma, Quarantine } from '../generated/client.ts'
import { openStreamsOf } from '../licensing/entitled.ts'
import { type Database, inDirectory, type Sql } from '../scope.ts'
import { lockConnection } from './connections.ts'
import { inTenantPastDeadlocks } from './deadlock.ts'
import { openKinds, priority } from './worklist.ts'

export type { Quarantine }

/** Which entries of a tenant's quarantine, newest first. */
export interface QuarantineWanted {
  readonly limit: number
  readonly connectionId?: string | undefined
  readonly code?: string | undefined
  readonly stage?: string | undefined
  /** Only what still waits, only what was resolved, or (absent) both. */
  readonly open?: boolean | undefined
  readonly after?: { readonly value: string; readonly id: string } | undefined
}

export function listQuarantine(db: Database, tenantId: string, wanted: QuarantineWanted): Promise<Quarantine[]> {
  const where: Prisma.QuarantineWhereInput = {
    ...(wanted.connectionId === undefined ? {} : { connectionId: wanted.connectionId }),
    ...(wanted.code === undefined ? {} : { code: wanted.code }),
    ...(wanted.stage === undefined ? {} : { stage: wanted.stage }),
    ...(wanted.open === undefined ? {} : { resolvedAt: wanted.open ? null : { not: null } }),
    ...(wanted.after === undefined
      ? {}
      : {
          OR: [
            { createdAt: { lt: wanted.after.value } },
            { createdAt: wanted.after.value, id: { lt: wanted.after.id } },
          ],
        }),
  }
  return inDirectory(db, { as: 'tenant', tenantId }, (directory) =>
    directory.quarantine.findMany({ where, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: wanted.limit }),
  )
}

/** What became of one entry that a person wanted tried again. */
export type Replay =
  | { readonly id: string; readonly outcome: 'replayed' }
  | { readonly id: string; readonly outcome: 'refused'; readonly code: ErrorCode; readonly message: string }

/**
 * Tries entries of a tenant's quarantine again, each for itself.
 * @returns an answer an id, in order, and the connections whose doorbell must be rung
 */
export async function replayQuarantined(
  db: Database,
  tenantId: string,
  ids: readonly string[],
): Promise<{ replays: Replay[]; connectionIds: string[] }> {
  const replays: Replay[] = []
  const connectionIds = new Set<string>()
  for (const id of ids) {
    try {
      const connectionId = await inTenantPastDeadlocks(db, tenantId, (sql) => replayOne(sql, tenantId, id))
      replays.push({ id, outcome: 'replayed' })
      connectionIds.add(connectionId)
    } catch (error) {
      if (!(error instanceof JumpringError)) throw error
      replays.push({ id, outcome: 'refused', code: error.code, message: error.message })
    }
  }
  return { replays, connectionIds: [...connectionIds] }
}

interface Entry {
  readonly connection_id: string | null
  readonly source_id: string | null
  readonly stage: string
  readonly subject: string
  readonly kind: string | null
  readonly key: string | null
  readonly resolved_at: Date | null
}

async function replayOne(sql: Sql, tenantId: string, id: string): Promise<string> {
  const { rows } = await sql.query<Entry>(
    'SELECT connection_id, source_id, stage, subject, kind, key, resolved_at FROM quarantine WHERE id = $1 FOR UPDATE',
    [id],
  )
  const entry = rows[0]
  if (entry === undefined) throw new JumpringError('not_found')
  if (entry.resolved_at !== null) throw new JumpringError('conflict', 'This entry is resolved already.')
  const { connection_id: connectionId } = entry
  if (connectionId === null)
    throw new JumpringError(
      'conflict',
      'It cannot be tried again from here: correct it in The Edge, and it comes up by itself.',
    )
  const replay = replayOf[entry.stage]
  if (replay === undefined) throw new JumpringError('conflict', 'It cannot be tried again from here.')
  await replay(sql, { ...entry, tenantId, connectionId })
  await sql.query('UPDATE quarantine SET resolved_at = now() WHERE id = $1', [id])
  return connectionId
}

type Replayable = Entry & { readonly tenantId: string; readonly connectionId: string }

/** How an entry of each stage is tried again. What failed before it reached the records (agent, ingest) is not here. */
const replayOf: Readonly<Record<string, (sql: Sql, entry: Replayable) => Promise<void>>> = {
  up: async (sql, entry) => {
    const kinds: ReadonlySet<string> = openKinds(openStreamsOf(await lockConnection(sql, entry)))
    if (entry.kind === null || !kinds.has(entry.kind))
      throw new JumpringError('not_entitled', 'The connection does not synchronize such records now.')
    const where = [entry.connectionId, entry.source_id, entry.kind, entry.key]
    // A contact that was deleted on the platform is made again only because a person asks for it here.
    const { rowCount: gone } = await sql.query(
      `DELETE FROM link WHERE connection_id = $1 AND source_id = $2 AND kind = $3 AND key = $4 AND status = 'gone'`,
      where,
    )
    if (gone && entry.source_id !== null && entry.key !== null)
      await leaveContact(
        sql,
        { id: entry.connectionId, tenantId: entry.tenantId },
        { sourceId: entry.source_id, key: entry.key },
      )
    const { rowCount } = await sql.query(
      `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
       SELECT $1, source_id, $3, key, tenant_id, seq, $5, 'replay' FROM record
       WHERE tenant_id = $6 AND source_id = $2 AND kind = CASE $3 WHEN 'customFields' THEN 'customer' ELSE $3 END AND key = $4
       ON CONFLICT (connection_id, source_id, kind, key)
       DO UPDATE SET ticket = excluded.ticket, not_before = now(), attempts = 0, priority = least(pending.priority, excluded.priority),
         reason = CASE pending.reason WHEN 'changed' THEN excluded.reason ELSE pending.reason END`,
      [...where, priority.live, entry.tenantId],
    )
    if (rowCount === 0) throw new JumpringError('not_found', 'The record is not there any more.')
  },
  // A person has seen to it.
  unmatch: async () => {},
  consent: async () => {},
  down: async (sql, entry) => {
    const { rowCount } = await sql.query(
      `UPDATE inbox SET status = 'new', attempts = 0, not_before = now() WHERE connection_id = $1 AND event_id = $2`,
      [entry.connectionId, entry.subject],
    )
    if (rowCount === 0) throw new JumpringError('not_found', 'The event is not kept any more.')
  },
  edge: async (sql, entry) => {
    const { rows } = await sql.query<{ id: string }>(
      // Under another id: the agent remembers what became of this one, and would only say it again.
      // And as of now: how long it takes counts from here, not from what the person has mended since.
      `UPDATE command SET id = gen_random_uuid(), status = 'queued', message = NULL, given_at = NULL, created_at = now(), updated_at = now()
       WHERE id = $1 AND status = 'failed' RETURNING id`,
      [entry.subject],
    )
    if (!rows[0]) throw new JumpringError('not_found', 'The change for The Edge does not wait any more.')
    await sql.query('UPDATE link SET created_by = $2 WHERE created_by = $1', [entry.subject, rows[0].id])
    await sql.query(`SELECT pg_notify('jumpring_commands', $1)`, [entry.source_id])
  },
}
