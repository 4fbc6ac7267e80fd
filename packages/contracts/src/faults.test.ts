import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { faultsOf } from './faults.ts'
import { customerSchema } from './records/customer.ts'
import { jobSchema } from './records/job.ts'
import { uplinkLineSchema } from './uplink.ts'

const said = (schema: z.ZodType, input: unknown) => {
  const { error } = schema.safeParse(input)
  return error ? faultsOf(error, input) : 'nothing'
}
const nora = { firstName: 'Nora', phones: [], emails: [], addresses: [], inactive: false }
const phone = { type: 'Cell', number: '2035550117', doNotContact: false }

describe('[CO-11] what is wrong with a record is said in words', () => {
  test.each([
    ['a text that is too long', { firstName: 'x'.repeat(600) }, 'firstName is too long (600 characters, at most 500)'],
    ['an empty text', { lastName: '' }, 'lastName is empty'],
    ['what is no text', { company: 7 }, 'company is no text'],
    ['what is no yes or no', { inactive: 'perhaps' }, 'inactive is neither yes nor no'],
    ['a field that is missing', { emails: undefined }, 'emails is missing'],
    ['what is no list', { phones: 'none' }, 'phones is no list'],
    ['too many', { phones: Array.from({ length: 201 }, () => phone) }, 'phones: more than 200'],
    [
      'a part of one of many',
      { phones: [phone, { ...phone, number: '5'.repeat(501) }] },
      'phones no. 2: number is too long (501 characters, at most 500)',
    ],
    ['a number of another form', { accountKey: 'Lindqvist' }, 'accountKey is not of the form it should have'],
    ['a custom field', { customFields: { 3: '' } }, 'customFields.3 is empty'],
    ['a field too many', { birthday: '1980-02-03' }, 'it has what does not belong there: birthday'],
    [
      'two at once',
      { firstName: '', lastName: 'x'.repeat(501) },
      'firstName is empty; lastName is too long (501 characters, at most 500)',
    ],
  ])('%s', (_what, change, words) => {
    expect(said(customerSchema, { ...nora, ...change })).toBe(words)
  })

  test('dates, choices and numbers', () => {
    const job = { number: '1', status: 'done' }
    expect(said(jobSchema, { ...job, enteredAt: 'yesterday' })).toBe('enteredAt is no date with a time')
    expect(said(z.object({ soldOn: z.iso.date() }), { soldOn: '02/30/2026' })).toBe('soldOn is no date')
    expect(said(jobSchema, { ...job, status: 'lost' })).toBe('status is none of: not_ready, done, picked_up')
    expect(said(jobSchema, { ...job, price: { minor: 1.5, currency: 'USD' } })).toBe('price.minor is no whole number')
    expect(said(z.object({ minutes: z.int().max(1440) }), { minutes: 9000 })).toBe(
      'minutes is too large (at most 1440)',
    )
  })

  test('of a line as of the record on it', () => {
    const line = { n: 1, at: '2026-03-01T10:00:00Z', op: 'upsert', kind: 'customer', key: '001-00017', bulk: false }
    expect(said(uplinkLineSchema, { ...line, record: { ...nora, title: '' } })).toBe('title is empty')
    expect(said(uplinkLineSchema, line)).toBe('record is missing')
    expect(said(uplinkLineSchema, { ...line, kind: 'guess', record: {} })).toBe(
      'kind is not of the form it should have',
    )
    expect(said(uplinkLineSchema, 'a text')).toBe('it is not of the form it should have')
  })
})

test('of many faults the first are told and the others counted', () => {
  const phones = Array.from({ length: 7 }, () => ({ ...phone, number: '' }))
  expect(said(customerSchema, { ...nora, phones })).toBe(
    `${[1, 2, 3, 4, 5].map((place) => `phones no. ${place}: number is empty`).join('; ')}; and 2 more`,
  )
})

test('[AG-04] no value is repeated, nor what stands where a name should', () => {
  const secret = '078-05-1120'
  const wrong = { ...nora, [secret]: secret, accountKey: secret, inactive: secret, phones: [secret], webUpload: secret }
  expect(said(customerSchema, { ...wrong, customFields: { [secret]: secret } })).not.toContain('078')
})
