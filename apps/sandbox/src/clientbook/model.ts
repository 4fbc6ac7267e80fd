import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'

// What Clientbook keeps, in the words of the assumed API (api.openapi.json of its connector). An object leaves without its `account_id`
// and `seq`; what depends on others (a client's POS ID on their note, a number's opt-out) is added by views.ts.

const id = z.string()
const stamp = z.string()
const text = z.string().nullable()

export const actorSchema = z.object({
  type: z.enum(['associate', 'integration', 'system', 'client']),
  associate_id: id.nullable(),
  point_of_sale_id: text,
})
/** Who did it. */
export type Actor = z.infer<typeof actorSchema>
export const integration: Actor = { type: 'integration', associate_id: null, point_of_sale_id: null }
export const system: Actor = { type: 'system', associate_id: null, point_of_sale_id: null }

/** `seq`: the order of changes, over all objects. */
const owned = { id, account_id: id, seq: z.number() }
const changed = { ...owned, created_at: stamp, updated_at: stamp, updated_by: actorSchema }

export const accountSchema = z.object({
  id,
  name: z.string(),
  time_zone: z.string(),
  currency: z.string(),
  sms_enabled: z.boolean(),
  suspended: z.boolean(),
  locations: z.array(z.object({ id, name: z.string(), updated_at: stamp })),
})
/** A store that uses Clientbook. */
export type Account = z.infer<typeof accountSchema>

export const associateSchema = z.object({
  ...owned,
  first_name: z.string(),
  last_name: z.string(),
  email: text,
  point_of_sale_id: text,
  active: z.boolean(),
  updated_at: stamp,
})
export type Associate = z.infer<typeof associateSchema>

export const preferenceTypes = ['text', 'number', 'date', 'choice', 'boolean'] as const
export const definitionSchema = z.object({
  ...owned,
  name: z.string(),
  type: z.enum(preferenceTypes),
  choices: z.array(z.string()),
  max_length: z.number().nullable(),
  archived: z.boolean(),
  updated_at: stamp,
})
export type Definition = z.infer<typeof definitionSchema>

const entry = { id, label: z.string(), is_primary: z.boolean() }
export const phoneSchema = z.object({ ...entry, number: z.string() })
export const emailSchema = z.object({ ...entry, address: z.string() })
export const addressSchema = z.object({
  ...entry,
  line1: text,
  line2: text,
  city: text,
  region: text,
  postal_code: text,
  country: text,
})

export const clientSchema = z.object({
  ...changed,
  pos_id: text,
  first_name: text,
  last_name: text,
  phones: z.array(phoneSchema),
  emails: z.array(emailSchema),
  addresses: z.array(addressSchema),
  acquisition_source: text,
  assigned_associate_id: id.nullable(),
  home_location_id: id.nullable(),
  tags: z.array(z.string()),
  deleted_at: stamp.nullable(),
  merged_into_id: id.nullable(),
})
export type Client = z.infer<typeof clientSchema>

/** Who is known by nothing: a new client at first, a deleted or merged one at last. */
export function emptyClient() {
  return {
    pos_id: null,
    first_name: null,
    last_name: null,
    phones: [],
    emails: [],
    addresses: [],
    acquisition_source: null,
    assigned_associate_id: null,
    home_location_id: null,
    tags: [],
  }
}

export const valueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()])
/** The preferences of one client, whose id is theirs. */
export const preferencesSchema = z.object({
  ...owned,
  values: z.array(z.object({ preference_id: id, value: valueSchema, updated_at: stamp, updated_by: actorSchema })),
  updated_at: stamp,
})
export type Preferences = z.infer<typeof preferencesSchema>

export const moneySchema = z.strictObject({
  amount: z.string().regex(/^-?\d{1,10}(\.\d{1,3})?$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
})
export const productKinds = ['stock', 'job', 'wish'] as const
export const productSchema = z.object({
  ...owned,
  external_id: text,
  title: z.string(),
  description: text,
  sku: text,
  kind: z.enum(productKinds),
  status: z.enum(['active', 'archived']),
  price: moneySchema.nullable(),
  category: text,
  supplier: text,
  images: z.array(z.object({ url: z.string() })),
  attributes: z.array(z.object({ name: z.string(), value: z.string() })),
  client_pos_id: text,
  /** How many writes changed it. */
  revision: z.int(),
  created_at: stamp,
  updated_at: stamp,
})
export type Product = z.infer<typeof productSchema>

export const purchaseSchema = z.object({
  ...owned,
  external_id: z.string(),
  client_id: id,
  purchased_at: stamp,
  title: text,
  amount: moneySchema.nullable(),
  is_return: z.boolean(),
  receipt_number: text,
  line_number: z.number().nullable(),
  product_external_id: text,
  product_sku: text,
  associate_point_of_sale_id: text,
  location_id: id.nullable(),
  voided: z.boolean(),
  /** How many writes changed it. */
  revision: z.int(),
})
export type Purchase = z.infer<typeof purchaseSchema>

export const collectionSchema = z.object({ ...changed, client_id: id, name: z.string(), deleted_at: stamp.nullable() })
export type Collection = z.infer<typeof collectionSchema>

export const itemSchema = z.object({
  ...changed,
  external_id: text,
  client_id: id,
  collection_id: id,
  product_id: id.nullable(),
  note: text,
  removed_at: stamp.nullable(),
  removed_reason: z.enum(['removed', 'collection_deleted']).nullable(),
})
/** What stands in a collection. */
export type Item = z.infer<typeof itemSchema>

export const activitySchema = z.object({
  ...changed,
  external_id: text,
  client_id: id,
  type: z.string(),
  body: text,
  occurred_at: stamp,
  created_by: actorSchema,
  deleted_at: stamp.nullable(),
})
export type Activity = z.infer<typeof activitySchema>

export const attachmentSchema = z.object({ url: z.url(), name: text, content_type: text })
export const messageSchema = z.object({
  ...owned,
  client_id: id,
  channel: z.enum(['sms', 'email']),
  direction: z.enum(['outbound', 'inbound']),
  subject: text,
  body: text,
  attachments: z.array(attachmentSchema),
  sent_at: stamp,
  sent_by: actorSchema,
  updated_at: stamp,
})
export type Message = z.infer<typeof messageSchema>

/** A number that wants no texts; it belongs to the number, whoever has it. */
export const optOutSchema = z.object({ account_id: id, number: z.string(), since: stamp })
export type OptOut = z.infer<typeof optOutSchema>

export const eventTypes = [
  'client.created',
  'client.updated',
  'client.deleted',
  'client.merged',
  'preferences.updated',
  'collection.created',
  'collection.updated',
  'collection.deleted',
  'collection_item.added',
  'collection_item.updated',
  'collection_item.removed',
  'activity.created',
  'activity.updated',
  'activity.deleted',
  'message.sent',
  'message.received',
  'sms.status',
  'product.updated',
] as const
export type EventType = (typeof eventTypes)[number]

export const endpointSchema = z.object({
  id,
  account_id: id,
  url: z.string(),
  secret: z.string(),
  events: z.array(z.enum(eventTypes)),
  active: z.boolean(),
  created_at: stamp,
  failing_since: stamp.nullable(),
})
/** Where events go. */
export type Endpoint = z.infer<typeof endpointSchema>

export function stampNow(): string {
  return new Date().toISOString()
}

/** `cl_5f0c…`; the same for the same words, so that the first account's ids survive a reset. */
export function newId(prefix: string, words?: string): string {
  const bytes = words === undefined ? randomBytes(10) : createHash('sha256').update(words).digest().subarray(0, 10)
  return `${prefix}_${bytes.toString('hex')}`
}
