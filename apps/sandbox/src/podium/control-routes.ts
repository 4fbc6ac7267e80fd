import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { addCommonControlRoutes } from '../platform/control-routes.ts'
import { type Podium, resettable } from './podium.ts'
import { allScopes } from './scopes.ts'
import { changeAsStaff, createAsStaff, staffCreateSchema, staffPatchSchema } from './staff.ts'
import { contactView } from './view.ts'
import { webhookView } from './webhooks.ts'

const uidSchema = z.object({ uid: z.uuid() })
const accountSchema = z.strictObject({
  name: z.string().min(1),
  locations: z.array(z.string()).min(1),
  scopes: z.array(z.string()).default(allScopes),
})
const codeSchema = z.strictObject({
  organizationUid: z.uuid().optional(),
  scopes: z.array(z.string()).default(allScopes),
})
const mergeSchema = z.strictObject({ into: z.uuid() })
const revokeSchema = z.strictObject({ organizationUid: z.uuid() })

/** What Podium's API does not have: its operators (accounts, settings, failures) and the people who use its screens. */
export function addControlRoutes(app: FastifyInstance, podium: Podium): void {
  const { contacts } = podium
  const view = (uid: string) => {
    const contact = contacts.get(uid)
    return contact && contactView(contact, podium)
  }

  const { settings, faults, requests } = podium
  const reset = (only?: readonly (typeof resettable)[number][]) => podium.reset(only)
  addCommonControlRoutes(app, 'podium', { settings, faults, requests, resettable, reset })

  app.post('/control/podium/accounts', async (request) => {
    const { name, locations, scopes } = accountSchema.parse(request.body)
    return accountAnswer(podium.accounts.add(name, locations).uid, scopes)
  })
  /** As when a person of the store connects the application (again): a new code. Default: the first account. */
  app.post('/control/podium/codes', async (request) => {
    const { organizationUid = podium.accounts.first.uid, scopes } = codeSchema.parse(request.body ?? {})
    return accountAnswer(organizationUid, scopes)
  })
  app.post('/control/podium/revoke', async (request) => {
    podium.tokens.revoke(revokeSchema.parse(request.body).organizationUid)
    return {}
  })

  app.post('/control/podium/contacts', async (request, reply) => {
    const contact = createAsStaff(podium, staffCreateSchema.parse(request.body))
    return contact
      ? reply.code(201).send(view(contact.uid))
      : reply.code(409).send({ error: 'That phone or e-mail is there.' })
  })
  app.patch('/control/podium/contacts/:uid', async (request, reply) => {
    const contact = contacts.get(uidSchema.parse(request.params).uid)
    if (!contact) return missing(reply)
    changeAsStaff(podium, contact, staffPatchSchema.parse(request.body))
    return view(contact.uid)
  })
  app.delete('/control/podium/contacts/:uid', async (request, reply) => {
    const contact = contacts.get(uidSchema.parse(request.params).uid)
    if (!contact) return missing(reply)
    contacts.remove(contact)
    return {}
  })
  app.post('/control/podium/contacts/:uid/merge', async (request, reply) => {
    const loser = contacts.get(uidSchema.parse(request.params).uid)
    const winner = contacts.get(mergeSchema.parse(request.body).into)
    if (!loser || !winner || loser.organizationUid !== winner.organizationUid) return missing(reply)
    return view(contacts.merge(loser, winner).uid)
  })

  app.get('/state/podium/contacts', async () => contacts.all().map((contact) => contactView(contact, podium)))
  app.get('/state/podium/webhooks', async () => ({
    webhooks: podium.webhooks.all().map(webhookView),
    waiting: podium.courier.waiting,
    deliveries: podium.courier.deliveries(),
  }))
  /** How many writes were answered and are not applied yet. */
  app.get('/state/podium/writes', async () => ({ waiting: podium.writes.waiting }))

  function accountAnswer(organizationUid: string, scopes: string[]) {
    const locations = podium.accounts.get(organizationUid)?.locations ?? []
    return {
      organizationUid,
      locations: locations.map(({ uid, name }) => ({ uid, name })),
      feeds: podium.feeds.ofAccount(organizationUid),
      clientId: podium.client.id,
      clientSecret: podium.client.secret,
      authorizationCode: podium.tokens.code(organizationUid, scopes),
    }
  }
}

function missing(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ error: 'There is no such contact.' })
}
