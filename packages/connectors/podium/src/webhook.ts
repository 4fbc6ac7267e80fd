import type { PlatformEvent, Webhook } from '@jumpring/connector-kit'
import { eventReader, isSigned, reasonOf } from '@jumpring/connector-kit/http/events'
import { toObservation } from './mapping.ts'
import {
  contactSchema,
  eventSchema,
  messageSchema,
  type PodiumContact,
  type PodiumMessage,
  textStatusSchema,
} from './wire.ts'

/**
 * Whether Podium signed this: `podium-signature` is the hex HMAC-SHA256 of `timestamp + "." + rawBody` (Podium docs).
 * An old stamp is accepted: the docs set no window, Podium repeats a delivery for about 8 h, and it is not said that a
 * repetition gets a new stamp. What is played back changes nothing, since an event id counts once.
 */
export function verifyWebhook(webhook: Webhook, secret: string): boolean {
  return isSigned(webhook, secret, { timestamp: 'podium-timestamp', signature: 'podium-signature', prefix: '' })
}

const { json, parse } = eventReader('Podium')

/** Reads a verified event. An event without the contact it should have is `unreadable_event`. */
export function readEvent(rawBody: string, region: string): PlatformEvent {
  const { data, metadata } = parse(eventSchema, json(rawBody), 'event')
  const eventId = metadata.eventUid
  const contact = (value: unknown): PodiumContact => parse(contactSchema, value, metadata.eventType)
  switch (metadata.eventType) {
    case 'contact.created':
    case 'contact.updated':
      return { type: 'contact.changed', eventId, contact: toObservation(contact(data.after), region) }
    case 'contact.deleted':
      return { type: 'contact.deleted', eventId, uid: contact(data.before ?? data.after).uid }
    case 'contact.merged': {
      const remaining = contact(data.after)
      const gone = contact(data.before)
      const goneUids = gone.uid === remaining.uid ? [] : [gone.uid]
      return { type: 'contact.merged', eventId, goneUids, contact: toObservation(remaining, region) }
    }
    case 'message.sent':
    case 'message.failed':
      return textStatusOfMessage(parse(messageSchema, data, metadata.eventType), metadata.eventType, eventId)
    case 'text.status': {
      const { id, status, failureReason } = parse(textStatusSchema, data, metadata.eventType)
      return { type: 'text.status', eventId, id, status, ...reasonOf(failureReason) }
    }
    default:
      return { type: 'ignored', eventId }
  }
}

/** Podium docs: the message stands whole in the event, staff's own messages too; whoever sent it, its uid tells whether it is ours. */
function textStatusOfMessage(message: PodiumMessage, eventType: string, eventId: string): PlatformEvent {
  if (!message.uid) return { type: 'ignored', eventId }
  const told = { type: 'text.status', eventId, id: message.uid } as const
  if (eventType === 'message.failed') return { ...told, status: 'failed', ...reasonOf(message.failureReason) }
  const delivered = message.items?.some((item) => item?.deliveryStatus?.toLowerCase() === 'delivered')
  return { ...told, status: delivered ? 'delivered' : 'sent' }
}
