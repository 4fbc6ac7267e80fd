import { z } from 'zod'
import { customerKeySchema, text } from '../values.ts'
export const addressSchema = z.strictObject({
  street: text.optional(),
  street2: text.optional(),
  city: text.optional(),
  state: text.optional(),
  zip: text.optional(),
  country: text.optional(),
})
/** A postal address as The Edge holds it. Parts that are empty there are absent here. */
export type Address = z.infer<typeof addressSchema>

/** A child's key in EDT is its type (Home, Work, Cell, … free text); several may share one. */
const type = z.string().max(100)

/** The number of a custom field. */
export const customFieldSchema = z.enum(['1', '2', '3', '4', '5', '6', '7', '8'])
export type CustomField = z.infer<typeof customFieldSchema>

export const edgePhoneSchema = z.strictObject({ type, number: text, ext: text.optional(), doNotContact: z.boolean() })
export const edgeEmailSchema = z.strictObject({ type, address: text, sendPromo: z.boolean() })
export const edgeAddressSchema = z.strictObject({ type, ...addressSchema.shape })

/**
 * A customer of The Edge, as it leaves the store: only what a stream uses.
 * EDT: names, contact methods, preferred methods, acquisition, couple, transfer id. Tax ids, licenses, birthdays, notes and money stay.
 * Order of the methods is The Edge's. Empty values are absent.
 */
export const customerSchema = z.strictObject({
  title: text.optional(),
  firstName: text.optional(),
  middleName: text.optional(),
  lastName: text.optional(),
  suffix: text.optional(),
  company: text.optional(),
  phones: z.array(edgePhoneSchema).max(200),
  emails: z.array(edgeEmailSchema).max(200),
  addresses: z.array(edgeAddressSchema).max(200),
  /** EDT CustomerPref…: the type of the preferred method. */
  preferredPhone: type.optional(),
  preferredEmail: type.optional(),
  preferredAddress: type.optional(),
  /** EDT CustomerAcquisition: an opaque key of the first why-in. */
  acquisition: text.optional(),
  inactive: z.boolean(),
  /** Store-local `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM:SS`. */
  enteredAt: z.string().max(19).optional(),
  /** EDT CustomerAccountKey: the primary customer of a linked couple. */
  accountKey: customerKeySchema.optional(),
  /** EDT CustomerOldCustKey: the number this customer had before. */
  oldKey: customerKeySchema.optional(),
  /** EDT WebTransferWebID: the id a partner gave. */
  webId: text.optional(),
  /** EDT WebTransferRequiresWebUpload: marked in The Edge to be synchronized. Absent: not marked. */
  webUpload: z.literal(true).optional(),
  /** EDT CustomerKey1 … CustomerKey8, the "Other Keys", by their number; absent where all are empty. What they are called is the store's. */
  customFields: z.partialRecord(customFieldSchema, text).optional(),
})
export type Customer = z.infer<typeof customerSchema>
export type EdgePhone = z.infer<typeof edgePhoneSchema>
export type EdgeEmail = z.infer<typeof edgeEmailSchema>
export type EdgeAddress = z.infer<typeof edgeAddressSchema>
