import type { Address, Customer } from '@jumpring/contracts'
import { deniedInEdge, joinDenied } from './consent.ts'
import type { ContactFields } from './contact.ts'
import { normalizeAddress, normalizeEmail, normalizePhone, personName, tidy } from './normalize.ts'

/** A customer's contact methods, normalized, the preferred first, each once, the invalid ones left out. */
export interface Methods {
  readonly phones: readonly string[]
  readonly emails: readonly string[]
  readonly addresses: readonly Address[]
}

/** What must not go up as this customer's. */
export interface Barred {
  /** Phones that must not be contacted, as known beyond this record. */
  readonly denied: ReadonlySet<string>
  /** Phones and e-mails that stand for another customer's contact (match.ts). */
  readonly others: ReadonlySet<string>
}

/** The label of a customer's acquisition (EDT CustomerAcquisition is an opaque key), as far as it is known. */
export type LabelOf = (acquisition: string) => string | undefined

/**
 * All methods of a customer. CustomerPref… names a type and several methods may share it: the first valid one of that type
 * leads, then The Edge's order. Types differ in letter case between records (EDT sample).
 */
export function methodsOf(customer: Customer, region: string): Methods {
  return {
    phones: distinct(
      preferredFirst(customer.phones, customer.preferredPhone).map((phone) => normalizePhone(phone.number, region)),
    ),
    emails: distinct(
      preferredFirst(customer.emails, customer.preferredEmail).map((email) => normalizeEmail(email.address)),
    ),
    addresses: preferredFirst(customer.addresses, customer.preferredAddress).flatMap(
      (address) => normalizeAddress(address) ?? [],
    ),
  }
}

/**
 * What a platform with one value a field should show of a customer (ADR 0004): the name, else the company, else the e-mail; the
 * preferred phone and e-mail that are the customer's own and may be contacted; the first address.
 */
export function projectContact(
  customer: Customer,
  region: string,
  barred: Barred,
  labelOf: LabelOf = () => undefined,
): ContactFields {
  const methods = methodsOf(customer, region)
  const denied = joinDenied(deniedInEdge(customer, region), barred.denied)
  const phone = methods.phones.find((number) => !denied.has(number) && !barred.others.has(number))
  const email = methods.emails.find((address) => !barred.others.has(address))
  const name = personName(customer) ?? tidy(customer.company) ?? email
  const address = methods.addresses[0]
  const acquisition = customer.acquisition === undefined ? undefined : tidy(labelOf(customer.acquisition))
  return {
    ...(name !== undefined && { name }),
    ...(phone !== undefined && { phone }),
    ...(email !== undefined && { email }),
    ...(address !== undefined && { address }),
    ...(acquisition !== undefined && { acquisition }),
  }
}

function preferredFirst<T extends { readonly type: string }>(
  methods: readonly T[],
  preferred: string | undefined,
): readonly T[] {
  if (preferred === undefined) return methods
  const isPreferred = (method: T) => method.type.toLowerCase() === preferred.toLowerCase()
  return [...methods.filter(isPreferred), ...methods.filter((method) => !isPreferred(method))]
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))]
}
