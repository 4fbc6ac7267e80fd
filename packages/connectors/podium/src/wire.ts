import { z } from 'zod'

/** Podium docs: sent as `podium-version` with every request; the version the schemas below describe. */
export const apiVersion = '2021.04.01'

/** Podium docs: the largest page of a list. */
export const pageSize = 100

const text = z.string().nullish()

const addressSchema = z.object({
  addressLine1: text,
  addressLine2: text,
  city: text,
  state: text,
  postalCode: text,
  country: text,
})

/** Podium docs: one way to reach a contact. `transactionalOptedOutAt` is set once its owner asked not to be texted. */
const channelSchema = z.object({ type: text, identifier: text, transactionalOptedOutAt: text })

/** Podium docs: a value of an attribute, of any type, with the attribute's label. */
const contactAttributeSchema = z.object({ label: text, value: z.unknown() })

/** A contact as Podium shows it, in answers and in events. Fields we have no use for are passed over. */
export const contactSchema = z.object({
  uid: z.string().min(1),
  name: text,
  phoneNumbers: z.array(z.string()).nullish(),
  emails: z.array(z.string()).nullish(),
  address: addressSchema.nullish(),
  channels: z.array(channelSchema).nullish(),
  attributes: z.array(contactAttributeSchema.nullable()).nullish(),
  locations: z.array(z.object({ uid: z.string() }).nullable()).nullish(),
  tags: z.array(z.object({ label: text }).nullable()).nullish(),
  createdAt: text,
  updatedAt: text,
})
export type PodiumContact = z.infer<typeof contactSchema>

/** The body of PATCH, and with `name` and `locations` that of POST. An address is sent whole: `null` is "no value". */
export interface ContactBody {
  readonly name?: string
  readonly locations?: readonly string[]
  readonly phoneNumber?: string
  readonly email?: string
  readonly address?: Readonly<Record<keyof z.infer<typeof addressSchema>, string | null>>
  /** POST only. */
  readonly attributes?: readonly { readonly uid: string; readonly value: string }[]
}

/** Answer to a contact write (202): accepted, applied later. */
export const acceptedSchema = z.object({ data: z.object({ identifier: z.string().min(1) }) })

/** A page of contacts. Each contact is parsed by itself, so that an odd one does not take the page with it. */
export const contactListSchema = z.object({
  data: z.array(z.unknown()),
  metadata: z.object({ nextCursor: text }).nullish(),
})

export const locationListSchema = z.object({ data: z.array(z.object({ organizationUid: text })) })

const webhookSchema = z.object({
  uid: z.string().min(1),
  url: text,
  secret: text,
  disabled: z.boolean().nullish(),
  eventTypes: z.array(z.string()).nullish(),
})
export type PodiumWebhook = z.infer<typeof webhookSchema>
export const webhookListSchema = z.object({ data: z.array(webhookSchema) })
export const webhookAnswerSchema = z.object({ data: webhookSchema })

/** Podium docs: an attribute that contacts can have, defined once for the organization. */
const attributeSchema = z.object({ uid: z.string().min(1), label: text, dataType: text, createdAt: text })
export const attributeListSchema = z.object({ data: z.array(attributeSchema) })
export const attributeAnswerSchema = z.object({ data: attributeSchema })

/** Podium docs: what a message event carries. The values of `deliveryStatus` are not documented. */
export const messageSchema = z.object({
  uid: text,
  failureReason: text,
  items: z.array(z.object({ deliveryStatus: text }).nullable()).nullish(),
})
export type PodiumMessage = z.infer<typeof messageSchema>

/** Our assumption (partner-api.openapi.json): what became of a text that was sent by the partner API. */
export const textStatusSchema = z.object({
  id: z.string().min(1),
  status: z.enum(['sent', 'delivered', 'failed']),
  failureReason: text,
})

/** Podium's OpenAPI files type `code` as an integer, its samples show strings; both occur. */
export const errorSchema = z.object({ code: z.union([z.string(), z.number()]).nullish(), message: text })

/**
 * A webhook's payload. Podium docs: a contact event has a contact under `before`, `after` or both, and `errors`.
 * Our assumption: in a merge `before` is what is gone and `after` is what remains.
 */
export const eventSchema = z.object({
  data: z.looseObject({ before: z.unknown(), after: z.unknown() }).partial(),
  metadata: z
    .object({
      eventType: z.string().optional(),
      event_type: z.string().optional(),
      eventUid: z.string().min(1).optional(),
      event_uid: z.string().min(1).optional(),
    })
    .transform((metadata) => ({
      eventType: metadata.eventType ?? metadata.event_type,
      eventUid: metadata.eventUid ?? metadata.event_uid,
    }))
    .pipe(z.object({ eventType: z.string().min(1), eventUid: z.string().min(1) })),
})
