import type { ContactPage, Frozen, Session, SessionContext, TextMessage } from '@jumpring/connector-kit'
import { type Caller, openCaller } from '@jumpring/connector-kit/http/caller'
import { parseAnswer, succeeded } from '@jumpring/connector-kit/http/exchange'
import { JumpringError } from '@jumpring/contracts'
import { failureOf, isGone } from './answers.ts'
import type { SmsWrite } from './api.ts'
import { listChanges } from './changes.ts'
import { clientsNamed } from './find-client.ts'
import { toObservation } from './mapping.ts'
import { mergeClients } from './merge.ts'
import { writeObjects } from './objects.ts'
import { readPage } from './pages.ts'
import { writeSheet } from './sheets/write.ts'
import { ensureWebhook } from './subscription.ts'
import { accountSchema, clientSchema, madeSchema, smsSchema } from './wire.ts'

/** An open line to one Clientbook account. Errors: see Session. */
export function openSession(context: SessionContext): Session {
  const caller = openCaller(context, { platform: 'Clientbook', headers: {}, failureOf })
  return {
    write: (frozen) => write(caller, frozen),
    listContacts: (page) => listContacts(caller, context.region, page),
    writeObjects: (frozen) => writeObjects(caller, frozen),
    writeSheet: (frozen) => writeSheet(caller, frozen),
    listChanges: (page) => listChanges(caller, page),
    sendText: (message) => sendText(caller, message),
    ping: async () => {
      await caller.read({ method: 'GET', path: '/v1/account' }, accountSchema)
    },
    ensureWebhook: (webhook) => ensureWebhook(caller, webhook),
    // both are fields that every client has
    ensureExternalIdField: async () => 'pos_id',
    ensureAcquisitionField: async () => 'acquisition_source',
  }
}

/** An update goes to the id, and where that is gone (a merge) to whoever has the number. */
async function write(caller: Caller, frozen: Frozen): Promise<{ identifier: string }> {
  const { op, identifiers, body, route } = frozen
  if (op === 'merge') return mergeClients(caller, frozen)
  if (op === 'create' && route !== undefined) {
    const { id } = await caller.read({ method: 'PUT', path: route, body }, madeSchema)
    return { identifier: id }
  }
  for await (const id of clientsNamed(caller, identifiers)) {
    const answer = await caller.answer({ method: 'PATCH', path: `/v1/clients/${encodeURIComponent(id)}`, body })
    if (succeeded(answer)) return { identifier: parseAnswer('Clientbook', answer, madeSchema).id }
    if (!isGone(answer)) throw failureOf(answer, { body })
  }
  throw new JumpringError('contact_not_found')
}

type Page = Parameters<Session['listContacts']>[0]

async function listContacts(caller: Caller, region: string, { cursor, updatedSince }: Page): Promise<ContactPage> {
  const query = updatedSince === undefined ? {} : { updated_since: updatedSince }
  const { items, ...page } = await readPage(caller, '/v1/clients', query, cursor, clientSchema)
  return { ...page, contacts: items.map((client) => toObservation(client, region)) }
}

/** Sends one text, once: no failure is repeated here, but for a rejected token, with which nothing was done. */
async function sendText(caller: Caller, { to, body, location, reference }: TextMessage): Promise<{ id: string }> {
  const text: SmsWrite = { to, body, ...(location === '' ? {} : { location_id: location }) }
  const headers = { 'idempotency-key': reference }
  const { id } = await caller.read({ method: 'POST', path: '/v1/sms', headers, body: { ...text } }, smsSchema)
  return { id }
}
