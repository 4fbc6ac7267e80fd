import { type Address, type Customer, customFieldSchema, type Wish } from '@jumpring/contracts'
import { normalizeEmail, normalizePhone, sameAddress } from '@jumpring/sync'

/** A wish about a customer that exists. */
export type ChangeWish = Extract<Wish, { do: 'addMethods' | 'optOut' }>

/** What of a wish a customer does not have yet. Phones E.164, e-mails normalized. */
export interface Missing {
  readonly phones: readonly { readonly number: string; readonly doNotContact: boolean }[]
  readonly emails: readonly string[]
  readonly addresses: readonly Address[]
  /** Phones that the customer has and that are not marked do-not-contact. */
  readonly optOuts: readonly string[]
}

type Methods = Pick<Customer, 'phones' | 'emails' | 'addresses'>

/** Compares a wish with the customer's methods. `region`: country of phone numbers without a country code. */
export function missingFrom(methods: Methods, wish: ChangeWish, region: string): Missing {
  const existing = methods.phones.map((phone) => ({ ...phone, normal: normalizePhone(phone.number, region) }))
  const numbers = new Set(existing.map(({ normal }) => normal))
  const contactable = new Set(existing.filter((phone) => !phone.doNotContact).map(({ normal }) => normal))
  const optedOut = wish.do === 'optOut' ? wish.phones : wish.optedOutPhones
  const optOuts = optedOut.filter((phone) => contactable.has(phone))
  if (wish.do === 'optOut') return { phones: [], emails: [], addresses: [], optOuts }
  const emails = new Set(methods.emails.map((email) => normalizeEmail(email.address)))
  const addresses: Address[] = []
  for (const address of wish.addresses) {
    const known = [...methods.addresses, ...addresses]
    if (!known.some((other) => sameAddress(other, address))) addresses.push(address)
  }
  return {
    phones: [...new Set(wish.phones)]
      .filter((number) => !numbers.has(number))
      .map((number) => ({ number, doNotContact: optedOut.includes(number) })),
    emails: [...new Set(wish.emails)].filter((email) => !emails.has(normalizeEmail(email))),
    addresses,
    optOuts,
  }
}

export type CustomFieldsWish = Extract<Wish, { do: 'setCustomFields' }>

/** How a customer's custom fields stand to a wish: all as wished; each as wished or expected; one of them neither. */
export function customFieldsAfter(
  { customFields = {} }: Pick<Customer, 'customFields'>,
  { fields }: CustomFieldsWish,
): 'wished' | 'expected' | 'other' {
  const states = customFieldSchema.options.flatMap((field) => {
    const change = fields[field]
    if (change === undefined) return []
    const held = customFields[field] ?? null
    return held === tidyValue(change.value) ? 'wished' : held === change.expected ? 'expected' : 'other'
  })
  if (states.includes('other')) return 'other'
  return states.every((state) => state === 'wished') ? 'wished' : 'expected'
}

/** As The Edge will show it. */
const tidyValue = (value: string | null) => value?.trim() || null

/** Whether nothing is missing: the wish has come true. */
export function isFulfilled(missing: Missing): boolean {
  return [missing.phones, missing.emails, missing.addresses, missing.optOuts].every((list) => list.length === 0)
}
