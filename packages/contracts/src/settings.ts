import { z } from 'zod'
import { customFieldSchema } from './records/customer.ts'
import { inventoryTypeSchema } from './records/item.ts'
import { modeSchema } from './streams.ts'

const on = z.boolean().default(true)

/** CO-13: each stream has its own switch. Text messages are a choice of their own (PD-12), so they begin switched off. */
const streamSwitchesSchema = z.strictObject({
  customers: on,
  contactMethods: on,
  sales: on,
  appointments: on,
  serviceJobs: on,
  items: on,
  notifications: z.boolean().default(false),
  customFields: on,
  wishes: on,
  notes: on,
  messages: on,
})

const names = z.array(z.string().min(1).max(200)).max(1000).default([])

/** CO-08: on-hand items that stay away from the platform. Compared without regard to case. */
export const itemFilterSchema = z.strictObject({
  /** EDT CategoryId or CategoryName. */
  categories: names,
  /** EDT ItemVendorId or the supplier's name. */
  suppliers: names,
  inventoryTypes: z.array(inventoryTypeSchema).default([]),
})
export type ItemFilter = z.infer<typeof itemFilterSchema>

/** BY-05: which of the platform's new customers come down. Every condition that is set must hold. */
export const downloadFilterSchema = z.strictObject({
  hasEmail: z.boolean().default(false),
  /** The platform's locations, tags and sources (how a contact came to be); empty: any. */
  locations: names,
  tags: names,
  sources: names,
})
export type DownloadFilter = z.infer<typeof downloadFilterSchema>

/** CB-03: a custom field of The Edge and the preference that shows it; both ways. A value that does not fit the type is set aside. */
export const customFieldMappingSchema = z.strictObject({
  field: customFieldSchema,
  /** As the store calls it (its System Options; nothing that comes up says it): what people read. */
  name: z.string().min(1).max(100).optional(),
  /** The platform's id of the preference. */
  preference: z.string().min(1).max(100),
  type: z.enum(['text', 'number', 'date', 'choice', 'yesNo']),
  /** Of a choice: what may be chosen. */
  choices: z.array(z.string().min(1).max(200)).max(200).default([]),
})
export type CustomFieldMapping = z.infer<typeof customFieldMappingSchema>

/** CB-11: the number of an associate in The Edge. */
export const associateNumberSchema = z.string().regex(/^\d{1,3}$/)

/** Where sales, appointments, jobs and items go on Podium, which has no public endpoint for them (see the connector's docs). */
export const sinkSchema = z.enum(['dataFeed', 'partnerApi'])
export type Sink = z.infer<typeof sinkSchema>

/** What a person sets for one connection. Kept as JSON; read through this schema only. */
export const connectionSettingsSchema = z.strictObject({
  mode: modeSchema.default('A'),
  /** CO-02: minutes between runs when nothing rings. */
  intervalMinutes: z.int().min(1).max(1440).default(15),
  streams: streamSwitchesSchema.prefault({}),
  /**
   * Edge store number (the prefix of a customer key, `001`) → the platform's location; `source id/001` is that number in one source
   * alone, and comes before the number for all. Podium: `locations` is required in every upsert.
   */
  locations: z.record(z.string().regex(/^([0-9a-f-]{36}\/)?\d{3}$/), z.string().min(1)).default({}),
  /** The location of customers whose store has no entry above. */
  defaultLocation: z.string().min(1).optional(),
  /** CO-06: the acquisition of customers who come from the platform. */
  defaultAcquisition: z.string().min(1).max(60).default('Podium'),
  /** CB-01: all customers, or those who were selected. */
  scope: z.enum(['all', 'selected']).default('all'),
  customFields: z
    .array(customFieldMappingSchema)
    .max(8)
    .default([])
    .refine((all) => new Set(all.map(({ field }) => field)).size === all.length, 'A field is mapped twice.')
    .refine(
      (all) => new Set(all.map(({ preference }) => preference)).size === all.length,
      'A preference is mapped twice.',
    ),
  /** CB-11: under whom a change is recorded that nobody with a Point of Sale ID made. */
  defaultAssociate: associateNumberSchema.optional(),
  /** BY-02: the store of customers who come from the platform, by source and number; absent: the store of their location, else the first source's. */
  homeStore: z.strictObject({ sourceId: z.uuid(), store: z.string().regex(/^\d{3}$/) }).optional(),
  itemFilter: itemFilterSchema.prefault({}),
  downloadFilter: downloadFilterSchema.prefault({}),
  sink: sinkSchema.default('dataFeed'),
  /** With the data feed: the platform's id of each stream's feed. */
  feeds: z
    .strictObject({
      sales: z.string().min(1).optional(),
      appointments: z.string().min(1).optional(),
      serviceJobs: z.string().min(1).optional(),
      items: z.string().min(1).optional(),
    })
    .prefault({}),
  texts: z
    .strictObject({
      /** CO-10: `partner` leaves no conversation; `public` is Podium's documented endpoint, which makes one. */
      via: z.enum(['partner', 'public']).default('partner'),
      /** A text message older than this is not sent any more. */
      maxAgeMinutes: z.int().min(1).max(1440).default(30),
    })
    .prefault({}),
  /** BY-04: a run that would change more than this share of the linked records, and at least so many, waits for approval. */
  brake: z
    .strictObject({ percent: z.int().min(1).max(100).default(20), atLeast: z.int().min(1).default(50) })
    .prefault({}),
})
export type ConnectionSettings = z.infer<typeof connectionSettingsSchema>

/** The settings as they hold for the stores of one source: `locations` by store number alone. */
export function settingsIn(sourceId: string, settings: ConnectionSettings): ConnectionSettings {
  const { all = [], own = [] } = Object.groupBy(Object.entries(settings.locations), ([store]) =>
    store.startsWith(`${sourceId}/`) ? 'own' : store.includes('/') ? 'others' : 'all',
  )
  const ownByNumber = own.map(([store, location]) => [store.slice(sourceId.length + 1), location] as const)
  return { ...settings, locations: Object.fromEntries([...all, ...ownByNumber]) }
}

/** Region for phone numbers without a country code, an ISO 3166 alpha-2 code such as `US`. */
export const regionSchema = z.string().regex(/^[A-Z]{2}$/)
