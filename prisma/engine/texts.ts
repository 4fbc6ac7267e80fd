import { type Notification, notificationSchema, type Wish } from '@jumpring/contracts'
import { z } from 'zod'
import type { Sql } from '../scope.ts'
import { queueCommand } from './commands.ts'

/** A text notification on the work list. `record` is null where its stored payload is not of its form. */
export interface TextWork {
  readonly sourceId: string
  readonly kind: 'notification'
  readonly key: string
  readonly ticket: string
  readonly record: Notification | null
}

const rowSchema = z.object({ source_id: z.string(), key: z.string(), ticket: z.string(), payload: z.string() })

/** The text notifications that are due, oldest change first. */
export async function takeTexts(sql: Sql, connectionId: string, limit: number): Promise<TextWork[]> {
  const { rows } = await sql.query(
    `SELECT p.source_id, p.key, p.ticket, r.payload FROM pending p
     JOIN record r ON r.tenant_id = p.tenant_id AND r.source_id = p.source_id AND r.kind = p.kind AND r.key = p.key
     WHERE p.connection_id = $1 AND p.kind = 'notification' AND p.not_before <= now() ORDER BY p.seq LIMIT $2`,
    [connectionId, limit],
  )
  return rows.map((raw) => {
    const row = rowSchema.parse(raw)
    const record = notificationSchema.safeParse(JSON.parse(row.payload)).data ?? null
    return { sourceId: row.source_id, kind: 'notification', key: row.key, ticket: row.ticket, record }
  })
}

/** What became of a text, as The Edge is told. */
export type TextStatus = Extract<Wish, { do: 'notificationStatus' }>['status']

/** Names a text message. */
export interface TextAt {
  readonly sourceId: string
  readonly key: string
}

/**
 * Claims a text for sending: from here on nobody else sends it, neither after a crash nor for another connection.
 * @returns false when it was claimed before
 */
export async function claimText(
  sql: Sql,
  connection: { id: string; tenantId: string },
  { sourceId, key }: TextAt,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `INSERT INTO text_message (source_id, key, tenant_id, connection_id, status) VALUES ($1, $2, $3, $4, 'claimed') ON CONFLICT DO NOTHING`,
    [sourceId, key, connection.tenantId, connection.id],
  )
  return rowCount === 1
}

/** Gives a claim back: the message is known not to have been sent. */
export async function releaseText(sql: Sql, { sourceId, key }: TextAt): Promise<void> {
  await sql.query(`DELETE FROM text_message WHERE source_id = $1 AND key = $2 AND status = 'claimed'`, [sourceId, key])
}

/** Notes what became of a claimed text, and has The Edge told. A claim that was given up meanwhile stays as it is. */
export async function settleText(
  sql: Sql,
  connection: { id: string; tenantId: string },
  text: TextAt,
  outcome: { status: TextStatus; reason?: string; platformId?: string },
): Promise<void> {
  const { rowCount } = await sql.query(
    `UPDATE text_message SET status = $3, reason = $4, platform_id = $5, updated_at = now()
     WHERE source_id = $1 AND key = $2 AND (status = 'claimed' OR status = 'unknown' AND $3 = 'sent')`,
    [text.sourceId, text.key, outcome.status, outcome.reason ?? null, outcome.platformId ?? null],
  )
  if (rowCount === 1) await tellTheEdge(sql, connection, text, outcome)
}

/** Takes what the platform says of a message by its id; what was delivered or has failed stays so. */
export async function noteDelivery(
  sql: Sql,
  connection: { id: string; tenantId: string },
  platformId: string,
  outcome: { status: 'sent' | 'delivered' | 'failed'; reason?: string },
): Promise<void> {
  if (outcome.status === 'sent') return
  const { rows } = await sql.query<{ source_id: string; key: string }>(
    `UPDATE text_message SET status = $3, reason = $4, updated_at = now()
     WHERE connection_id = $1 AND platform_id = $2 AND status = 'sent' RETURNING source_id, key`,
    [connection.id, platformId, outcome.status, outcome.reason ?? null],
  )
  for (const row of rows) await tellTheEdge(sql, connection, { sourceId: row.source_id, key: row.key }, outcome)
}

/** Claims whose sender is gone: whether they were sent nobody knows, and they are not repeated. */
export async function giveUpClaims(
  sql: Sql,
  connection: { id: string; tenantId: string },
  olderThanSeconds: number,
): Promise<void> {
  const { rows } = await sql.query<{ source_id: string; key: string }>(
    `UPDATE text_message SET status = 'unknown', reason = $3, updated_at = now()
     WHERE connection_id = $1 AND status = 'claimed' AND claimed_at < now() - make_interval(secs => $2) RETURNING source_id, key`,
    [connection.id, olderThanSeconds, unknownReason],
  )
  for (const row of rows)
    await tellTheEdge(
      sql,
      connection,
      { sourceId: row.source_id, key: row.key },
      { status: 'unknown', reason: unknownReason },
    )
}

export const unknownReason = 'No answer came, so it may or may not have been sent. It is not repeated.'

async function tellTheEdge(
  sql: Sql,
  connection: { id: string; tenantId: string },
  { sourceId, key }: TextAt,
  { status, reason }: { status: TextStatus; reason?: string | undefined },
): Promise<void> {
  const at = new Date().toISOString()
  await queueCommand(sql, connection, {
    sourceId,
    linkId: null,
    wish: { do: 'notificationStatus', notification: key, status, at, ...(reason !== undefined && { reason }) },
  })
}
