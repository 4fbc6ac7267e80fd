import { expect } from 'vitest'
import type { ChangeFeed, PlatformEvent, SheetShowing, SheetWrite } from '../../events.ts'
import { nora, subscribe } from '../account.ts'
import type { ConformancePlatform } from '../sandbox.ts'

type Part = Pick<SheetWrite, 'sheet' | 'fields'> & Partial<SheetWrite>

/** A connected account on which Nora is a contact, with what staff do there. */
export async function begin(platform: ConformancePlatform) {
  const { connector } = platform
  const line = await subscribe(platform)
  const { session, sandbox } = line
  const { desk } = sandbox
  const { writeSheet } = session
  const { freezeSheet } = connector
  if (!desk || !writeSheet || !freezeSheet) throw new Error('A platform with sheets has a desk.')
  const { identifier: uid } = await session.write(line.create(nora))
  const contact = { edgeKey: nora.key, uid }
  const base = { externalId: 's-1', uid: null, contact, product: null, at: '2026-03-01T10:00:00.000Z' }
  const freeze = (part: Part) => freezeSheet({ ...base, ...part }, sandbox.settings)
  return {
    ...line,
    desk,
    /** Nora's. */
    uid,
    freeze,
    writeFrozen: writeSheet,
    put: (part: Part) => writeSheet(freeze(part)),
    /** What events showed of an entry, the latest by the platform's stamps last, once that is this, and by whom. */
    async shown(entry: string, fields: SheetShowing['fields'], by?: string) {
      const told = await line.events((events) => {
        const last = showingsOf(events, entry).at(-1)
        expect(last).toMatchObject({ showing: { fields }, ...(by !== undefined && { associate: by }) })
      })
      return showingsOf(told, entry)
    },
    /** All events of a feed that say something. */
    async feed(feed: ChangeFeed, updatedSince?: string): Promise<PlatformEvent[]> {
      const events: PlatformEvent[] = []
      let cursor: string | undefined
      do {
        const asked = { feed, ...(cursor && { cursor }), ...(updatedSince && { updatedSince }) }
        const page = await session.listChanges?.(asked)
        events.push(...(page?.events ?? []).filter(({ type }) => type !== 'ignored'))
        cursor = page?.nextCursor
      } while (cursor !== undefined)
      return events
    },
  }
}

/** What the events show of an entry, the oldest state first. */
export function showingsOf(events: readonly PlatformEvent[], uid: string) {
  return events
    .filter((event) => event.type === 'sheet.changed')
    .filter(({ showing }) => showing.uid === uid)
    .toSorted((a, b) => Date.parse(a.showing.updatedAt) - Date.parse(b.showing.updatedAt))
}
