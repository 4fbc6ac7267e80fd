import { isDeepStrictEqual } from 'node:util'
import { inTenant, type Sql } from '@jumpring/db'
import {
  approveAll,
  type Connection,
  finishWork,
  followJournal,
  holdConnection,
  hurry,
  type Lane,
  lockContacts,
  noCounts,
  type PreviewEntry,
  readIntentions,
  savePreview,
  setRowsAside,
  takeWork,
} from '@jumpring/db/engine'
import type { At } from './context.ts'
import { isWrite } from './decide.ts'
import { decidePage } from './decide-page.ts'
import { withFreshLinks } from './fresh-links.ts'
import { lookAtLinks } from './owners.ts'
import { settleWithoutCall, storeEffects } from './page.ts'
import { rehearseEvents, undone } from './rehearsal.ts'
import { setUnreadableAside } from './set-aside.ts'

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
    // Whole, and before anything else: a note or a wish will want it so, when others who share it may wait for what is held here.
    await lockContacts(sql, connection.id)
    await approveAll(sql, connection.id)
    await receiveAll(sql, at)
    for (const lane of ['live', 'backfill'] as const) await decideAll(sql, at, lane)
    // What came out of the records may concern contacts that waited.
    await receiveAll(sql, at)
    await decideAll(sql, at, 'live')
    entries = await readIntentions(sql, connection.id)
  })
  await inTenant(deps.db, connection.tenantId, async (sql) => {
    const now = await holdConnection(sql, connection.id)
    // Changed, or asked for once more, while it was made: whoever did that has rung, and the next look makes it by what holds now.
    if (now && isDeepStrictEqual(basisOf(now), basisOf(connection))) await savePreview(sql, connection, entries)
  })
}

/** By what a preview is made. */
const basisOf = ({ settings, tier, platformReadAt }: Connection) => ({ settings, tier, platformReadAt })

async function receiveAll(sql: Sql, at: At): Promise<void> {
  do await hurry(sql, at.connection.id)
  while ((await rehearseEvents(sql, at, chunk)) > 0)
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
