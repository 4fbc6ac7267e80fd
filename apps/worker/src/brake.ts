import type { ConnectionSettings } from '@jumpring/contracts'
import { inTenant, type Sql } from '@jumpring/db'
import {
  approveAll,
  approveFiltered,
  approveRows,
  approveUpTo,
  type ByKind,
  countTouched,
  holdConnection,
  type Lane,
  lockContacts,
  noCounts,
  pauseForPerson,
  setRowsAside,
  type Touched,
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
 * BY-04: pauses a connection of whose records unusually many would change at once, before the first of them does: what is not approved
 * here is not taken. New records are no change of what is there, and the first upload is what it is.
 */
export async function isBraked(at: At): Promise<boolean> {
  const { deps, connection } = at
  const touched = await inTenant(deps.db, connection.tenantId, (sql) => touchedBy(sql, connection.id))
  if (touched === null) return false
  const { settings, linked, waiting, undecidable, upTo } = touched
  // What changes while a write of the same record is under way counts as a change: what it comes to is not known yet.
  const { changes, looked } = await countChanges(at, undecidable, (so) => massOf(settings, linked, so) !== null)
  return inTenant(deps.db, connection.tenantId, async (sql) => {
    await holdConnection(sql, connection.id)
    const mass = massOf(settings, linked, changes)
    if (mass === null) {
      await approveUpTo(sql, connection.id, upTo)
      await approveRows(sql, connection.id, looked)
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

/** What waits, where it may be a mass change; null where it is not, and is approved. */
async function touchedBy(sql: Sql, connectionId: string): Promise<(Touched & { settings: ConnectionSettings }) | null> {
  // As it is now: the first upload may have ended, and a filter may be changed at any moment.
  const connection = await holdConnection(sql, connectionId)
  if (connection === null) return null
  if (connection.phase === 'initial') {
    await approveAll(sql, connectionId)
    return null
  }
  const { settings } = connection
  const touched = await countTouched(sql, connectionId, settings.brake.atLeast)
  if (massOf(settings, touched.linked, touched.waiting) !== null) return { ...touched, settings }
  await approveUpTo(sql, connectionId, touched.upTo)
  if (touched.filtered) await approveFiltered(sql, connectionId)
  return null
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
  undecidable: ByKind,
  isEnough: (changes: ByKind) => boolean,
): Promise<{ changes: ByKind; looked: WorkRow[] }> {
  const changes = new Map(undecidable)
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
      const items = await ofBothLanes(
        async (lane) => (await takeWork(sql, at.connection.id, lane, chunk, 'unapproved')).items,
      )
      const work = await ofBothLanes(
        async (lane) => (await takeObjects(sql, at.connection.id, lane, chunk, 'unapproved')).work,
      )
      const sheets = await ofBothLanes(
        async (lane) => (await takeSheets(sql, at.connection.id, lane, chunk, 'unapproved')).work,
      )
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
