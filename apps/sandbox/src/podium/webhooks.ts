import { z } from 'zod'
import type { Documents } from '../documents.ts'

const webhookSchema = z.object({
  uid: z.uuid(),
  /** Whose application made it. */
  ownerUid: z.uuid(),
  organizationUid: z.uuid().nullable(),
  locationUid: z.uuid().nullable(),
  url: z.string(),
  eventTypes: z.array(z.string()),
  secret: z.string().nullable(),
  /** Made by the partner API (assumed): the public API does not show it. */
  partner: z.boolean().default(false),
  disabled: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
})
export type Webhook = z.infer<typeof webhookSchema>

/** The webhooks that were asked for. */
export class Webhooks {
  readonly #documents: Documents
  readonly #all = new Map<string, Webhook>()

  constructor(documents: Documents) {
    this.#documents = documents
    for (const webhook of documents.read('webhook', webhookSchema)) this.#all.set(webhook.uid, webhook)
  }

  all(): Webhook[] {
    return [...this.#all.values()]
  }

  enabled(): Webhook[] {
    return this.#all.size === 0 ? [] : this.all().filter((webhook) => !webhook.disabled)
  }

  byUid(uid: string): Webhook | undefined {
    return this.#all.get(uid)
  }

  put(webhook: Webhook): Webhook {
    this.#all.set(webhook.uid, webhook)
    this.#documents.put('webhook', webhook.uid, webhook)
    return webhook
  }

  remove(uid: string): void {
    this.#all.delete(uid)
    this.#documents.remove('webhook', uid)
  }

  reset(): void {
    this.#all.clear()
    this.#documents.clear('webhook')
  }
}

/** Podium docs: schema `webhook`. */
export function webhookView({
  ownerUid: _,
  partner: _partner,
  ...webhook
}: Webhook): Omit<Webhook, 'ownerUid' | 'partner'> {
  return webhook
}

/** A webhook of an organization wants all its events, one of a location those of its contacts. */
export function webhookWants(hook: Webhook, organizationUid: string, locationUids: string[], type: string): boolean {
  if (hook.ownerUid !== organizationUid || !hook.eventTypes.includes(type)) return false
  return hook.organizationUid !== null || (hook.locationUid !== null && locationUids.includes(hook.locationUid))
}
