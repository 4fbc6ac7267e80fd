import { z } from 'zod'
import type { Documents } from '../documents.ts'
import { commonSettings, Settings, waitSchema } from '../platform/settings.ts'

const podiumSettingsSchema = z.strictObject({
  ...commonSettings,
  /** Contact writes are answered with 202 and applied after this wait. */
  applyDelayMs: waitSchema.default({ min: 150, max: 600 }),
  /** What a PATCH with another phone does to the contact's list; undocumented. */
  phonePatch: z.enum(['add', 'replace']).default('replace'),
  emailPatch: z.enum(['add', 'replace']).default('replace'),
  /** What an upsert does whose phone is one contact's and whose e-mail is another's; undocumented. `phoneWins` leaves the e-mail where it is. */
  upsertOfTwo: z.enum(['phoneWins', 'merge']).default('phoneWins'),
  /** Podium docs: 300 a minute. */
  rateLimit: commonSettings.rateLimit.default(300),
  rateWindowSeconds: commonSettings.rateWindowSeconds.default(60),
  /** Podium docs: ten hours. */
  accessTokenSeconds: commonSettings.accessTokenSeconds.default(36_000),
  /** External ids that are refused: by the partner API each by itself, by a data feed with the whole list. */
  refuseObjects: z.array(z.string()).default([]),
  /** Title and description of a product: taken while it is new, as the contract has it, or whenever they are sent. */
  productWords: z.enum(['once', 'always']).default('once'),
  /** What the public API does with a text to someone who opted out: `fail` takes it and tells later. Undocumented. */
  textToOptedOut: z.enum(['refuse', 'fail']).default('refuse'),
})

export type PodiumSettings = z.infer<typeof podiumSettingsSchema>
export type PodiumSettingsPatch = Partial<PodiumSettings>
export type PodiumSettingsInForce = Settings<PodiumSettings>

export function podiumSettings(documents: Documents, first: PodiumSettingsPatch): PodiumSettingsInForce {
  return new Settings(documents, 'podiumSettings', podiumSettingsSchema, first)
}
