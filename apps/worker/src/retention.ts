import { type Database, inTenant } from '@jumpring/db'
import { allConnections, letGo } from '@jumpring/db/engine'
import type { Logger } from 'pino'
import { repeat } from './repeat.ts'

const everyMs = 10 * 60_000
/** Small, so that nobody waits for the locks. */
const rowsAtOnce = 500

/** Lets go what is older than its lifetime, every ten minutes. Any number of workers may do it. Stops it. */
export function startRetention({ db, log }: { db: Database; log: Logger }): () => Promise<void> {
  return repeat(everyMs, () => letGoAll(db), log, 'what is over could not be let go; it is tried again')
}

export async function letGoAll(db: Database): Promise<void> {
  for (const { tenantId, connectionId } of await allConnections(db))
    while (await inTenant(db, tenantId, (sql) => letGo(sql, connectionId, rowsAtOnce)));
}
