import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instantOf, longTextOf, moneyOf, wholeNumber } from './fields.ts'

test.each([
  [1250, 125_000],
  [1250.5, 125_050],
  ['1250.50', 125_050],
  ['1250.5000', 125_050],
  ['$1,250.00', 125_000],
  ['-85', -8500],
  ['-$85.10', -8510],
  ['$-85.10', -8510],
  ['(85.10)', -8510],
  ['.5', 50],
  ['0.005', 1],
  [0, 0],
  ['-0.00', 0],
])('%j is %i cents', (written, minor) => {
  const faults: string[] = []
  expect(moneyOf('Amount', written, 'USD', faults)).toEqual({ minor, currency: 'USD' })
  expect(faults).toEqual([])
})

test.each(['call', 'n/a', '12,50', '1.2.3', '$', '-', '1e21', '12 or so'])(
  '%j is a fault, which names the field',
  (written) => {
    const faults: string[] = []
    expect(moneyOf('ItemCurrentPrice', written, 'USD', faults)).toBeUndefined()
    expect(faults).toEqual(['ItemCurrentPrice is not a number.'])
  },
)

test.each([undefined, null, '', '  '])('%j is no amount, and no fault', (written) => {
  const faults: string[] = []
  expect([moneyOf('Amount', written, 'USD', faults), faults]).toEqual([undefined, []])
})

test('an amount has as many decimals as its currency', () => {
  expect(moneyOf('Amount', '1250', 'JPY', [])).toEqual({ minor: 1250, currency: 'JPY' })
  expect(moneyOf('Amount', '1.2345', 'KWD', [])).toEqual({ minor: 1235, currency: 'KWD' })
})

test('cents written as dollars come back as the same cents', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (cents) => {
      expect(moneyOf('Amount', cents / 100, 'USD', [])?.minor).toBe(cents === 0 ? 0 : cents)
    }),
  )
})

test.each([
  ['07/18/2019 09:39:58', '2019-07-18T13:39:58Z'],
  ['2019-07-18T09:39:58', '2019-07-18T13:39:58Z'],
  ['2019-12-18T09:39:58', '2019-12-18T14:39:58Z'],
  ['2019-07-18', '2019-07-18T04:00:00Z'],
  ['soon', undefined],
  ['', undefined],
])('%j in New York is %s', (written, instant) => {
  expect(instantOf(written, 'America/New_York')).toBe(instant)
})

test.each([
  [3, 3],
  ['3', 3],
  ['3.0', 3],
  ['-2', -2],
  ['2.5', undefined],
  ['two', undefined],
  [null, undefined],
])('%j is the whole number %s', (written, number) => {
  expect(wholeNumber(written)).toBe(number)
})

test.each([
  [' Likes rubies.\r\nAnd opals.\r\n', 'Likes rubies.\nAnd opals.'],
  ['A ring\0 \ud83d', 'A ring'],
  [17, '17'],
  [' \r\n', undefined],
  [null, undefined],
])('[CB-06] %j is in the form in which the cloud compares it', (written, text) => {
  expect(longTextOf(written)).toBe(text)
})
