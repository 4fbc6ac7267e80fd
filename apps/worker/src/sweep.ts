import type { Database } from '@jumpring/db'
import { type ConnectionRef, connectionsWithWork, silentConnections } from '@jumpring/db/engine'
import { ringDoorbell } from '@jumpring/workflows'
import type { WorkflowClient } from '@temporalio/client'
import type { Logger } from 'pino'

/**
 * Rings for work whose ring was lost, every few seconds, and for connections that have gone silent: their workflow may be gone with
 * Temporal's database. Any number of workers may sweep: many rings become one.
 * @returns stops it
 */
export function startSweep(options: {
  db: Database
  client: WorkflowClient
  log: Logger
  everyMs?: number
}): () => Promise<void> {
  const { db, client, log } = options
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let round = Promise.resolve()
  const ring = (connection: ConnectionRef) => ringDoorbell(client, connection)
  const sweep = async () => {
    try {
      const due = [...(await connectionsWithWork(db)), ...(await silentConnections(db))]
      const distinct = new Map(due.map((connection) => [connection.connectionId, connection]))
      await Promise.all([...distinct.values()].map(ring))
    } catch (error) {
      log.warn(
        { reason: error instanceof Error ? error.message : String(error) },
        'the sweep could not ring; it tries again',
      )
    }
    if (!stopped) timer = setTimeout(next, options.everyMs ?? 3000)
  }
  const next = () => {
    round = sweep()
  }
  next()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await round
  }
}
