import { Notes, Wishlist } from '../schema/tables.ts'
import { notes, otherKeys, otherValues } from './catalog.ts'
import type { Event, Shop } from './shop.ts'

const openWish = "coalesce(WishlistDateBought, '') = '' AND coalesce(WishlistDateRemoved, '') = ''"
const openNote = 'NotesLocked = 0'

/** What becomes of custom fields, wishes and notes: on a live day only. */
export const diaryEvents: Event[] = [
  { weight: 2, what: 'custom field', happen: setCustomField },
  { weight: 1, what: 'wish changed', happen: changeWish },
  { weight: 1, what: 'wish removed', happen: removeWish },
  { weight: 2, what: 'wish fulfilled', happen: fulfil },
  { weight: 2, what: 'note changed', happen: changeNote },
  { weight: 0.5, what: 'note locked', happen: lockNote },
]

function setCustomField(shop: Shop): string | undefined {
  const key = shop.people.pick()
  const customer = key ? shop.customers.find(key) : undefined
  if (!customer) return undefined
  const index = shop.chance.below(otherValues.length)
  const value = shop.chance.pick(otherValues[index] ?? [''])
  customer.fields[`CustomerKey${index + 1}`] = value
  shop.customers.save(customer)
  return `${key}: ${otherKeys[index]} is ${value || 'empty'} now`
}

/** One of the rows by chance. */
function anyOf(shop: Shop, keys: string[]): string | undefined {
  return keys.length === 0 ? undefined : shop.chance.pick(keys)
}

const wishes = (shop: Shop, more = '1') =>
  shop.database.values(Wishlist, 'WishlistKey', `${openWish} AND ${more} ORDER BY WishlistKey`)
const unlocked = (shop: Shop) => shop.database.values(Notes, 'NotesKey', `${openNote} ORDER BY NotesKey`)

function changeWish(shop: Shop): string | undefined {
  const key = anyOf(shop, wishes(shop, "WishlistItemKey = ''"))
  if (!key) return undefined
  const WishlistItemDesc = shop.chance.pick([
    'Something with pearls',
    'A watch like her father’s',
    'Opals, set in gold',
  ])
  shop.till.diary.changeWish(key, { WishlistItemDesc })
  return `${key}: ${WishlistItemDesc}`
}

function removeWish(shop: Shop): string | undefined {
  const key = anyOf(shop, wishes(shop))
  if (!key) return undefined
  shop.till.diary.removeWish(key)
  return `${key} is wished for no more`
}

/** Who wished for an item buys it, or somebody does for them. */
function fulfil(shop: Shop): string | undefined {
  const inStock = "WishlistItemKey IN (SELECT ItemKey FROM Item WHERE ItemStatus = 'I' AND Quantity = 1)"
  const key = anyOf(shop, wishes(shop, inStock))
  const wish = key ? shop.database.get(Wishlist, key) : undefined
  if (!wish) return undefined
  const item = String(wish.WishlistItemKey)
  const sale = shop.till.sales.sell({ customer: String(wish.WishlistCustKey), lines: [{ item }] })
  return `${key} is fulfilled by sale ${sale.SaleKey}`
}

function changeNote(shop: Shop): string | undefined {
  const key = anyOf(shop, unlocked(shop))
  if (!key) return undefined
  shop.till.diary.changeNote(key, { NotesText: `${shop.chance.pick(notes)} Told twice.` })
  return `${key} says more now`
}

function lockNote(shop: Shop): string | undefined {
  const key = anyOf(shop, unlocked(shop))
  if (!key) return undefined
  shop.till.diary.changeNote(key, { NotesLocked: true })
  return `${key} is locked`
}
