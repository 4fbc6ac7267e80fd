import { hash } from 'node:crypto'
import { inventoryTypeSchema, moneySchema, regionSchema } from '@jumpring/contracts'
import { IANAZone } from 'luxon'
import { z } from 'zod'

/** EDT has letters, of which `S` is known for stock (sample); the others are our assumption. A store's own come on top. */
const usualInventoryTypes = {
  S: 'stock',
  M: 'memo',
  C: 'consignment',
  T: 'trade',
  P: 'sample',
  A: 'assembled',
} as const

/** What a store's records leave unsaid. In `config.json`, where all but the region may be left out. */
export const storeSettings = {
  /** Country of phone numbers without a country code. */
  region: regionSchema,
  /** ISO 4217 code of all amounts. */
  currency: moneySchema.shape.currency.default('USD'),
  /** IANA name of the zone in which the store's times are; the machine's unless told otherwise. */
  timeZone: z
    .string()
    .refine((name) => IANAZone.isValidZone(name), 'This is no time zone, such as America/New_York.')
    .default(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
  /** What the letters of ItemInventoryType say, beside the usual ones. */
  inventoryTypes: z
    .record(z.string().min(1), inventoryTypeSchema)
    .default({})
    .transform((own) => ({ ...usualInventoryTypes, ...own })),
} as const
export const storeSettingsSchema = z.object(storeSettings)
export type StoreSettings = z.infer<typeof storeSettingsSchema>

/** The number of a mapping: another one for each version of it and for all settings that it goes by. */
export function mappingVersionOf(version: number, ...settings: readonly unknown[]): number {
  if (settings.length === 0) return version
  return Number.parseInt(hash('sha1', JSON.stringify([version, ...settings])).slice(0, 12), 16)
}
