import type { WantedWebhook } from '@jumpring/connector-kit'
import type { Caller } from '@jumpring/connector-kit/http/caller'
import { succeeded } from '@jumpring/connector-kit/http/exchange'
import { failureOf, isGone } from './answers.ts'
import type { WebhookEndpointWrite } from './api.ts'
import { readAll } from './pages.ts'
import { eventTypes } from './webhook.ts'
import { webhookEndpointSchema } from './wire.ts'

const path = '/v1/webhook-endpoints'
const pathOf = (id: string) => `${path}/${encodeURIComponent(id)}`

/** Leaves exactly one endpoint with our URL, active, with our events. Its secret is never shown, so it is written each time. */
export async function ensureWebhook(caller: Caller, { url, secret }: WantedWebhook): Promise<void> {
  const body: WebhookEndpointWrite = { url, secret, events: eventTypes, active: true }
  const [kept, ...surplus] = await ofUrl(caller, url)
  const call =
    kept === undefined ? ({ method: 'POST', path } as const) : ({ method: 'PATCH', path: pathOf(kept) } as const)
  await caller.read({ ...call, body }, webhookEndpointSchema)
  for (const id of surplus) await remove(caller, id)
}

async function ofUrl(caller: Caller, url: string): Promise<string[]> {
  const ids: string[] = []
  for await (const endpoint of readAll(caller, path, {}, webhookEndpointSchema))
    if (endpoint.url === url) ids.push(endpoint.id)
  return ids
}

async function remove(caller: Caller, id: string): Promise<void> {
  const answer = await caller.answer({ method: 'DELETE', path: pathOf(id) })
  if (!succeeded(answer) && !isGone(answer)) throw failureOf(answer)
}
