import { randomUUID } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { z } from 'zod'
import type { Documents } from '../documents.ts'
import type { CommonSettings } from './settings.ts'

/** Minutes between the tries; our assumption, from "about 15 tries over 8 hours". */
const waitsMinutes = [0.5, 1, 2, 4, 8, 12, 20, 30, 40, 50, 60, 70, 80, 90]
const keptDeliveries = 2_000

const queuedSchema = z.object({
  seq: z.number().int(),
  webhookUid: z.string(),
  eventUid: z.string(),
  eventType: z.string(),
  body: z.string(),
  tries: z.number().int(),
  notBefore: z.number(),
})
type Queued = z.infer<typeof queuedSchema>

/** Where events go to. */
export type Target = { url: string; secret: string | null }

/** What a platform has of its own in how it delivers events. */
export type DeliveryRules = {
  /** Undefined: it is not there any more. */
  target: (webhookUid: string) => Target | undefined
  /** What goes with an event. `at` is in milliseconds since 1970. */
  headers: (event: { eventUid: string; eventType: string; body: string; at: number; secret: string | null }) => {
    [name: string]: string
  }
  isTaken: (status: number) => boolean
  /** Whether later events wait behind one that was not taken. */
  inOrder: boolean
  /** Told of every try. */
  tried?: (webhookUid: string, taken: boolean) => void
  /** An event had its last try, and is forgotten. */
  gaveUp: (webhookUid: string) => void
}

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

/** Sends events to webhooks, to each one at a time. What is not taken is tried again with growing waits. */
export class Courier {
  readonly #rules: DeliveryRules
  readonly #settings: CommonSettings
  readonly #documents: Documents
  readonly #queues = new Map<string, Queued[]>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #sending = new Set<string>()
  #deliveries: Delivery[] = []
  #seq = 0
  #closed = false

  constructor(rules: DeliveryRules, settings: CommonSettings, documents: Documents) {
    this.#rules = rules
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

  /** Queues an event for these webhooks. Its body is made only when there are any. */
  post(webhookUids: string[], eventType: string, bodyOf: (eventUid: string) => unknown): void {
    if (webhookUids.length === 0) return
    const eventUid = randomUUID()
    const body = JSON.stringify(bodyOf(eventUid))
    for (const webhookUid of webhookUids) {
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
    const next = this.#next(webhookUid)
    if (!next || this.#closed || this.#sending.has(webhookUid)) return
    clearTimeout(this.#timers.get(webhookUid))
    const wait = Math.max(0, next.notBefore - Date.now())
    // Out of order needs a moment for several events to come together.
    const collect = this.#settings.current.webhookOutOfOrder && next.tries === 0 ? 50 : 0
    this.#timers.set(
      webhookUid,
      setTimeout(() => void this.#sendNext(webhookUid), Math.max(wait, collect)),
    )
  }

  /** The oldest event or, where none waits behind another, the one whose time comes first. */
  #next(webhookUid: string): Queued | undefined {
    const queue = this.#queues.get(webhookUid) ?? []
    if (this.#rules.inOrder) return queue[0]
    return queue.reduce<Queued | undefined>(
      (first, one) => (first && first.notBefore <= one.notBefore ? first : one),
      undefined,
    )
  }

  async #sendNext(webhookUid: string): Promise<void> {
    const target = this.#rules.target(webhookUid)
    const queue = this.#queues.get(webhookUid) ?? []
    const newest = queue[Math.min(queue.length, 5) - 1]
    const queued = this.#settings.current.webhookOutOfOrder ? newest : this.#next(webhookUid)
    if (!target || !queued) return
    this.#sending.add(webhookUid)
    const status = await this.#send(target, queued)
    const taken = status !== 'none' && this.#rules.isTaken(status)
    if (taken && this.#settings.current.webhookDouble) await this.#send(target, queued)
    this.#sending.delete(webhookUid)
    if (this.#closed || !queue.includes(queued)) return
    queued.tries++
    this.#rules.tried?.(webhookUid, taken)
    if (taken) this.#forget(queue, queued, 'delivered', status)
    else this.#failed(queue, queued, status)
    this.#wake(webhookUid)
  }

  #failed(queue: Queued[], queued: Queued, status: number | 'none'): void {
    const { webhookTries, webhookRetryFactor } = this.#settings.current
    if (queued.tries >= webhookTries) {
      this.#forget(queue, queued, 'dropped', status)
      this.#rules.gaveUp(queued.webhookUid)
      return
    }
    this.#mark(queued, 'waiting', status)
    const minutes = waitsMinutes[Math.min(queued.tries, waitsMinutes.length) - 1] ?? 0
    queued.notBefore = Date.now() + minutes * 60_000 * webhookRetryFactor
    this.#documents.put('queuedEvent', String(queued.seq), queued)
  }

  #forget(queue: Queued[], queued: Queued, state: 'delivered' | 'dropped', status: number | 'none'): void {
    queue.splice(queue.indexOf(queued), 1)
    this.#documents.remove('queuedEvent', String(queued.seq))
    this.#mark(queued, state, status)
  }

  #send({ url, secret }: Target, { eventUid, eventType, body }: Queued): Promise<number | 'none'> {
    // What is told of has happened, whenever the sandbox is killed.
    this.#documents.flush()
    const { webhookBadSignature, webhookTimeoutMs } = this.#settings.current
    const signedWith = webhookBadSignature ? 'not the secret' : secret
    const headers = this.#rules.headers({ eventUid, eventType, body, at: Date.now(), secret: signedWith })
    return post(url, body, webhookTimeoutMs, headers)
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
