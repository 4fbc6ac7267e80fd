import type { LineInput } from '../till/sales.ts'
import { newItem, orders, services } from './catalog.ts'
import type { Event, Shop } from './shop.ts'

/** Over the counter. `itemsInTen`: of ten sales, how many sell an item of the inventory. */
export function saleEvents(itemsInTen: number): Event[] {
  return [
    { weight: 50, what: 'sale', happen: (shop) => sell(shop, itemsInTen) },
    { weight: 2, what: 'return', happen: giveBack },
    { weight: 1, what: 'exchange', happen: exchange },
    { weight: 1.5, what: 'layaway', happen: openLayaway },
    { weight: 3, what: 'layaway payment', happen: payLayaway },
    { weight: 0.2, what: 'layaway canceled', happen: cancelLayaway },
    { weight: 1.5, what: 'special order', happen: order },
  ]
}

function sell(shop: Shop, itemsInTen: number): string | undefined {
  const { chance, till } = shop
  const customer = chance.once(12) ? '' : shop.people.pick()
  if (customer === undefined) return undefined
  const lines: LineInput[] = []
  if (chance.number() * 10 < itemsInTen) {
    const item = shop.stock.take()
    if (item) lines.push({ item })
  }
  while (lines.length === 0 || chance.once(3)) lines.push(smallThing(shop))
  const sale = till.sales.sell({ customer, lines, associate: 1 + chance.below(9) })
  if (lines.some(({ item }) => item)) shop.sales.add(String(sale.SaleKey))
  return `${customer || 'Somebody'} buys ${lines.map(({ item, description }) => item ?? description).join(', ')}: sale ${sale.SaleKey}`
}

function smallThing({ chance, bulk }: Shop): LineInput {
  const item = chance.once(2) ? bulk.pick() : undefined
  if (item) return { item }
  const [description, amount] = chance.pick(services)
  return { description, amount }
}

function giveBack(shop: Shop): string | undefined {
  const key = shop.sales.take()
  const [line] = key ? shop.till.sales.linesOf(key) : []
  if (!key || !line || line.SalelineEnvKey || !(Number(line.SalelineAmount) > 0)) return undefined
  const sale = shop.till.sales.giveBack(key, [Number(line.SalelineLineNo)])
  if (line.SalelineItemKey) shop.stock.add(String(line.SalelineItemKey))
  return `${line.SalelineDesc} of sale ${key} comes back: sale ${sale.SaleKey}`
}

function exchange(shop: Shop): string | undefined {
  const key = shop.sales.take()
  const [line] = key ? shop.till.sales.linesOf(key) : []
  const item = shop.stock.size > 0 && line && !line.SalelineEnvKey && Number(line.SalelineAmount) > 0
  if (!key || !item) return undefined
  const other = shop.stock.take()
  if (!other) return undefined
  const sale = shop.till.sales.giveBack(key, [Number(line.SalelineLineNo)], [{ item: other }])
  if (line.SalelineItemKey) shop.stock.add(String(line.SalelineItemKey))
  return `${line.SalelineDesc} of sale ${key} is exchanged for ${other}: sale ${sale.SaleKey}`
}

function openLayaway(shop: Shop): string | undefined {
  const customer = shop.people.pick()
  const item = customer && shop.stock.take()
  if (!item) return undefined
  const { EnvKey, EnvTotal } = shop.till.envelopes.layaway({ customer, items: [item], paid: 50 })
  shop.layaways.add(String(EnvKey))
  return `${customer} puts ${item} on layaway: ${EnvKey}, ${EnvTotal}`
}

function payLayaway(shop: Shop): string | undefined {
  const key = shop.layaways.take()
  if (!key) return undefined
  const { EnvTotal } = shop.till.envelopes.find(key)
  const envelope = shop.till.envelopes.pay(key, shop.chance.once(2) ? undefined : Math.ceil(Number(EnvTotal) / 3))
  if (envelope.EnvStatus === 'Sold') return `Layaway ${key} is paid off and becomes sale ${envelope.EnvSaleKey}`
  shop.layaways.add(key)
  return `Layaway ${key}: ${envelope.EnvPaid} of ${EnvTotal} paid`
}

function cancelLayaway(shop: Shop): string | undefined {
  const key = shop.layaways.take()
  if (!key) return undefined
  const { EnvSaleKey } = shop.till.envelopes.cancel(key)
  for (const { SalelineItemKey } of shop.till.sales.linesOf(String(EnvSaleKey))) shop.stock.add(String(SalelineItemKey))
  return `Layaway ${key} is canceled`
}

function order(shop: Shop): string | undefined {
  const customer = shop.people.pick()
  if (!customer) return undefined
  const summary = shop.chance.pick(orders)
  const price = Number(newItem(shop.chance).fields.ItemRetailPrice)
  const paid = Math.round(price / 2)
  const promised = shop.later(10 + shop.chance.below(20))
  const job = shop.till.workshop.takeIn({ customer, type: 'Special Order', summary, price, paid, promised })
  shop.openJobs.add(String(job.JobKey))
  return `${customer} orders ${summary}: ${job.JobKey}`
}
