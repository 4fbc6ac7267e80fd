import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Stack, sharedStack } from '../support/stack.ts'
import { type Book, type BookProduct, fromDatabase, openBook } from './support/book.ts'
import { type Counter, counterOf } from './support/objects.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop
let book: Book
let counter: Counter
let nora: string

beforeAll(async () => {
  stack = await sharedStack()
  const [opened = expect.fail('the shop did not open')] = await openShops(stack, [
    { name: 'objects', sql: fromDatabase, licensed: false, agent: false },
  ])
  shop = opened
  counter = counterOf(shop)
  nora = await shop.addCustomer('Nora Lindqvist', { phone: '2035550117' })
  const joined = await openBook(stack, shop, () => ({
    streams: { notifications: true },
    itemFilter: { inventoryTypes: ['memo'], categories: ['901'], suppliers: ['acme'] },
  }))
  book = joined
  await shop.startAgent()
  await joined.license()
  await book.client(nora)
})
afterAll(async () => {
  await shop?.close()
  await stack?.stop()
})

const product = (sku: string, fits: (one: BookProduct) => boolean = () => true) =>
  stack.waitFor(
    async () => {
      const found = (await book.products()).filter((one) => one.sku === sku)
      if (found.length > 1) throw new Error(`${sku} is on Clientbook ${found.length} times.`)
      return found.find(fits)
    },
    { what: `a product ${sku} that fits` },
  )
/** When it was, as The Edge's times are written. */
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const purchasesOf = async (sale: string) =>
  (await book.purchases())
    .filter(({ receipt_number }) => receipt_number === sale)
    .map(({ amount }) => Number(amount?.amount))

test.each([
  ['inventory type', { ItemInventoryType: 'M' }, { ItemInventoryType: 'S' }],
  ['category', { ItemCatId: 901 }, { ItemCatId: 150 }],
  ['supplier', { ItemVendorId: 'Acme' }, { ItemVendorId: 'Other' }],
])(
  '[CB-10] [CO-08] items on hand are products, within the filter by %s; what leaves it is archived',
  async (_by, out, within) => {
    const excluded = await counter.item({ ItemDesc: 'Excluded', ...out })
    const ring = await counter.item({ ItemDesc: 'Ring' })
    expect((await product(ring)).status).toBe('active')
    expect((await book.products()).filter(({ sku }) => sku === excluded)).toEqual([])
    await counter.changeItem(excluded, within)
    expect((await product(excluded)).status).toBe('active')
    await counter.changeItem(excluded, out)
    await product(excluded, ({ status }) => status === 'archived')
  },
)

test('[CB-07] [CO-09] a sale is the client’s purchase and its item an archived product; what comes back is negative', async () => {
  const ring = await counter.item({ ItemDesc: 'Band' })
  await product(ring)
  const sale = await counter.sale(nora, [{ item: ring, amount: 900 }])
  await stack.waitFor(async () => (await purchasesOf(sale)).includes(900), { what: 'the purchase' })
  await product(ring, ({ status }) => status === 'archived')
  const back = await counter.takeBack(sale, [1])
  await stack.waitFor(async () => (await purchasesOf(back)).includes(-900), { what: 'what came back' })
  expect(await purchasesOf(sale)).toEqual([900])
})

test('[CB-07] a special order is a purchase when it is picked up, its item an archived product', async () => {
  const job = await counter.job({ customer: nora, type: 'Special Order', price: 750, description: 'Locket to order' })
  const { item } = await counter.done(job)
  const { sale } = await counter.pickUp(job)
  await stack.waitFor(async () => (await purchasesOf(sale)).length > 0, { what: 'the special order as a purchase' })
  await product(item, ({ status }) => status === 'archived')
})

test.each([
  ['Repair', 'repair'],
  ['Custom', 'custom'],
  ['Appraisal', 'appraisal'],
])('[CB-08] a service job (%s) is an archived product with its details, which follow The Edge', async (type, Type) => {
  const told = { summary: `New ${type}`, description: 'The left one, by hand.', price: 45.5 }
  const job = await counter.job({ customer: nora, type, ...told, promised: '2031-05-04T12:00:00' })
  const said = ({ attributes }: BookProduct) => Object.fromEntries(attributes.map(({ name, value }) => [name, value]))
  const shown = await product(job)
  expect(shown).toMatchObject({
    kind: 'job',
    status: 'archived',
    title: told.summary,
    description: told.description,
    price: { amount: '45.50', currency: 'USD' },
    client_pos_id: nora,
  })
  const time = expect.stringMatching(instant)
  const known = { Job: job, Type, Entered: time, Promised: '2031-05-04T12:00:00Z', Associate: '1' }
  expect(said(shown)).toEqual({ ...known, Status: 'not_ready' })
  await counter.done(job)
  await counter.pickUp(job)
  const last = await product(job, (one) => said(one).Status === 'picked_up')
  expect(said(last)).toEqual({ ...known, Status: 'picked_up', Done: time, 'Picked up': time })
})

test('[CB-12] [CO-10] a text notification goes out through Clientbook, once, and leaves nothing in the client’s data', async () => {
  const fields = { NotificationCustKey: nora, NotificationMessage: 'Your clasp is ready.' }
  const { NotificationKey } = z
    .object({ NotificationKey: z.string() })
    .parse(await shop.post('/control/store/notifications', fields))
  const rows = z.array(z.object({ NotificationKey: z.string(), NotificationStatus: z.string() }))
  await stack.waitFor(
    async () =>
      rows
        .parse(await shop.get('/state/store/notifications'))
        .some((row) => row.NotificationKey === NotificationKey && row.NotificationStatus === 'Delivered'),
    { what: 'the text delivered, as The Edge shows it' },
  )
  const texts = z
    .array(z.looseObject({ to: z.string(), body: z.string() }))
    .parse(await shop.get('/state/clientbook/texts'))
  expect(texts.map(({ to, body }) => ({ to, body }))).toEqual([{ to: '+12035550117', body: 'Your clasp is ready.' }])
  expect(await book.state('messages')).toEqual([])
})

test('[CO-13] [CB-12] with texts switched off none is sent; on again, it goes, once', async () => {
  await book.staff.change({ settings: { streams: { notifications: false } } })
  const fields = { NotificationCustKey: nora, NotificationMessage: 'Meanwhile.' }
  await shop.post('/control/store/notifications', fields)
  await product(await counter.item({ ItemDesc: 'Entered after the text' }))
  const bodies = async () =>
    z
      .array(z.looseObject({ body: z.string() }))
      .parse(await shop.get('/state/clientbook/texts'))
      .map(({ body }) => body)
  expect(await bodies()).toEqual(['Your clasp is ready.'])
  for (const notifications of [true, false, true]) {
    await book.staff.change({ settings: { streams: { notifications } } })
    await stack.waitFor(async () => (await bodies()).length > 1, { what: 'the text, after all' })
  }
  await product(await counter.item({ ItemDesc: 'Entered at last' }))
  expect(await bodies()).toEqual(['Your clasp is ready.', 'Meanwhile.'])
})

test('[CB-07] [CO-09] [CO-13] with items switched off the item of a sale goes up all the same, and nothing else; on again, the rest does', async () => {
  await book.staff.change({ settings: { streams: { items: false } } })
  const [sold, onHand] = [await counter.item({ ItemDesc: 'Pendant' }), await counter.item({ ItemDesc: 'Brooch' })]
  const sale = await counter.sale(nora, [{ item: sold, amount: 120 }])
  await stack.waitFor(async () => (await purchasesOf(sale)).includes(120), { what: 'the purchase' })
  expect((await product(sold)).status).toBe('archived')
  expect((await book.products()).filter(({ sku }) => sku === onHand)).toEqual([])
  await book.staff.change({ settings: { streams: { items: true } } })
  expect((await product(onHand)).status).toBe('active')
})

test('[CB-07] [CB-08] [CO-13] with the sales history switched off neither purchases nor jobs go up; on again, they catch up', async () => {
  await book.staff.change({ settings: { streams: { sales: false } } })
  const sale = await counter.sale(nora, [{ description: 'Engraving', amount: 30 }])
  const job = await counter.job({ customer: nora, type: 'Repair', summary: 'Polish' })
  const marker = await counter.item({ ItemDesc: 'Marker' })
  await product(marker)
  expect(await purchasesOf(sale)).toEqual([])
  expect((await book.products()).filter(({ sku }) => sku === job)).toEqual([])
  await book.staff.change({ settings: { streams: { sales: true } } })
  await stack.waitFor(async () => (await purchasesOf(sale)).includes(30), { what: 'the sale, after all' })
  await product(job)
})
