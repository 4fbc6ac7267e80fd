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
    sinks.map((sink) => ({ ...sink, tier: 'clienteling_plus', podium: { productWords: 'always' } })),
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

  test('[PD-09] what is on hand is a product that staff finds by its Edge item number, without what it cost', async () => {
    const { shop, counter, showcase } = open()
    const item = await counter.item({
      ItemCatId: 120,
      CategoryName: 'Pendants',
      ItemDesc: 'Pendant with an opal',
      ItemCurrentPrice: 349.9,
      ItemCost: 123.45,
      ItemImage: 'opal-1.jpg|opal-2.jpg',
    })
    const product = await showcase.product(item)
    expect(product).toMatchObject({
      sink,
      title: 'Pendant with an opal',
      archived: false,
      fields: {
        itemNumber: '001-120-00001',
        category: 'Pendants',
        price: { minor: 34990, currency: 'USD' },
        images: ['opal-1.jpg', 'opal-2.jpg'],
        inventoryType: 'stock',
      },
    })
    expect(JSON.stringify(product)).not.toMatch(/123\.?45/)
    const page = await fetch(`${shop.sandboxUrl}/podium/app/items?search=${item}`)
    expect(await page.text()).toContain('Pendant with an opal')
  })

  test("[PD-10] the AI's words outlive our next upload and never come down", async () => {
    const { shop, counter, showcase } = open()
    const item = await counter.item({ ItemDesc: 'RG 14K DIA .5' })
    const { externalId } = await showcase.product(item)
    const words = { title: 'A rose gold ring that glows', description: 'Half a carat, set by hand.' }
    const { organizationUid } = shop.tenant.account
    const path = `/control/podium/products/${encodeURIComponent(externalId)}/words`
    await shop.post(`${path}?organizationUid=${organizationUid}`, words)

    await counter.changeItem(item, { ItemDesc: 'RG 14K DIA .52', ItemCurrentPrice: 610 })
    const updated = await showcase.product(item, ({ fields }) => fields.edgeDescription === 'RG 14K DIA .52')
    expect(updated).toMatchObject({ externalId, ...words, fields: { price: { minor: 61000 } } })
    // Sold, returned and looked at once more as a whole: still theirs.
    const sale = await counter.sale(undefined, [{ item }])
    await showcase.product(item, ({ archived }) => archived)
    await counter.takeBack(sale, [1])
    expect(await showcase.product(item, ({ archived }) => !archived)).toMatchObject(words)
    await shop.marker()
    expect(JSON.stringify(await shop.get('/state/store/items'))).not.toContain('glows')
  })

  test('[CO-08] [PD-09] [PD-11] filters keep what is on hand away; who leaves them comes, who enters them is archived; sold goes up all the same', async () => {
    const { shop, counter, showcase } = open()
    const stays = await counter.item()
    const byCategory = await counter.item({ CategoryName: 'Watches', ItemCatId: 160 })
    const bySupplier = await counter.item({ ItemVendorId: 'ACME' })
    await showcase.product(bySupplier)
    await shop.staff.change({
      settings: { itemFilter: { categories: ['watches'], suppliers: ['acme'], inventoryTypes: ['memo'] } },
    })
    for (const filtered of [byCategory, bySupplier])
      await showcase.product(filtered, ({ archived, fields }) => archived && fields.archived === 'filtered')
    expect((await showcase.product(stays)).archived).toBe(false)

    // New ones do not come at all; the last one goes in the same call as they would have, or in a later one.
    const memo = await counter.item({ ItemInventoryType: 'M' })
    const watch = await counter.item({ CategoryName: 'WATCHES', ItemCatId: 161 })
    const always = await counter.item({ ItemInventoryType: 'M', ItemAlwaysUpload: true })
    const never = await counter.item({ ItemNeverUpload: true })
    const other = await counter.item()
    await showcase.product(other)
    await showcase.product(always)
    for (const away of [memo, watch, never]) expect(await showcase.products(away)).toEqual([])

    // Its inventory type is changed in The Edge: it leaves the filter, another enters it.
    await counter.changeItem(memo, { ItemInventoryType: 'S' })
    await counter.changeItem(stays, { ItemInventoryType: 'M' })
    await showcase.product(memo, ({ archived }) => !archived)
    await showcase.product(stays, ({ fields }) => fields.archived === 'filtered')

    await counter.sale(undefined, [{ item: watch }, { item: byCategory }])
    for (const sold of [watch, byCategory])
      await showcase.product(sold, ({ archived, fields }) => archived && fields.archived === 'sold')

    await shop.staff.change({ settings: { itemFilter: { categories: [], suppliers: [], inventoryTypes: [] } } })
    for (const back of [bySupplier, stays]) await showcase.product(back, ({ archived }) => !archived)
  })

  test('[PD-09] an item with a new number keeps its product, whatever becomes of the old one', async () => {
    const { counter, showcase } = open()
    const old = await counter.item({ ItemDesc: 'Moves to the other counter' })
    const { externalId } = await showcase.product(old)
    const renumbered = await counter.renumber(old, 170)
    expect(await showcase.product(renumbered)).toMatchObject({ externalId, archived: false })
    await counter.changeItem(old, { ItemDesc: 'No longer anybody’s' })
    const last = await counter.item()
    await showcase.product(last)
    expect(await showcase.products(old)).toEqual([])
    await counter.sale(undefined, [{ item: renumbered }])
    expect(await showcase.product(renumbered, ({ archived }) => archived)).toMatchObject({ externalId })
  })

  test('[PD-09] what leaves the shelf unsold is archived, and is back when it is', async () => {
    const { counter, showcase } = open()
    const item = await counter.item()
    await showcase.product(item)
    await counter.changeItem(item, { ItemStatus: 'R' })
    await showcase.product(item, ({ archived, fields }) => archived && fields.archived === 'off')
    await counter.changeItem(item, { ItemStatus: 'I' })
    await showcase.product(item, ({ archived }) => !archived)
  })
})
