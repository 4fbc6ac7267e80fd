import { createHmac, randomUUID } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { z } from 'zod'
import type { Documents } from '../documents.ts'
import type { Settings } from './settings.ts'
import { type Webhook, type Webhooks, webhookWants } from './webhooks.ts'

/** Minutes between the tries; our assumption, from "about 15 tries over 8 hours". */
const waitsMinutes = [0.5, 1, 2, 4, 8, 12, 20, 30, 40, 50, 60, 70, 80, 90]
const keptDeliveries = 2_000

const queuedSchema = z.object({
  seq: z.number().int(),
  webhookUid: z.uuid(),
  eventUid: z.uuid(),
  eventType: z.string(),
  body: z.string(),
  tries: z.number().int(),
  notBefore: z.number(),
})
type Queued = z.infer<typeof queuedSchema>

/** What became of one event at one webhook. */
export type Delivery = {
  webhookUid: string
  eventUid: string
  eventType: string
  state: 'waiting' | 'delivered' | 'lost' | 'dropped'
  tries: number
  /** Of the last try: an HTTP status, or `none` when there was no answer. */
  lastStatus?: number | 'none'
}

/**
 * Sends events to webhooks, for each webhook in order and one at a time. What is not answered with 200 is tried again
 * with growing waits, the later events waiting behind it; after the last try the webhook is disabled. Podium docs.
 */
export class Courier {
  readonly #webhooks: Webhooks
  readonly #settings: Settings
  readonly #documents: Documents
  readonly #queues = new Map<string, Queued[]>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #sending = new Set<string>()
  #deliveries: Delivery[] = []
  #seq = 0
  #closed = false

  constructor(webhooks: Webhooks, settings: Settings, documents: Documents) {
    this.#webhooks = webhooks
    this.#settings = settings
    this.#documents = documents
    for (const queued of documents.read('queuedEvent', queuedSchema).sort((a, b) => a.seq - b.seq)) {
      this.#seq = Math.max(this.#seq, queued.seq)
      this.#enqueue(queued)
    }
    for (const webhookUid of this.#queues.keys()) this.#wake(webhookUid)
  }

  deliveries(): Delivery[] {
    return this.#deliveries
  }

  get waiting(): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.length, 0)
  }

  /** Queues an event for every webhook that wants it. `data` is made only when there is one. */
  post(organizationUid: string, locationUids: string[], eventType: string, data: () => unknown): void {
    const wanting = this.#webhooks
      .enabled()
      .filter((hook) => webhookWants(hook, organizationUid, locationUids, eventType))
    if (wanting.length === 0) return
    const eventUid = randomUUID()
    const body = JSON.stringify({ data: data(), metadata: { eventType, eventUid, version: '2021.04.01' } })
    for (const { uid: webhookUid } of wanting) {
      const { webhookLoseNext, webhookDelayMs } = this.#settings.current
      if (webhookLoseNext > 0) {
        this.#settings.change({ webhookLoseNext: webhookLoseNext - 1 })
        this.#keep({ webhookUid, eventUid, eventType, state: 'lost', tries: 0 })
        continue
      }
      const notBefore = Date.now() + webhookDelayMs
      const queued: Queued = { seq: ++this.#seq, webhookUid, eventUid, eventType, body, tries: 0, notBefore }
      this.#documents.put('queuedEvent', String(queued.seq), queued)
      this.#enqueue(queued)
      this.#wake(webhookUid)
    }
  }

  /** Forgets what waits for a webhook that was disabled or deleted. */
  drop(webhookUid: string): void {
    for (const queued of this.#queues.get(webhookUid) ?? []) {
      this.#documents.remove('queuedEvent', String(queued.seq))
      this.#mark(queued, 'dropped')
    }
    this.#queues.delete(webhookUid)
    clearTimeout(this.#timers.get(webhookUid))
    this.#timers.delete(webhookUid)
  }

  reset(): void {
    for (const webhookUid of [...this.#queues.keys()]) this.drop(webhookUid)
    this.#deliveries = []
    this.#documents.clear('queuedEvent')
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
  }

  #enqueue(queued: Queued): void {
    const { webhookUid, eventUid, eventType, tries } = queued
    const queue = this.#queues.get(webhookUid) ?? []
    queue.push(queued)
    this.#queues.set(webhookUid, queue)
    this.#keep({ webhookUid, eventUid, eventType, state: 'waiting', tries })
  }

  #wake(webhookUid: string): void {
    const [head] = this.#queues.get(webhookUid) ?? []
    if (!head || this.#closed || this.#sending.has(webhookUid)) return
    clearTimeout(this.#timers.get(webhookUid))
    const wait = Math.max(0, head.notBefore - Date.now())
    // Out of order needs a moment for several events to come together.
    const collect = this.#settings.current.webhookOutOfOrder && head.tries === 0 ? 50 : 0
    this.#timers.set(
      webhookUid,
      setTimeout(() => void this.#sendNext(webhookUid), Math.max(wait, collect)),
    )
  }

  async #sendNext(webhookUid: string): Promise<void> {
    const webhook = this.#webhooks.byUid(webhookUid)
    const queue = this.#queues.get(webhookUid) ?? []
    const newest = this.#settings.current.webhookOutOfOrder ? Math.min(queue.length, 5) - 1 : 0
    const queued = queue[newest]
    if (!webhook || !queued) return
    this.#sending.add(webhookUid)
    const status = await this.#send(webhook, queued)
    if (status === 200 && this.#settings.current.webhookDouble) await this.#send(webhook, queued)
    this.#sending.delete(webhookUid)
    if (this.#closed || !queue.includes(queued)) return
    queued.tries++
    if (status === 200) {
      queue.splice(queue.indexOf(queued), 1)
      this.#documents.remove('queuedEvent', String(queued.seq))
      this.#mark(queued, 'delivered', status)
    } else this.#failed(webhook, queued, status)
    this.#wake(webhookUid)
  }

  #failed(webhook: Webhook, queued: Queued, status: number | 'none'): void {
    const { webhookTries, webhookRetryFactor } = this.#settings.current
    this.#mark(queued, 'waiting', status)
    if (queued.tries >= webhookTries) {
      this.#webhooks.put({ ...webhook, disabled: true })
      this.drop(webhook.uid)
      return
    }
    const minutes = waitsMinutes[Math.min(queued.tries, waitsMinutes.length) - 1] ?? 0
    queued.notBefore = Date.now() + minutes * 60_000 * webhookRetryFactor
    this.#documents.put('queuedEvent', String(queued.seq), queued)
  }

  /** Podium docs: `podium-signature` is HMAC-SHA256 over `timestamp.body`, in hex. */
  #send(webhook: Webhook, { body }: Queued): Promise<number | 'none'> {
    const timestamp = String(Date.now())
    const { webhookBadSignature, webhookTimeoutMs } = this.#settings.current
    const secret = webhookBadSignature ? 'not the secret' : webhook.secret
    const signature = secret ? createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex') : undefined
    return post(webhook.url, body, webhookTimeoutMs, {
      'podium-timestamp': timestamp,
      ...(signature ? { 'podium-signature': signature } : {}),
    })
  }

  #keep(delivery: Delivery): void {
    this.#deliveries.push(delivery)
    if (this.#deliveries.length > keptDeliveries * 2) this.#deliveries = this.#deliveries.slice(-keptDeliveries)
  }

  #mark({ webhookUid, eventUid, tries }: Queued, state: Delivery['state'], lastStatus?: number | 'none'): void {
    const delivery = this.#deliveries.findLast((one) => one.eventUid === eventUid && one.webhookUid === webhookUid)
    if (delivery) Object.assign(delivery, { state, tries }, lastStatus === undefined ? {} : { lastStatus })
  }
}

function post(url: string, body: string, timeout: number, headers: Record<string, string>): Promise<number | 'none'> {
  return new Promise((resolve) => {
    const request = (url.startsWith('https:') ? https : http).request(
      url,
      { method: 'POST', timeout, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 'none'))
        response.on('error', () => resolve('none'))
      },
    )
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve('none'))
    request.end(body)
  })
}
