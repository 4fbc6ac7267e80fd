import type { PlatformEvent } from '@jumpring/connector-kit'
import { JumpringError } from '@jumpring/contracts'
import { sheetKinds } from '@jumpring/sync'
import { z } from 'zod'

const eventId = z.string()
const by = { associate: z.string().exactOptional() }
const fields = z.record(z.string(), z.string().nullable())

/** What is read of a feed (Session.listChanges), as it lies in the inbox. */
const readEventSchema: z.ZodType<PlatformEvent> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('sheet.changed'),
    eventId,
    showing: z.object({
      sheet: z.enum(sheetKinds),
      uid: z.string(),
      contactUid: z.string(),
      externalId: z.string().exactOptional(),
      fields,
      updatedAt: z.string(),
    }),
    ...by,
  }),
  z.object({
    type: z.literal('sheet.removed'),
    eventId,
    sheet: z.enum(sheetKinds),
    uid: z.string(),
    at: z.string(),
    ...by,
  }),
  z.object({ type: z.literal('wishes.gone'), eventId, contactUid: z.string(), at: z.string() }),
  z.object({ type: z.literal('wish.elsewhere'), eventId, uid: z.string(), at: z.string() }),
  z.object({
    type: z.literal('message'),
    eventId,
    uid: z.string(),
    contactUid: z.string(),
    channel: z.enum(['text', 'email']),
    at: z.string(),
    subject: z.string().nullable(),
    body: z.string(),
    attachments: z.array(z.string()),
    ...by,
  }),
  z.object({ type: z.literal('ignored'), eventId }),
])

/** @throws `unreadable_event` */
export function readStoredEvent(body: string): PlatformEvent {
  const { data } = readEventSchema.safeParse(JSON.parse(body))
  if (!data) throw new JumpringError('unreadable_event')
  return data
}
