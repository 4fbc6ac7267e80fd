import type { Sql } from '../scope.ts'
import type { Lane } from './work.ts'

/** What one pass of a connection did. */
export interface RunCounts {
  created: number
  updated: number
  unchanged: number
  held: number
  failed: number
  received: number
  commanded: number
}

export const noCounts = (): RunCounts => ({
  created: 0,
  updated: 0,
  unchanged: 0,
  held: 0,
  failed: 0,
  received: 0,
  commanded: 0,
})

/** Adds `more` to `counts`. */
export function addCounts(counts: RunCounts, more: RunCounts): void {
  counts.created += more.created
  counts.updated += more.updated
  counts.unchanged += more.unchanged
  counts.held += more.held
  counts.failed += more.failed
  counts.received += more.received
  counts.commanded += more.commanded
}

/** A pass of a lane, as far as it has come. */
export interface Run {
  readonly id: string
  readonly lane: Lane
  readonly startedAt: Date
  readonly counts: RunCounts
}

/**
 * Keeps what a pass has done so far, or what went wrong; a pass that found nothing leaves no row. Kept again and again while it goes on: who is
 * killed leaves what they did but for the last page.
 */
export async function recordRun(
  sql: Sql,
  connection: { id: string; tenantId: string },
  { id, lane, startedAt, counts }: Run,
  error?: { code: string; message: string },
): Promise<void> {
  if (!error && Object.values(counts).every((count) => count === 0)) return
  await sql.query(
    `INSERT INTO run (id, tenant_id, connection_id, lane, started_at, ended_at, created, updated, unchanged, held, failed, received, commanded, error_code, error_message)
     VALUES ($1, $2, $3, $4, $5, now(), $6, $7, $8, $9, $10, $11, $12, $13, $14)
     ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at, created = excluded.created, updated = excluded.updated,
       unchanged = excluded.unchanged, held = excluded.held, failed = excluded.failed, received = excluded.received,
       commanded = excluded.commanded, error_code = excluded.error_code, error_message = excluded.error_message`,
    [
      id,
      connection.tenantId,
      connection.id,
      lane,
      startedAt,
      counts.created,
      counts.updated,
      counts.unchanged,
      counts.held,
      counts.failed,
      counts.received,
      counts.commanded,
      error?.code ?? null,
      error?.message ?? null,
    ],
  )
}
