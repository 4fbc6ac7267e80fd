import type { PlatformEvent } from '@jumpring/connector-kit'
import { type InboxEntry, observationSchema } from '@jumpring/db/engine'
import type { At } from './context.ts'
import { readStoredEvent } from './sheets/read-event.ts'

/** What the platform said by an entry of the inbox. Throws where it cannot be understood. */
export function readEntry({ connector, connection }: At, entry: InboxEntry): PlatformEvent {
  if (entry.origin === 'webhook') return connector.readEvent(entry.body, connection.region)
  if (entry.origin === 'event') return readStoredEvent(entry.body)
  return { type: 'contact.changed', eventId: entry.eventId, contact: observationSchema.parse(JSON.parse(entry.body)) }
}

/** The same before its turn; null: it cannot be understood, and is set aside when it is looked at. */
export function eventIn(at: At, entry: InboxEntry): PlatformEvent | null {
  try {
    return readEntry(at, entry)
  } catch {
    return null
  }
}
