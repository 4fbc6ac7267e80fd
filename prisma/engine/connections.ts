import {
  type ConnectionSettings,
  connectionSettingsSchema,
  type ErrorCode,
  JumpringError,
  type Platform,
  platformSchema,
  type Tier,
  tierSchema,
} from '@jumpring/contracts'
import { z } from 'zod'
import type { Sql } from '../scope.ts'

/** A connection as the engine needs it. */
export interface Connection {
  readonly id: string
  readonly tenantId: string
  readonly region: string
  readonly platform: Platform
  /** Of its active license; null: it has none, and nothing is synchronized (PD-02). */
  readonly tier: Tier | null
  readonly status: 'active' | 'paused'
  /** Why we paused it; null where a person did, or it runs. */
  readonly pausedCode: string | null
  readonly settings: ConnectionSettings
  readonly baseUrl: string
  readonly phase: 'initial' | 'live'
  readonly platformReadAt: Date | null
  /** Where the platform keeps the Edge customer number on a contact (Session.ensureExternalIdField); null while that is not known. */
  readonly externalIdField: string | null
  /** The same for a contact's acquisition (Session.ensureAcquisitionField). */
  readonly acquisitionField: string | null
  readonly lastPollAt: Date | null
  /** The platform's contacts have been read to their end since it was last to be asked anew. */
  readonly isAsked: boolean
  /** Since when the platform does not answer; null while it does. */
  readonly outageSince: Date | null
  /** BY-01: it waits for a person to approve what it would do; `wanted`: that is still to be found out. Null: it runs. */
  readonly preview: 'wanted' | 'ready' | null
  /** BY-04: a person has approved what waits: it is received once the platform was asked how it stands by now, or is being received. */
  readonly approved: 'asking' | 'receiving' | null
  /** Every source of the tenant has said that all it has shown is here. False while there is no source. */
  readonly storeComplete: boolean
}

const rowSchema = z.object({
  id: z.uuid(),
  tenant_id: z.uuid(),
  region: z.string(),
  platform: platformSchema,
  licensed_tier: tierSchema.nullable(),
  status: z.enum(['active', 'paused']),
  paused_code: z.string().nullable(),
  settings: connectionSettingsSchema,
  base_url: z.string(),
  phase: z.enum(['initial', 'live']),
  platform_read_at: z.date().nullable(),
  external_id_field: z.string().nullable(),
  acquisition_field: z.string().nullable(),
  last_poll_at: z.date().nullable(),
  reading_wanted: z.int(),
  reading_done: z.int(),
  outage_since: z.date().nullable(),
  preview: z.enum(['wanted', 'ready']).nullable(),
  approving_inbox_n: z.string().nullable(),
  store_complete: z.boolean().nullable(),
})

/** @returns null when there is no such connection (any more) */
export function findConnection(sql: Sql, connectionId: string): Promise<Connection | null> {
  return readConnection(sql, connectionId, '')
}

/**
 * The connection as it stands, which no person changes before the transaction ends; workers do not keep one another out by it.
 * Before every other lock of the transaction: whoever changes a connection takes it first too, and then its work list.
 * @returns null when there is no such connection (any more)
 */
export function holdConnection(sql: Sql, connectionId: string): Promise<Connection | null> {
  return readConnection(sql, connectionId, 'FOR KEY SHARE OF c')
}

async function readConnection(sql: Sql, connectionId: string, lock: string): Promise<Connection | null> {
  const { rows } = await sql.query(
    `SELECT c.*, t.region, (SELECT bool_and(s.complete_at IS NOT NULL) FROM source s WHERE s.tenant_id = c.tenant_id) AS store_complete
     FROM connection c JOIN tenant t ON t.id = c.tenant_id WHERE c.id = $1 ${lock}`,
    [connectionId],
  )
  if (rows.length === 0) return null
  const row = rowSchema.parse(rows[0])
  return {
    id: row.id,
    tenantId: row.tenant_id,
    region: row.region,
    platform: row.platform,
    tier: row.licensed_tier,
    status: row.status,
    pausedCode: row.paused_code,
    settings: row.settings,
    baseUrl: row.base_url,
    phase: row.phase,
    platformReadAt: row.platform_read_at,
    externalIdField: row.external_id_field,
    acquisitionField: row.acquisition_field,
    lastPollAt: row.last_poll_at,
    isAsked: row.reading_done === row.reading_wanted,
    outageSince: row.outage_since,
    preview: row.preview,
    approved: row.approving_inbox_n === null ? null : row.approving_inbox_n === '0' ? 'asking' : 'receiving',
    storeComplete: row.store_complete ?? false,
  }
}

/** Pauses a connection because it cannot go on without a person. */
export async function pauseForPerson(sql: Sql, connectionId: string, code: ErrorCode, reason: string): Promise<void> {
  await sql.query(
    `UPDATE connection SET status = 'paused', paused_code = $2, paused_reason = $3 WHERE id = $1 AND status = 'active'`,
    [connectionId, code, reason],
  )
}

/**
 * Has the platform asked anew, for what a reading under way has passed over may count by now: that one does not count any more. Of an
 * `UPDATE connection`.
 */
export const askAnew = 'last_poll_at = NULL, reading_wanted = reading_wanted + 1'

/** The same, and of the platform's contacts all, also what was read before. */
export const readAllAnew = `platform_read_at = NULL, poll_watermark = NULL, ${askAnew}`

/** A reading of the platform that begins. */
export interface PollBegun {
  /** Which it is; `holdPoll` tells whether it still counts. */
  readonly reading: number
  /** Up to where the platform's contacts have been read before; null: all are to be read. */
  readonly readUntil: Date | null
}

/** Notes that a reading begins: should it fail, the next is due in five seconds. */
export async function notePollBegun(sql: Sql, connection: Connection): Promise<PollBegun> {
  const { rows } = await sql.query<{ reading: number; read_until: Date | null }>(
    `UPDATE connection SET last_poll_at = now() - make_interval(mins => $2) + interval '5 seconds' WHERE id = $1
     RETURNING reading_wanted AS reading, CASE WHEN platform_read_at IS NOT NULL THEN poll_watermark END AS read_until`,
    [connection.id, connection.settings.intervalMinutes],
  )
  const [begun] = rows
  if (!begun) throw new JumpringError('not_found')
  return { reading: begun.reading, readUntil: begun.read_until }
}

/**
 * Whether a reading still counts: nobody has had the platform asked anew since it began. Until the transaction ends no person changes
 * the connection; before every other lock of it.
 */
export async function holdPoll(sql: Sql, connectionId: string, reading: number): Promise<boolean> {
  const { rowCount } = await sql.query('SELECT FROM connection WHERE id = $1 AND reading_wanted = $2 FOR KEY SHARE', [
    connectionId,
    reading,
  ])
  return rowCount === 1
}

/**
 * Notes that the platform's contacts have been read to their end. `watermark` is the greatest change stamp seen.
 * @returns false: the reading does not count any more, and nothing is noted
 */
export async function notePoll(
  sql: Sql,
  connectionId: string,
  reading: number,
  watermark: Date | null,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `UPDATE connection SET last_poll_at = now(), poll_watermark = greatest(poll_watermark, $3),
       platform_read_at = coalesce(platform_read_at, now()), reading_done = $2
     WHERE id = $1 AND reading_wanted = $2`,
    [connectionId, reading, watermark],
  )
  return rowCount === 1
}

/** Notes where the platform keeps on a contact what is ours; null where the account has no place for it. */
export async function noteContactFields(
  sql: Sql,
  connectionId: string,
  { externalIdField, acquisitionField }: Pick<Connection, 'externalIdField' | 'acquisitionField'>,
): Promise<void> {
  await sql.query(
    `UPDATE connection SET external_id_field = $2, acquisition_field = $3
     WHERE id = $1 AND (external_id_field, acquisition_field) IS DISTINCT FROM ($2, $3)`,
    [connectionId, externalIdField, acquisitionField],
  )
}

/** The platform is asked for its changes at the next occasion. */
export async function askPlatformSoon(sql: Sql, connectionId: string): Promise<void> {
  await sql.query('UPDATE connection SET last_poll_at = NULL WHERE id = $1', [connectionId])
}

/** A preview that is ready shows what the settings, or the license, of before would do: it is made once more, before anybody can approve it. */
export async function outdatePreview(sql: Sql, connectionId: string): Promise<void> {
  await sql.query(
    `UPDATE connection SET preview = 'wanted', ${readAllAnew}
     WHERE id = $1 AND preview = 'ready'`,
    [connectionId],
  )
}

/** Notes that the initial upload begins: its rate counts from here, however long ago the connection was made. */
export async function noteUploadBegun(sql: Sql, connectionId: string): Promise<void> {
  await sql.query('UPDATE connection SET initial_started_at = now() WHERE id = $1 AND initial_started_at IS NULL', [
    connectionId,
  ])
}

/**
 * Notes a pass, and ends the initial upload when nothing of it is left (CO-01).
 * A store that has not shown everything yet has not been uploaded.
 */
export async function advancePhase(sql: Sql, connection: Connection): Promise<void> {
  await sql.query('UPDATE connection SET last_run_at = now() WHERE id = $1', [connection.id])
  if (connection.phase === 'live' || !connection.storeComplete) return
  await sql.query(
    `UPDATE connection SET phase = 'live', initial_done_at = now(),
       approved_seq = (SELECT journal_seq FROM tenant_counter t WHERE t.tenant_id = connection.tenant_id), approved_at = now()
     WHERE id = $1 AND phase = 'initial'
       AND NOT EXISTS (SELECT FROM pending WHERE connection_id = $1 AND priority = 2 AND not_before < 'infinity')
       AND NOT EXISTS (SELECT FROM effect WHERE connection_id = $1 AND status = 'prepared' AND lane = 'backfill')`,
    [connection.id],
  )
}
