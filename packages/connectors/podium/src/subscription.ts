import type { WantedWebhook } from '@jumpring/connector-kit'
import type { Caller } from '@jumpring/connector-kit/http/caller'
import { JumpringError } from '@jumpring/contracts'
import { locationListSchema, type PodiumWebhook, webhookAnswerSchema, webhookListSchema } from './wire.ts'

/** Podium docs: these need the scope `read_contacts`. */
const contactEvents = ['contact.created', 'contact.updated', 'contact.deleted', 'contact.merged']
/** Podium docs: these need the scope `read_messages`. They come for staff's own messages too, so they are asked for only where we need them. */
const messageEvents = ['message.sent', 'message.failed']

const eventTypesOf = ({ texts }: WantedWebhook) =>
  texts === 'public' ? [...contactEvents, ...messageEvents] : contactEvents

/** All webhooks of this authorization. Podium docs: needs no scope, so it also shows whether Podium answers at all. */
export async function listWebhooks(caller: Caller): Promise<readonly PodiumWebhook[]> {
  return (await caller.read({ method: 'GET', path: '/v4/webhooks' }, webhookListSchema)).data
}

/** Leaves exactly one webhook with our URL: enabled, with our events and our secret. */
export async function ensureWebhook(caller: Caller, wanted: WantedWebhook): Promise<void> {
  const [kept, ...surplus] = (await listWebhooks(caller)).filter(({ url }) => url === wanted.url)
  if (kept === undefined) await create(caller, wanted)
  else if (!isAsWanted(kept, wanted)) await repair(caller, kept.uid, wanted)
  for (const { uid } of surplus) await caller.read({ method: 'DELETE', path: pathOf(uid) }, webhookAnswerSchema)
}

const pathOf = (uid: string) => `/v4/webhooks/${encodeURIComponent(uid)}`

function isAsWanted(webhook: PodiumWebhook, wanted: WantedWebhook): boolean {
  const eventTypes = eventTypesOf(wanted)
  const types = new Set(webhook.eventTypes)
  const sameTypes = types.size === eventTypes.length && eventTypes.every((type) => types.has(type))
  return !webhook.disabled && webhook.secret === wanted.secret && sameTypes
}

async function create(caller: Caller, wanted: WantedWebhook): Promise<void> {
  const organizationUid = await findOrganization(caller)
  const { url, secret } = wanted
  const body = { url, secret, eventTypes: eventTypesOf(wanted), organizationUid }
  await caller.read({ method: 'POST', path: '/v4/webhooks', body }, webhookAnswerSchema)
}

async function repair(caller: Caller, uid: string, wanted: WantedWebhook): Promise<void> {
  const body = { secret: wanted.secret, eventTypes: eventTypesOf(wanted), disabled: false }
  await caller.read({ method: 'PUT', path: pathOf(uid), body }, webhookAnswerSchema)
}

/** Our assumption: an authorization covers the locations of one organization. */
async function findOrganization(caller: Caller): Promise<string> {
  const { data } = await caller.read({ method: 'GET', path: '/v4/locations?limit=1' }, locationListSchema)
  const uid = data[0]?.organizationUid
  if (!uid) throw new JumpringError('configuration', 'The Podium account has no location.')
  return uid
}
