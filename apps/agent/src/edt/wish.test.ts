import { expect, test } from 'vitest'
import { storeSettingsSchema } from '../store-settings.ts'
import { readWish } from './wish.ts'

const settings = storeSettingsSchema.parse({ region: 'US', timeZone: 'America/New_York' })
const read = (record: unknown) => readWish(Buffer.from(JSON.stringify(record)), settings)

test('[CB-04] reads a wish as EDT exports it; what is bought for whom stays in the store', () => {
  const long = `${'A necklace like the one in the window, '.repeat(7).slice(0, 254)} `
  const result = read({
    Key: '1-W7',
    PairValue: {
      WishlistAssociate: 7,
      WishlistBuyFor: 'SECRET',
      WishlistCustKey: '001-000017',
      WishlistDateEntered: '07/01/2026 10:00:00',
      WishlistDateBought: '',
      WishlistItemKey: '',
      WishlistItemDesc: long,
      WishlistItemDescMemo: 'longer.\r\nWith a clasp.',
      WishlistEventDesc: 'Birthday',
    },
  })
  expect(result).toEqual({
    kind: 'wish',
    key: '001-W00007',
    rawKey: '1-W7',
    record: {
      customer: '001-00017',
      description: `${long}longer.\nWith a clasp.`,
      enteredAt: '2026-07-01T14:00:00Z',
      event: 'Birthday',
      associate: { number: '7' },
    },
  })
})

test.each([
  ['no key', { PairValue: { WishlistCustKey: '1-17' } }, null],
  ['an item number of another form', { Key: 'w1', PairValue: { WishlistItemKey: 'ring' } }, 'w1'],
])('a wish with %s is refused', (_, record, key) => {
  expect(read(record)).toEqual({ key, message: expect.any(String) })
})

test('cuts no character in two where a text is longer than what goes up', () => {
  const record = {
    Key: 'w1',
    PairValue: { WishlistEventDesc: `${'x'.repeat(499)}💍`, WishlistItemDesc: `${'y'.repeat(7999)}💍` },
  }
  expect(read(record)).toMatchObject({ record: { event: 'x'.repeat(499), description: 'y'.repeat(7999) } })
})

test('puts a description together that was parted before a character of two places', () => {
  const record = { Key: 'w1', PairValue: { WishlistItemDesc: 'z'.repeat(254), WishlistItemDescMemo: '💍 of gold' } }
  expect(read(record)).toMatchObject({ record: { description: `${'z'.repeat(254)}💍 of gold` } })
})
