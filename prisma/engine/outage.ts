import type { Sql } from '../scope.ts'

/** The longest wait between two tries, in seconds. */
const longestWait = 60

/**
 * Notes that the platform did not answer. The next try comes after a second, then after twice as long each time. While its time has
 * not come nothing is added: two lanes that find the platform silent at once are one try.
 */
export async function noteOutage(sql: Sql, connectionId: string): Promise<void> {
  await sql.query(
    `UPDATE connection SET outage_since = coalesce(outage_since, now()), outage_tries = outage_tries + 1,
       next_try_at = now() + make_interval(secs => least($2, 2 ^ least(outage_tries, 10)))
     WHERE id = $1 AND (next_try_at IS NULL OR next_try_at <= now())`,
    [connectionId, longestWait],
  )
}

/** Notes that the platform answered: an outage is over. */
export async function noteAnswer(sql: Sql, connectionId: string): Promise<void> {
  await sql.query(
    'UPDATE connection SET outage_since = NULL, outage_tries = 0, next_try_at = NULL WHERE id = $1 AND outage_since IS NOT NULL',
    [connectionId],
  )
}

/** Milliseconds until the platform is tried again; 0 when it may be. */
export async function untilNextTry(sql: Sql, connectionId: string): Promise<number> {
  const { rows } = await sql.query<{ wait: string }>(
    'SELECT ceil(extract(epoch FROM next_try_at - clock_timestamp()) * 1000) AS wait FROM connection WHERE id = $1 AND next_try_at > clock_timestamp()',
    [connectionId],
  )
  return Number(rows[0]?.wait ?? 0)
}
