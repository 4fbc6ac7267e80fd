import { expect, it } from 'vitest'
import { madeUpCustomers } from './made-up.ts'

it('the same seed makes the same customers, another seed others', () => {
  const made = (seed: number) => JSON.stringify([...madeUpCustomers(200, seed, 'mixed')])
  expect(made(1)).toBe(made(1))
  expect(made(1)).not.toBe(made(2))
})

it('forty customers have one of everything that makes a store hard', () => {
  const customers = [...madeUpCustomers(40, 17, 'mixed')]
  const phones = customers.map(({ Phones }) => Phones.map(({ PairValue }) => String(PairValue.PhonePhone)))
  const some = (test: (customer: (typeof customers)[number]) => boolean) => expect(customers.some(test)).toBe(true)
  some(({ fields }) => /[äöüßøłçé]/i.test(`${fields.CustomerFirstName}${fields.CustomerLastName}`))
  some(({ fields }) => fields.CustomerAccountKey !== fields.CustomerKey)
  some(({ fields }) => fields.CustomerIsCompany === true && fields.CustomerFirstName === '')
  some(({ fields }) => fields.CustomerInactive === true)
  some(({ fields }) => /^\d{3}-\d{6}$/.test(String(fields.CustomerKey)))
  some(({ fields }) => fields.CustomerSSNO !== '')
  some(({ fields }) => fields.CustomerTaxId !== '')
  some(({ Emails }) => Emails.length === 0)
  some(({ Phones, Emails }) => Phones.length + Emails.length === 0)
  some(({ Phones }) => Phones.filter(({ Key }) => Key === 'Cell').length > 1)
  some(({ Phones }) => Phones.some(({ Key }) => Key === 'cell' || Key === 'CELL'))
  some(({ Phones }) => Phones.some(({ PairValue }) => PairValue.PhoneDoNotContact === true))
  some(({ Phones }) => Phones.some(({ PairValue }) => !/^\d{10}$/.test(String(PairValue.PhonePhone))))
  expect(new Set(phones.flat()).size).toBeLessThan(phones.flat().length)
})

it('plain customers each have a phone and an e-mail of their own', () => {
  const customers = [...madeUpCustomers(5_000, 17, 'plain')]
  const phones = new Set(customers.map(({ Phones }) => Phones[0]?.PairValue.PhonePhone))
  const emails = new Set(customers.map(({ Emails }) => Emails[0]?.PairValue.EmailEmail))
  expect([phones.size, emails.size]).toEqual([5_000, 5_000])
})
