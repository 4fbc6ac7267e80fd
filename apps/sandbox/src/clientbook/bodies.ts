import { z } from 'zod'
import { eventTypes, moneySchema, productKinds, valueSchema } from './model.ts'

// The bodies of the assumed API's requests. Its names and limits are api.openapi.json's.

/** What is absent stays as it is. */
export function or<T>(written: T | undefined, before: T): T {
  return written === undefined ? before : written
}

const id = z.string().min(1).max(40)
export const externalId = z.string().min(1).max(120)
const upTo = (length: number) => z.string().max(length).nullable()
const label = z.string().min(1).max(30)
const is_primary = z.boolean().optional()

export const addressParts = ['line1', 'line2', 'city', 'region', 'postal_code', 'country'] as const

export const clientWriteSchema = z.strictObject({
  pos_id: z.string().min(1).max(50).nullable().optional(),
  first_name: upTo(100).optional(),
  last_name: upTo(100).optional(),
  phones: z
    .array(z.strictObject({ label, number: upTo(40), is_primary }))
    .max(20)
    .optional(),
  emails: z
    .array(z.strictObject({ label, address: upTo(254), is_primary }))
    .max(20)
    .optional(),
  addresses: z
    .array(
      z.strictObject({
        label,
        line1: upTo(200).default(null),
        line2: upTo(200).default(null),
        city: upTo(100).default(null),
        region: upTo(100).default(null),
        postal_code: upTo(20).default(null),
        country: upTo(2).default(null),
        is_primary,
      }),
    )
    .max(20)
    .optional(),
  acquisition_source: upTo(100).optional(),
  home_location_id: id.nullable().optional(),
})
export type ClientWrite = z.infer<typeof clientWriteSchema>

export const mergeSchema = z.strictObject({ merged_id: id })

export const preferencesWriteSchema = z.strictObject({
  values: z
    .array(z.strictObject({ preference_id: id, value: valueSchema }))
    .min(1)
    .max(100),
})
export type PreferencesWrite = z.infer<typeof preferencesWriteSchema>

export const bulkSchema = z.strictObject({ items: z.array(z.unknown()).min(1).max(100) })

export const productWriteSchema = z.strictObject({
  external_id: externalId,
  title: z.string().min(1).max(200).optional(),
  description: upTo(5000).optional(),
  sku: upTo(60).optional(),
  kind: z.enum(productKinds).optional(),
  status: z.enum(['active', 'archived']).optional(),
  price: moneySchema.nullable().optional(),
  category: upTo(100).optional(),
  supplier: upTo(100).optional(),
  images: z
    .array(z.strictObject({ url: z.url() }))
    .max(10)
    .optional(),
  attributes: z
    .array(z.strictObject({ name: z.string().min(1).max(60), value: z.string().max(1000) }))
    .max(30)
    .optional(),
  client_pos_id: upTo(50).optional(),
})
export type ProductWrite = z.infer<typeof productWriteSchema>

export const purchaseWriteSchema = z.strictObject({
  external_id: externalId,
  client_pos_id: z.string().min(1).max(50),
  purchased_at: z.iso.datetime({ offset: true }),
  title: upTo(200).default(null),
  amount: moneySchema.nullable().default(null),
  is_return: z.boolean().default(false),
  receipt_number: upTo(40).default(null),
  line_number: z.int().nullable().default(null),
  product_external_id: upTo(120).default(null),
  product_sku: upTo(60).default(null),
  associate_point_of_sale_id: upTo(20).default(null),
  location_id: id.nullable().default(null),
  voided: z.boolean().default(false),
})
export type PurchaseWrite = z.infer<typeof purchaseWriteSchema>

export const collectionNameSchema = z.strictObject({ name: z.string().min(1).max(60) })
export const itemWriteSchema = z.strictObject({
  product_id: id.nullable().optional(),
  note: upTo(5000).optional(),
})
export type ItemWrite = z.infer<typeof itemWriteSchema>

const noteBody = z.string().min(1).max(5000)
export const activityPutSchema = z.strictObject({
  client_id: id,
  body: noteBody,
  occurred_at: z.iso.datetime({ offset: true }).optional(),
  author_point_of_sale_id: upTo(20).optional(),
})
export const activityPatchSchema = z.strictObject({ body: noteBody })

export const smsWriteSchema = z.strictObject({
  to: z.string().regex(/^\+[1-9]\d{6,14}$/),
  body: z.string().min(1).max(1600),
  location_id: id.optional(),
})

export const endpointWriteSchema = z.strictObject({
  url: z.url().max(2000).optional(),
  secret: z.string().min(16).max(256).optional(),
  events: z.array(z.enum(eventTypes)).min(1).optional(),
  active: z.boolean().optional(),
})
