import type { Customer } from '@jumpring/contracts'
import { describe, expect, it } from 'vitest'
import { projectContact } from './project.ts'

const nobody: Customer = { phones: [], emails: [], addresses: [], inactive: false }
const cell = { type: 'Cell', number: '2035550101', doNotContact: false }
const home = { type: 'home', number: '2035550102', doNotContact: false }
const work = { type: 'Work', address: 'work@example.com', sendPromo: false }
const free = { denied: new Set<string>(), others: new Set<string>() }

describe('what goes up of a customer', () => {
  it('is the name, else the company, else the e-mail', () => {
    expect(
      projectContact({ ...nobody, firstName: 'Nora', lastName: ' Lindqvist ', company: 'Ring & Co' }, 'US', free).name,
    ).toBe('Nora Lindqvist')
    expect(projectContact({ ...nobody, company: 'Ring & Co' }, 'US', free).name).toBe('Ring & Co')
    expect(projectContact({ ...nobody, emails: [work] }, 'US', free).name).toBe('work@example.com')
  })

  it('is the first valid phone of the preferred type, whatever its letter case', () => {
    const phones = [cell, { ...home, number: 'n/a' }, home, { ...home, number: '2035550103' }]
    expect(projectContact({ ...nobody, phones, preferredPhone: 'Home' }, 'US', free).phone).toBe('+12035550102')
  })

  it('is the first valid phone at all when no valid one has the preferred type', () => {
    expect(
      projectContact({ ...nobody, phones: [{ ...home, number: '' }, cell], preferredPhone: 'home' }, 'US', free).phone,
    ).toBe('+12035550101')
    expect(projectContact({ ...nobody, phones: [cell, home], preferredPhone: 'Fax' }, 'US', free).phone).toBe(
      '+12035550101',
    )
  })

  it('is never a do-not-contact phone, even under another type without the flag', () => {
    const phones = [cell, { ...home, number: '(203) 555-0101', doNotContact: true }]
    expect(projectContact({ ...nobody, phones }, 'US', free).phone).toBeUndefined()
  })

  it('is a method of the customer’s own when another holds the contact', () => {
    expect(
      projectContact({ ...nobody, phones: [cell, home] }, 'US', { ...free, others: new Set(['+12035550101']) }).phone,
    ).toBe('+12035550102')
  })

  it('is an e-mail although it gets no promotions: that is no opt-out of contact', () => {
    expect(projectContact({ ...nobody, emails: [work] }, 'US', free).email).toBe('work@example.com')
  })
})
