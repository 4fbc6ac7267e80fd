import { z } from 'zod'
import { type Database, inTenant } from '../scope.ts'
import type { ConnectionAt } from './connections.ts'

/** `unknown`: nobody can say whether it was sent; it is not repeated. */
export const textStatuses = ['claimed', 'sent', 'delivered', 'failed', 'not_sent', 'unknown'] as const
export type TextStatus = (typeof textStatuses)[number]

const rowSchema = z.object({
  sourceId: z.string(),
  key: z.string(),
  status: z.enum(textStatuses),
  reason: z.string().nullable(),
  claimedAt: z.date(),
  updatedAt: z.date(),
})
/** A text notification of The Edge, and what became of it. */
export type TextSeen = z.infer<typeof rowSchema>

/** One page of a connection's text notifications, newest first. */
export function listTexts(
  db: Database,
  at: ConnectionAt,
  wanted: {
    limit: number
    status?: TextStatus | undefined
    after?: { claimedAt: Date; key: string; sourceId: string } | undefined
  },
): Promise<TextSeen[]> {
  const { limit, status, after } = wanted
  return inTenant(db, at.tenantId, async (sql) => {
    const { rows } = await sql.query(
      `SELECT source_id AS "sourceId", key, status, reason, claimed_at AS "claimedAt", updated_at AS "updatedAt" FROM text_message
       WHERE connection_id = $1 AND ($2::text IS NULL OR status = $2)
         AND ($3::timestamptz IS NULL OR (claimed_at, key, source_id) < ($3, $4, $5::uuid))
       ORDER BY claimed_at DESC, key DESC, source_id DESC LIMIT $6`,
      [at.connectionId, status ?? null, after?.claimedAt ?? null, after?.key ?? '', after?.sourceId ?? null, limit],
    )
    return rows.map((row) => rowSchema.parse(row))
  })
}
