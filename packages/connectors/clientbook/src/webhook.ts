import type { PlatformEvent, Webhook } from '@jumpring/connector-kit'
import { eventReader, isSigned, reasonOf } from '@jumpring/connector-kit/http/events'
import type { z } from 'zod'
import type { EventType } from './api.ts'
import { wishCollection } from './limits.ts'
import { toObservation } from './mapping.ts'
import { byOf, instantOf, messageShown, noteShown, preferencesShown, wishShown } from './showings.ts'
import {
  type Actor,
  activitySchema,
  clientPreferencesSchema,
  clientSchema,
  collectionItemSchema,
  collectionSchema,
  eventSchema,
  madeSchema,
  messageSchema,
  smsSchema,
} from './wire.ts'

const headers = { timestamp: 'x-clientbook-timestamp', signature: 'x-clientbook-signature', prefix: 'sha256=' }

/**
 * Whether Clientbook signed this. An old stamp is accepted: a delivery is repeated for three days, and what is played back changes
 * nothing, since an event id counts once.
 */
export const verifyWebhook = (webhook: Webhook, secret: string): boolean => isSigned(webhook, secret, headers)

const { json, parse } = eventReader('Clientbook')

interface Told {
  readonly eventId: string
  readonly actor: Actor
  readonly region: string
  /** What it was before, of what has changed. */
  readonly previous: Readonly<Record<string, unknown>>
  /** Of a merge: who is gone. */
  readonly mergedId: string | undefined
}

/** Reads a verified event. Throws `unreadable_event`. */
export function readEvent(rawBody: string, region: string): PlatformEvent {
  const { id, type, actor, data } = parse(eventSchema, json(rawBody), 'event')
  const read = isRead(type) ? readers[type] : undefined
  if (read === undefined) return { type: 'ignored', eventId: id }
  const { object, previous = {}, merged_id: mergedId } = data
  return read(object, { eventId: id, actor, region, previous, mergedId })
}

type Reader = (object: unknown, told: Told) => PlatformEvent

/** Reads an event whose object has this form. */
const of =
  <Shown>(schema: z.ZodType<Shown>, read: (shown: Shown, told: Told) => PlatformEvent): Reader =>
  (object, told) =>
    read(parse(schema, object, 'event'), told)

const clientChanged = of(clientSchema, (client, { eventId, actor, region }) => ({
  type: 'contact.changed',
  eventId,
  contact: toObservation(client, region),
  ...byOf(actor),
}))
const wishChanged = of(collectionItemSchema, (item, { eventId }) => wishShown(item, eventId))
const noteChanged = of(activitySchema, (activity, { eventId }) => noteShown(activity, eventId))

/** What a kind of event says. */
const readers = {
  'client.created': clientChanged,
  'client.updated': clientChanged,
  'client.deleted': of(madeSchema, ({ id }, { eventId }) => ({ type: 'contact.deleted', eventId, uid: id })),
  'client.merged': of(clientSchema, (client, { eventId, region, mergedId }) => ({
    type: 'contact.merged',
    eventId,
    goneUids: mergedId === undefined ? [] : [mergedId],
    contact: toObservation(client, region),
  })),
  'preferences.updated': of(clientPreferencesSchema, (shown, { eventId, actor }) =>
    preferencesShown(shown, eventId, actor),
  ),
  'collection.updated': of(collectionSchema, ({ client_id, updated_at }, { eventId, previous }) =>
    previous.name === wishCollection
      ? { type: 'wishes.gone', eventId, contactUid: client_id, at: instantOf(updated_at) }
      : { type: 'ignored', eventId },
  ),
  'collection.deleted': of(collectionSchema, ({ client_id, name, updated_at }, { eventId }) =>
    name === wishCollection
      ? { type: 'wishes.gone', eventId, contactUid: client_id, at: instantOf(updated_at) }
      : { type: 'ignored', eventId },
  ),
  'collection_item.added': wishChanged,
  'collection_item.updated': wishChanged,
  'collection_item.removed': wishChanged,
  'activity.created': noteChanged,
  'activity.updated': noteChanged,
  'activity.deleted': noteChanged,
  'message.sent': of(messageSchema, (message, { eventId }) => messageShown(message, eventId)),
  'sms.status': of(smsSchema, ({ id, status, failure_reason }, { eventId }) =>
    status === 'queued'
      ? { type: 'ignored', eventId }
      : { type: 'text.status', eventId, id, status, ...reasonOf(failure_reason) },
  ),
} as const satisfies Partial<Record<EventType, Reader>>

const isRead = (type: string): type is keyof typeof readers => Object.hasOwn(readers, type)

/** What is asked for: what is read. */
export const eventTypes: readonly EventType[] = Object.keys(readers).filter(isRead)
