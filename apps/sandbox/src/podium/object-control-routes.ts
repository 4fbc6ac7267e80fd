import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { feedStreamSchema } from './feeds.ts'
import { ownerOf, type StoredObject } from './objects.ts'
import type { Podium } from './podium.ts'

const feedSchema = z.strictObject({ organizationUid: z.uuid().optional(), stream: feedStreamSchema })
const rewordSchema = z.strictObject({ title: z.string().min(1), description: z.string().nullable().default(null) })
const paramsSchema = z.object({ externalId: z.string() })
const ofAccountSchema = z.object({ organizationUid: z.uuid().optional() })

/** What all can see of objects, texts and conversations, and what staff and the AI do with them. */
export function addObjectControlRoutes(app: FastifyInstance, podium: Podium): void {
  const { accounts, feeds, objects, texts, conversations } = podium

  app.post('/control/podium/feeds', async (request) => {
    const { organizationUid = accounts.first.uid, stream } = feedSchema.parse(request.body)
    return feeds.add(organizationUid, stream)
  })
  /** A person or the AI words a product anew (PD-10). Default: of the first account. */
  app.post('/control/podium/products/:externalId/words', async (request, reply) => {
    const { externalId } = paramsSchema.parse(request.params)
    const { organizationUid = accounts.first.uid } = ofAccountSchema.parse(request.query)
    const product = objects.find(organizationUid, externalId)
    if (product?.type !== 'product') return reply.code(404).send({ error: 'There is no such product.' })
    return objectView(objects.reword(product, rewordSchema.parse(request.body)), podium)
  })

  app.get('/state/podium/objects', async () => objects.all().map((object) => objectView(object, podium)))
  app.get('/state/podium/feeds', async () => feeds.all())
  app.get('/state/podium/texts', async () => texts.all())
  app.get('/state/podium/conversations', async () => conversations.all())
}

/** An object as all can see it, with the contact on whose page it stands by now. */
export function objectView(object: StoredObject, { contacts }: Podium) {
  const contact = ownerOf(object, contacts)
  return { ...object, contact: contact ? { uid: contact.uid, name: contact.name } : null }
}
