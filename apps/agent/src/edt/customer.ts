import {
  customerSchema,
  customFieldSchema,
  type EdgeAddress,
  type EdgeEmail,
  type EdgePhone,
} from '@jumpring/contracts'
import { normalizeKey } from '@jumpring/sync'
import { z } from 'zod'
import type { ReadCustomer, Unreadable } from '../store/reading.ts'
import { type MethodLists, methodListsSchema } from './method-lists.ts'
import { describe, parseJson, withoutGaps } from './record.ts'
import { flag, localDate, type Scalar, scalarSchema, text } from './values.ts'

/** Raise it when the mapping below gives another customer for the same record: every record is then looked at again. */
export const customerMapping = 2

const customFields = customFieldSchema.options
/** EDT: the custom fields of the "Other Keys" tab. */
const customFieldsSchema = z.object({
  CustomerKey1: scalarSchema,
  CustomerKey2: scalarSchema,
  CustomerKey3: scalarSchema,
  CustomerKey4: scalarSchema,
  CustomerKey5: scalarSchema,
  CustomerKey6: scalarSchema,
  CustomerKey7: scalarSchema,
  CustomerKey8: scalarSchema,
})

/**
 * What is read of a customer, and with that all that can leave the store: zod drops every field not named here.
 * CustomerSSNO, CustomerLicenseNo, CustomerTaxId, notes, birthdays and money are not named, so they cannot be sent (AG-04).
 */
const recordSchema = z.object({
  Key: scalarSchema,
  PairValue: methodListsSchema.extend({
    ...customFieldsSchema.shape,
    CustomerKey: scalarSchema,
    CustomerTitle: scalarSchema,
    CustomerFirstName: scalarSchema,
    CustomerMiddleName: scalarSchema,
    CustomerLastName: scalarSchema,
    CustomerSuffix: scalarSchema,
    CustomerCompany: scalarSchema,
    CustomerPrefMail: scalarSchema,
    CustomerPrefPhone: scalarSchema,
    CustomerPrefEMail: scalarSchema,
    CustomerAcquisition: scalarSchema,
    CustomerInactive: scalarSchema,
    CustomerDateEntered: scalarSchema,
    CustomerAccountKey: scalarSchema,
    CustomerOldCustKey: scalarSchema,
    CustomerTransfer: z
      .object({ WebTransferWebID: scalarSchema, WebTransferRequiresWebUpload: scalarSchema })
      .optional()
      .catch(undefined),
  }),
})
type EdtCustomer = z.infer<typeof recordSchema>['PairValue']

/** Reads one record of a customer export from its bytes. */
export function readCustomer(bytes: Buffer): ReadCustomer | Unreadable {
  const json = parseJson(bytes)
  if (json === undefined) return { key: null, message: 'The record is not valid JSON.' }
  const record = recordSchema.safeParse(json)
  if (!record.success) return { key: keyOf(json), message: describe(record.error, json) }
  const { Key, PairValue } = record.data
  const rawKey = text(Key) ?? text(PairValue.CustomerKey)
  const key = rawKey === undefined ? null : normalizeKey(rawKey)
  if (rawKey === undefined || key === null) {
    return { key: null, message: 'The record has no customer number, or one of an unknown form.' }
  }
  const read = toCustomer(PairValue)
  const customer = customerSchema.safeParse(read)
  if (!customer.success) return { key, message: describe(customer.error, read) }
  const { Phones, Emails, Addresses } = PairValue
  return { kind: 'customer', key, rawKey, record: customer.data, lists: { Phones, Emails, Addresses } }
}

function keyOf(json: unknown): string | null {
  const record = z.object({ Key: scalarSchema }).safeParse(json)
  const rawKey = record.success ? text(record.data.Key) : undefined
  return rawKey === undefined ? null : normalizeKey(rawKey)
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
    webUpload: flag(from.CustomerTransfer?.WebTransferRequiresWebUpload, false) || undefined,
    customFields: toCustomFields(from),
  })
}

/** By their number; none where all are empty. */
function toCustomFields(from: EdtCustomer): Record<string, string> | undefined {
  const filled = customFields.flatMap((field) => {
    const value = text(from[`CustomerKey${field}`])
    return value === undefined ? [] : [[field, value] as const]
  })
  return filled.length === 0 ? undefined : Object.fromEntries(filled)
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
