import { isUtf8 } from 'node:buffer'
import { customerSchema, type EdgeAddress, type EdgeEmail, type EdgePhone } from '@jumpring/contracts'
import { normalizeKey } from '@jumpring/sync'
import { z } from 'zod'
import type { ReadCustomer, Unreadable } from '../store/reading.ts'
import { flag, localDate, type Scalar, text } from './values.ts'

/** Raise it when the mapping below gives another customer for the same record: every record is then looked at again. */
export const mappingVersion = 1

/** A single value; what is none (an object, a list) counts as no value. */
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]).optional().catch(undefined)

const phoneSchema = z.object({
  PhoneCustKey: scalar,
  PhoneType: scalar,
  PhonePhone: scalar,
  PhoneDoNotContact: scalar,
  PhonePhoneExt: scalar,
  PhoneCustAccountKey: scalar,
})
const emailSchema = z.object({
  EmailCustKey: scalar,
  EmailType: scalar,
  EmailEmail: scalar,
  EmailSendPromo: scalar,
  EmailCustAccountKey: scalar,
})
const addressSchema = z.object({
  AddressCustKey: scalar,
  AddressType: scalar,
  AddressCompany: scalar,
  AddressStreet: scalar,
  AddressStreet2: scalar,
  AddressCity: scalar,
  AddressState: scalar,
  AddressZip: scalar,
  AddressCountry: scalar,
  AddressCustAccountKey: scalar,
})

const listOf = <Schema extends z.ZodType>(child: Schema) => {
  const entries = z.array(z.object({ Key: scalar, PairValue: child }))
  return z.preprocess((value) => (value === undefined || value === null || value === '' ? [] : value), entries)
}

/** A customer's contact methods word for word, as an import into The Edge must repeat them. Stays in the store. */
export const methodListsSchema = z.object({
  Phones: listOf(phoneSchema),
  Emails: listOf(emailSchema),
  Addresses: listOf(addressSchema),
})
export type MethodLists = z.infer<typeof methodListsSchema>

/**
 * What is read of a customer, and with that all that can leave the store: zod drops every field not named here.
 * CustomerSSNO, CustomerLicenseNo, CustomerTaxId, notes, birthdays and money are not named, so they cannot be sent (AG-04).
 */
const recordSchema = z.object({
  Key: scalar,
  PairValue: methodListsSchema.extend({
    CustomerKey: scalar,
    CustomerTitle: scalar,
    CustomerFirstName: scalar,
    CustomerMiddleName: scalar,
    CustomerLastName: scalar,
    CustomerSuffix: scalar,
    CustomerCompany: scalar,
    CustomerPrefMail: scalar,
    CustomerPrefPhone: scalar,
    CustomerPrefEMail: scalar,
    CustomerAcquisition: scalar,
    CustomerInactive: scalar,
    CustomerDateEntered: scalar,
    CustomerAccountKey: scalar,
    CustomerOldCustKey: scalar,
    CustomerTransfer: z.object({ WebTransferWebID: scalar }).optional().catch(undefined),
  }),
})
type EdtCustomer = z.infer<typeof recordSchema>['PairValue']

/** Reads one record of a customer export from its bytes. */
export function readCustomer(bytes: Buffer): ReadCustomer | Unreadable {
  const json = parseJson(bytes)
  if (json === undefined) return { key: null, message: 'The record is not valid JSON.' }
  const record = recordSchema.safeParse(json)
  if (!record.success) return { key: keyOf(json), message: describe(record.error) }
  const { Key, PairValue } = record.data
  const rawKey = text(Key) ?? text(PairValue.CustomerKey)
  const key = rawKey === undefined ? null : normalizeKey(rawKey)
  if (rawKey === undefined || key === null) {
    return { key: null, message: 'The record has no customer number, or one of an unknown form.' }
  }
  const customer = customerSchema.safeParse(toCustomer(PairValue))
  if (!customer.success) return { key, message: describe(customer.error) }
  const { Phones, Emails, Addresses } = PairValue
  return { kind: 'customer', key, rawKey, record: customer.data, lists: { Phones, Emails, Addresses } }
}

const windows1252 = new TextDecoder('windows-1252')

/** Bytes that are not UTF-8 are taken for the code page of a Windows server in the Americas (our assumption). */
function parseJson(bytes: Buffer): unknown {
  try {
    const json: unknown = JSON.parse(isUtf8(bytes) ? bytes.toString('utf8') : windows1252.decode(bytes))
    return json
  } catch {
    return undefined
  }
}

function keyOf(json: unknown): string | null {
  const record = z.object({ Key: scalar }).safeParse(json)
  const rawKey = record.success ? text(record.data.Key) : undefined
  return rawKey === undefined ? null : normalizeKey(rawKey)
}

function describe(error: z.ZodError): string {
  const faults = error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'record'}: ${issue.code}`)
  return `The record does not have the expected form (${faults.join('; ')}).`.slice(0, 1000)
}

/** Built in one order of fields, so that equal customers give equal JSON. */
function toCustomer(from: EdtCustomer): unknown {
  return withoutGaps({
    title: text(from.CustomerTitle),
    firstName: text(from.CustomerFirstName),
    middleName: text(from.CustomerMiddleName),
    lastName: text(from.CustomerLastName),
    suffix: text(from.CustomerSuffix),
    company: text(from.CustomerCompany),
    phones: from.Phones.flatMap(toPhone),
    emails: from.Emails.flatMap(toEmail),
    addresses: from.Addresses.flatMap(toAddress),
    preferredPhone: text(from.CustomerPrefPhone),
    preferredEmail: text(from.CustomerPrefEMail),
    preferredAddress: text(from.CustomerPrefMail),
    acquisition: text(from.CustomerAcquisition),
    inactive: flag(from.CustomerInactive, true),
    enteredAt: localDate(from.CustomerDateEntered),
    accountKey: keyFrom(from.CustomerAccountKey),
    oldKey: keyFrom(from.CustomerOldCustKey),
    webId: text(from.CustomerTransfer?.WebTransferWebID),
  })
}

type Entry<Name extends keyof MethodLists> = MethodLists[Name][number]

/** A phone of an EDT record; none where the number is empty. An unclear do-not-contact counts as set. */
export function toPhone({ Key, PairValue }: Entry<'Phones'>): EdgePhone[] {
  const number = text(PairValue.PhonePhone)
  if (number === undefined) return []
  const type = text(PairValue.PhoneType) ?? text(Key) ?? ''
  const ext = text(PairValue.PhonePhoneExt)
  const doNotContact = flag(PairValue.PhoneDoNotContact, true)
  return [{ type, number, ...(ext === undefined ? {} : { ext }), doNotContact }]
}

/** An e-mail of an EDT record; none where the address is empty. An unclear permission for promotion counts as none. */
export function toEmail({ Key, PairValue }: Entry<'Emails'>): EdgeEmail[] {
  const address = text(PairValue.EmailEmail)
  if (address === undefined) return []
  const type = text(PairValue.EmailType) ?? text(Key) ?? ''
  return [{ type, address, sendPromo: flag(PairValue.EmailSendPromo, false) }]
}

/** An address of an EDT record; none where all parts are empty. */
export function toAddress({ Key, PairValue }: Entry<'Addresses'>): EdgeAddress[] {
  const parts = withoutGaps({
    street: text(PairValue.AddressStreet),
    street2: text(PairValue.AddressStreet2),
    city: text(PairValue.AddressCity),
    state: text(PairValue.AddressState),
    zip: text(PairValue.AddressZip),
    country: text(PairValue.AddressCountry),
  })
  if (Object.keys(parts).length === 0) return []
  return [{ type: text(PairValue.AddressType) ?? text(Key) ?? '', ...parts }]
}

function keyFrom(value: Scalar | undefined): string | undefined {
  const rawKey = text(value)
  return rawKey === undefined ? undefined : (normalizeKey(rawKey) ?? undefined)
}

type Filled<Value> = { [Name in keyof Value]?: Exclude<Value[Name], undefined> }

function withoutGaps<Value extends Record<string, unknown>>(value: Value): Filled<Value> {
  const filled: Filled<Value> = {}
  for (const name in value) if (value[name] !== undefined) Object.assign(filled, { [name]: value[name] })
  return filled
}
