import { expect, test } from 'vitest'
import { storeSettingsSchema } from '../store-settings.ts'
import { readSaleLine } from './sale-line.ts'

const settings = storeSettingsSchema.parse({ region: 'US', timeZone: 'America/New_York', currency: 'USD' })
const readRecord = (record: unknown) => readSaleLine(Buffer.from(JSON.stringify(record)), settings)
const read = (fields: Record<string, unknown>) =>
  readRecord({
    Key: '001-000011',
    PairValue: { SalelineSaleKey: '001-00001', SalelineLineNo: 1, SalelineAmount: 25, ...fields },
  })

test('reads a line: its sale and number from their own fields, not from the Key that runs them together', () => {
  expect(
    read({
      SalelineSaleKey: '001-000123',
      SalelineLineNo: '12',
      SalelineAmount: '1250.50',
      SalelineCost: 610,
      SalelineCustKey: '1-17',
      SalelineDesc: 'Rosé gold ring',
      SalelineItemKey: '1-150-4',
      SalelineItemType: 'I',
      SalelineEnvKey: '',
      SalelineUpdateDate: '03/03/2026 18:00:00',
    }),
  ).toEqual({
    kind: 'saleLine',
    key: '001-00123/12',
    rawKey: '001-000123',
    record: {
      sale: '001-00123',
      line: 12,
      customer: '001-00017',
      soldAt: '2026-03-03T23:00:00Z',
      amount: { minor: 125_050, currency: 'USD' },
      description: 'Rosé gold ring',
      item: '001-150-00004',
      itemType: 'I',
    },
  })
})

test.each([
  ['what was returned is negative', { SalelineAmount: -85 }, { amount: { minor: -8500, currency: 'USD' } }],
  ['of a bulk item', { SalelineItemKey: '', SalelineInstanceOf: '001-900-00001' }, { item: '001-900-00001' }],
  ['on layaway', { SalelineEnvKey: '001-E00007', SalelineItemType: 'I' }, { open: 'layaway' }],
  ['of a special order', { SalelineEnvKey: '001-E00007', SalelineItemType: 'S' }, { open: 'special_order' }],
])('a line: %s', (_, fields, record) => {
  expect(read(fields)).toMatchObject({ record })
})

test('a line that is set aside no longer, and one over the counter to nobody known, say nothing of it', () => {
  const result = read({ SalelineEnvKey: ' ', SalelineCustKey: '' })
  expect('record' in result && Object.keys(result.record)).toEqual(['sale', 'line', 'amount'])
})

test.each([
  ['no sale number', { SalelineSaleKey: '' }, '001-00001/1', 'SalelineSaleKey is missing'],
  ['a sale number of another form', { SalelineSaleKey: 'Z9' }, '001-00001/1', 'SalelineSaleKey is missing, or is not'],
  ['no line number', { SalelineLineNo: null }, null, 'SalelineLineNo is not a line number.'],
  ['an amount that is none', { SalelineAmount: 'n/a' }, '001-00001/1', 'SalelineAmount is not a number.'],
  ['no amount', { SalelineAmount: '' }, '001-00001/1', 'SalelineAmount is empty.'],
  ['a customer that is none', { SalelineCustKey: 'walk-in' }, '001-00001/1', 'SalelineCustKey is not a number'],
])('[CO-11] a line with %s is refused with a sentence that names the field', (_, fields, key, message) => {
  expect(read(fields)).toEqual({ key, message: expect.stringContaining(message) })
})
