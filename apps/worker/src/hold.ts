import { inTenant, type Sql } from '@jumpring/db'
import { holdConnection } from '@jumpring/db/engine'
import { type At, isRunning } from './context.ts'

/**
 * A transaction on the connection as it stands now: until it ends nobody closes a stream or pauses, so that nothing is done of what a
 * person has just forbidden (CO-12).
 * @returns null when the connection is gone, paused or without a license
 */
export function onConnection<T>(before: At, work: (sql: Sql, at: At) => Promise<T>): Promise<T | null> {
  const { id, tenantId } = before.connection
  return inTenant(before.deps.db, tenantId, async (sql) => {
    const connection = await holdConnection(sql, id)
    return connection && isRunning(connection) ? work(sql, { ...before, connection }) : null
  })
}
