import { z } from 'zod'
import type * as api from './api.ts'

/** Our assumption: the largest page of a list. */
export const pageSize = 100

/** What JSON of this type looks like to zod, which reads into arrays of its own. */
type Json<Value> = Value extends readonly (infer Item)[]
  ? Json<Item>[]
  : Value extends object
    ? { -readonly [Name in keyof Value]: Json<Value[Name]> }
    : Value

/** A schema that reads a part of what the API promises. The compiler holds that whatever is promised can be read. */
const readerOf =
  <Promised>() =>
  <Schema extends z.ZodType>(schema: Json<Promised> extends z.input<Schema> ? Schema : never): Schema =>
    schema

const id = z.string().min(1)
const text = z.string().nullable()

export const problemSchema = readerOf<api.Problem>()(
  z.object({
    code: z.string(),
    errors: z.array(z.object({ pointer: z.string(), code: z.string() })).optional(),
    existing_id: z.string().optional(),
  }),
)

const actorSchema = readerOf<api.Actor>()(z.object({ type: z.string(), point_of_sale_id: text }))
export type Actor = z.infer<typeof actorSchema>

export const clientSchema = readerOf<api.Client>()(
  z.object({
    id,
    pos_id: text,
    first_name: text,
    last_name: text,
    phones: z.array(z.object({ label: z.string(), number: z.string(), sms_opted_out_at: text })),
    emails: z.array(z.object({ label: z.string(), address: z.string() })),
    addresses: z.array(
      z.object({
        label: z.string(),
        line1: text,
        line2: text,
        city: text,
        region: text,
        postal_code: text,
        country: text,
      }),
    ),
    acquisition_source: text,
    home_location_id: text,
    tags: z.array(z.string()),
    created_at: z.string(),
    updated_at: z.string(),
  }),
)
export type Client = z.infer<typeof clientSchema>

export const clientPreferencesSchema = readerOf<api.ClientPreferences>()(
  z.object({
    client_id: id,
    values: z.array(
      z.object({
        preference_id: id,
        value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
        updated_at: z.string(),
        updated_by: actorSchema,
      }),
    ),
    updated_at: z.string(),
  }),
)
export type ClientPreferences = z.infer<typeof clientPreferencesSchema>

export const collectionSchema = readerOf<api.Collection>()(
  z.object({ id, client_id: id, name: z.string(), updated_at: z.string() }),
)

export const collectionItemSchema = readerOf<api.CollectionItem>()(
  z.object({
    id,
    external_id: text,
    client_id: id,
    collection: z.object({ name: z.string() }),
    product: z.object({ external_id: text, sku: text, title: z.string(), kind: z.string() }).nullable(),
    note: text,
    updated_at: z.string(),
    updated_by: actorSchema,
    removed_at: text,
    removed_reason: text,
  }),
)
export type CollectionItem = z.infer<typeof collectionItemSchema>

export const activitySchema = readerOf<api.Activity>()(
  z.object({
    id,
    external_id: text,
    client_id: id,
    type: z.string(),
    body: text,
    updated_at: z.string(),
    updated_by: actorSchema,
    deleted_at: text,
  }),
)
export type Activity = z.infer<typeof activitySchema>

export const messageSchema = readerOf<api.Message>()(
  z.object({
    id,
    client_id: id,
    channel: z.enum(['sms', 'email']),
    direction: z.string(),
    subject: text,
    body: text,
    attachments: z.array(z.object({ url: z.string() })),
    sent_at: z.string(),
    sent_by: actorSchema,
    updated_at: z.string(),
  }),
)
export type Message = z.infer<typeof messageSchema>

export const smsSchema = readerOf<api.Sms>()(
  z.object({ id, status: z.enum(['queued', 'sent', 'delivered', 'failed']), failure_reason: text }),
)

export const webhookEndpointSchema = readerOf<api.WebhookEndpoint>()(z.object({ id, url: z.string() }))

/** What is made by an upsert that we only need the id of. */
export const madeSchema = z.object({ id })

export const writtenSchema = z.object({ id, updated_at: z.string() })

export const bulkResultSchema = readerOf<api.BulkResult>()(
  z.object({
    results: z.array(z.object({ outcome: z.string(), id: text, problem: problemSchema.nullish() })),
  }),
)

export const accountSchema = readerOf<api.Account>()(z.object({ id }))

/** A page of a list. Each item is parsed by itself, so that an odd one does not take the page with it. */
export const pageSchema = z.object({ items: z.array(z.unknown()), next_cursor: text })

export const eventSchema = readerOf<api.Event>()(
  z.object({
    id,
    type: z.string().min(1),
    actor: actorSchema,
    data: z.object({
      object: z.record(z.string(), z.unknown()),
      previous: z.record(z.string(), z.unknown()).optional(),
      merged_id: z.string().optional(),
    }),
  }),
)
