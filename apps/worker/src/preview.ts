import { inTenant, type Sql } from '@jumpring/db'
import {
  closeInboxEntries,
  finishWork,
  followJournal,
  holdConnection,
  hurry,
  type Lane,
  newInboxEntries,
  noCounts,
  type PreviewEntry,
  readIntentions,
  savePreview,
  setRowsAside,
  takeWork,
} from '@jumpring/db/engine'
import { undone } from './brake.ts'
import type { At } from './context.ts'
import { isWrite } from './decide.ts'
import { decidePage } from './decide-page.ts'
import { withFreshLinks } from './fresh-links.ts'
import { lookAtLinks } from './owners.ts'
import { settleWithoutCall, storeEffects } from './page.ts'
import { receive } from './receive.ts'
import { setUnreadableAside } from './set-aside.ts'
import { isOfSurroundings, whereOf } from './unexpected.ts'

const chunk = 500

/**
 * BY-01: finds out what the connection would do, by doing it in a transaction of which nothing remains: contacts are matched, records
 * decided, writes frozen and wishes made. What it has found is kept for a person; nothing has left for the platform or The Edge.
 */
export async function preview(before: At): Promise<void> {
  const { deps, connection } = before
  for (let more = true; more; )
    more = (await inTenant(deps.db, connection.tenantId, (sql) => followJournal(sql, connection))).more
  const at: At = { ...before, rehearsal: true }
  let entries: PreviewEntry[] = []
  await undone(at, async (sql) => {
    await receiveAll(sql, at)
    for (const lane of ['live', 'backfill'] as const) await decideAll(sql, at, lane)
    // What came out of the records may concern contacts that waited.
    await receiveAll(sql, at)
    await decideAll(sql, at, 'live')
    entries = await readIntentions(sql, connection.id)
  })
  await inTenant(deps.db, connection.tenantId, async (sql) => {
    await holdConnection(sql, connection.id)
    await savePreview(sql, connection, entries)
  })
}

async function receiveAll(sql: Sql, at: At): Promise<void> {
  const { connection, deps } = at
  for (;;) {
    await hurry(sql, connection.id)
    const entries = await newInboxEntries(sql, connection.id, chunk)
    if (entries.length === 0) return
    for (const entry of entries) {
      await sql.query('SAVEPOINT entry')
      try {
        await receive(sql, at, entry, noCounts())
      } catch (error) {
        if (isOfSurroundings(error)) throw error
        deps.log.error({ connectionId: connection.id, ...whereOf(error) }, 'an event was not handled in a preview')
        await sql.query('ROLLBACK TO SAVEPOINT entry')
        await closeInboxEntries(sql, connection.id, [entry.eventId], 'quarantined')
      }
      await sql.query('RELEASE SAVEPOINT entry')
    }
  }
}

/** As a page is prepared, but for the calls, which nobody makes. */
async function decideAll(sql: Sql, at: At, lane: Lane): Promise<void> {
  const { connection } = at
  const counts = noCounts()
  for (;;) {
    await hurry(sql, connection.id)
    const taken = await takeWork(sql, connection.id, lane, chunk)
    if (taken.items.length + taken.unreadable.length === 0) return
    const items = await withFreshLinks(sql, at, taken.items, counts)
    const { decided, lookAt, waiting } = await decidePage(sql, at, items)
    const settled = await settleWithoutCall(sql, at, decided, counts)
    const writes = decided.filter(({ verdict }) => isWrite(verdict))
    const { refused } = await storeEffects(sql, at, lane, writes, counts)
    const left = await setUnreadableAside(sql, at, { records: taken.unreadable, effects: [] }, counts)
    await finishWork(sql, connection.id, [...settled, ...refused, ...left])
    await lookAtLinks(sql, at, lookAt)
    // What waits for a write to be made waits for ever: none is.
    await setRowsAside(sql, connection.id, waiting)
  }
}
