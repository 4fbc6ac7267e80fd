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
import { eventsAtOnce, readEntry } from './receive.ts'

/** Nothing runs for want of a license alone. */
export const lacksLicense = ({ status, tier }: Connection): boolean => status === 'active' && tier === null

/**
 * CO-12 closes streams, and consent is none: of what the platform says to a connection without a license the opt-outs are heard (guarantee 6).
 * All else that it says is kept until there is one.
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
      if (!now || !lacksLicense(now)) return 0
      const entries = await newInboxEntries(sql, connection.id, eventsAtOnce)
      const phones = entries.flatMap((entry) => {
        try {
          const event = readEntry(at, entry)
          return 'contact' in event ? event.contact.optedOutPhones : []
        } catch {
          // It is set aside once there is a license.
          return []
        }
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
