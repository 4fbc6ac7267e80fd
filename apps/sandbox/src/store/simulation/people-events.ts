import { child, phone } from '../customer.ts'
import { madeUpCustomer } from '../made-up.ts'
import { Customer, Sale } from '../schema/tables.ts'
import { categories, newItem, whyIns } from './catalog.ts'
import type { Event, Shop } from './shop.ts'

/** What happens to the records of people and things themselves: on a live day only. */
export const peopleEvents: Event[] = [
  { weight: 5, what: 'new customer', happen: newCustomer },
  { weight: 3, what: 'customer changed', happen: changeCustomer },
  { weight: 0.6, what: 'couple', happen: marry },
  { weight: 0.6, what: 'merge', happen: merge },
  { weight: 0.4, what: 'inactive', happen: retire },
  { weight: 0.3, what: 'trimmed', happen: trim },
  { weight: 5, what: 'item received', happen: receive },
  { weight: 2, what: 'item changed', happen: reprice },
  { weight: 1, what: 'item renumbered', happen: renumber },
]

function newCustomer(shop: Shop): string | undefined {
  const key = shop.customers.nextKey()
  const customer = madeUpCustomer(key, shop.chance.number)
  const now = shop.database.now()
  const [acquisition] = shop.chance.pick(whyIns)
  Object.assign(customer.fields, { CustomerDateEntered: now, CustomerAcquisition: acquisition, CustomerUpdateSeq: 0 })
  if (shop.chance.once(5)) customer.Emails = []
  shop.customers.save(customer)
  shop.people.add(key)
  return `${key} ${customer.fields.CustomerFirstName} ${customer.fields.CustomerLastName} is new`
}

function changeCustomer(shop: Shop): string | undefined {
  const key = shop.people.pick()
  const customer = key ? shop.customers.find(key) : undefined
  if (!customer) return undefined
  const digits = `203555${String(shop.chance.below(10_000)).padStart(4, '0')}`
  const [first] = customer.Phones
  if (first && shop.chance.once(2)) first.PairValue.PhonePhone = digits
  else if (shop.chance.once(2)) customer.Phones.push(phone(customer, 'Work', digits))
  else {
    const street = {
      AddressStreet: `${1 + shop.chance.below(900)} Harbor Rd`,
      AddressCity: 'Norwalk',
      AddressState: 'CT',
    }
    customer.Addresses = [child('Addresses', customer, 'Home', street), ...customer.Addresses.slice(1)]
  }
  shop.customers.save(customer)
  return `${key} has a new phone or address`
}

function marry(shop: Shop): string | undefined {
  const [one, other] = [shop.people.pick(), shop.people.pick()]
  if (!one || !other || one === other) return undefined
  const isMarried = [one, other].some((key) => shop.customers.find(key)?.fields.CustomerSpouseKey)
  if (isMarried) return undefined
  const [primary = one, spouse = other] = [one, other].sort()
  shop.till.people.marry(primary, spouse)
  return `${primary} and ${spouse} are a couple`
}

function merge(shop: Shop): string | undefined {
  const [one, other] = [shop.people.take(), shop.people.take()]
  if (one && !other) shop.people.add(one)
  if (!one || !other) return undefined
  const [remaining = one, consumed = other] = [one, other].sort()
  shop.till.people.merge(consumed, remaining)
  shop.people.add(remaining)
  return `${consumed} is merged into ${remaining}`
}

function retire(shop: Shop): string | undefined {
  const key = shop.people.take()
  if (!key) return undefined
  shop.database.update(Customer, [key], { CustomerInactive: true })
  return `${key} is inactive`
}

/** EDT: idle old records disappear. Who has bought something stays. */
function trim(shop: Shop): string | undefined {
  const key = shop.people.take()
  if (!key) return undefined
  if (shop.database.count(Sale, 'SaleCustKey = ?', key) > 0) {
    shop.people.add(key)
    return undefined
  }
  shop.customers.remove(key)
  return `${key} is trimmed away`
}

function receive(shop: Shop): string | undefined {
  const { fields, stones } = newItem(shop.chance, shop.chance.pick(categories.filter(({ id }) => id !== 900)))
  const { ItemKey, ItemDesc } = shop.till.stock.enter(fields, stones)
  shop.stock.add(String(ItemKey))
  return `${ItemKey} has arrived: ${ItemDesc}`
}

function reprice(shop: Shop): string | undefined {
  const key = shop.stock.pick()
  if (!key) return undefined
  const { ItemRetailPrice } = shop.till.stock.find(key)
  const ItemCurrentPrice = Math.round(Number(ItemRetailPrice) * 0.85) + 0.99
  shop.till.stock.change(key, { ItemCurrentPrice, ItemSpecialPrice: ItemCurrentPrice })
  return `${key} costs ${ItemCurrentPrice} now`
}

function renumber(shop: Shop): string | undefined {
  const key = shop.stock.take()
  if (!key) return undefined
  const { ItemKey } = shop.till.stock.renumber(key, shop.chance.pick(categories).id)
  shop.stock.add(String(ItemKey))
  return `${key} is ${ItemKey} now`
}
