import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Documents } from '../documents.ts'
import type { CommonSettings } from './settings.ts'

const kind = 'sentText'

const textSchema = z.object({
  uid: z.uuid(),
  account: z.string(),
  /** By which of the platform's ways it was sent. */
  via: z.string(),
  to: z.string(),
  body: z.string(),
  locationUid: z.string().nullable(),
  /** What its sender calls it. */
  reference: z.string().nullable(),
  status: z.enum(['accepted', 'sent', 'delivered', 'failed']),
  failureReason: z.string().nullable(),
  /** UTC with milliseconds. */
  createdAt: z.string(),
  updatedAt: z.string(),
  /** When the next thing happens to it, in milliseconds since 1970; null: nothing more will. */
  nextAt: z.number().nullable(),
})
export type Text = z.infer<typeof textSchema>
type NewText = Pick<Text, 'account' | 'via' | 'to' | 'body' | 'locationUid'> & {
  reference?: string
  /** It is taken, and fails a moment later for this reason. */
  failsBecause?: string
}

/** Text messages on their way to a phone: taken, sent a moment later, delivered or failed after another. */
export class Texts {
  /** Told of every change of a text's status. */
  onStatus: (text: Text) => void = () => {}
  readonly #settings: CommonSettings
  readonly #documents: Documents
  readonly #all = new Map<string, Text>()
  readonly #timers = new Map<string, NodeJS.Timeout>()

  constructor(settings: CommonSettings, documents: Documents) {
    this.#settings = settings
    this.#documents = documents
    for (const text of documents.read(kind, textSchema)) this.#all.set(text.uid, text)
  }

  /** Goes on with what was under way when the sandbox went down. */
  start(): void {
    for (const text of this.#all.values()) this.#schedule(text)
  }

  all(): Text[] {
    return [...this.#all.values()]
  }

  byReference(account: string, reference: string): Text | undefined {
    return this.all().findLast((text) => text.account === account && text.reference === reference)
  }

  send({ reference, failsBecause, ...head }: NewText): Text {
    const now = new Date().toISOString()
    const text: Text = {
      ...head,
      uid: randomUUID(),
      reference: reference ?? null,
      status: 'accepted',
      failureReason: failsBecause ?? null,
      createdAt: now,
      updatedAt: now,
      nextAt: this.#later(),
    }
    this.#put(text)
    this.#schedule(text)
    return text
  }

  reset(): void {
    this.close()
    this.#all.clear()
    this.#documents.clear(kind)
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  #schedule({ uid, nextAt }: Text): void {
    if (nextAt === null) return
    this.#timers.set(
      uid,
      setTimeout(() => this.#goOn(uid), Math.max(0, nextAt - Date.now())),
    )
  }

  #goOn(uid: string): void {
    this.#timers.delete(uid)
    const before = this.#all.get(uid)
    if (!before) return
    const unreachable = this.#settings.current.textsFailTo.includes(before.to) ? 'The phone cannot be reached.' : null
    const failureReason = before.failureReason ?? unreachable
    const updatedAt = new Date().toISOString()
    const after: Text =
      failureReason !== null
        ? { ...before, updatedAt, status: 'failed', failureReason, nextAt: null }
        : before.status === 'accepted'
          ? { ...before, updatedAt, status: 'sent', nextAt: this.#later() }
          : { ...before, updatedAt, status: 'delivered', nextAt: null }
    this.#put(after)
    this.#schedule(after)
    this.onStatus(after)
  }

  #later(): number {
    const { min, max } = this.#settings.current.textDelayMs
    return Date.now() + min + Math.random() * Math.max(0, max - min)
  }

  #put(text: Text): void {
    this.#all.set(text.uid, text)
    this.#documents.put(kind, text.uid, text)
  }
}
