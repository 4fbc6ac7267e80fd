import { inTenant } from '@jumpring/db'
import {
  type Connection,
  followJournal,
  holdConnection,
  keepInboxEntries,
  newInboxEntries,
  type RunCounts,
} from '@jumpring/db/engine'
import { type At, isRunning } from './context.ts'
import { heardOptOuts, noteOptOuts, spreadOptOuts } from './opt-outs.ts'
import { eventIn } from './read-entry.ts'
import { eventsAtOnce } from './receive.ts'

/** A person has paused it: until they resume it nothing of what it says is written to The Edge. */
const isPausedByPerson = ({ status, pausedCode }: Connection): boolean => status === 'paused' && pausedCode === null

/**
 * CO-12 closes streams, BY-04 holds changes up and people pause, and consent is none of that: of what the platform says while a
 * connection does not run the opt-outs are heard (guarantee 6), so that no connection of the tenant goes on writing to the number.
 * All else that it says is kept.
 */
export async function hearOptOuts(at: At, counts: RunCounts): Promise<void> {
  const { deps, connection } = at
  for (let more = !isPausedByPerson(connection); more; ) {
    const followed = await inTenant(deps.db, connection.tenantId, (sql) => followJournal(sql, connection))
    counts.commanded += followed.marked
    more = followed.more
  }
  for (let heard = eventsAtOnce; heard === eventsAtOnce; ) {
    heard = await inTenant(deps.db, connection.tenantId, async (sql) => {
      const now = await holdConnection(sql, connection.id)
      if (!now || isRunning(now)) return 0
      const entries = await newInboxEntries(sql, connection.id, eventsAtOnce)
      const phones = entries.flatMap((entry) => {
        const event = eventIn(at, entry)
        return event && 'contact' in event ? event.contact.optedOutPhones : []
      })
      const said = [...new Set(phones)]
      if (isPausedByPerson(now)) await heardOptOuts(sql, at, said)
      else await spreadOptOuts(sql, at, await noteOptOuts(sql, at, said), counts)
      await keepInboxEntries(
        sql,
        connection.id,
        entries.map(({ eventId }) => eventId),
      )
      return entries.length
    })
  }
}
