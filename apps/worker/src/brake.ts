import type { ConnectionSettings } from '@jumpring/contracts'
import { inTenant } from '@jumpring/db'
import {
  approveFiltered,
  approveUpTo,
  type ByKind,
  countTouched,
  holdConnection,
  type Lane,
  lockContacts,
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
  const { settings } = connection
  const { linked, waiting, upTo } = await inTenant(deps.db, connection.tenantId, async (sql) => {
    await holdConnection(sql, connection.id)
    const touched = await countTouched(sql, connection.id, settings.brake.atLeast)
    // Until here nobody takes what a changed filter has put on the list: a filter may be changed at any moment.
    if (touched.filtered && massOf(settings, touched.linked, touched.waiting) === null)
      await approveFiltered(sql, connection.id)
    return touched
  })
  if (massOf(settings, linked, waiting) === null) return false
  const { changes, looked } = await countChanges(at, (so) => massOf(settings, linked, so) !== null)
  return inTenant(deps.db, connection.tenantId, async (sql) => {
    await holdConnection(sql, connection.id)
    const mass = massOf(settings, linked, changes)
    if (mass === null) {
      await approveUpTo(sql, connection.id, upTo, looked)
      return false
    }
    await pauseForPerson(
      sql,
      connection.id,
      'mass_change',
      `At least ${mass.changes} of ${mass.linked} records on the platform (${mass.share} % of kind ${mass.kind}) would change at once; ${waiting.get(mass.kind) ?? 0} wait. Approve it, or mend it in The Edge first.`,
    )
    return true
  })
}

/** More changes of a kind than go through without approval. */
export interface Mass {
  readonly kind: string
  readonly changes: number
  readonly linked: number
  /** Percent. */
  readonly share: number
}

/** The kind of records of which unusually many would change, by how many of it both sides have; null: none. */
export function massOf({ brake }: ConnectionSettings, linked: ByKind, changes: ByKind): Mass | null {
  for (const [kind, number] of changes) {
    const all = linked.get(kind) ?? 0
    if (number >= Math.max(brake.atLeast, Math.ceil((all * brake.percent) / 100)))
      return { kind, changes: number, linked: all, share: Math.round((100 * number) / Math.max(1, all)) }
  }
  return null
}

/** How many of the records that wait would be changed, as far as `isEnough`, and which were looked at for that. Nothing of this look remains. */
async function countChanges(
  at: At,
  isEnough: (changes: ByKind) => boolean,
): Promise<{ changes: ByKind; looked: WorkRow[] }> {
  const changes = new Map<string, number>()
  const count = (items: readonly { readonly kind: string }[]) => {
    for (const { kind } of items) changes.set(kind, (changes.get(kind) ?? 0) + 1)
  }
  const looked: WorkRow[] = []
  await undone(at, async (sql) => {
    // By its settings as they are now: what a later change puts on the list has other tickets.
    const connection = await holdConnection(sql, at.connection.id)
    if (!connection) return
    // Whole at once: what is decided later wants it so.
    await lockContacts(sql, connection.id)
    const now = { ...at, connection }
    for (let took = true; took && !isEnough(changes); ) {
      const items = await ofBothLanes(async (lane) => (await takeWork(sql, at.connection.id, lane, chunk)).items)
      const work = await ofBothLanes(
        async (lane) => (await takeObjects(sql, at.connection.id, lane, chunk, { unapproved: true })).work,
      )
      const sheets = await ofBothLanes(async (lane) => (await takeSheets(sql, at.connection.id, lane, chunk)).work)
      const { decided } = await decidePage(sql, now, await withFreshLinks(sql, now, items, noCounts()))
      const objects = await decideObjects(sql, now, work)
      const updated = decided.filter(({ verdict }) => verdict.kind === 'update' || verdict.kind === 'merge')
      const written = objects.filter(({ verdict }) => verdict.kind === 'write' && verdict.event !== 'created')
      const edited = (await decideSheets(sql, now, sheets, noCounts())).filter(
        ({ verdict }) => verdict.kind === 'write' && verdict.link.sheet.platform.shown !== null,
      )
      count([...updated.map(({ item }) => item), ...[...written, ...edited].map((one) => one.work)])
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
