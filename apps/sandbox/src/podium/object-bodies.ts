import { z } from 'zod'

// The partner API's items, as its contract has them (partner-api.openapi.json in the connector's folder): not Podium's, but assumed.

const stamp = z.iso.datetime()
const text = z.string().nullable()
const texts = z.array(z.string())
const money = z.strictObject({ minor: z.int(), currency: z.string().regex(/^[A-Z]{3}$/) })
const associate = z.strictObject({ number: z.string(), name: z.string().optional() }).nullable()

const productFields = z.strictObject({
  itemNumber: z.string(),
  title: z.string().optional(),
  description: text.optional(),
  edgeDescription: text,
  price: money.nullable(),
  category: text,
  style: text,
  metal: text,
  size: text,
  stones: texts,
  details: texts,
  images: texts,
  inventoryType: z.string(),
  supplier: text,
  archived: z.enum(['sold', 'off', 'filtered']).nullable(),
  soldAt: stamp.nullable(),
})

const purchaseFields = z.strictObject({
  sale: z.string(),
  line: z.int().min(1),
  purchasedAt: stamp.nullable(),
  amount: money,
  isReturn: z.boolean(),
  description: text,
  itemNumber: text,
  associate,
})

const appointmentFields = z.strictObject({
  status: z.enum(['scheduled', 'completed', 'canceled', 'no_show']),
  startsAt: stamp,
  minutes: z.int().nullable(),
  subject: text,
  note: text,
  createdAt: stamp.nullable(),
  updatedAt: stamp.nullable(),
  associate,
})

const serviceJobFields = z.strictObject({
  number: z.string(),
  jobType: z.enum(['repair', 'custom', 'special_order', 'appraisal']).nullable(),
  status: z.enum(['not_ready', 'done', 'picked_up']),
  summary: text,
  description: text,
  enteredAt: stamp.nullable(),
  promisedAt: stamp.nullable(),
  doneAt: stamp.nullable(),
  pickedUpAt: stamp.nullable(),
  price: money.nullable(),
  itemNumber: text,
  associate,
})

const head = {
  eventId: z.string().min(1).max(200),
  event: z.enum(['created', 'updated', 'archived']),
  externalId: z.string().min(1).max(120),
  occurredAt: stamp,
}
const contact = z.strictObject({ identifier: z.string().min(1) })

const product = z.strictObject({ ...head, type: z.literal('product'), fields: productFields })
const purchase = z.strictObject({ ...head, type: z.literal('purchase'), contact, fields: purchaseFields })
const appointment = z.strictObject({ ...head, type: z.literal('appointment'), contact, fields: appointmentFields })
const serviceJob = z.strictObject({ ...head, type: z.literal('serviceJob'), contact, fields: serviceJobFields })

/** By the last word of the route. */
export const partnerItemSchemas = {
  products: product,
  purchases: purchase,
  timelineEntries: z.discriminatedUnion('type', [appointment, serviceJob]),
} as const

/** As far as an item can be told apart from others, valid or not. */
export const itemHeadSchema = z.object({ externalId: z.string() }).catch({ externalId: '' })

export const itemsSchema = z.strictObject({ items: z.array(z.unknown()).min(1).max(100) })

export const partnerTextSchema = z.strictObject({
  to: z.string().regex(/^\+[1-9]\d{1,15}$/),
  body: z.string().min(1).max(1600),
  locationUid: z.uuid(),
  reference: z.string().min(1).max(200),
})

export const partnerWebhookSchema = z.strictObject({
  url: z.url(),
  secret: z.string().min(1),
  eventTypes: z.array(z.literal('text.status')).min(1),
})

/**
 * A data feed's event, as the feeds here are set up. Podium docs: the shape is the feed's own set-up; this one is our assumption.
 * Like the real ones they take anything; what does not fit is counted and goes nowhere.
 */
export const feedEventSchema = z.object({
  ...head,
  type: z.enum(['product', 'purchase', 'appointment', 'serviceJob']),
  contact: z.object({ name: text, identifiers: z.array(z.string()), edgeCustomer: z.string() }).nullable(),
  fields: z.record(z.string(), z.unknown()),
})
