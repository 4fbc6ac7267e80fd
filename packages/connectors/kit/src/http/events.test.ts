import { expect, test } from 'vitest'
import { reasonOf } from './events.ts'

test('[CO-10] a platform’s reason goes on without contact details, short, and with no character cut in two', () => {
  expect(reasonOf(' Not sent to nora@example.com, +1 203 555 0117. ')).toEqual({ reason: 'Not sent to … ….' })
  expect(reasonOf(`${'x'.repeat(199)}💍`)).toEqual({ reason: 'x'.repeat(199) })
  expect(reasonOf(null)).toEqual({})
})
