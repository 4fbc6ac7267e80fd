import type { Address, Wish } from '@jumpring/contracts'
import { normalizePhone } from '@jumpring/sync'
import type { Missing } from '../downlink/wishes.ts'
import type { MethodLists } from './method-lists.ts'
import { type Scalar, setLike, text, unsetLike } from './values.ts'

/**
 * The type of what we add. EDT: a child's key is its type, and whether an imported list replaces or adds is not documented;
 * a type that the customer does not have yet gives the same result either way.
 */
const addedType = 'Podium'

/** A customer's lists with what was missing in them, and the opt-outs set. Entries that exist keep their words, order and types. */
export function extendLists(lists: MethodLists, missing: Missing, region: string): MethodLists {
  const optedOut = new Set(missing.optOuts)
  const isOptedOut = (number: Scalar | undefined) => {
    const normal = normalizePhone(text(number) ?? '', region)
    return normal !== null && optedOut.has(normal)
  }
  const phones = lists.Phones.map((phone) => {
    if (!isOptedOut(phone.PairValue.PhonePhone)) return phone
    const PhoneDoNotContact = setLike(phone.PairValue.PhoneDoNotContact)
    return { ...phone, PairValue: { ...phone.PairValue, PhoneDoNotContact } }
  })
  const phoneType = freeTypes(lists.Phones.map((phone) => [phone.Key, phone.PairValue.PhoneType]))
  const emailType = freeTypes(lists.Emails.map((email) => [email.Key, email.PairValue.EmailType]))
  const addressType = freeTypes(lists.Addresses.map((address) => [address.Key, address.PairValue.AddressType]))
  const doNotContact = lists.Phones[0]?.PairValue.PhoneDoNotContact
  const optOutFlag = (isSet: boolean) => (isSet ? setLike(doNotContact) : unsetLike(doNotContact))
  const noPromotion = unsetLike(lists.Emails[0]?.PairValue.EmailSendPromo)
  return {
    Phones: [
      ...phones,
      ...missing.phones.map((phone) => phoneEntry(phoneType(), phone.number, optOutFlag(phone.doNotContact), region)),
    ],
    Emails: [...lists.Emails, ...missing.emails.map((email) => emailEntry(emailType(), email, noPromotion))],
    Addresses: [...lists.Addresses, ...missing.addresses.map((address) => addressEntry(addressType(), address))],
  }
}

/** What of a customer changes; the lists are whole, since an import may replace them. `by`: the associate's number. */
export interface CustomerChange {
  readonly lists: MethodLists
  readonly webId: string
  readonly by: string | undefined
  readonly customFields?: Extract<Wish, { do: 'setCustomFields' }>['fields']
}

/** The import of a change. EDT: a record with a Key changes that customer; WebTransferWebID must be set. */
export function changeImport(rawKey: string, { lists, webId, by, customFields = {} }: CustomerChange): string {
  const fields = Object.entries(customFields).map(([field, change]) => [`CustomerKey${field}`, change?.value ?? ''])
  const own = { ...Object.fromEntries(fields), ...author(by) }
  return importFile({ Key: rawKey, PairValue: { ...own, ...lists, CustomerTransfer: { WebTransferWebID: webId } } })
}

/** CB-11. Our assumption: an import may say under whom The Edge records it. */
const author = (by: string | undefined) => (by === undefined ? {} : { CustomerUpdateUser: by })

/** The import of a new customer. EDT: a record without a Key is a new customer; WebTransferWebID must be set and unique. */
export function creationImport(wish: Extract<Wish, { do: 'createCustomer' }>, webId: string, region: string): string {
  const optedOut = new Set(wish.optedOutPhones)
  const phoneType = freeTypes([])
  const emailType = freeTypes([])
  const addressType = freeTypes([])
  const unique = { phones: [...new Set(wish.phones)], emails: [...new Set(wish.emails)] }
  return importFile({
    PairValue: {
      ...(wish.store === undefined ? {} : { CustomerStoreId: wish.store }),
      ...(wish.firstName === undefined ? {} : { CustomerFirstName: wish.firstName }),
      CustomerLastName: wish.lastName,
      ...author(wish.associate),
      ...(wish.acquisition === undefined ? {} : { CustomerAcquisition: wish.acquisition }),
      Phones: unique.phones.map((phone) => phoneEntry(phoneType(), phone, optedOut.has(phone), region)),
      Emails: unique.emails.map((email) => emailEntry(emailType(), email, false)),
      Addresses: wish.addresses.map((address) => addressEntry(addressType(), address)),
      CustomerTransfer: { WebTransferWebID: webId },
    },
  })
}

function importFile(record: object): string {
  return `${JSON.stringify({ Customers: [record] }, null, 1)}\n`
}

/** Gives "Podium", "Podium 2", … leaving out those in use. */
function freeTypes(used: (Scalar | undefined)[][]): () => string {
  const taken = new Set(used.flat().map((type) => text(type)?.toLowerCase()))
  return () => {
    for (let number = 1; ; number += 1) {
      const type = number === 1 ? addedType : `${addedType} ${number}`
      if (taken.has(type.toLowerCase())) continue
      taken.add(type.toLowerCase())
      return type
    }
  }
}

function phoneEntry(type: string, number: string, doNotContact: Scalar, region: string): MethodLists['Phones'][number] {
  const PairValue = { PhoneType: type, PhonePhone: storeForm(number, region), PhoneDoNotContact: doNotContact }
  return { Key: type, PairValue }
}

/** Permission for promotion is the customer's to give: what we add has none. */
function emailEntry(type: string, address: string, sendPromo: Scalar): MethodLists['Emails'][number] {
  return { Key: type, PairValue: { EmailType: type, EmailEmail: address, EmailSendPromo: sendPromo } }
}

function addressEntry(type: string, address: Address): MethodLists['Addresses'][number] {
  return {
    Key: type,
    PairValue: {
      AddressType: type,
      AddressStreet: address.street ?? '',
      AddressStreet2: address.street2 ?? '',
      AddressCity: address.city ?? '',
      AddressState: address.state ?? '',
      AddressZip: address.zip ?? '',
      AddressCountry: address.country ?? '',
    },
  }
}

/** EDT sample: 10 bare digits. Written so where the store reads them back as the same number, else E.164. */
function storeForm(number: string, region: string): string {
  const bare = /^\+1(\d{10})$/.exec(number)?.[1]
  return bare !== undefined && normalizePhone(bare, region) === number ? bare : number
}
