import type { Sql } from '../scope.ts'

/**
 * Reserves calls of a connection's rate limit, which all its workers share. Without a known limit everything is granted: the first
 * answers tell it.
 * @param keep calls that are left for others (the backfill leaves some for live changes)
 * @returns how many calls may be made now, and after how long more may be asked for
 */
export async function reserveCalls(
  sql: Sql,
  connectionId: string,
  wanted: number,
  keep: (limit: number) => number,
): Promise<{ granted: number; waitMs: number }> {
  // A window begins with its first call, not with the question.
  if (wanted === 0) return { granted: 0, waitMs: 0 }
  const { rows } = await sql.query<{ limit: number; remaining: number; wait: string; over: boolean }>(
    `SELECT "limit", remaining, greatest(0, extract(epoch FROM reset_at - clock_timestamp()) * 1000) AS wait, reset_at <= clock_timestamp() AS over
     FROM rate_budget WHERE connection_id = $1 FOR UPDATE`,
    [connectionId],
  )
  const budget = rows[0]
  if (!budget) return { granted: wanted, waitMs: 0 }
  // How long a new window lasts, answers tell within seconds. Until then it is taken to last as long as a call may: whoever reserved
  // may have been killed before an answer came.
  const available = (budget.over ? budget.limit : budget.remaining) - keep(budget.limit)
  const granted = Math.max(0, Math.min(wanted, available))
  await sql.query(
    `UPDATE rate_budget SET remaining = $2, reset_at = CASE WHEN reset_at <= clock_timestamp() THEN clock_timestamp() + interval '15 seconds' ELSE reset_at END WHERE connection_id = $1`,
    [connectionId, (budget.over ? budget.limit : budget.remaining) - granted],
  )
  return { granted, waitMs: granted < wanted ? Math.max(50, Math.ceil(Number(budget.wait))) : 0 }
}

/** Corrects the budget by what the platform said: it knows of calls that others made. Null: it names no limit. */
export async function correctBudget(
  sql: Sql,
  connection: { id: string; tenantId: string },
  said: { limit: number; remaining: number; resetMs: number } | null,
): Promise<void> {
  if (said === null) {
    await sql.query('DELETE FROM rate_budget WHERE connection_id = $1', [connection.id])
    return
  }
  // Within a window the lower number is right: ours counts calls that are still on their way.
  await sql.query(
    `INSERT INTO rate_budget AS b (connection_id, tenant_id, "limit", remaining, reset_at)
     VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5))
     ON CONFLICT (connection_id) DO UPDATE SET "limit" = excluded."limit", reset_at = excluded.reset_at,
       remaining = CASE WHEN b.reset_at <= clock_timestamp() THEN excluded.remaining ELSE least(b.remaining, excluded.remaining) END`,
    [connection.id, connection.tenantId, said.limit, said.remaining, said.resetMs / 1000],
  )
}
