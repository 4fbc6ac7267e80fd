import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Text } from '../platform/texts.ts'
import { envelope } from './envelope.ts'
import { PodiumError } from './errors.ts'
import { messageView } from './message-view.ts'
import { stampNow } from './model.ts'
import { partnerTextSchema, partnerWebhookSchema } from './object-bodies.ts'
import type { Podium } from './podium.ts'

/** Podium docs: the body of `POST /v4/messages`. */
const messageSchema = z.object({
  body: z.string().min(1),
  channel: z.object({ type: z.enum(['email', 'phone']), identifier: z.string().min(1) }),
  locationUid: z.uuid(),
  contactName: z.string().optional(),
  senderName: z.string().optional(),
  setOpenInbox: z.boolean().default(false),
  subject: z.string().optional(),
})
const headersSchema = z.object({ 'idempotency-key': z.string().min(1) })
const optedOutReason = 'The contact has opted out of messages.'

/** Texts: by the public API, which makes a conversation, and by the partner API (assumed), which leaves no trace in the inbox. */
export function addTextRoutes(app: FastifyInstance, podium: Podium): void {
  const { contacts, conversations, texts, webhooks, settings } = podium

  app.post('/v4/messages', { config: { scope: 'write_messages' } }, async (request) => {
    const { body, channel, locationUid, contactName, setOpenInbox } = messageSchema.parse(request.body)
    const { organizationUid } = request
    checkLocation(organizationUid, locationUid)
    const out = hasOptedOut(organizationUid, channel.identifier)
    if (out && settings.current.textToOptedOut === 'refuse')
      throw new PodiumError('invalid_request_values', optedOutReason)
    const text = texts.send({
      account: organizationUid,
      via: 'public',
      to: channel.identifier,
      body,
      locationUid,
      ...(out ? { failsBecause: optedOutReason } : {}),
    })
    converse(text, locationUid, contactName, setOpenInbox)
    return envelope(request, messageView(text, podium))
  })

  app.post('/partner/v1/texts', { config: { scope: 'write_messages' } }, async (request, reply) => {
    const { to, body, locationUid, reference } = partnerTextSchema.parse(request.body)
    const { organizationUid } = request
    if (headersSchema.parse(request.headers)['idempotency-key'] !== reference) {
      throw new PodiumError('invalid_request_values', 'The Idempotency-Key is not the reference.')
    }
    checkLocation(organizationUid, locationUid)
    if (hasOptedOut(organizationUid, to)) throw new PodiumError('recipient_opted_out', optedOutReason)
    const { uid: id } =
      texts.byReference(organizationUid, reference) ??
      texts.send({ account: organizationUid, via: 'partner', to, body, locationUid, reference })
    return reply.code(202).send(envelope(request, { id }))
  })

  app.put('/partner/v1/webhooks', { config: { scope: 'read_messages' } }, async (request) => {
    const { url, secret, eventTypes } = partnerWebhookSchema.parse(request.body)
    const { organizationUid } = request
    const before = webhooks.all().find((one) => one.partner && one.ownerUid === organizationUid && one.url === url)
    const now = stampNow()
    const { uid } = webhooks.put({
      uid: before?.uid ?? randomUUID(),
      ownerUid: organizationUid,
      organizationUid,
      locationUid: null,
      url,
      eventTypes,
      secret,
      partner: true,
      disabled: false,
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
    })
    return envelope(request, { uid, url, eventTypes })
  })

  function checkLocation(organizationUid: string, locationUid: string): void {
    if (podium.accounts.get(organizationUid)?.locations.some(({ uid }) => uid === locationUid)) return
    throw new PodiumError('invalid_request_values', 'locationUid names one that is not yours')
  }

  function hasOptedOut(organizationUid: string, identifier: string): boolean {
    return contacts.consent(organizationUid, identifier).transactionalOptedOutAt !== null
  }

  /** Podium docs: a name given renames the contact. That someone unknown becomes a contact is our assumption. */
  function converse(
    { account: organizationUid, to, body, uid }: Text,
    locationUid: string,
    name: string | undefined,
    open: boolean,
  ): void {
    const found = contacts.find(organizationUid, to)
    const conversationUid = found?.conversationUids[0] ?? randomUUID()
    if (!found) {
      const isEmail = to.includes('@')
      contacts.create({
        organizationUid,
        name: name ?? null,
        phoneNumbers: isEmail ? [] : [to],
        emails: isEmail ? [to] : [],
        address: null,
        locationUids: [locationUid],
        attributes: {},
        tagUids: [],
        conversationUids: [conversationUid],
      })
    } else {
      if (found.conversationUids.length === 0) contacts.change(found, { conversationUids: [conversationUid] })
      if (name !== undefined) contacts.change(contacts.get(found.uid) ?? found, { name })
    }
    const createdAt = stampNow()
    const before = conversations.get(conversationUid)
    conversations.put({
      ...(before ?? {
        uid: conversationUid,
        organizationUid,
        locationUid,
        identifier: to,
        closed: true,
        startedAt: createdAt,
      }),
      ...(open ? { closed: false } : {}),
      messages: [...(before?.messages ?? []), { uid, body, createdAt }],
    })
  }
}
