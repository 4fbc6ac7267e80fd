import { expect, test } from 'vitest'
import { flag, localDate, setLike, text, unsetLike } from './values.ts'

test.each([
  ['2022-03-03', '2022-03-03'],
  ['2022-03-03T11:21:13', '2022-03-03T11:21:13'],
  ['2022-03-03T11:21:13.123', '2022-03-03T11:21:13'],
  ['03/09/2022 11:21:13', '2022-03-09T11:21:13'],
  ['3/9/2022', '2022-03-09'],
  ['03/09/2022 01:05:00 PM', '2022-03-09T13:05:00'],
  ['03/09/2022 12:05:00 AM', '2022-03-09T00:05:00'],
  ['02/30/2022', undefined],
  ['00/00/0000', undefined],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
])('reads the date %j', (written, date) => {
  expect(localDate(written)).toBe(date)
})

test.each([
  ['Y', true],
  ['true', true],
  ['True', true],
  [true, true],
  [1, true],
  ['1', true],
  ['N', false],
  ['', false],
  [null, false],
  [undefined, false],
  [0, false],
  ['False', false],
])('reads the flag %j', (written, set) => {
  expect(flag(written, !set || written === undefined)).toBe(set)
})

test('an unclear flag is what the caller holds for safe', () => {
  expect([flag('maybe', true), flag('maybe', false)]).toEqual([true, false])
})

test.each([
  ['N', 'Y', 'N'],
  ['y', 'y', 'n'],
  [false, true, false],
  ['False', 'True', 'False'],
  ['false', 'true', 'false'],
  [0, 1, 0],
  ['0', '1', '0'],
  [undefined, true, false],
  ['', true, false],
])('writes a flag as the store writes %j', (sample, set, unset) => {
  expect([setLike(sample), unsetLike(sample)]).toEqual([set, unset])
})

test.each([
  ['  Nora ', 'Nora'],
  [17, '17'],
  ['', undefined],
  ['   ', undefined],
  [null, undefined],
])('reads the text %j', (written, value) => {
  expect(text(written)).toBe(value)
})
