import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { contactCreateSchema, contactPatchSchema, optInSchema, optOutSchema, valueSchema } from './bodies.ts'
import { envelope, limitSchema, readCursor, writeCursor } from './envelope.ts'
import { PodiumError } from './errors.ts'
import { type Contact, wholeSeconds } from './model.ts'
import type { Podium } from './podium.ts'
import { contactView } from './view.ts'

const read = { config: { scope: 'read_contacts' } }
const write = { config: { scope: 'write_contacts' } }
const identifierSchema = z.object({ identifier: z.string() })
const identifierAndUidSchema = z.object({ identifier: z.string(), uid: z.uuid() })
const listSchema = z.object({
  cursor: z.string().optional(),
  limit: limitSchema,
  updated_at: z.iso.datetime({ offset: true }).optional(),
})

/** Podium docs: contacts. Writes are judged at once against what has been applied, and applied later. */
export function addContactRoutes(app: FastifyInstance, podium: Podium): void {
  const { contacts, writes } = podium

  app.get('/v4/contacts', read, async (request) => {
    const query = listSchema.parse(request.query)
    // A cursor makes all other parameters ignored: it carries those of the first page.
    const { after, limit, filter } =
      query.cursor === undefined
        ? { after: 0, limit: query.limit, filter: query.updated_at && wholeSeconds(query.updated_at) }
        : readCursor(query.cursor, podium.settings.current.cursorSeconds)
    const page = contacts.page(request.organizationUid, after, limit + 1, filter)
    const shown = page.slice(0, limit)
    const last = shown.at(-1)
    const more = page.length > limit && last
    const next = more ? { nextCursor: writeCursor({ after: last.seq, limit, ...(filter ? { filter } : {}) }) } : {}
    return envelope(
      request,
      shown.map((contact) => contactView(contact, podium)),
      next,
    )
  })

  app.post('/v4/contacts', write, async (request, reply) => {
    const body = contactCreateSchema.parse(request.body)
    const { organizationUid } = request
    const identifier = body.phoneNumber ?? body.email
    // Our assumption: a contact that can be reached by nothing cannot be made.
    if (identifier === undefined) throw new PodiumError('invalid_request_values', 'phoneNumber or email is needed')
    checkLocations(organizationUid, body.locations)
    for (const { uid } of body.attributes ?? []) checkAttribute(organizationUid, uid)
    for (const uid of body.tags ?? []) checkTag(organizationUid, uid)
    writes.accept({ kind: 'upsert', organizationUid, body }, keys(organizationUid, body.phoneNumber, body.email))
    return reply.code(202).send(envelope(request, { identifier }))
  })

  app.post('/v4/contacts/campaigns/opt_in', write, async (request) => {
    const { channel, locationUid } = optInSchema.parse(request.body)
    checkLocations(request.organizationUid, [locationUid])
    const contact = find(request, channel.identifier)
    const consent = contacts.consent(contact.organizationUid, channel.identifier)
    const locations = new Set([...consent.marketingOptedInLocationUids, locationUid])
    contacts.setConsent({ ...consent, marketingOptedInLocationUids: [...locations] })
    return envelope(request, contactView(contacts.get(contact.uid) ?? contact, podium))
  })

  app.post('/v4/contacts/campaigns/opt_out', write, async (request) => {
    const { channel } = optOutSchema.parse(request.body)
    const contact = find(request, channel.identifier)
    const consent = contacts.consent(contact.organizationUid, channel.identifier)
    contacts.setConsent({ ...consent, marketingOptedInLocationUids: [] })
    return envelope(request, contactView(contacts.get(contact.uid) ?? contact, podium))
  })

  app.get('/v4/contacts/:identifier', read, async (request) =>
    envelope(request, contactView(find(request, identifierSchema.parse(request.params).identifier), podium)),
  )

  app.patch('/v4/contacts/:identifier', write, async (request, reply) => {
    const { identifier } = identifierSchema.parse(request.params)
    const body = contactPatchSchema.parse(request.body)
    const contact = find(request, identifier)
    const { organizationUid } = contact
    if (body.locations) checkLocations(organizationUid, body.locations)
    for (const value of [body.phoneNumber, body.email, body.conversationUid]) {
      const holder = value === undefined ? undefined : contacts.find(organizationUid, value)
      // Our assumption: two contacts cannot hold the same phone or e-mail.
      if (holder && holder.uid !== contact.uid) {
        throw new PodiumError('invalid_request_values', 'Another contact has this phone number or email.')
      }
    }
    const touched = keys(organizationUid, body.phoneNumber, body.email)
    writes.accept({ kind: 'patch', contactUid: contact.uid, body }, [contact.uid, ...touched, ...ownKeys(contact)])
    return reply.code(202).send(envelope(request, { identifier }))
  })

  app.delete('/v4/contacts/:identifier', write, async (request, reply) => {
    const { identifier } = identifierSchema.parse(request.params)
    const contact = find(request, identifier)
    writes.accept({ kind: 'delete', contactUid: contact.uid }, [contact.uid, ...ownKeys(contact)])
    return reply.code(202).send(envelope(request, { identifier }))
  })

  for (const method of ['POST', 'PATCH', 'DELETE'] as const) {
    app.route({
      method,
      url: '/v4/contacts/:identifier/attributes/:uid',
      ...write,
      handler: async (request, reply) => {
        const { identifier, uid } = identifierAndUidSchema.parse(request.params)
        const value = method === 'DELETE' ? null : valueSchema.parse(request.body).value
        const contact = find(request, identifier)
        checkAttribute(contact.organizationUid, uid)
        if (method !== 'POST' && contact.attributes[uid] === undefined) throw notFound('attribute')
        const write = { kind: 'attribute', contactUid: contact.uid, attributeUid: uid, value } as const
        writes.accept(write, [contact.uid, ...ownKeys(contact)])
        return reply.code(202).send(envelope(request, { identifier }))
      },
    })
  }

  for (const method of ['POST', 'DELETE'] as const) {
    app.route({
      method,
      url: '/v4/contacts/:identifier/tags/:uid',
      ...write,
      handler: async (request, reply) => {
        const { identifier, uid } = identifierAndUidSchema.parse(request.params)
        const contact = find(request, identifier)
        checkTag(contact.organizationUid, uid)
        const write = { kind: 'tag', contactUid: contact.uid, tagUid: uid, present: method === 'POST' } as const
        writes.accept(write, [contact.uid, ...ownKeys(contact)])
        return reply.code(202).send(envelope(request, { identifier }))
      },
    })
  }

  function find(request: FastifyRequest, identifier: string): Contact {
    const contact = contacts.find(request.organizationUid, identifier)
    if (!contact) throw notFound('contact')
    return contact
  }

  function checkLocations(organizationUid: string, uids: string[]): void {
    const known = podium.accounts.get(organizationUid)?.locations ?? []
    if (uids.length === 0) throw new PodiumError('invalid_request_values', 'locations must not be empty')
    if (!uids.every((uid) => known.some((location) => location.uid === uid))) {
      throw new PodiumError('invalid_request_values', 'locations names one that is not yours')
    }
  }

  function checkAttribute(organizationUid: string, uid: string): void {
    if (!podium.attributes.get(organizationUid, uid)) throw notFound('attribute')
  }

  function checkTag(organizationUid: string, uid: string): void {
    if (!podium.tags.get(organizationUid, uid)) throw notFound('tag')
  }

  /** What a write is held in order by: each phone and e-mail it names, and the contacts that have them now. */
  function keys(organizationUid: string, ...identifiers: (string | undefined)[]): string[] {
    return identifiers.flatMap((identifier) => {
      if (identifier === undefined) return []
      const holder = contacts.find(organizationUid, identifier)
      return [`${organizationUid}|${identifier.toLowerCase()}`, ...(holder ? [holder.uid] : [])]
    })
  }

  function ownKeys(contact: Contact): string[] {
    return [...contact.phoneNumbers, ...contact.emails].map((one) => `${contact.organizationUid}|${one.toLowerCase()}`)
  }
}

function notFound(what: string): PodiumError {
  return new PodiumError('resource_not_found', `The ${what} was not found.`)
}
