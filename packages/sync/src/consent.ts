import type { Customer } from '@jumpring/contracts'
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
  const consent = new Map<string, Consent>()
  for (const phone of customer.phones) {
    const number = normalizePhone(phone.number, region)
    if (number)
      consent.set(number, joinConsent(consent.get(number) ?? 'unstated', phone.doNotContact ? 'denied' : 'unstated'))
  }
  return new Set([...consent].filter(([, value]) => value === 'denied').map(([number]) => number))
}

/** All denials there are: a number denied anywhere is denied. */
export function joinDenied(...sides: Iterable<string>[]): Set<string> {
  return new Set(sides.flatMap((side) => [...side]))
}
