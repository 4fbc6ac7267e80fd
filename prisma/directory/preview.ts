import { JumpringError, platformNames } from '@jumpring/contracts'
import { z } from 'zod'
import { readAllAnew } from '../engine/connections.ts'
import { type PreviewEntry, type PreviewSort, previewSorts } from '../engine/preview.ts'
import { type Database, inTenant, type Sql } from '../scope.ts'
import { type ConnectionAt, lockConnection } from './connections.ts'

export type { PreviewEntry, PreviewSort }
export { previewSorts }

/** An entry of a preview, with its place in the list. */
export interface PreviewEntryAt extends PreviewEntry {
  readonly n: number
}

/** How many customers and contacts a preview has found of each sort. */
export function countPreview(db: Database, at: ConnectionAt): Promise<{ what: PreviewSort; count: number }[]> {
  return inTenant(db, at.tenantId, async (sql) => {
    const { rows } = await sql.query<{ what: string; count: number }>(
      'SELECT what, count(*)::int AS count FROM preview_entry WHERE connection_id = $1 GROUP BY what',
      [at.connectionId],
    )
    return previewSorts.map((what) => ({ what, count: rows.find((row) => row.what === what)?.count ?? 0 }))
  })
}

/** Records of other kinds that wait to go up once it is approved. */
export function countWaiting(db: Database, at: ConnectionAt): Promise<{ kind: string; count: number }[]> {
  return inTenant(db, at.tenantId, async (sql) => {
    const { rows } = await sql.query<{ kind: string; count: number }>(
      `SELECT kind, count(*)::int AS count FROM pending WHERE connection_id = $1 AND kind <> 'customer' GROUP BY kind ORDER BY kind`,
      [at.connectionId],
    )
    return rows
  })
}

const entrySchema = z.object({
  n: z.int(),
  what: z.enum(previewSorts),
  sourceId: z.string().nullable(),
  key: z.string().nullable(),
  name: z.string().nullable(),
  uid: z.string().nullable(),
  reason: z.string().nullable(),
  message: z.string().nullable(),
  changes: z.array(z.object({ field: z.string(), from: z.string().nullable(), to: z.string() })),
})

/** One page of a preview. */
export function listPreview(
  db: Database,
  at: ConnectionAt,
  wanted: { readonly limit: number; readonly after: number; readonly what?: PreviewSort | undefined },
): Promise<PreviewEntryAt[]> {
  return inTenant(db, at.tenantId, async (sql) => {
    const { rows } = await sql.query(
      `SELECT n, what, source_id AS "sourceId", key, name, uid, reason, message, changes FROM preview_entry
       WHERE connection_id = $1 AND n > $2 AND ($3::text IS NULL OR what = $3) ORDER BY n LIMIT $4`,
      [at.connectionId, wanted.after, wanted.what ?? null, wanted.limit],
    )
    return rows.map((row) => entrySchema.parse(row))
  })
}

/** Lets the connection do what its preview shows, and go on. @throws `not_found`; `conflict` where there is none, or it is not ready */
export function approvePreview(db: Database, at: ConnectionAt): Promise<void> {
  return inTenant(db, at.tenantId, async (sql) => {
    await lockConnection(sql, at)
    // Read once more: the webhook and the places for our values are made by that, and nothing that happened meanwhile is missed.
    await change(sql, at, 'ready', null, 'There is no preview that is ready to be approved.')
  })
}

/** Has the preview made once more, by what is there now. @throws `not_found`; `conflict` where the connection runs already */
export function renewPreview(db: Database, at: ConnectionAt): Promise<void> {
  return inTenant(db, at.tenantId, async (sql) => {
    const { platform } = await lockConnection(sql, at)
    const runs = `The connection to ${platformNames[platform]} runs already; a preview is made before that.`
    await change(sql, at, null, 'wanted', runs)
  })
}

async function change(
  sql: Sql,
  at: ConnectionAt,
  from: 'ready' | null,
  to: 'wanted' | null,
  otherwise: string,
): Promise<void> {
  const { rowCount } = await sql.query(
    `UPDATE connection SET preview = $3, ${readAllAnew}
     WHERE id = $1 AND preview IS NOT NULL AND ($2::text IS NULL OR preview = $2)`,
    [at.connectionId, from, to],
  )
  if (rowCount === 0) throw new JumpringError('conflict', otherwise)
}
