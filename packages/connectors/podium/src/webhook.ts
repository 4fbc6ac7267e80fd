import { createHmac, timingSafeEqual } from 'node:crypto'
import type { PlatformEvent, Webhook } from '@jumpring/connector-kit'
import { JumpringError } from '@jumpring/contracts'
import type { z } from 'zod'
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
export function verifyWebhook({ headers, rawBody }: Webhook, secret: string): boolean {
  const timestamp = headers['podium-timestamp']
  const signature = headers['podium-signature']
  if (typeof timestamp !== 'string' || typeof signature !== 'string') return false
  const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest('hex')
  return sameInConstantTime(Buffer.from(signature), Buffer.from(expected))
}

function sameInConstantTime(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Reads a verified event. An event without the contact it should have is `unreadable_event`. */
export function readEvent(rawBody: string, region: string): PlatformEvent {
  const { data, metadata } = parse(eventSchema, parseJson(rawBody), 'event')
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

const contactDetails = /\S+@\S+|\+?\d[\d\s().-]{5,}\d/g

/** Podium's reason, without the phone or e-mail that it may quote. */
function reasonOf(raw: string | null | undefined): { readonly reason?: string } {
  const reason = raw?.replaceAll(contactDetails, '…').trim().slice(0, 200)
  return reason ? { reason } : {}
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new JumpringError('unreadable_event', 'Podium sent an event that is not JSON.')
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const paths = parsed.error.issues.map(({ path }) => path.join('.') || 'contact')
  throw new JumpringError('unreadable_event', `Podium sent an unreadable ${what}: ${[...new Set(paths)].join(', ')}.`)
}
