import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { webhookCreateSchema, webhookPutSchema } from './bodies.ts'
import { envelope } from './envelope.ts'
import { PodiumError } from './errors.ts'
import { stampNow } from './model.ts'
import type { Podium } from './podium.ts'
import { type Webhook, webhookView } from './webhooks.ts'

const uidSchema = z.object({ uid: z.uuid() })

/** Podium docs: webhooks. The scope each needs is that of reading what its events tell. */
export function addWebhookRoutes(app: FastifyInstance, { webhooks, courier, accounts }: Podium): void {
  app.get('/v4/webhooks', async (request) =>
    envelope(
      request,
      webhooks
        .all()
        .filter((one) => one.ownerUid === request.organizationUid && !one.partner)
        .map(webhookView),
    ),
  )
  app.post('/v4/webhooks', async (request) => {
    const { url, eventTypes, secret, locationUid, organizationUid } = webhookCreateSchema.parse(request.body)
    checkScopes(request, eventTypes)
    const own = accounts.get(request.organizationUid)
    // Given both, the organization counts.
    const location = organizationUid === undefined ? locationUid : undefined
    if (organizationUid !== undefined && organizationUid !== own?.uid) throw notFound()
    if (location !== undefined && !own?.locations.some(({ uid }) => uid === location)) throw notFound()
    const now = stampNow()
    const webhook = webhooks.put({
      uid: randomUUID(),
      ownerUid: request.organizationUid,
      organizationUid: organizationUid ?? null,
      locationUid: location ?? null,
      url,
      eventTypes,
      secret: secret ?? null,
      partner: false,
      disabled: false,
      createdAt: now,
      updatedAt: now,
    })
    return envelope(request, webhookView(webhook))
  })
  app.get('/v4/webhooks/:uid', async (request) => envelope(request, webhookView(find(request))))
  app.put('/v4/webhooks/:uid', async (request) => {
    const before = find(request)
    const { url, eventTypes, secret, disabled } = webhookPutSchema.parse(request.body ?? {})
    if (eventTypes) checkScopes(request, eventTypes)
    const after = {
      ...before,
      url: url ?? before.url,
      eventTypes: eventTypes ?? before.eventTypes,
      secret: secret ?? before.secret,
      disabled: disabled ?? before.disabled,
      updatedAt: stampNow(),
    }
    if (after.disabled) courier.drop(after.uid)
    return envelope(request, webhookView(webhooks.put(after)))
  })
  app.delete('/v4/webhooks/:uid', async (request) => {
    const webhook = find(request)
    courier.drop(webhook.uid)
    webhooks.remove(webhook.uid)
    return envelope(request, webhookView(webhook))
  })

  function find(request: FastifyRequest): Webhook {
    const webhook = webhooks.byUid(uidSchema.parse(request.params).uid)
    if (webhook?.ownerUid !== request.organizationUid || webhook.partner) throw notFound()
    return webhook
  }
}

function checkScopes(request: FastifyRequest, eventTypes: readonly string[]): void {
  for (const [prefix, scope] of [
    ['contact.', 'read_contacts'],
    ['message.', 'read_messages'],
  ] as const) {
    if (eventTypes.some((type) => type.startsWith(prefix)) && !request.scopes.split(' ').includes(scope)) {
      throw new PodiumError('unauthorized', `The scope ${scope} is missing.`)
    }
  }
}

function notFound(): PodiumError {
  return new PodiumError('resource_not_found', 'The resource was not found.')
}
