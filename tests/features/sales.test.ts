import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { counterOf, showcaseOf, sinks } from './support/objects.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shops: Shop[]

beforeAll(async () => {
  stack = await sharedStack()
  shops = await openShops(
    stack,
    sinks.map((sink) => ({ ...sink, tier: 'clienteling_plus' })),
  )
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

  test('[PD-06] [CO-09] a sale is purchases of its client, the item sold an archived product', async () => {
    const { shop, counter, showcase } = open()
    const ada = await shop.addCustomer('Ada Sale', { phone: '2035551001' })
    const ring = await counter.item({ ItemDesc: 'Ring with a sapphire', ItemCurrentPrice: 1250.5 })
    await showcase.product(ring, ({ archived }) => !archived)
    const sale = await counter.sale(ada, [{ item: ring }, { description: 'Watch battery', amount: 12 }])

    await showcase.purchasesAre('Ada Sale', [`${sale}/1 1250.5`, `${sale}/2 12`])
    const bought = (await showcase.all()).find(({ type, fields }) => type === 'purchase' && fields.itemNumber === ring)
    expect(bought).toMatchObject({
      sink,
      fields: {
        amount: { minor: 125050, currency: 'USD' },
        isReturn: false,
        description: 'Ring with a sapphire',
        purchasedAt: expect.stringMatching(/^20\d\d-.*Z$/),
      },
    })
    await showcase.product(ring, ({ archived, fields }) => archived && fields.archived === 'sold')
  })

  test('[PD-06] what is returned or exchanged is a negative purchase, and an item that came back is on hand', async () => {
    const { shop, counter, showcase } = open()
    const bo = await shop.addCustomer('Bo Return', { email: 'bo@example.com' })
    const [first, second, third] = [await counter.item(), await counter.item(), await counter.item()]
    const sale = await counter.sale(bo, [{ item: first }, { item: second, amount: 300 }])
    const returned = await counter.takeBack(sale, [1])
    const exchanged = await counter.takeBack(sale, [2], [{ item: third, amount: 420 }])
    await showcase.purchasesAre('Bo Return', [
      `${sale}/1 500`,
      `${sale}/2 300`,
      `${returned}/1 -500`,
      `${exchanged}/1 -300`,
      `${exchanged}/2 420`,
    ])
    const negative = (await showcase.all()).filter(({ fields }) => (fields.amount?.minor ?? 0) < 0)
    expect(negative.map(({ fields }) => fields.isReturn)).toEqual([true, true])
    for (const back of [first, second]) await showcase.product(back, ({ archived }) => !archived)
    await showcase.product(third, ({ archived }) => archived)
  })

  describe.each(['same', 'new'] as const)('where an envelope that is sold leaves the %s lines', (envelopeSale) => {
    test('[PD-06] a layaway is no purchase until it is paid off, and then one', async () => {
      const { shop, counter, showcase } = open()
      await shop.post('/control/store/settings', { envelopeSale })
      const name = `Cora Layaway ${envelopeSale}`
      const cora = await shop.addCustomer(name, { email: `cora-${envelopeSale}@example.com` })
      const item = await counter.item()
      const { envelope } = await counter.layaway(cora, [item])
      // What comes after it in the store's files is there: so it has been looked at.
      const battery = await counter.sale(cora, [{ description: 'Battery', amount: 9 }])
      await showcase.purchasesAre(name, [`${battery}/1 9`])

      const sold = await counter.payOff(envelope)
      await showcase.purchasesAre(name, [`${battery}/1 9`, `${sold}/1 500`])
      await showcase.product(item, ({ fields }) => fields.archived === 'sold')
    })

    test('[PD-06] [CO-09] a special order is a purchase, and its item a product, when it is picked up', async () => {
      const { shop, counter, showcase } = open()
      await shop.post('/control/store/settings', { envelopeSale })
      const name = `Dee Order ${envelopeSale}`
      const dee = await shop.addCustomer(name, { email: `dee-${envelopeSale}@example.com` })
      const order = await counter.job({ customer: dee, type: 'Special Order', summary: 'Band, size 4', price: 800 })
      const { item } = await counter.done(order)
      await showcase.job(order, ({ fields }) => fields.status === 'done')
      const battery = await counter.sale(dee, [{ description: 'Battery', amount: 9 }])
      await showcase.purchasesAre(name, [`${battery}/1 9`])
      expect(await showcase.products(item)).toEqual([])

      const { sale } = await counter.pickUp(order)
      await showcase.purchasesAre(name, [`${battery}/1 9`, `${sale}/1 800`])
      await showcase.product(item, ({ archived, fields }) => archived && fields.archived === 'sold')
    })
  })
})
