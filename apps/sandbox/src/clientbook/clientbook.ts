import { createHmac } from 'node:crypto'
import type { Documents } from '../documents.ts'
import { Courier } from '../platform/courier.ts'
import { Faults } from '../platform/faults.ts'
import type { Client as OauthClient } from '../platform/oauth-routes.ts'
import { RateLimit } from '../platform/rate-limit.ts'
import { RequestCounts } from '../platform/request-counts.ts'
import { Shelf } from '../platform/shelf.ts'
import { Texts } from '../platform/texts.ts'
import { Tokens } from '../platform/tokens.ts'
import { addFirstAccount } from './accounts.ts'
import { withExtraFields } from './extra.ts'
import {
  type Account,
  type Activity,
  type Actor,
  type Associate,
  accountSchema,
  activitySchema,
  associateSchema,
  type Client,
  type Collection,
  clientSchema,
  collectionSchema,
  type Definition,
  definitionSchema,
  type Endpoint,
  type EventType,
  endpointSchema,
  type Item,
  integration,
  itemSchema,
  type Message,
  messageSchema,
  type OptOut,
  optOutSchema,
  type Preferences,
  type Product,
  type Purchase,
  preferencesSchema,
  productSchema,
  purchaseSchema,
  stampNow,
} from './model.ts'
import { refusals } from './problems.ts'
import { type ClientbookSettingsInForce, type ClientbookSettingsPatch, clientbookSettings } from './settings.ts'
import { smsView } from './sms.ts'

/** What a reset can be limited to. */
export const resettable = [
  'clients',
  'products',
  'texts',
  'webhooks',
  'faults',
  'settings',
  'requests',
  'accounts',
] as const

type EventData = { object: unknown; previous?: unknown; merged_id?: string }

const key = ({ id }: { id: string }) => id
const seq = (value: { seq: number }) => value.seq
const ofAccount = { key, groups: { seq, of: ({ account_id }: { account_id: string }) => [account_id] } }
const ofClient = {
  key,
  groups: {
    seq,
    of: ({ account_id, client_id }: { account_id: string; client_id: string }) => [account_id, client_id],
  },
}
const externally = ({ account_id, external_id }: { account_id: string; external_id: string | null }) =>
  external_id === null ? undefined : within(account_id, external_id)

/** How a thing is found that has a name of its own within its account or collection: a POS ID, an external id, a phone. */
export function within(holderId: string, name: string): string {
  return `${holderId}|${name}`
}

/** All of the stand-in for Clientbook, without its routes. */
export class Clientbook {
  readonly client: OauthClient
  readonly settings: ClientbookSettingsInForce
  readonly accounts: Shelf<Account>
  readonly associates: Shelf<Associate>
  readonly definitions: Shelf<Definition>
  readonly clients: Shelf<Client>
  readonly preferences: Shelf<Preferences>
  readonly products: Shelf<Product>
  readonly purchases: Shelf<Purchase>
  readonly collections: Shelf<Collection>
  readonly items: Shelf<Item>
  readonly activities: Shelf<Activity>
  readonly messages: Shelf<Message>
  readonly optOuts: Shelf<OptOut>
  readonly endpoints: Shelf<Endpoint>
  readonly texts: Texts
  readonly tokens: Tokens
  readonly courier: Courier
  readonly faults = new Faults(Object.keys(refusals))
  readonly limit: RateLimit
  readonly requests: RequestCounts
  // Greater than all before a restart.
  #seq = Date.now() * 1000

  constructor(documents: Documents, client: OauthClient, settings: ClientbookSettingsPatch) {
    this.client = client
    this.settings = clientbookSettings(documents, settings)
    this.accounts = new Shelf(documents, 'account', accountSchema, { key })
    this.associates = new Shelf(documents, 'associate', associateSchema, ofAccount)
    this.definitions = new Shelf(documents, 'definition', definitionSchema, ofAccount)
    addFirstAccount(this)
    this.clients = new Shelf(documents, 'client', clientSchema, {
      ...ofAccount,
      also: ({ account_id, pos_id }) => (pos_id === null ? undefined : within(account_id, pos_id)),
    })
    this.preferences = new Shelf(documents, 'preferences', preferencesSchema, ofAccount)
    this.products = new Shelf(documents, 'product', productSchema, { ...ofAccount, also: externally })
    this.purchases = new Shelf(documents, 'purchase', purchaseSchema, { ...ofClient, also: externally })
    this.collections = new Shelf(documents, 'collection', collectionSchema, ofClient)
    this.items = new Shelf(documents, 'item', itemSchema, {
      ...ofClient,
      also: ({ collection_id, external_id }) => (external_id === null ? undefined : within(collection_id, external_id)),
    })
    this.activities = new Shelf(documents, 'activity', activitySchema, {
      ...ofClient,
      also: (activity) => (activity.deleted_at === null ? externally(activity) : undefined),
    })
    this.messages = new Shelf(documents, 'message', messageSchema, ofClient)
    this.optOuts = new Shelf(documents, 'optOut', optOutSchema, {
      key: ({ account_id, number }) => within(account_id, number),
    })
    this.endpoints = new Shelf(documents, 'endpoint', endpointSchema, { key })
    this.tokens = new Tokens(documents, this.settings)
    this.courier = new Courier(
      {
        target: (id) => this.endpoints.get(id),
        headers: signed,
        isTaken: (status) => status >= 200 && status < 300,
        inOrder: false,
        tried: (id, taken) => this.#tried(id, taken),
        gaveUp: (id) => this.#deactivate(id),
      },
      this.settings,
      documents,
    )
    this.texts = new Texts(this.settings, documents)
    this.texts.onStatus = (text) =>
      this.emit('sms.status', text.account, integration, () => ({ object: smsView(text) }))
    this.texts.start()
    this.limit = new RateLimit(this.settings)
    this.requests = new RequestCounts(documents)
  }

  /** What a change puts on what it changes: a later stamp than its last, but others may have the same. */
  stamp(by: Actor, before?: { updated_at: string }): { seq: number; updated_at: string; updated_by: Actor } {
    const earliest = before === undefined ? 0 : Date.parse(before.updated_at) + 1
    const updated_at = new Date(Math.max(Date.now(), earliest)).toISOString()
    return { seq: this.nextSeq(), updated_at, updated_by: by }
  }

  /** The same for what is new. */
  firstStamp(by: Actor): ReturnType<Clientbook['stamp']> & { created_at: string } {
    const stamp = this.stamp(by)
    return { ...stamp, created_at: stamp.updated_at }
  }

  nextSeq(): number {
    this.#seq += 1
    return this.#seq
  }

  /** Tells every endpoint that wants to hear of it. `data` is made only when there is one. */
  emit(type: EventType, account_id: string, actor: Actor, data: () => EventData): void {
    const wanting = this.endpoints
      .all()
      .filter((endpoint) => endpoint.active && endpoint.account_id === account_id && endpoint.events.includes(type))
    const occurred_at = stampNow()
    this.courier.post(
      wanting.map(({ id }) => id),
      type,
      (eventUid) => {
        const event = { id: `evt_${eventUid}`, type, account_id, occurred_at, actor, data: data() }
        return this.settings.current.extraFields ? withExtraFields(event) : event
      },
    )
  }

  /** Back to the first start, whole or in part. The first account keeps its ids; with `accounts` all tokens die. */
  reset(parts: readonly (typeof resettable)[number][] = resettable): void {
    const { clients, preferences, purchases, collections, items, activities, messages, optOuts } = this
    const steps: Record<(typeof resettable)[number], () => void> = {
      clients: () => {
        for (const shelf of [clients, preferences, purchases, collections, items, activities, messages, optOuts]) {
          shelf.reset()
        }
      },
      products: () => this.products.reset(),
      texts: () => this.texts.reset(),
      webhooks: () => {
        this.courier.reset()
        this.endpoints.reset()
      },
      faults: () => this.faults.reset(),
      settings: () => this.settings.reset(),
      requests: () => {
        this.requests.reset()
        this.limit.reset()
      },
      accounts: () => {
        for (const shelf of [this.tokens, this.accounts, this.associates, this.definitions]) shelf.reset()
        addFirstAccount(this)
      },
    }
    for (const part of parts) steps[part]()
  }

  close(): void {
    this.texts.close()
    this.courier.close()
  }

  #tried(id: string, taken: boolean): void {
    const endpoint = this.endpoints.get(id)
    if (!endpoint || taken === (endpoint.failing_since === null)) return
    this.endpoints.put({ ...endpoint, failing_since: taken ? null : stampNow() })
  }

  /** An endpoint that failed for three days becomes inactive. What waits for it is never sent. */
  #deactivate(id: string): void {
    const endpoint = this.endpoints.get(id)
    if (endpoint) this.endpoints.put({ ...endpoint, active: false })
    this.courier.drop(id)
  }
}

/** HMAC-SHA256 with the endpoint's secret over the timestamp in seconds, a full stop and the raw body. */
function signed({ body, at, secret }: { body: string; at: number; secret: string | null }): Record<string, string> {
  const timestamp = Math.floor(at / 1000)
  const signature = createHmac('sha256', secret ?? '')
    .update(`${timestamp}.${body}`)
    .digest('hex')
  return { 'x-clientbook-timestamp': String(timestamp), 'x-clientbook-signature': `sha256=${signature}` }
}
