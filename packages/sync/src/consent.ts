import type { Customer } from '@jumpring/contracts'
import type { Seen } from './link.ts'
import { normalizePhone } from './normalize.ts'

/**
 * What is known of a person's consent to be contacted at a number. A lattice: `unstated < granted < denied`, and what two sides
 * say is joined to the higher. So consent only moves up: no order, repetition or staleness of messages undoes a denial.
 */
export type Consent = 'unstated' | 'granted' | 'denied'

const height: Record<Consent, number> = { unstated: 0, granted: 1, denied: 2 }

export function joinConsent(a: Consent, b: Consent): Consent {
  return height[a] >= height[b] ? a : b
}

/** The phones (E.164) whose owner must not be contacted, by what The Edge says of this customer (EDT: PhoneDoNotContact). */
export function deniedInEdge(customer: Pick<Customer, 'phones'>, region: string): Set<string> {
  return phonesMarked(customer, region, true)
}

/** The phones (E.164) that the customer has, or has once more, without the mark. */
export function contactableInEdge(customer: Pick<Customer, 'phones'>, region: string): Set<string> {
  return phonesMarked(customer, region, false)
}

function phonesMarked({ phones }: Pick<Customer, 'phones'>, region: string, doNotContact: boolean): Set<string> {
  return new Set(
    phones
      .filter((phone) => phone.doNotContact === doNotContact)
      .flatMap((phone) => normalizePhone(phone.number, region) ?? []),
  )
}

/** All denials there are: a number denied anywhere is denied. */
export function joinDenied(...sides: Iterable<string>[]): Set<string> {
  return new Set(sides.flatMap((side) => [...side]))
}

/** The phones at which a platform lets people contact the owner of a contact, by what it shows of it. */
export function contactableThere({ phones, optedOutPhones = [] }: Seen): string[] {
  return phones.filter((phone) => !optedOutPhones.includes(phone))
}
