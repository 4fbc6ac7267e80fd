import { createHmac } from 'node:crypto'
import type { Documents } from '../documents.ts'
import { Courier } from '../platform/courier.ts'
import { Faults } from '../platform/faults.ts'
import type { Client } from '../platform/oauth-routes.ts'
import { RateLimit } from '../platform/rate-limit.ts'
import { RequestCounts } from '../platform/request-counts.ts'
import { Shelf } from '../platform/shelf.ts'
import { type Text, Texts } from '../platform/texts.ts'
import { Tokens } from '../platform/tokens.ts'
import { Accounts } from './accounts.ts'
import { Contacts } from './contacts.ts'
import { type Conversation, conversationSchema } from './conversations.ts'
import { refusals } from './errors.ts'
import { Feeds } from './feeds.ts'
import { Labels } from './labels.ts'
import { messageView } from './message-view.ts'
import { attributeSchema, tagSchema } from './model.ts'
import { Objects } from './objects.ts'
import { type PodiumSettingsInForce, type PodiumSettingsPatch, podiumSettings } from './settings.ts'
import { contactView } from './view.ts'
import { Webhooks, webhookWants } from './webhooks.ts'
import { Writes } from './writes.ts'

/** What a reset can be limited to. */
export const resettable = [
  'contacts',
  'labels',
  'objects',
  'texts',
  'webhooks',
  'faults',
  'settings',
  'requests',
  'accounts',
] as const

/** All of the stand-in for Podium, without its routes. */
export class Podium {
  readonly client: Client
  readonly settings: PodiumSettingsInForce
  readonly accounts: Accounts
  readonly tokens: Tokens
  readonly contacts: Contacts
  readonly attributes: Labels<ReturnType<typeof attributeSchema.parse>>
  readonly tags: Labels<ReturnType<typeof tagSchema.parse>>
  readonly feeds: Feeds
  readonly objects: Objects
  readonly conversations: Shelf<Conversation>
  readonly texts: Texts
  readonly webhooks: Webhooks
  readonly courier: Courier
  readonly writes: Writes
  readonly faults = new Faults(Object.keys(refusals))
  readonly limit: RateLimit
  readonly requests: RequestCounts

  constructor(documents: Documents, client: Client, settings: PodiumSettingsPatch) {
    this.client = client
    this.settings = podiumSettings(documents, settings)
    this.accounts = new Accounts(documents)
    this.tokens = new Tokens(documents, this.settings)
    this.contacts = new Contacts(documents)
    this.attributes = new Labels(documents, 'attribute', attributeSchema)
    this.tags = new Labels(documents, 'tag', tagSchema)
    this.feeds = new Feeds(documents)
    for (const { uid } of this.accounts.all()) this.feeds.ofAccount(uid)
    this.objects = new Objects(documents, this.settings)
    this.conversations = new Shelf(documents, 'conversation', conversationSchema, { key: ({ uid }) => uid })
    this.texts = new Texts(this.settings, documents)
    this.webhooks = new Webhooks(documents)
    this.courier = new Courier(
      {
        target: (uid) => this.webhooks.byUid(uid),
        headers: signed,
        isTaken: (status) => status === 200,
        inOrder: true,
        gaveUp: (uid) => this.#disable(uid),
      },
      this.settings,
      documents,
    )
    // Before the writes: those that were due while the sandbox was down fire their events too.
    this.contacts.onEvent = ({ type, before, after }) => {
      const contact = after ?? before
      if (!contact) return
      const locations = [...(before?.locationUids ?? []), ...(after?.locationUids ?? [])]
      this.#post(contact.organizationUid, locations, type, () => ({
        before: before && contactView(before, this),
        after: after && contactView(after, this),
      }))
    }
    this.texts.onStatus = (text) => this.#tell(text)
    this.texts.start()
    this.writes = new Writes(this.contacts, this.settings, documents)
    this.limit = new RateLimit(this.settings)
    this.requests = new RequestCounts(documents)
  }

  /** Back to the first start, whole or in part. The first account keeps its uids; with `accounts` all tokens die. */
  reset(parts: readonly (typeof resettable)[number][] = resettable): void {
    const steps: Record<(typeof resettable)[number], () => void> = {
      contacts: () => {
        this.writes.reset()
        this.contacts.reset()
      },
      labels: () => {
        this.attributes.reset()
        this.tags.reset()
      },
      objects: () => this.objects.reset(),
      texts: () => {
        this.texts.reset()
        this.conversations.reset()
      },
      webhooks: () => {
        this.courier.reset()
        this.webhooks.reset()
      },
      faults: () => this.faults.reset(),
      settings: () => this.settings.reset(),
      requests: () => {
        this.requests.reset()
        this.limit.reset()
      },
      accounts: () => {
        this.tokens.reset()
        this.accounts.reset()
        this.feeds.reset()
        for (const { uid } of this.accounts.all()) this.feeds.ofAccount(uid)
      },
    }
    for (const part of parts) steps[part]()
  }

  close(): void {
    this.writes.close()
    this.texts.close()
    this.courier.close()
  }

  /** Podium docs: `message.sent` and `message.failed` for the public API's texts. The partner API's `text.status` is assumed. */
  #tell(text: Text): void {
    const { account, locationUid, uid: id, reference, status, failureReason } = text
    const locations = locationUid === null ? [] : [locationUid]
    const post = (type: string, data: () => unknown) => this.#post(account, locations, type, data)
    if (text.via === 'partner') post('text.status', () => ({ id, reference, status, failureReason }))
    else if (status !== 'delivered') post(`message.${status}`, () => messageView(text, this))
  }

  #post(organizationUid: string, locationUids: string[], eventType: string, data: () => unknown): void {
    const wanting = this.webhooks
      .enabled()
      .filter((hook) => webhookWants(hook, organizationUid, locationUids, eventType))
    const uids = wanting.map(({ uid }) => uid)
    this.courier.post(uids, eventType, (eventUid) => ({
      data: data(),
      metadata: { eventType, eventUid, version: '2021.04.01' },
    }))
  }

  /** Podium docs: after the last try of an event its webhook is disabled. What waits for it is never sent. */
  #disable(webhookUid: string): void {
    const webhook = this.webhooks.byUid(webhookUid)
    if (webhook) this.webhooks.put({ ...webhook, disabled: true })
    this.courier.drop(webhookUid)
  }
}

/** Podium docs: `podium-signature` is HMAC-SHA256 over `timestamp.body`, in hex. */
function signed({ body, at, secret }: { body: string; at: number; secret: string | null }): Record<string, string> {
  const signature = secret ? createHmac('sha256', secret).update(`${at}.${body}`).digest('hex') : undefined
  return { 'podium-timestamp': String(at), ...(signature ? { 'podium-signature': signature } : {}) }
}
