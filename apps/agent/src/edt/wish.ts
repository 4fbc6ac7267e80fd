import { wishRecordSchema } from '@jumpring/contracts'
import { beginningOf, normalizeItemKey, normalizeKey, normalizePlainKey } from '@jumpring/sync'
import type { ReadOf, Unreadable } from '../store/reading.ts'
import type { StoreSettings } from '../store-settings.ts'
import { associateFields, associateOf, descriptionOf, instantOf, keyOf } from './fields.ts'
import { checked, fieldsSchema, parseRecord, withoutGaps } from './record.ts'
import { text } from './values.ts'

/** Raise it when the mapping below gives another wish for the same record. */
export const wishMapping = 1

/** All that is read of a wish. For whom it is to be bought is not named, so it stays in the store (AG-04). */
const pairSchema = fieldsSchema([
  'WishlistKey',
  'WishlistCustKey',
  'WishlistItemKey',
  'WishlistItemDesc',
  'WishlistItemDescMemo',
  'WishlistDateEntered',
  'WishlistDateBought',
  'WishlistDateRemoved',
  'WishlistEventDate',
  'WishlistEventDesc',
  'WishlistAssociate',
  ...associateFields,
])

/**
 * Reads one record of a wish export from its bytes. EDT does not say what the Key of a wish is. Our assumption: a number of its own
 * that stays with it. A wish that is in an export no more was trimmed away and is no removal; WishlistDateRemoved says that.
 */
export function readWish(bytes: Buffer, { timeZone }: StoreSettings): ReadOf<'wish'> | Unreadable {
  const found = parseRecord(bytes, pairSchema)
  if ('message' in found) return found
  const { pair: wish } = found
  const rawKey = text(wish.WishlistKey) ?? found.rawKey
  const key = rawKey === undefined ? null : normalizePlainKey(rawKey)
  if (rawKey === undefined || key === null)
    return { key: null, message: 'WishlistKey is missing, or is not a number of the known form.' }
  const faults: string[] = []
  const record = withoutGaps({
    customer: keyOf('WishlistCustKey', wish.WishlistCustKey, normalizeKey, faults),
    item: keyOf('WishlistItemKey', wish.WishlistItemKey, normalizeItemKey, faults),
    description: beginningOf(descriptionOf(wish.WishlistItemDesc, wish.WishlistItemDescMemo), 8000),
    enteredAt: instantOf(wish.WishlistDateEntered, timeZone),
    eventAt: instantOf(wish.WishlistEventDate, timeZone),
    event: beginningOf(text(wish.WishlistEventDesc), 500),
    boughtAt: instantOf(wish.WishlistDateBought, timeZone),
    removedAt: instantOf(wish.WishlistDateRemoved, timeZone),
    associate: associateOf(wish.WishlistAssociate, wish),
  })
  return checked({ kind: 'wish', key, rawKey }, wishRecordSchema, record, faults)
}
