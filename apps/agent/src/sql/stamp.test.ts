import { expect, test } from 'vitest'
import { believable, earlier } from './stamp.ts'

test('a stamp goes back in time and keeps its form, because databases compare text as text', () => {
  expect(earlier('2026-03-01T00:00:05', 10)).toBe('2026-02-28T23:59:55')
  expect(earlier('2026-03-01 00:00:05.000', 10)).toBe('2026-02-28 23:59:55')
})

test('a row version is no time and stays as it is', () => {
  expect(earlier(8814, 10)).toBe(8814)
  expect(believable('AAAAAAB', Date.now())).toBe('AAAAAAB')
})

test('a stamp of a clock that was set wrong is not followed into the future', () => {
  const now = Date.parse('2026-07-04T10:00:00Z')
  expect(believable('2026-07-04T20:00:00', now)).toBe('2026-07-04T20:00:00')
  expect(believable('2099-01-01 00:00:00', now)).toBe('2026-07-05 10:00:00')
})
