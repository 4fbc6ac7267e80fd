import type { PlatformEvent } from '@jumpring/connector-kit'
import { inTenant, type Sql } from '@jumpring/db'
import {
  approveInboxUpTo,
  type ByKind,
  beginApproved,
  closeInboxEntries,
  countAskedChanges,
  countLinked,
  countUnapproved,
  endApproved,
  holdConnection,
  type InboxEntry,
  lockContacts,
  newInboxEntries,
  pauseForPerson,
} from '@jumpring/db/engine'
import { massOf } from './brake.ts'
import type { At } from './context.ts'
import { eventIn } from './read-entry.ts'
import { rehearseEvents, undone } from './rehearsal.ts'

/** So many events are rehearsed before it is counted what they would change. */
const chunk = 100
/** So many of the oldest messages are looked through: for whose they are, and for those that later ones outdate. */
const mostWaiting = 10_000

/**
 * BY-04 on the way down: pauses a connection whose platform would have unusually many records of The Edge changed, before it receives what
 * waits. Counted with what was changed within the last hour, for it comes in messages, one by one.
 */
export async function isBrakedDown(at: At): Promise<boolean> {
  const { deps, connection } = at
  const { id, tenantId, settings } = connection
  if (connection.approved !== null && !(await isApprovedReceived(at))) return false
  if (connection.phase === 'initial' || settings.mode === 'B') return false
  const much = await inTenant(deps.db, tenantId, async (sql) => {
    const { atLeast } = settings.brake
    const { waiting } = await countUnapproved(sql, id, atLeast)
    if (waiting === 0) return null
    const asked = await countAskedChanges(sql, id)
    const mostAsked = Math.max(0, ...asked.values())
    if (mostAsked + waiting < atLeast) return null
    const linked = await countLinked(sql, id)
    const { upTo } = await countUnapproved(sql, id, 0)
    return { asked, linked, upTo, entries: await newInboxEntries(sql, id, mostWaiting) }
  })
  if (much === null) return false
  const { asked, linked, upTo, entries } = much
  const isMass = (changes: ByKind) => massOf(settings, linked, changes) !== null
  const mayBeMass = entries.length === mostWaiting || isMass(mostChanges(at, asked, entries))
  const changes = mayBeMass ? await countChanges(at, isMass) : asked
  return inTenant(deps.db, tenantId, async (sql) => {
    await holdConnection(sql, id)
    const mass = massOf(settings, linked, changes)
    if (mass === null) {
      await approveInboxUpTo(sql, id, upTo)
      return false
    }
    await pauseForPerson(
      sql,
      id,
      'mass_change',
      `At least ${mass.changes} records in The Edge would change at once (${mass.share} % of the ${mass.linked} of kind ${mass.kind} that the platform has). If that is a mistake, mend it on the platform; then approve.`,
    )
    return true
  })
}

/** How many records of The Edge have been changed, and would be if each of these entries brought something new. */
function mostChanges(at: At, asked: ByKind, entries: readonly InboxEntry[]): ByKind {
  const shown = new Map<string, Set<string>>()
  for (const entry of entries) {
    const of = changedBy(eventIn(at, entry))
    if (of) shown.set(of.kind, (shown.get(of.kind) ?? new Set()).add(of.uid))
  }
  const kinds = new Set([...asked.keys(), ...shown.keys()])
  return new Map([...kinds].map((kind) => [kind, (asked.get(kind) ?? 0) + (shown.get(kind)?.size ?? 0)]))
}

/** What an event may change in The Edge: one record of a kind, by what it is on the platform; null: none that is there. */
function changedBy(event: PlatformEvent | null): { readonly kind: string; readonly uid: string } | null {
  switch (event?.type) {
    case 'contact.changed':
    case 'contact.merged':
      return { kind: 'customer', uid: event.contact.uid }
    case 'sheet.changed':
      return { kind: event.showing.sheet, uid: event.showing.uid }
    case 'sheet.removed':
      return { kind: event.sheet, uid: event.uid }
    default:
      return null
  }
}

/** How many records of The Edge have been and would be changed, as far as `isEnough`. Nothing of this look remains. */
async function countChanges(at: At, isEnough: (changes: ByKind) => boolean): Promise<ByKind> {
  let changes: ByKind = new Map()
  await undone(at, async (sql) => {
    const connection = await holdConnection(sql, at.connection.id)
    if (!connection) return
    // Whole at once: what is decided later wants it so.
    await lockContacts(sql, connection.id)
    const now: At = { ...at, connection, rehearsal: true }
    for (let received = chunk; received > 0 && !isEnough(changes); ) {
      received = await rehearseEvents(sql, now, chunk)
      changes = await countAskedChanges(sql, connection.id)
    }
  })
  return changes
}

/** What a person has approved passes; then changes are counted anew. */
async function isApprovedReceived(at: At): Promise<boolean> {
  const { deps, connection } = at
  return inTenant(deps.db, connection.tenantId, async (sql) => {
    await holdConnection(sql, connection.id)
    if (connection.approved === 'receiving') return endApproved(sql, connection.id)
    await closeInboxEntries(sql, connection.id, await outdatedShowings(sql, at), 'done')
    await beginApproved(sql, connection.id)
    return false
  })
}

/** Of contacts that are shown several times all but the last: what staff have mended meanwhile is not brought into The Edge first. */
async function outdatedShowings(sql: Sql, at: At): Promise<string[]> {
  const last = new Map<string, { eventId: string; updatedAt: string }>()
  const outdated: string[] = []
  for (const entry of await newInboxEntries(sql, at.connection.id, mostWaiting)) {
    const event = eventIn(at, entry)
    if (event?.type !== 'contact.changed') continue
    const { contact } = event
    const shown = { eventId: entry.eventId, updatedAt: contact.updatedAt ?? '' }
    const other = last.get(contact.uid)
    const isLater = !other?.updatedAt || !shown.updatedAt || shown.updatedAt >= other.updatedAt
    if (other) outdated.push(isLater ? other.eventId : shown.eventId)
    if (isLater) last.set(contact.uid, shown)
  }
  return outdated
}
