import { stampNow } from '../database.ts'
import type { Kind } from '../made-up.ts'
import { Associate, Vendor, WhyIn } from '../schema/tables.ts'
import { associates, categories, newItem, vendors, whyIns } from './catalog.ts'
import { Chance } from './chance.ts'
import { oneOf } from './day.ts'
import { addOddThings } from './odd.ts'
import { saleEvents } from './sale-events.ts'
import { serviceEvents } from './service-events.ts'
import { Shop, type ShopParts } from './shop.ts'

const years = 3
const dayMs = 24 * 3600 * 1000
const eventsPerCustomer = 3.5
const itemsPerCustomer = 0.25
const leastItems = 40
const bulkItems = 12

/**
 * Three years of a shop for the customers who are there: about three sale lines and a quarter of an item for each. The same
 * store, seed and last day give the same history.
 */
export function makeHistory(
  store: ShopParts,
  made: { customers: number; seed: number; kind: Kind; until: string },
): void {
  const { customers, seed, kind, until } = made
  const { database, till } = store
  const last = Date.parse(`${until}T00:00:00Z`)
  const first = last - years * 365 * dayMs
  const chance = new Chance(seed)
  try {
    database.now = () => shopTime(first)
    for (const [key, label] of whyIns) database.insert(WhyIn, { WhyInKey: key, WhyInDesc: label })
    for (const [AssociateKey, AssociateFirstName, AssociateLastName] of associates) {
      database.insert(Associate, { AssociateKey, AssociateFirstName, AssociateLastName })
    }
    for (const [VendorId, VendorName] of vendors) database.insert(Vendor, { VendorId, VendorName })
    const items = Math.max(leastItems, Math.round(customers * itemsPerCustomer))
    for (let number = 0; number < items; number++) {
      database.now = () => shopTime(first + (number / items) * (last - first) * 0.2)
      const category = number < bulkItems ? categories.find(({ id }) => id === 900) : shelf(chance)
      const { fields, stones } = newItem(chance, category)
      till.stock.enter(fields, stones)
    }
    const shop = new Shop(store, seed, false)
    const events = [...saleEvents(0.7), ...serviceEvents]
    const count = customers * eventsPerCustomer
    for (let number = 0; number < count; number++) {
      const time = shopTime(first + (0.2 + 0.8 * (number / count)) * (last - first))
      database.now = () => time
      oneOf(events, shop)
    }
    if (kind === 'mixed') addOddThings(store, customers)
  } finally {
    database.now = stampNow
  }
}

function shelf(chance: Chance) {
  return chance.pick(categories.filter(({ id }) => id !== 900))
}

/** The same day, from half past nine to half past five. */
function shopTime(at: number): string {
  const day = Math.floor(at / dayMs)
  const seconds = Math.floor((9.5 + 8 * (at / dayMs - day)) * 3600)
  return new Date(day * dayMs + seconds * 1000).toISOString().slice(0, 19)
}
