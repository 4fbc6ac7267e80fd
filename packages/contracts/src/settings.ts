import { z } from 'zod'
import { modeSchema } from './streams.ts'

/** What a person sets for one connection. Kept as JSON; read through this schema only. */
export const connectionSettingsSchema = z.strictObject({
  mode: modeSchema.default('A'),
  /** CO-02: minutes between runs when nothing rings. */
  intervalMinutes: z.int().min(1).max(1440).default(15),
  /** CO-13: each stream has its own switch. */
  streams: z
    .strictObject({ customers: z.boolean().default(true), contactMethods: z.boolean().default(true) })
    .prefault({}),
  /** Edge store number (the prefix of a customer key, `001`) → the platform's location. Podium: `locations` is required in every upsert. */
  locations: z.record(z.string().regex(/^\d{3}$/), z.string().min(1)).default({}),
  /** The location of customers whose store has no entry above. */
  defaultLocation: z.string().min(1).optional(),
  /** CO-06: the acquisition of customers who come from the platform. */
  defaultAcquisition: z.string().min(1).max(60).default('Podium'),
})
export type ConnectionSettings = z.infer<typeof connectionSettingsSchema>

/** Region for phone numbers without a country code, an ISO 3166 alpha-2 code such as `US`. */
export const regionSchema = z.string().regex(/^[A-Z]{2}$/)
