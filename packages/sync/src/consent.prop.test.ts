import type { Customer } from '@jumpring/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Consent, deniedInEdge, joinConsent, joinDenied } from './consent.ts'
import { projectContact } from './project.ts'

const consent = fc.constantFrom<Consent>('unstated', 'granted', 'denied')
const numbers = ['2035550101', '2035550102', '2035550103', '2035550104']
const phone = fc.record({
  type: fc.constantFrom('Home', 'home', 'Cell'),
  number: fc.constantFrom(...numbers),
  doNotContact: fc.boolean(),
})

const customerWith = (phones: Customer['phones']): Customer => ({
  lastName: 'Lindqvist',
  phones,
  emails: [],
  addresses: [],
  inactive: false,
})

describe('guarantee 6: an opt-out is monotone', () => {
  it('what is said in any order, and however often, joins to the same', () => {
    fc.assert(
      fc.property(fc.array(consent, { minLength: 1 }), fc.array(fc.nat()), (said, order) => {
        const joined = said.reduce(joinConsent)
        const shuffled = said.toSorted((a, b) => (order[said.indexOf(a)] ?? 0) - (order[said.indexOf(b)] ?? 0))
        expect([...shuffled, ...said].reduce(joinConsent)).toBe(joined)
        expect(joined === 'denied').toBe(said.includes('denied'))
      }),
    )
  })

  it('a phone denied anywhere, once, never goes up, whatever is said later', () => {
    fc.assert(
      fc.property(fc.array(fc.array(phone)), fc.subarray(numbers), (versions, deniedElsewhere) => {
        let remembered = new Set(deniedElsewhere.map((number) => `+1${number}`))
        for (const phones of versions) {
          remembered = joinDenied(remembered, deniedInEdge(customerWith(phones), 'US'))
          const sent = projectContact(customerWith(phones), 'US', { denied: remembered, others: new Set() }).phone
          // The oracle looks at the plain data: no version so far, and nobody else, called this number do-not-contact.
          const everDenied = [
            ...deniedElsewhere,
            ...versions
              .slice(0, versions.indexOf(phones) + 1)
              .flatMap((seen) => seen.filter((one) => one.doNotContact).map((one) => one.number)),
          ]
          expect(everDenied.map((number) => `+1${number}`)).not.toContain(sent)
        }
      }),
    )
  })
})
