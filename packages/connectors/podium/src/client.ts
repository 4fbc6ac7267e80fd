import type { ContactPage, Frozen, Session, SessionContext } from '@jumpring/connector-kit'
import type { Caller } from '@jumpring/connector-kit/http/caller'
import { succeeded } from '@jumpring/connector-kit/http/exchange'
import { JumpringError } from '@jumpring/contracts'
import type { Observation } from '@jumpring/sync'
import { failureOf, parseAnswer, podiumCode, refusesAttributes } from './answers.ts'
import { ensureAttribute, labels, writeAttribute } from './attributes.ts'
import { openPodium } from './caller.ts'
import { toObservation } from './mapping.ts'
import { dataFeed } from './sinks/data-feed.ts'
import { partnerApi } from './sinks/partner-api.ts'
import { ensureWebhook, listWebhooks } from './subscription.ts'
import { ensureTextWebhook, sendText } from './texts.ts'
import { acceptedSchema, contactListSchema, contactSchema, pageSize } from './wire.ts'

/** An open line to one Podium organization. Errors: see Session. */
export function openSession(context: SessionContext): Session {
  const caller = openPodium(context)
  return {
    write: (frozen) => write(caller, frozen),
    listContacts: (page) => listContacts(caller, context.region, page),
    writeObjects: (frozen) => writeObjects(caller, frozen),
    sendText: (message, via) => sendText(caller, message, via),
    ping: async () => {
      await listWebhooks(caller)
    },
    async ensureWebhook(webhook) {
      await ensureWebhook(caller, webhook)
      if (webhook.texts === 'partner') await ensureTextWebhook(caller, webhook)
    },
    ensureExternalIdField: () => ensureAttribute(caller, labels.externalId),
    ensureAcquisitionField: () => ensureAttribute(caller, labels.acquisition),
  }
}

async function write(caller: Caller, frozen: Frozen): Promise<{ identifier: string }> {
  const { op, identifiers, body, attributes = [] } = frozen
  if (op === 'create') return create(caller, body)
  let written = Object.keys(body).length > 0 ? await patch(caller, identifiers, body) : null
  for (const attribute of attributes) written = await writeAttribute(caller, identifiers, attribute)
  if (written === null) throw new Error('There was nothing to write.')
  return written
}

async function patch(
  caller: Caller,
  identifiers: Frozen['identifiers'],
  body: Frozen['body'],
): Promise<{ identifier: string }> {
  for (const identifier of identifiers) {
    const path = `/v4/contacts/${encodeURIComponent(identifier)}`
    const answer = await caller.answer({ method: 'PATCH', path, body })
    if (succeeded(answer)) return parseAnswer(answer, acceptedSchema).data
    const failure = failureOf(answer, { body })
    if (failure.code !== 'contact_not_found') throw failure
  }
  throw new JumpringError('contact_not_found')
}

/** Staff may have deleted the attribute: the contact is then made without the number, and the next read makes the attribute anew. */
async function create(caller: Caller, body: Frozen['body']): Promise<{ identifier: string }> {
  const call = { method: 'POST', path: '/v4/contacts', body } as const
  const answer = await caller.answer(call)
  if (succeeded(answer)) return parseAnswer(answer, acceptedSchema).data
  const { attributes, ...others } = body
  if (attributes === undefined || !refusesAttributes(answer)) throw failureOf(answer, { body })
  return (await caller.read({ ...call, body: others }, acceptedSchema)).data
}

/** The sink is that of the route, which was frozen with the object: settings may have changed since. */
async function writeObjects(caller: Caller, frozen: readonly Frozen[]): ReturnType<Session['writeObjects']> {
  const route = frozen[0]?.route
  if (route === undefined) return []
  const sink = route.startsWith(dataFeed.root) ? dataFeed : partnerApi
  return sink.send(caller, route, frozen)
}

type Page = Parameters<Session['listContacts']>[0]

async function listContacts(caller: Caller, region: string, page: Page): Promise<ContactPage> {
  const answer = await caller.answer({ method: 'GET', path: `/v4/contacts?${listQuery(page)}` })
  if (page.cursor !== undefined && podiumCode(answer) === 'invalid_cursor') {
    const { cursor: _expired, ...fromTheStart } = page
    return listContacts(caller, region, fromTheStart)
  }
  if (!succeeded(answer)) throw failureOf(answer)

  const { data, metadata } = parseAnswer(answer, contactListSchema)
  const contacts = data.map((contact) => contactSchema.safeParse(contact))
  const readable = contacts.flatMap(({ data }): Observation[] => (data ? [toObservation(data, region)] : []))
  const nextCursor = metadata?.nextCursor
  return {
    contacts: readable,
    unreadable: contacts.length - readable.length,
    ...(nextCursor ? { nextCursor } : {}),
  }
}

function listQuery({ cursor, updatedSince }: Page): URLSearchParams {
  const query = new URLSearchParams({ limit: String(pageSize) })
  if (cursor !== undefined) query.set('cursor', cursor)
  // Podium docs: contacts updated *after* it, in whole seconds; a second earlier, so that none of that second is passed over
  if (updatedSince !== undefined) {
    const justBefore = new Date(Date.parse(updatedSince) - 1000)
    query.set('updated_at', `${justBefore.toISOString().slice(0, 19)}Z`)
  }
  return query
}
