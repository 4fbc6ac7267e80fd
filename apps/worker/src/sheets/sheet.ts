import { randomUUID } from 'node:crypto'
import { platformNames, recordKindOf } from '@jumpring/contracts'
import type { Sql } from '@jumpring/db'
import {
  fateOfWish,
  journalNow,
  keepConflict,
  queueCommand,
  type RunCounts,
  readSheetRecord,
  type SheetLink,
  type SheetRecord,
  versionsSince,
} from '@jumpring/db/engine'
import { beginningOf, type Due, due, happened, type Lost, newSheet, type SheetEvent } from '@jumpring/sync'
import { by } from '../associate.ts'
import type { At } from '../context.ts'
import { type EdgeWish, edgeSheetOf, edgeWishOf } from './edge.ts'

/** A sheet while it is worked on: its locked link, and what of the platform did not win so far. */
export interface Worked {
  readonly link: SheetLink
  readonly lost: readonly Lost[]
}

export function after({ link, lost }: Worked, event: SheetEvent): Worked {
  const next = happened(link.kind, link.sheet, event)
  return { link: { ...link, sheet: next.state }, lost: [...lost, ...next.lost] }
}

/** The link as it is to be read now: custom fields that were mapped otherwise begin anew. */
export const underMapping = (link: SheetLink, version: number): SheetLink =>
  link.kind === 'customFields' && link.mapping !== version ? { ...link, sheet: newSheet, mapping: version } : link

/**
 * Looks at what The Edge holds, before anything is decided: its record as it is, and while it is asked for something, all that the
 * record has been since.
 */
export async function withEdge(sql: Sql, { connection }: At, before: Worked, stored: SheetRecord): Promise<Worked> {
  const { link } = before
  const { settings, tenantId } = connection
  const isAsked = link.sheet.edge.asked !== null
  const record = { tenantId, sourceId: link.sourceId, kind: recordKindOf(link.kind), key: link.key }
  const passed = isAsked ? await versionsSince(sql, record, link.since) : []
  const versions = [...passed.flatMap((payload) => readSheetRecord(link.kind, payload) ?? []), stored]
  const shown = versions.reduce((worked, version) => {
    const { fields, closed } = edgeSheetOf(version, link.key, settings)
    return after(worked, { type: 'edgeShows', fields, closed })
  }, before)
  const fate = isAsked ? await fateOfWish(sql, link.id) : null
  return fate === 'changed' || fate === 'dropped' ? after(shown, { type: 'edgeRefused' }) : shown
}

/** Keeps what did not win where the table says, and gives the link without it. */
export async function keepLost(
  sql: Sql,
  at: At,
  { link, lost }: Worked,
  associate: string | undefined,
  counts: RunCounts,
): Promise<SheetLink> {
  for (const { field, value, kept, why, at: place } of lost) {
    if (value === null) continue
    const { sourceId, kind, key, customer } = link
    const note = place === 'newNote' ? `jr-${randomUUID()}` : null
    await keepConflict(sql, at.connection, { sourceId, kind, key, customer, field, value, won: kept, why, note })
    if (note === null) continue
    const text = beginningOf(`${originOf(at, why)}\n${value}`, 20_000)
    await wishOfEdge(sql, at, sourceId, null, {
      wish: { do: 'putNote', key: note, customer, text, expected: null, at: now(), ...by(at, associate) },
      asked: {},
      misfits: [],
    })
    counts.commanded += 1
  }
  return link
}

const originOf = ({ connection }: At, why: Lost['why']): string =>
  why === 'closed'
    ? `[From ${platformNames[connection.platform]}: this was written over a note that is locked here.]`
    : `[From ${platformNames[connection.platform]}: this note was changed there while it was changed here.]`

const now = () => new Date().toISOString()

/** Asks The Edge for what is due there. Gives the link, and which fields do not fit there. */
export async function askEdge(
  sql: Sql,
  at: At,
  link: SheetLink,
  stored: SheetRecord | null,
  associate: string | undefined,
  counts: RunCounts,
): Promise<{ link: SheetLink; misfits: readonly string[]; due: Due }> {
  const all = due(link.kind, link.sheet)
  if (all.wish === null) return { link, misfits: [], due: all }
  const { settings, tenantId } = at.connection
  const asking = edgeWishOf(link, all.wish, stored, { settings, at: now(), associate: by(at, associate).associate })
  if (asking.wish === null) return { link, misfits: asking.misfits, due: all }
  await wishOfEdge(sql, at, link.sourceId, link.id, asking)
  counts.commanded += 1
  const asked = after({ link, lost: [] }, { type: 'edgeAsked', fields: asking.asked })
  return { link: { ...asked.link, since: await journalNow(sql, tenantId) }, misfits: asking.misfits, due: all }
}

async function wishOfEdge(
  sql: Sql,
  { connection }: At,
  sourceId: string,
  linkId: string | null,
  { wish }: EdgeWish,
): Promise<void> {
  if (wish) await queueCommand(sql, connection, { sourceId, linkId, wish })
}
