import { createHash } from 'node:crypto'
import { z } from 'zod'

const uid = z.uuid()
const stamp = z.string()

export const addressSchema = z.object({
  addressLine1: z.string().nullish(),
  addressLine2: z.string().nullish(),
  city: z.string().nullish(),
  country: z.string().nullish(),
  postalCode: z.string().nullish(),
  state: z.string().nullish(),
})
export type Address = z.infer<typeof addressSchema>

export const locationSchema = z.object({ uid, name: z.string(), phoneNumber: z.string() })
export type Location = z.infer<typeof locationSchema>

export const userSchema = z.object({ uid, firstName: z.string(), lastName: z.string(), email: z.string() })

/** A business that uses Podium. */
export const organizationSchema = z.object({
  uid,
  name: z.string(),
  locations: z.array(locationSchema),
  users: z.array(userSchema),
  createdAt: stamp,
})
export type Organization = z.infer<typeof organizationSchema>

const consentShape = { marketingOptedInLocationUids: z.array(uid), transactionalOptedOutAt: stamp.nullable() }

/** What a phone or e-mail has consented to. It belongs to the number, not to the contact that shows it today. */
export const consentSchema = z.object({ organizationUid: uid, identifier: z.string(), ...consentShape })
export type Consent = z.infer<typeof consentSchema>

/** A contact as it is kept; `view.ts` gives the form that leaves by API and webhook. */
export const contactSchema = z.object({
  uid,
  organizationUid: uid,
  /** Order of creation, over all organizations. */
  seq: z.number().int(),
  name: z.string().nullable(),
  phoneNumbers: z.array(z.string()),
  emails: z.array(z.string()),
  address: addressSchema.nullable(),
  locationUids: z.array(uid),
  attributes: z.record(z.string(), z.string()),
  tagUids: z.array(uid),
  conversationUids: z.array(uid),
  /** By phone or e-mail; who is not in it has consented to nothing and refused nothing. */
  consents: z.record(z.string(), z.object(consentShape)),
  createdAt: stamp,
  updatedAt: stamp,
})
export type Contact = z.infer<typeof contactSchema>

export const dataTypes = [
  'ADDRESS',
  'BOOLEAN',
  'DATETIME',
  'FLOAT',
  'INTEGER',
  'STRING',
  'UUID',
  'SINGLE_SELECT',
  'MULTI_SELECT',
] as const

export const attributeSchema = z.object({
  uid,
  organizationUid: uid,
  label: z.string(),
  dataType: z.enum(dataTypes),
  isEncrypted: z.boolean(),
  ownerResourceType: z.enum(['PRODUCT', 'ORGANIZATION']),
  createdAt: stamp,
  updatedAt: stamp,
})
export type Attribute = z.infer<typeof attributeSchema>

export const tagSchema = z.object({
  uid,
  organizationUid: uid,
  label: z.string(),
  description: z.string(),
  createdAt: stamp,
  updatedAt: stamp,
})
export type Tag = z.infer<typeof tagSchema>

/** Now, in the whole seconds of Podium's stamps: two changes within a second cannot be told apart by them. */
export function stampNow(): string {
  return wholeSeconds(new Date().toISOString())
}

export function wholeSeconds(stamp: string): string {
  return `${new Date(stamp).toISOString().slice(0, 19)}Z`
}

/** A UUID that is the same for the same words, so that the first account's uids survive a reset. */
export function namedUid(words: string): string {
  const hex = createHash('sha256').update(words).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
