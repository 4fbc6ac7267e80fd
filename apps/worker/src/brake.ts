import type { ConnectionSettings } from '@jumpring/contracts'
import { inTenant } from '@jumpring/db'
import {
  approveFiltered,
  approveUpTo,
  countTouched,
  holdConnection,
  type Lane,
  noCounts,
  pauseForPerson,
  setRowsAside,
  takeObjects,
  takeSheets,
  takeWork,
  type WorkRow,
} from '@jumpring/db/engine'
import type { At } from './context.ts'
import { decidePage } from './decide-page.ts'
import { withFreshLinks } from './fresh-links.ts'
import { decideObjects } from './objects/page.ts'
import { undone } from './rehearsal.ts'
import { decideSheets } from './sheets/decide.ts'

/** So many records are decided at once while it is found out how many would change. */
const chunk = 500

/**
 * BY-04: pauses a connection of whose records unusually many would change at once, before the first of them does. New records are
 * no change of what is there, and the first upload is what it is.
 */
export async function isBraked(at: At): Promise<boolean> {
  const { deps, connection } = at
  if (connection.phase === 'initial') return false
  const { atLeast } = connection.settings.brake
  const mostCounted = 1_000_000
  const { linked, waiting, limit, upTo } = await inTenant(deps.db, connection.tenantId, async (sql) => {
    await holdConnection(sql, connection.id)
    const touched = await countTouched(sql, connection.id, { atLeast, most: mostCounted })
    const limit = mostChanges(connection.settings, touched.linked)
    // Until here nobody takes what a changed filter has put on the list: a filter may be changed at any moment.
    if (touched.filtered && touched.waiting < limit) await approveFiltered(sql, connection.id)
    return { ...touched, limit }
  })
  if (waiting < limit) return false
  const { changes, looked } = await countChanges(at, limit)
  return inTenant(deps.db, connection.tenantId, async (sql) => {
    await holdConnection(sql, connection.id)
    if (changes < limit) {
      await approveUpTo(sql, connection.id, upTo, looked)
      return false
    }
    const share = Math.round((100 * changes) / Math.max(1, linked))
    await pauseForPerson(
      sql,
      connection.id,
      'mass_change',
      `At least ${changes} of ${linked} records on the platform (${share} %) would change at once; ${waiting} wait. Approve it, or mend it in The Edge first.`,
    )
    return true
  })
}

/** So many changes at once wait for approval, by how many records both sides have. */
export function mostChanges({ brake }: ConnectionSettings, linked: number): number {
  return Math.max(brake.atLeast, Math.ceil((linked * brake.percent) / 100))
}

/** How many of the records that wait would be changed, as far as `enough`, and which were looked at for that. Nothing of this look remains. */
async function countChanges(at: At, enough: number): Promise<{ changes: number; looked: WorkRow[] }> {
  let changes = 0
  const looked: WorkRow[] = []
  await undone(at, async (sql) => {
    // By its settings as they are now: what a later change puts on the list has other tickets.
    const connection = await holdConnection(sql, at.connection.id)
    if (!connection) return
    const now = { ...at, connection }
    for (let took = true; took && changes < enough; ) {
      const items = await ofBothLanes(async (lane) => (await takeWork(sql, at.connection.id, lane, chunk)).items)
      const work = await ofBothLanes(
        async (lane) => (await takeObjects(sql, at.connection.id, lane, chunk, { unapproved: true })).work,
      )
      const sheets = await ofBothLanes(async (lane) => (await takeSheets(sql, at.connection.id, lane, chunk)).work)
      const { decided } = await decidePage(sql, now, await withFreshLinks(sql, now, items, noCounts()))
      const objects = await decideObjects(sql, now, work)
      changes += decided.filter(({ verdict }) => verdict.kind === 'update' || verdict.kind === 'merge').length
      changes += objects.filter(({ verdict }) => verdict.kind === 'write' && verdict.event !== 'created').length
      changes += (await decideSheets(sql, now, sheets, noCounts())).filter(
        ({ verdict }) => verdict.kind === 'write' && verdict.link.sheet.platform.shown !== null,
      ).length
      for (const { sourceId, kind, key, ticket } of work) looked.push({ sourceId, kind, key, ticket })
      await setRowsAside(sql, at.connection.id, [...items, ...work, ...sheets])
      took = items.length + work.length + sheets.length > 0
    }
  })
  return { changes, looked }
}

/** A change is one, whichever lane will make it. */
async function ofBothLanes<Row>(take: (lane: Lane) => Promise<readonly Row[]>): Promise<Row[]> {
  return [...(await take('live')), ...(await take('backfill'))]
}
