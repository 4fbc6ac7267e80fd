import { z } from 'zod'
import { emptyRow, type Table, type Value } from './schema/table.ts'
import { Address, Customer as CustomerTable, CustomerTransfer, Email, Phone } from './schema/tables.ts'

const text = z.union([z.string(), z.number(), z.boolean(), z.null()])
const childSchema = z.looseObject({ Key: z.string().nullish(), PairValue: z.record(z.string(), text) })

/** EDT: the parts of a customer's PairValue that are not flat. */
export const pairValueSchema = z.object({
  Addresses: z.array(childSchema).optional(),
  Emails: z.array(childSchema).optional(),
  Phones: z.array(childSchema).optional(),
  CustomerTransfer: z.record(z.string(), text).nullish(),
})
export const flatFieldsSchema = z.record(z.string(), text)

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

type ListFields = { table: Table; prefix: string; type: string; value: string; preferred: string }

/** The table of each list, what its fields begin with, and which of them hold the type and the value. */
export const listFields: Record<ListName, ListFields> = {
  Addresses: {
    table: Address,
    prefix: 'Address',
    type: 'AddressType',
    value: 'AddressStreet',
    preferred: 'CustomerPrefMail',
  },
  Emails: { table: Email, prefix: 'Email', type: 'EmailType', value: 'EmailEmail', preferred: 'CustomerPrefEMail' },
  Phones: { table: Phone, prefix: 'Phone', type: 'PhoneType', value: 'PhonePhone', preferred: 'CustomerPrefPhone' },
}

/** EDT: the flat fields in their order, as an empty customer has them. */
export const emptyFields: Readonly<Record<string, Value>> = {
  ...emptyRow(CustomerTable),
  CustomerStoreId: 1,
  Customerid: 0,
  CustomerGender: 'U',
}

const emptyTransfer: Readonly<Record<string, Value>> = {
  ...emptyRow(CustomerTransfer),
  WebTransferType: 0,
  WebTransferVendorID: 0,
}

/** A customer with nothing but a number. */
export function emptyCustomer(key: string): Customer {
  const { store, number } = partsOf(key)
  const head = { CustomerStoreId: store, Customerid: number, CustomerKey: key, CustomerAccountKey: key }
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

/** `001-000652` and `001-00652` are the same customer: widths vary by source. */
export function partsOf(key: string): { store: number; number: number } {
  const [store = 1, number = 0] = key.split('-').map(Number)
  return { store, number }
}
