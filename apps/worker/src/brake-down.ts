import { inTenant, type Sql } from '@jumpring/db'
import {
  approveInboxUpTo,
  beginApproved,
  closeInboxEntries,
  countAskedChanges,
  countLinked,
  countUnapproved,
  endApproved,
  holdConnection,
  type InboxEntry,
  newInboxEntries,
  pauseForPerson,
} from '@jumpring/db/engine'
import type { Observation } from '@jumpring/sync'
import { mostChanges } from './brake.ts'
import type { At } from './context.ts'
import { readEntry } from './receive.ts'
import { rehearseEvents, undone } from './rehearsal.ts'

/** So many events are rehearsed before it is counted what they would change. */
const chunk = 100
/** So many of the oldest messages are looked through for those that later ones outdate. */
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
    if (asked + waiting < atLeast) return null
    const linked = await countLinked(sql, id)
    const limit = mostChanges(settings, linked)
    const { waiting: all, upTo } = await countUnapproved(sql, id, limit)
    return asked + all < limit ? null : { linked, limit, upTo }
  })
  if (much === null) return false
  const changes = await countChanges(at, much.limit)
  return inTenant(deps.db, tenantId, async (sql) => {
    await holdConnection(sql, id)
    if (changes < much.limit) {
      await approveInboxUpTo(sql, id, much.upTo)
      return false
    }
    const share = Math.round((100 * changes) / Math.max(1, much.linked))
    await pauseForPerson(
      sql,
      id,
      'mass_change',
      `At least ${changes} records in The Edge would change at once (${share} % of the ${much.linked} that the platform has). If that is a mistake, mend it on the platform; then approve.`,
    )
    return true
  })
}

/** How many records of The Edge have been and would be changed, as far as `enough`. Nothing of this look remains. */
async function countChanges(at: At, enough: number): Promise<number> {
  let changes = 0
  await undone(at, async (sql) => {
    const connection = await holdConnection(sql, at.connection.id)
    if (!connection) return
    const now: At = { ...at, connection, rehearsal: true }
    for (let received = chunk; received > 0 && changes < enough; ) {
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
    const contact = changedContactIn(at, entry)
    if (contact === null) continue
    const shown = { eventId: entry.eventId, updatedAt: contact.updatedAt ?? '' }
    const other = last.get(contact.uid)
    const isLater = !other?.updatedAt || !shown.updatedAt || shown.updatedAt >= other.updatedAt
    if (other) outdated.push(isLater ? other.eventId : shown.eventId)
    if (isLater) last.set(contact.uid, shown)
  }
  return outdated
}

function changedContactIn(at: At, entry: InboxEntry): Observation | null {
  try {
    const event = readEntry(at, entry)
    return event.type === 'contact.changed' ? event.contact : null
  } catch {
    // It is set aside when it is looked at.
    return null
  }
}
