import { inTenant } from '@jumpring/db'
import {
  type Connection,
  followJournal,
  holdConnection,
  keepInboxEntries,
  newInboxEntries,
  type RunCounts,
} from '@jumpring/db/engine'
import type { At } from './context.ts'
import { noteOptOuts, spreadOptOuts } from './opt-outs.ts'
import { eventIn } from './read-entry.ts'
import { eventsAtOnce } from './receive.ts'

/** Nothing runs for want of a license alone, or because a mass change waits for a person's approval. */
export const hearsOptOutsOnly = ({ status, pausedCode, tier }: Connection): boolean =>
  status === 'active' ? tier === null : pausedCode === 'mass_change'

/**
 * CO-12 closes streams and BY-04 holds changes up, and consent is neither: of what the platform says meanwhile the opt-outs are heard
 * (guarantee 6). All else that it says is kept.
 */
export async function hearOptOuts(at: At, counts: RunCounts): Promise<void> {
  const { deps, connection } = at
  for (let more = true; more; ) {
    const followed = await inTenant(deps.db, connection.tenantId, (sql) => followJournal(sql, connection))
    counts.commanded += followed.marked
    more = followed.more
  }
  for (let heard = eventsAtOnce; heard === eventsAtOnce; ) {
    heard = await inTenant(deps.db, connection.tenantId, async (sql) => {
      const now = await holdConnection(sql, connection.id)
      if (!now || !hearsOptOutsOnly(now)) return 0
      const entries = await newInboxEntries(sql, connection.id, eventsAtOnce)
      const phones = entries.flatMap((entry) => {
        const event = eventIn(at, entry)
        return event && 'contact' in event ? event.contact.optedOutPhones : []
      })
      await spreadOptOuts(sql, at, await noteOptOuts(sql, at, [...new Set(phones)]), counts)
      await keepInboxEntries(
        sql,
        connection.id,
        entries.map(({ eventId }) => eventId),
      )
      return entries.length
    })
  }
}
