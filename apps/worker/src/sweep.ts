import { type Database, licensesToRing } from '@jumpring/db'
import { connectionsWithWork, silentConnections } from '@jumpring/db/engine'
import { ringDoorbell, ringLicense } from '@jumpring/workflows'
import type { WorkflowClient } from '@temporalio/client'
import type { Logger } from 'pino'
import { repeat } from './repeat.ts'

/**
 * Rings for work whose ring was lost, every few seconds, and for connections and licenses that have gone silent: their workflow may be
 * gone with Temporal's database. Any number of workers may sweep: many rings become one.
 * @returns stops it
 */
export function startSweep(options: {
  db: Database
  client: WorkflowClient
  log: Logger
  everyMs?: number
}): () => Promise<void> {
  const { db, client, log } = options
  const sweep = async () => {
    const due = [...(await connectionsWithWork(db)), ...(await silentConnections(db))]
    const distinct = new Map(due.map((connection) => [connection.connectionId, connection]))
    await Promise.all([...distinct.values()].map((connection) => ringDoorbell(client, connection)))
    await Promise.all((await licensesToRing(db)).map((license) => ringLicense(client, license)))
  }
  return repeat(options.everyMs ?? 3000, sweep, log, 'the sweep could not ring; it tries again')
}
