import { z } from 'zod'
import type { Documents } from '../documents.ts'

export const milliseconds = z.number().int().min(0)
/** A random wait between these two; both 0: none. */
export const waitSchema = z.strictObject({ min: milliseconds, max: milliseconds })

/** The settings that every platform has. Where platforms differ, they give the default. */
export const commonSettings = {
  /** Requests an account has in a window. 0: no limit, no headers. */
  rateLimit: z.number().int().min(0),
  rateWindowSeconds: z.number().positive(),
  accessTokenSeconds: z.number().positive(),
  /** `rotate`: each refresh gives a new refresh token and kills the old. `keep`: the old one stays, none is given. */
  refreshTokens: z.enum(['rotate', 'keep']).default('rotate'),
  /** A replaced refresh token gives the same tokens once more for so long; used later, it ends the consent. null: it is simply unknown. */
  refreshReuseSeconds: z.number().min(0).nullable().default(null),
  cursorSeconds: z.number().positive().default(3_600),
  /** Multiplies the waits between tries of a webhook (30 s to 80 min, 8 h in all). */
  webhookRetryFactor: z.number().min(0).default(1),
  webhookTries: z.number().int().min(1).default(15),
  webhookTimeoutMs: milliseconds.default(10_000),
  /** Waits this long before each event's first try. */
  webhookDelayMs: milliseconds.default(0),
  /** So many of the next events are never sent. */
  webhookLoseNext: z.number().int().min(0).default(0),
  /** Sends each delivered event a second time. */
  webhookDouble: z.boolean().default(false),
  /** Collects up to five waiting events and sends the newest first. */
  webhookOutOfOrder: z.boolean().default(false),
  webhookBadSignature: z.boolean().default(false),
  /** A text is sent, and then delivered, each after this wait. */
  textDelayMs: waitSchema.default({ min: 200, max: 800 }),
  /** Phones that no text reaches. */
  textsFailTo: z.array(z.string()).default([]),
}
/** What the parts that platforms share need of their settings. */
export type CommonSettings = {
  readonly current: Readonly<z.infer<z.ZodObject<typeof commonSettings>>>
  change: (patch: Record<string, unknown>) => void
}

/** A platform's settings in force, kept across restarts. */
export class Settings<Values extends Record<string, unknown>> {
  readonly #documents: Documents
  readonly #kind: string
  readonly #schema: z.ZodType<Values>
  #current: Values

  /** `kind` names them among the documents; `first` overrides what was kept. */
  constructor(documents: Documents, kind: string, schema: z.ZodType<Values>, first: Partial<Values>) {
    this.#documents = documents
    this.#kind = kind
    this.#schema = schema
    const [kept] = documents.read(kind, schema)
    this.#current = schema.parse({ ...kept, ...first })
  }

  get current(): Readonly<Values> {
    return this.#current
  }

  /** Throws a ZodError when a setting is unknown or its value not allowed. */
  change(patch: Record<string, unknown>): void {
    this.#current = this.#schema.parse({ ...this.#current, ...patch })
    this.#documents.put(this.#kind, 'all', this.#current)
  }

  reset(): void {
    this.change(this.#schema.parse({}))
  }
}
