import { z } from 'zod'
import {
  type Child,
  type Customer,
  emptyCustomer,
  emptyFields,
  flatFieldsSchema,
  type ListName,
  listFields,
  lists,
  pairValueSchema,
} from './customer.ts'
import type { Customers } from './customers.ts'
import { type ImportEntry, stampNow } from './database.ts'
import type { StoreSettings } from './settings.ts'

const recordSchema = z.object({ Key: z.string().nullish(), PairValue: z.looseObject({}) })
/** Numbers and owners are The Edge's; an import cannot set them, but for the store of a new customer. */
const ownFields = ['CustomerKey', 'Customerid', 'CustomerStoreId', 'CustomerAccountKey', 'CustomerDateEntered']
const stampFields = /^Customer(Update|Xfer)/
/** Who the record shows as the author of a change that was imported without one. */
const importer = 'EDT'

export type ImportOutcome = Omit<ImportEntry, 'at' | 'file'>

/**
 * Imports one record. EDT: with a Key it changes that customer, without one it makes a new customer; WebTransferWebID
 * must be set and unique. Our assumptions: fields that are given are set, also to empty; unknown fields are passed over;
 * CustomerUpdateUser says under whom the change is recorded, CustomerStoreId in which store a new customer is.
 */
export function importRecord(
  customers: Customers,
  input: unknown,
  phonesImport: StoreSettings['phonesImport'],
): ImportOutcome {
  const record = recordSchema.safeParse(input)
  if (!record.success) return refused(null, null, 'not a record with Key and PairValue')
  const key = record.data.Key || null
  const pair = pairValueSchema.safeParse(record.data.PairValue)
  if (!pair.success) return refused(key, null, 'does not match the data schema')
  const webId = String(pair.data.CustomerTransfer?.WebTransferWebID ?? '') || null
  if (webId === null) return refused(key, null, 'WebTransferWebID is not set')
  const holder = customers.keyOfWebId(webId)
  const customer = key === null ? undefined : customers.find(key)
  if (key !== null && !customer) return refused(key, webId, 'there is no customer with this key')
  if (holder !== undefined && holder !== customer?.fields.CustomerKey) {
    return refused(key, webId, 'WebTransferWebID is not unique')
  }
  const target = customer ?? newCustomer(customers, record.data.PairValue.CustomerStoreId)
  setFields(target, record.data.PairValue)
  target.fields.CustomerUpdateUser = String(record.data.PairValue.CustomerUpdateUser ?? importer)
  for (const list of lists) {
    const given = pair.data[list]
    if (given)
      target[list] = combined(
        list,
        target,
        given.map((one) => whole(list, target, one)),
        phonesImport,
      )
  }
  target.CustomerTransfer = { ...target.CustomerTransfer, WebTransferWebID: webId, WebTransferLastModified: stampNow() }
  if (!customer) preferFirst(target)
  customers.save(target)
  return { outcome: customer ? 'changed' : 'created', key: String(target.fields.CustomerKey), webId, reason: null }
}

function refused(key: string | null, webId: string | null, reason: string): ImportOutcome {
  return { outcome: 'refused', key, webId, reason }
}

function newCustomer(customers: Customers, store: unknown): Customer {
  const customer = emptyCustomer(customers.nextKey(z.coerce.number().int().positive().catch(1).parse(store)))
  customer.fields.CustomerDateEntered = stampNow()
  return customer
}

function setFields(target: Customer, pair: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(pair)) {
    if (!(name in emptyFields) || ownFields.includes(name) || stampFields.test(name)) continue
    const flat = flatFieldsSchema.safeParse({ [name]: value })
    if (flat.success) Object.assign(target.fields, flat.data)
  }
}

/** `replace`: the given list is the list. `add`: what has the Key and value of one that is there updates it, the rest is added. */
function combined(list: ListName, target: Customer, given: Child[], mode: StoreSettings['phonesImport']): Child[] {
  if (mode === 'replace') return given
  const result = [...target[list]]
  for (const one of given) {
    const index = result.findIndex((other) => sameMethod(list, other, one))
    if (index === -1) result.push(one)
    else result[index] = { Key: one.Key, PairValue: { ...result[index]?.PairValue, ...one.PairValue } }
  }
  return result
}

function sameMethod(list: ListName, one: Child, other: Child): boolean {
  const value = ({ PairValue }: Child) => String(PairValue[listFields[list].value] ?? '').toLowerCase()
  const plain = (text: string) => (list === 'Phones' ? text.replace(/\D/g, '') : text.trim())
  return one.Key.toLowerCase() === other.Key.toLowerCase() && plain(value(one)) === plain(value(other))
}

/** A child's Key equals its type; one without either is called Imported. */
function whole(
  list: ListName,
  customer: Customer,
  one: { Key?: string | null | undefined; PairValue: Child['PairValue'] },
): Child {
  const { prefix, type } = listFields[list]
  const name = String(one.Key || one.PairValue[type] || 'Imported')
  const owner = {
    [`${prefix}CustKey`]: customer.fields.CustomerKey ?? '',
    [`${prefix}CustAccountKey`]: customer.fields.CustomerAccountKey ?? '',
  }
  return { Key: name, PairValue: { ...one.PairValue, [type]: name, ...owner } }
}

/** The first method of a new customer is the preferred one, where the import does not say. */
function preferFirst(customer: Customer): void {
  for (const list of lists) {
    const { preferred } = listFields[list]
    customer.fields[preferred] ||= customer[list][0]?.Key ?? ''
  }
}
