import type { ChangeFeed, ChangePage, PlatformEvent, Session } from '@jumpring/connector-kit'
import type { Caller } from '@jumpring/connector-kit/http/caller'
import { instant } from '@jumpring/connector-kit/http/values'
import type { z } from 'zod'
import { wishCollection } from './limits.ts'
import { readPage } from './pages.ts'
import { messageShown, noteShown, preferencesShown, wishShown } from './showings.ts'
import { activitySchema, clientPreferencesSchema, collectionItemSchema, messageSchema } from './wire.ts'

type Asked = Parameters<NonNullable<Session['listChanges']>>[0]

/** What a feed holds, or what changed in it, as events; what was removed is told only where changes are asked for. */
export function listChanges(caller: Caller, asked: Asked): Promise<ChangePage> {
  return feeds[asked.feed](caller, asked)
}

const feeds: Record<ChangeFeed, (caller: Caller, asked: Asked) => Promise<ChangePage>> = {
  customFields: feed({
    path: '/v1/client-preferences',
    schema: clientPreferencesSchema,
    idOf: ({ client_id, updated_at }) => `${client_id}:${updated_at}`,
    show: (shown, eventId) => {
      const latest = shown.values.toSorted((a, b) => (a.updated_at < b.updated_at ? 1 : -1))[0]
      return preferencesShown(shown, eventId, latest?.updated_by)
    },
  }),
  wish: feed({
    path: '/v1/collection-items',
    whole: { collection_name: wishCollection },
    // Of any collection: the new name of one counts as an update of its entries.
    changes: { include_removed: 'true' },
    schema: collectionItemSchema,
    idOf: ({ id, updated_at }) => `${id}:${updated_at}`,
    show: wishShown,
  }),
  note: feed({
    path: '/v1/activities',
    query: { type: 'note' },
    changes: { include_deleted: 'true' },
    schema: activitySchema,
    idOf: ({ id, updated_at }) => `${id}:${updated_at}`,
    show: noteShown,
  }),
  message: feed({
    path: '/v1/messages',
    schema: messageSchema,
    // a message is told once, whatever becomes of it
    idOf: ({ id }) => id,
    show: messageShown,
  }),
}

interface Feed<Shown> {
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** What is asked for where all is read. */
  readonly whole?: Readonly<Record<string, string>>
  /** What asks for those that are gone, too, where changes are read. */
  readonly changes?: Readonly<Record<string, string>>
  readonly schema: z.ZodType<Shown>
  /** Names a state of the thing. */
  idOf(shown: Shown): string
  show(shown: Shown, eventId: string): PlatformEvent
}

function feed<Shown extends { readonly updated_at: string }>({
  path,
  query,
  whole,
  changes,
  schema,
  idOf,
  show,
}: Feed<Shown>) {
  return async (caller: Caller, { feed, cursor, updatedSince }: Asked): Promise<ChangePage> => {
    const since = updatedSince === undefined ? whole : { updated_since: updatedSince, ...changes }
    const page = await readPage(caller, path, { ...query, ...since }, cursor, schema)
    const stamps = page.items.flatMap(({ updated_at }) => instant(updated_at) ?? [])
    const updatedUntil = stamps.toSorted().at(-1)
    return {
      events: page.items.map((shown) => show(shown, `${feed}:${idOf(shown)}`)),
      unreadable: page.unreadable,
      ...(updatedUntil === undefined ? {} : { updatedUntil }),
      ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
    }
  }
}
