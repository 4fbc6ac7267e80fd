import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { counterOf, showcaseOf, sinks } from './support/objects.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shops: Shop[]

beforeAll(async () => {
  stack = await sharedStack()
  shops = await openShops(stack, sinks)
})
afterAll(async () => {
  await Promise.all(shops.map((shop) => shop.close()))
  await stack?.stop()
})

describe.each(sinks)('through $name', ({ name: sink }) => {
  const open = () => {
    const shop = shops.find(({ agent }) => agent === `agent-${sink}`) ?? expect.fail('the shop did not open')
    return { shop, counter: counterOf(shop), showcase: showcaseOf(stack, shop) }
  }

  test('[PD-06] [PD-08] [CO-07] two customers merged in The Edge: what was the one’s is the other’s in Podium, once', async () => {
    const { shop, counter, showcase } = open()
    const gone = await shop.addCustomer('Tea Double', { phone: '2035551401' })
    const stays = await shop.addCustomer('Tea Single', { phone: '2035551402', email: 'tea@example.com' })
    const [first, second] = [
      await counter.sale(gone, [{ description: 'Chain', amount: 40 }]),
      await counter.sale(stays, [{ description: 'Charm', amount: 60 }]),
    ]
    const job = await counter.job({ customer: gone, type: 'Repair' })
    await showcase.purchasesAre('Tea Double', [`${first}/1 40`])
    await showcase.purchasesAre('Tea Single', [`${second}/1 60`])
    await showcase.job(job, ({ contact }) => contact?.name === 'Tea Double')

    await counter.merge(gone, stays)
    await showcase.purchasesAre('Tea Single', [`${first}/1 40`, `${second}/1 60`])
    await showcase.job(job, ({ contact }) => contact?.name === 'Tea Single')
    expect(await showcase.purchases('Tea Double')).toEqual([])

    // What happens to the remaining one later happens to them alone.
    await shop.post(`/store/customers/${stays}/phone`, { phone: '2035551403' })
    await shop.contactWith(
      '+12035551403',
      ({ name, emails }) => name === 'Tea Single' && emails.includes('tea@example.com'),
    )
    const third = await counter.sale(stays, [{ description: 'Clasp', amount: 5 }])
    await showcase.purchasesAre('Tea Single', [`${first}/1 40`, `${second}/1 60`, `${third}/1 5`])
    await shop.marker()
    const contacts = (await shop.contacts()).filter(({ name }) => name?.startsWith('Tea'))
    expect(contacts.map(({ name }) => name).toSorted()).toEqual(['Tea Double', 'Tea Single'])
    expect((await shop.customers()).filter(({ name }) => name.startsWith('Tea'))).toHaveLength(1)
    expect(await shop.staff.quarantine()).toEqual([])
  })
})
