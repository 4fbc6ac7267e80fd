import { z } from 'zod'
import type { Documents } from '../documents.ts'
import { commonSettings, milliseconds, Settings } from '../platform/settings.ts'

const clientbookSettingsSchema = z.strictObject({
  ...commonSettings,
  rateLimit: commonSettings.rateLimit.default(300),
  rateWindowSeconds: commonSettings.rateWindowSeconds.default(60),
  accessTokenSeconds: commonSettings.accessTokenSeconds.default(3_600),
  refreshReuseSeconds: commonSettings.refreshReuseSeconds.default(60),
  /** A write shows at once, its event comes later. */
  webhookDelayMs: milliseconds.default(200),
  /** Three days. */
  webhookTries: commonSettings.webhookTries.default(58),
  /** Clientbook merges clients by itself who have the same name and a phone or e-mail in common, letter by letter; never two with POS IDs. */
  autoMerge: z.boolean().default(false),
  /** External ids of products and purchases that are refused, each by itself. */
  refuseObjects: z.array(z.string()).default([]),
  /** Answers and events carry fields that nobody has heard of. */
  extraFields: z.boolean().default(false),
  /** Purchases and messages leave an entry of Clientbook's own in recent activity. */
  ownActivity: z.boolean().default(true),
})

export type ClientbookSettings = z.infer<typeof clientbookSettingsSchema>
export type ClientbookSettingsPatch = Partial<ClientbookSettings>
export type ClientbookSettingsInForce = Settings<ClientbookSettings>

export function clientbookSettings(documents: Documents, first: ClientbookSettingsPatch): ClientbookSettingsInForce {
  return new Settings(documents, 'clientbookSettings', clientbookSettingsSchema, first)
}
