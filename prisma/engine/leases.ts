import type { Sql } from '../scope.ts'

/**
 * How long a lease on effects holds unless it is renewed, in milliseconds. Shorter than a worker is thought alive without a heartbeat
 * (workflows: 5 s), so that it costs no time when another takes over.
 */
export const leaseMs = 4000

/** No lease on it holds. Of an effect; `clock_timestamp`, since a transaction may have waited. */
export const isUnleased = '(leased_until IS NULL OR leased_until <= clock_timestamp())'

/**
 * Leases effects that nobody holds.
 * @returns ids of those that are ours now
 */
export async function leaseEffects(sql: Sql, lease: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const { rows } = await sql.query<{ id: string }>(
    `UPDATE effect SET lease = $1, leased_until = clock_timestamp() + make_interval(secs => $3)
     WHERE id = ANY($2) AND status = 'prepared' AND ${isUnleased} RETURNING id`,
    [lease, ids, leaseMs / 1000],
  )
  return new Set(rows.map(({ id }) => id))
}

/** Lets a lease hold longer. @returns false when it has run out: another may have taken over */
export async function renewLease(sql: Sql, connectionId: string, lease: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `UPDATE effect SET leased_until = clock_timestamp() + make_interval(secs => $3)
     WHERE connection_id = $1 AND status = 'prepared' AND lease = $2 AND leased_until > clock_timestamp()`,
    [connectionId, lease, leaseMs / 1000],
  )
  return rowCount !== null && rowCount > 0
}

/**
 * Which of these effects nobody else has taken over, locked until the transaction ends: of another's nothing may be concluded, even
 * if we know that our call was accepted, for the other may be making it once more.
 */
export async function stillLeased(sql: Sql, lease: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT id FROM effect WHERE id = ANY($2) AND status = 'prepared' AND lease = $1 ORDER BY id FOR UPDATE`,
    [lease, ids],
  )
  return new Set(rows.map(({ id }) => id))
}
