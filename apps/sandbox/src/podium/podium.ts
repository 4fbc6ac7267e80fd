import type { Documents } from '../documents.ts'
import { Accounts } from './accounts.ts'
import { Contacts } from './contacts.ts'
import { Conversations } from './conversations.ts'
import { Courier } from './courier.ts'
import { Faults } from './faults.ts'
import { Feeds } from './feeds.ts'
import { Labels } from './labels.ts'
import { messageView } from './message-view.ts'
import { attributeSchema, tagSchema } from './model.ts'
import { Objects } from './objects.ts'
import { RateLimit } from './rate-limit.ts'
import { RequestCounts } from './request-counts.ts'
import { type PodiumSettingsPatch, Settings } from './settings.ts'
import { type Text, Texts } from './texts.ts'
import { Tokens } from './tokens.ts'
import { contactView } from './view.ts'
import { Webhooks } from './webhooks.ts'
import { Writes } from './writes.ts'

/** The one application that is registered with this Podium. */
export type Client = { id: string; secret: string }

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
  readonly settings: Settings
  readonly accounts: Accounts
  readonly tokens: Tokens
  readonly contacts: Contacts
  readonly attributes: Labels<ReturnType<typeof attributeSchema.parse>>
  readonly tags: Labels<ReturnType<typeof tagSchema.parse>>
  readonly feeds: Feeds
  readonly objects: Objects
  readonly conversations: Conversations
  readonly texts: Texts
  readonly webhooks: Webhooks
  readonly courier: Courier
  readonly writes: Writes
  readonly faults = new Faults()
  readonly limit: RateLimit
  readonly requests: RequestCounts

  constructor(documents: Documents, client: Client, settings: PodiumSettingsPatch) {
    this.client = client
    this.settings = new Settings(documents, settings)
    this.accounts = new Accounts(documents)
    this.tokens = new Tokens(documents, this.settings)
    this.contacts = new Contacts(documents)
    this.attributes = new Labels(documents, 'attribute', attributeSchema)
    this.tags = new Labels(documents, 'tag', tagSchema)
    this.feeds = new Feeds(documents)
    for (const { uid } of this.accounts.all()) this.feeds.ofAccount(uid)
    this.objects = new Objects(documents, this.settings)
    this.conversations = new Conversations(documents)
    this.texts = new Texts(this.settings, documents)
    this.webhooks = new Webhooks(documents)
    this.courier = new Courier(this.webhooks, this.settings, documents)
    // Before the writes: those that were due while the sandbox was down fire their events too.
    this.contacts.onEvent = ({ type, before, after }) => {
      const contact = after ?? before
      if (!contact) return
      const locations = [...(before?.locationUids ?? []), ...(after?.locationUids ?? [])]
      this.courier.post(contact.organizationUid, locations, type, () => ({
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
    const { organizationUid, locationUid, uid: id, reference, status, failureReason } = text
    const post = (type: string, data: () => unknown) => this.courier.post(organizationUid, [locationUid], type, data)
    if (text.via === 'partner') post('text.status', () => ({ id, reference, status, failureReason }))
    else if (status !== 'delivered') post(`message.${status}`, () => messageView(text, this))
  }
}
