import { z } from 'zod'
import { scalarSchema } from './values.ts'

const phoneSchema = z.object({
  PhoneCustKey: scalarSchema,
  PhoneType: scalarSchema,
  PhonePhone: scalarSchema,
  PhoneDoNotContact: scalarSchema,
  PhonePhoneExt: scalarSchema,
  PhoneCustAccountKey: scalarSchema,
})
const emailSchema = z.object({
  EmailCustKey: scalarSchema,
  EmailType: scalarSchema,
  EmailEmail: scalarSchema,
  EmailSendPromo: scalarSchema,
  EmailCustAccountKey: scalarSchema,
})
const addressSchema = z.object({
  AddressCustKey: scalarSchema,
  AddressType: scalarSchema,
  AddressCompany: scalarSchema,
  AddressStreet: scalarSchema,
  AddressStreet2: scalarSchema,
  AddressCity: scalarSchema,
  AddressState: scalarSchema,
  AddressZip: scalarSchema,
  AddressCountry: scalarSchema,
  AddressCustAccountKey: scalarSchema,
})

const listOf = <Schema extends z.ZodType>(child: Schema) => {
  const entries = z.array(z.object({ Key: scalarSchema, PairValue: child }))
  return z.preprocess((value) => (value === undefined || value === null || value === '' ? [] : value), entries)
}

/** A customer's contact methods word for word, as an import into The Edge must repeat them. Stays in the store. */
export const methodListsSchema = z.object({
  Phones: listOf(phoneSchema),
  Emails: listOf(emailSchema),
  Addresses: listOf(addressSchema),
})
export type MethodLists = z.infer<typeof methodListsSchema>
