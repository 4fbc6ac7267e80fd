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

/** Keeps a pass that did something or went wrong; a pass that found nothing leaves no row. */
export async function recordRun(
  sql: Sql,
  connection: { id: string; tenantId: string },
  run: { lane: Lane; startedAt: Date; counts: RunCounts; error?: { code: string; message: string } },
): Promise<void> {
  const { counts } = run
  if (!run.error && Object.values(counts).every((count) => count === 0)) return
  await sql.query(
    `INSERT INTO run (tenant_id, connection_id, lane, started_at, ended_at, created, updated, unchanged, held, failed, received, commanded, error_code, error_message)
     VALUES ($1, $2, $3, $4, now(), $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      connection.tenantId,
      connection.id,
      run.lane,
      run.startedAt,
      counts.created,
      counts.updated,
      counts.unchanged,
      counts.held,
      counts.failed,
      counts.received,
      counts.commanded,
      run.error?.code ?? null,
      run.error?.message ?? null,
    ],
  )
}
