import type { Address } from '@jumpring/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  beginningOf,
  countryCode,
  longText,
  normalizeAddress,
  normalizeEmail,
  normalizeItemKey,
  normalizeKey,
  normalizePhone,
  normalizePlainKey,
  personName,
  sameAddress,
  splitName,
} from './normalize.ts'

describe('phones', () => {
  it.each([
    ['2035550117', '+12035550117'],
    ['(203) 555-0117', '+12035550117'],
    ['203.555.0117 x12', '+12035550117'],
    ['1-203-555-0117', '+12035550117'],
    ['+44 20 7946 0958', '+442079460958'],
    [' +46 8 123 456 78 ', '+46812345678'],
  ])('%s is %s', (raw, normalized) => expect(normalizePhone(raw, 'US')).toBe(normalized))

  it.each(['', '0000000000', '555-0117', 'ask her husband', '12', '1112223333', '+'])('%j is no phone', (raw) =>
    expect(normalizePhone(raw, 'US')).toBeNull(),
  )

  it('reads a number without country code in the tenant’s region', () =>
    expect(normalizePhone('020 7946 0958', 'GB')).toBe('+442079460958'))
})

describe('e-mails', () => {
  it.each([
    [' Nora.Lindqvist@Example.COM ', 'nora.lindqvist@example.com'],
    ['jürgen@müller.example', 'jürgen@müller.example'],
  ])('%j is %s', (raw, normalized) => expect(normalizeEmail(raw)).toBe(normalized))

  it.each(['', 'nora', 'nora@', '@example.com', 'nora@example', 'a b@example.com', 'none@none'])(
    '%j is no e-mail',
    (raw) => expect(normalizeEmail(raw)).toBeNull(),
  )
})

describe('keys', () => {
  it.each([
    ['001-00017', '001-00017'],
    ['001-000017', '001-00017'],
    ['1-17', '001-00017'],
    ['001-000652', '001-00652'],
    ['001-1234567', '001-1234567'],
    ['1002-5', '1002-00005'],
  ])('%s is %s', (raw, normalized) => expect(normalizeKey(raw)).toBe(normalized))

  it('leading zeros do not count, however many', () => {
    expect(normalizeKey(`${'0'.repeat(1000)}1-${'0'.repeat(1000)}17`)).toBe('001-00017')
  })

  it.each(['', '17', '001-', 'abc-00017', '001-00017-3', `001-${'1'.repeat(21)}`, `${'1'.repeat(11)}-00017`])(
    '%j is none',
    (raw) => expect(normalizeKey(raw)).toBeNull(),
  )

  it.each([
    ['1-150-4', '001-150-00004'],
    ['001-150-000004', '001-150-00004'],
    ['001-1150-00004', '001-1150-00004'],
    ['001-00004', null],
    ['001-15A-00004', null],
  ])('of an item: %s is %s', (raw, normalized) => expect(normalizeItemKey(raw)).toBe(normalized))

  it.each([
    ['1-J7', '001-J00007'],
    ['001-J000007', '001-J00007'],
    ['001-0007', '001-00007'],
    ['190718-093958-01-22-248843', '190718-093958-01-22-248843'],
    [' 42 ', '42'],
    ['no number', null],
    ['', null],
  ])('of another thing: %j is %s', (raw, normalized) => expect(normalizePlainKey(raw)).toBe(normalized))
})

describe('addresses', () => {
  const address = { street: '12 Elm Street', street2: 'Apt 4', city: 'Darien', state: 'CT', zip: '06820' }

  it.each<[Address, string]>([
    [{ ...address, street: '12 ELM STREET,' }, 'letter case and punctuation'],
    [{ ...address, zip: '06820-1234' }, 'the zip’s extension'],
    [{ ...address, country: 'US' }, 'a country stated on one side only'],
    [
      { city: 'Darien', state: 'CT', zip: '06820', street: '12 Elm Street Apt 4' },
      'how the street is split into lines',
    ],
  ])('are the same whatever the difference in %#', (other, _difference) => {
    expect(sameAddress(address, other)).toBe(true)
  })

  it('are others when the house is', () =>
    expect(sameAddress(address, { ...address, street: '14 Elm Street' })).toBe(false))

  it('are none without a place', () => expect(normalizeAddress({ country: 'US', city: '  ' })).toBeNull())
})

describe('names', () => {
  it.each(['Nora Lindqvist', 'Madonna', 'Dr. Nora van der Linden', 'Åsa Öberg'])(
    '%s split and joined is itself',
    (name) => {
      expect(personName(splitName(name))).toBe(name)
    },
  )
})

it.each([
  ['USA', 'US'],
  [' u.s. ', 'US'],
  ['United States', 'US'],
  ['canada', 'CA'],
  ['Österreich', undefined],
  ['', undefined],
])('a country written %j is %j', (written, code) => {
  expect(countryCode(written)).toBe(code)
})

it('the same place is the same however its country is written', () => {
  const place = { street: '12 Elm St', city: 'Rye', zip: '10580' }
  expect(sameAddress({ ...place, country: 'USA' }, { ...place, country: 'us' })).toBe(true)
  expect(sameAddress({ ...place, country: 'USA' }, { ...place, country: 'Canada' })).toBe(false)
})

it.each([
  ['a💍', 3, 'a💍'],
  ['a💍', 2, 'a'],
  ['abc', 2, 'ab'],
])('the beginning of %j, at most %i long, is %j', (text, most, beginning) => {
  expect(beginningOf(text, most)).toBe(beginning)
})

describe('texts of several lines', () => {
  it.each([
    ['Likes rubies.\r\nAnd opals.\r', 'Likes rubies.\nAnd opals.'],
    ['one\rtwo\u2028three\vfour', 'one\ntwo\nthree\nfour'],
    [' \t Likes  rubies.\u00a0\n\n', 'Likes  rubies.'],
    ['Size\t6\n\n  and a half', 'Size\t6\n\n  and a half'],
    ['A\0 ring\u001b \ud83d', 'A ring'],
    ['A ring 💍', 'A ring 💍'],
    ['\0 \udc8d', undefined],
    [null, undefined],
  ])('%j is %j', (raw, text) => expect(longText(raw)).toBe(text))

  it('have one form: what it gives is text, and is given again', () => {
    const anything = fc.string({ unit: fc.constantFrom('a', ' ', '\r', '\n', '\t', '\0', '\x85', '\ud83d', '\udc8d') })
    fc.assert(
      fc.property(anything, (raw) => {
        const text = longText(raw)
        expect(longText(text)).toBe(text)
        expect(text ?? '').not.toMatch(/(?![\n\t])[\p{Cc}\p{Cs}]|^\s|\s$/u)
      }),
    )
  })
})
