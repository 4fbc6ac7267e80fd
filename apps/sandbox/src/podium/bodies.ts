import { z } from 'zod'
import { addressSchema, dataTypes } from './model.ts'

// Podium docs: the bodies that requests may carry. Where the OpenAPI files forbid further properties, so does this.

const uid = z.uuid()
const phoneNumber = z.string().regex(/^\+[1-9]\d{1,15}$/)
const email = z.string().regex(/(.+)@(.+)\.(.+)/)
const contactStatus = z.object({ name: z.string().optional(), uid: uid.optional() })

export const contactCreateSchema = z.strictObject({
  name: z.string(),
  locations: z.array(uid),
  phoneNumber: phoneNumber.optional(),
  email: email.optional(),
  address: addressSchema.nullish(),
  attributes: z.array(z.object({ uid, value: z.string() })).optional(),
  tags: z.array(uid).optional(),
  contactStatus: contactStatus.optional(),
})
export type ContactCreate = z.infer<typeof contactCreateSchema>

export const contactPatchSchema = z
  .strictObject({
    name: z.string().optional(),
    locations: z.array(uid).optional(),
    phoneNumber: phoneNumber.optional(),
    email: email.optional(),
    address: addressSchema.nullish(),
    contactStatus: contactStatus.optional(),
    conversationUid: uid.optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'at least one property is needed')
export type ContactPatch = z.infer<typeof contactPatchSchema>

export const valueSchema = z.object({ value: z.string() })

const channel = z.object({ identifier: z.string(), type: z.literal('PHONE') })
export const optInSchema = z.object({
  channel,
  locationUid: uid,
  name: z.string().optional(),
  tags: z.array(z.string()).optional(),
})
export const optOutSchema = z.object({ channel })

const attributeShape = {
  dataType: z.enum(dataTypes),
  isEncrypted: z.boolean().optional(),
  label: z.string().min(1),
  ownerResourceType: z.enum(['PRODUCT', 'ORGANIZATION']),
}
export const attributeCreateSchema = z.object(attributeShape)
export const attributePatchSchema = z.object(attributeShape).partial()

export const tagCreateSchema = z.strictObject({ label: z.string().min(1), description: z.string() })
export const tagPatchSchema = z
  .strictObject({ label: z.string().optional(), description: z.string().optional() })
  .refine((body) => Object.keys(body).length > 0, 'at least one property is needed')

export const eventTypes = [
  'call.completed',
  'call.missed',
  'call.received',
  'call.voicemail_left',
  'contact.created',
  'contact.deleted',
  'contact.merged',
  'contact.unchanged',
  'contact.updated',
  'invoice.created',
  'invoice.disabled',
  'invoice.marked_as_paid',
  'invoice.payment_created',
  'invoice.payment_failed',
  'invoice.payment_succeeded',
  'invoice.refund_created',
  'invoice.refund_failed',
  'message.failed',
  'message.received',
  'message.sent',
  'review.created',
  'review.invite_link_created',
  'review.invite_link_updated',
  'review.response_created',
  'review.response_updated',
  'review.updated',
] as const

const webhookShape = { url: z.url(), eventTypes: z.array(z.enum(eventTypes)).min(1), secret: z.string().optional() }
export const webhookCreateSchema = z
  .object({ ...webhookShape, locationUid: uid.optional(), organizationUid: uid.optional() })
  .refine((body) => body.locationUid ?? body.organizationUid, 'one of locationUid and organizationUid is needed')
export const webhookPutSchema = z.object({ ...webhookShape, disabled: z.boolean() }).partial()
