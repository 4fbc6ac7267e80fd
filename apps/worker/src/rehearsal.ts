import { inTenant, type Sql } from '@jumpring/db'
import { closeInboxEntries, newInboxEntries, noCounts } from '@jumpring/db/engine'
import type { At } from './context.ts'
import { settleEchoes } from './echoes.ts'
import { leadingShowings, receive } from './receive.ts'
import { isOfSurroundings, whereOf } from './unexpected.ts'

class Undo extends Error {}

/** Does something and leaves nothing of it. */
export async function undone({ deps, connection }: At, work: (sql: Sql) => Promise<void>): Promise<void> {
  try {
    await inTenant(deps.db, connection.tenantId, async (sql) => {
      await work(sql)
      throw new Undo()
    })
  } catch (error) {
    if (!(error instanceof Undo)) throw error
  }
}

/**
 * Receives the oldest of what the platform said in a transaction that is undone. What brings a fault of ours out is passed over.
 * @param at a rehearsal
 * @returns how many entries it were
 */
export async function rehearseEvents(sql: Sql, at: At, limit: number): Promise<number> {
  const { connection } = at
  const entries = await newInboxEntries(sql, connection.id, limit)
  const settled = await unlessFaulty(sql, at, () => settleEchoes(sql, at, leadingShowings(at, entries)))
  for (const entry of entries) {
    if (settled?.has(entry.eventId)) continue
    const received = await unlessFaulty(sql, at, async () => {
      await receive(sql, at, entry, noCounts())
      return true
    })
    if (!received) await closeInboxEntries(sql, connection.id, [entry.eventId], 'quarantined')
  }
  return entries.length
}

/** @returns null where a fault of ours came out, and nothing was done */
async function unlessFaulty<Result>(sql: Sql, at: At, work: () => Promise<Result>): Promise<Result | null> {
  const { connection, deps } = at
  await sql.query('SAVEPOINT faulty')
  try {
    const result = await work()
    await sql.query('RELEASE SAVEPOINT faulty')
    return result
  } catch (error) {
    if (isOfSurroundings(error)) throw error
    deps.log.error({ connectionId: connection.id, ...whereOf(error) }, 'an event was not handled in a rehearsal')
    await sql.query('ROLLBACK TO SAVEPOINT faulty; RELEASE SAVEPOINT faulty')
    return null
  }
}
