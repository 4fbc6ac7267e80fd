import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { envelope } from './envelope.ts'
import { PodiumError } from './errors.ts'
import { feedEventSchema, itemHeadSchema, itemsSchema, partnerItemSchemas } from './object-bodies.ts'
import { namedOwner } from './objects.ts'
import type { Podium } from './podium.ts'

const uidSchema = z.object({ uid: z.string() })
const scopes = { products: 'write_products', purchases: 'write_contacts', timelineEntries: 'write_contacts' } as const

/** Where objects that are no contacts come in: data feeds (Podium docs) and the partner API (assumed). */
export function addObjectRoutes(app: FastifyInstance, podium: Podium): void {
  const { feeds, objects, contacts, settings } = podium
  const isRefused = (item: unknown) => settings.current.refuseObjects.includes(itemHeadSchema.parse(item).externalId)

  app.post('/v4/dataFeeds/:uid/events', { config: { scope: 'write_data_feed_event' } }, async (request, reply) => {
    const { organizationUid } = request
    const feed = feeds.get(organizationUid, uidSchema.parse(request.params).uid)
    if (!feed) throw new PodiumError('resource_not_found', 'The data feed was not found.')
    const events = Array.isArray(request.body) ? request.body : [request.body]
    if (events.some(isRefused)) throw new PodiumError('invalid_request_values', 'An event is not valid.')
    const fit = events.flatMap((event) => feedEventSchema.safeParse(event).data ?? [])
    feeds.count(feed, events.length, events.length - fit.length)
    for (const { contact, ...event } of fit) {
      const named = { organizationUid, identifiers: contact?.identifiers ?? [] }
      const contactUid = namedOwner(named, contacts)?.uid ?? null
      objects.apply({ ...event, ...named, contactUid, sink: 'dataFeed' })
    }
    return reply.code(202).send(envelope(request, { uid: randomUUID(), dataFeedUid: feed.uid }))
  })

  for (const route of ['products', 'purchases', 'timelineEntries'] as const) {
    app.post(`/partner/v1/${route}`, { config: { scope: scopes[route] } }, async (request) => {
      const { organizationUid } = request
      const results = itemsSchema.parse(request.body).items.map((item) => {
        const { externalId } = itemHeadSchema.parse(item)
        const parsed = partnerItemSchemas[route].safeParse(item)
        if (!parsed.success || isRefused(item)) {
          const message = parsed.error ? z.prettifyError(parsed.error) : 'The item was refused.'
          return { externalId, status: 400, code: 'invalid_request_values', message }
        }
        const identifier = 'contact' in parsed.data ? parsed.data.contact.identifier : undefined
        const named = { organizationUid, identifiers: identifier === undefined ? [] : [identifier] }
        const contactUid = namedOwner(named, contacts)?.uid ?? null
        if (identifier !== undefined && contactUid === null) {
          return { externalId, status: 404, code: 'contact_not_found', message: 'The contact was not found.' }
        }
        const done = objects.apply({ ...parsed.data, ...named, contactUid, sink: 'partnerApi' })
        return { externalId, status: done === 'made' ? 201 : 200 }
      })
      return envelope(request, { results })
    })
  }
}
