import { z } from 'zod'

const text = z.union([z.string(), z.number(), z.boolean(), z.null()])
const childSchema = z.looseObject({ Key: z.string().nullish(), PairValue: z.record(z.string(), text) })

/**
 * EDT: a customer's PairValue. Most of its about 70 fields are flat; `emptyCustomer` has them all, in EDT's order.
 * The types of the fields (numbers, booleans, empty strings and nulls for "no value") are those of public samples.
 */
export const pairValueSchema = z.object({
  Addresses: z.array(childSchema).optional(),
  Emails: z.array(childSchema).optional(),
  Phones: z.array(childSchema).optional(),
  CustomerTransfer: z.record(z.string(), text).nullish(),
})
export const flatFieldsSchema = z.record(z.string(), text)

export type Value = z.infer<typeof text>
export type Child = { Key: string; PairValue: Record<string, Value> }
export type Customer = {
  fields: Record<string, Value>
  Addresses: Child[]
  Emails: Child[]
  Phones: Child[]
  CustomerTransfer: Record<string, Value>
}

export const lists = ['Addresses', 'Emails', 'Phones'] as const
export type ListName = (typeof lists)[number]

/** What the child fields of each list begin with, and which of them hold the type and the value. */
export const listFields = {
  Addresses: { prefix: 'Address', type: 'AddressType', value: 'AddressStreet', preferred: 'CustomerPrefMail' },
  Emails: { prefix: 'Email', type: 'EmailType', value: 'EmailEmail', preferred: 'CustomerPrefEMail' },
  Phones: { prefix: 'Phone', type: 'PhoneType', value: 'PhonePhone', preferred: 'CustomerPrefPhone' },
} as const

/** EDT: the flat fields in their order, as an empty customer has them. */
export const emptyFields: Readonly<Record<string, Value>> = {
  CustomerStoreId: 1,
  Customerid: 0,
  CustomerKey: '',
  CustomerTitle: '',
  CustomerFirstName: '',
  CustomerMiddleName: '',
  CustomerLastName: '',
  CustomerSuffix: '',
  CustomerGender: 'U',
  CustomerBirthDate: null,
  CustomerSpouseBirthDate: null,
  CustomerWeddingAnniv: null,
  CustomerDateEntered: null,
  CustomerImage: '',
  CustomerAcquisition: '',
  CustomerPrefMail: '',
  CustomerPrefPhone: '',
  CustomerPrefEMail: '',
  CustomerSSNO: '',
  CustomerNotes: '',
  CustomerNotes255: '',
  CustomerType: '',
  CustomerIsCompany: false,
  CustomerCompany: '',
  CustomerKey1: '',
  CustomerKey2: '',
  CustomerKey3: '',
  CustomerKey4: '',
  CustomerKey5: '',
  CustomerKey6: '',
  CustomerKey7: '',
  CustomerKey8: '',
  CustomerUpdateSeq: 1,
  CustomerUpdateDate: null,
  CustomerUpdateStore: 1,
  CustomerUpdateStation: 1,
  CustomerUpdateUser: 'POS',
  CustomerXfer: false,
  CustomerInactive: false,
  CustomerWholesale: false,
  CustomerDiscount: null,
  CustomerMinMarkup: null,
  CustomerQuickbooks: '',
  CustomerYnStoreCredit: false,
  CustomerCreditLimit: null,
  CustomerTerms: '',
  CustomerNoStatements: false,
  CustomerTaxExempt: false,
  CustomerDateVerified: null,
  CustomerCoupleName: '',
  CustomerMarried: false,
  CustomerSpouseKey: '',
  CustomerInterestRate: null,
  CustomerSwapped: false,
  CustomerOldCustKey: '',
  CustomerAsKey: null,
  CustomerReferredBy: '',
  CustomerLicenseNo: '',
  CustomerMinPayment: null,
  CustomerTaxId: '',
  CustomerAccountKey: '',
}

const emptyTransfer: Readonly<Record<string, Value>> = {
  WebTransferKey: '',
  WebTransferEdgeID: '',
  WebTransferWebID: '',
  WebTransferLastModified: null,
  WebTransferRequiresWebUpload: false,
  WebTransferRequiresEdgeAttention: false,
  WebTransferType: 0,
  WebTransferLinkedWebID: '',
  WebTransferVendorID: 0,
}

/** A customer with nothing but a number. */
export function emptyCustomer(key: string): Customer {
  const [store = '1', number = '0'] = key.split('-')
  const head = { CustomerStoreId: Number(store), Customerid: Number(number), CustomerKey: key, CustomerAccountKey: key }
  return {
    fields: { ...emptyFields, ...head },
    Addresses: [],
    Emails: [],
    Phones: [],
    CustomerTransfer: { ...emptyTransfer, WebTransferEdgeID: key },
  }
}

/** A phone, e-mail or address in EDT's form: its Key is its type. */
export function child(list: ListName, customer: Customer, type: string, values: Record<string, Value>): Child {
  const { prefix } = listFields[list]
  const own = {
    [`${prefix}CustKey`]: customer.fields.CustomerKey ?? '',
    [`${prefix}Type`]: type,
    ...values,
    [`${prefix}CustAccountKey`]: customer.fields.CustomerAccountKey ?? '',
  }
  return { Key: type, PairValue: own }
}

export function phone(customer: Customer, type: string, number: string, doNotContact = false): Child {
  return child('Phones', customer, type, { PhonePhone: number, PhoneDoNotContact: doNotContact, PhonePhoneExt: '' })
}

export function email(customer: Customer, type: string, address: string): Child {
  return child('Emails', customer, type, { EmailEmail: address, EmailSendPromo: true })
}

/** EDT's PairValue of a customer. */
export function pairValue({ fields, ...rest }: Customer): Record<string, unknown> {
  return { ...fields, ...rest }
}

/** Undoes `pairValue`. The text is the database's own. */
export function readCustomer(json: string): Customer {
  const { Addresses, Emails, Phones, CustomerTransfer, ...fields } = JSON.parse(json)
  return { fields, Addresses, Emails, Phones, CustomerTransfer }
}

/** `001-000652` and `001-00652` are the same customer: widths vary by source. */
export function sameNumber(key: string): string {
  const [store, number] = key.split('-').map(Number)
  return `${store}-${number}`
}

/** The shop's local time, which is UTC here, in the form of EDT's samples. */
export function stampNow(): string {
  return new Date().toISOString().slice(0, 19)
}
