import { z } from 'zod'
import type { Documents } from '../documents.ts'

const milliseconds = z.number().int().min(0)

const podiumSettingsSchema = z.strictObject({
  /** Contact writes are answered with 202 and applied after a random wait between these two. Both 0: applied at once. */
  applyDelayMs: z.strictObject({ min: milliseconds, max: milliseconds }).default({ min: 150, max: 600 }),
  /** What a PATCH with another phone does to the contact's list; undocumented. */
  phonePatch: z.enum(['add', 'replace']).default('replace'),
  emailPatch: z.enum(['add', 'replace']).default('replace'),
  /** What an upsert does whose phone is one contact's and whose e-mail is another's; undocumented. `phoneWins` leaves the e-mail where it is. */
  upsertOfTwo: z.enum(['phoneWins', 'merge']).default('phoneWins'),
  /** Requests an organization has in a window. 0: no limit, no headers. Podium docs: 300 a minute. */
  rateLimit: z.number().int().min(0).default(300),
  rateWindowSeconds: z.number().positive().default(60),
  /** Podium docs: ten hours. */
  accessTokenSeconds: z.number().positive().default(36_000),
  /** `rotate`: each refresh gives a new refresh token and kills the old. `keep`: the old one stays, none is given. Undocumented. */
  refreshTokens: z.enum(['rotate', 'keep']).default('rotate'),
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
  /** External ids that are refused: by the partner API each by itself, by a data feed with the whole list. */
  refuseObjects: z.array(z.string()).default([]),
  /** Title and description of a product: taken while it is new, as the contract has it, or whenever they are sent. */
  productWords: z.enum(['once', 'always']).default('once'),
  /** A text is sent, and then delivered, each after a random wait between these two. */
  textDelayMs: z.strictObject({ min: milliseconds, max: milliseconds }).default({ min: 200, max: 800 }),
  /** Phones that no text reaches. */
  textsFailTo: z.array(z.string()).default([]),
  /** What the public API does with a text to someone who opted out: `fail` takes it and tells later. Undocumented. */
  textToOptedOut: z.enum(['refuse', 'fail']).default('refuse'),
})

export type PodiumSettings = z.infer<typeof podiumSettingsSchema>
export type PodiumSettingsPatch = Partial<PodiumSettings>

/** The settings in force, kept across restarts. */
export class Settings {
  readonly #documents: Documents
  #current: PodiumSettings

  constructor(documents: Documents, first: PodiumSettingsPatch) {
    this.#documents = documents
    const [kept] = documents.read('podiumSettings', podiumSettingsSchema)
    this.#current = podiumSettingsSchema.parse({ ...kept, ...first })
  }

  get current(): Readonly<PodiumSettings> {
    return this.#current
  }

  /** Throws a ZodError when a setting is unknown or its value not allowed. */
  change(patch: Record<string, unknown>): void {
    this.#current = podiumSettingsSchema.parse({ ...this.#current, ...patch })
    this.#documents.put('podiumSettings', 'all', this.#current)
  }

  reset(): void {
    this.change(podiumSettingsSchema.parse({}))
  }
}
