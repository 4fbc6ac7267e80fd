import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Stack, sharedStack } from '../support/stack.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop
let nora: string

beforeAll(async () => {
  stack = await sharedStack()
  const settings = { sink: 'partnerApi' }
  const [opened] = await openShops(stack, [{ name: 'records', tier: 'clienteling_plus', settings }])
  shop = opened ?? expect.fail('the shop did not open')
  nora = await shop.addCustomer('Nora Lindqvist', { phone: '2035550901' })
  await shop.contactWith('+12035550901')
})
afterAll(async () => {
  await shop?.close()
  await stack?.stop()
})

const objectSchema = z.object({
  type: z.string(),
  title: z.string().nullable(),
  fields: z.looseObject({}),
  archived: z.boolean(),
  contact: z.object({ name: z.string().nullable() }).nullable(),
  history: z.array(z.object({ event: z.string(), status: z.string().nullable() })),
})
type PodiumObject = z.infer<typeof objectSchema>

/** Products, purchases and timeline entries, as Podium's staff sees them. */
const objects = async () => z.array(objectSchema).parse(await shop.get('/state/podium/objects'))

const objectWith = (what: string, fits: (object: PodiumObject) => boolean) =>
  stack.waitFor(async () => (await objects()).find(fits), { what })

const product = (itemNumber: string, fits: (object: PodiumObject) => boolean = () => true) =>
  objectWith(
    `product ${itemNumber}`,
    (object) => object.fields.itemNumber === itemNumber && object.type === 'product' && fits(object),
  )

const purchase = (sale: string, line: number) =>
  objectWith(
    `purchase ${sale}/${line}`,
    ({ type, fields }) => type === 'purchase' && fields.sale === sale && fields.line === line,
  )

const itemSchema = z.object({ ItemKey: z.string() })
const saleSchema = z.object({ SaleKey: z.string() })
const envelopeSchema = z.object({ EnvKey: z.string(), EnvSaleKey: z.string() })
const jobSchema = z.object({ JobKey: z.string() })

const secrets = { ItemCost: 48151.62, ItemMinPrice: 34248.15, ItemVendInvoice: 'INV-4815162342' }
const addItem = async (fields: Record<string, unknown>) =>
  itemSchema.parse(await shop.post('/control/store/items', { fields: { ...fields, ...secrets } })).ItemKey
const sell = async (item: string) =>
  saleSchema.parse(await shop.post('/control/store/sales', { customer: nora, lines: [{ item }] })).SaleKey

describe.concurrent('what the store exports beside its customers', () => {
  test('[AG-02] [PD-06] [PD-09] an item becomes a product; sold, it is archived and a purchase of its customer; returned, a negative one', async () => {
    const item = await addItem({ ItemDesc: 'Rosé gold opal ring', ItemCurrentPrice: '1250.50', CategoryName: 'Rings' })
    const onShelf = await product(item)
    expect(onShelf).toMatchObject({ title: 'Rosé gold opal ring', archived: false, contact: null })
    expect(onShelf.fields).toMatchObject({ price: { minor: 125_050, currency: 'USD' }, category: 'Rings' })

    const sale = await sell(item)
    const bought = await purchase(sale, 1)
    expect(bought.contact).toEqual({ name: 'Nora Lindqvist' })
    expect(bought.fields).toMatchObject({ amount: { minor: 125_050 }, isReturn: false, itemNumber: item })
    await product(item, ({ archived }) => archived)

    const back = saleSchema.parse(await shop.post(`/control/store/sales/${sale}/return`, { lines: [1] })).SaleKey
    expect((await purchase(back, 1)).fields).toMatchObject({ amount: { minor: -125_050 }, isReturn: true })
    await product(item, ({ archived }) => !archived)
  })

  test('[AG-02] [PD-06] a layaway is no purchase until it is paid off', async () => {
    const item = await addItem({ ItemDesc: 'Pearl necklace', ItemCurrentPrice: 900 })
    await product(item)
    const opened = await shop.post('/control/store/layaways', { customer: nora, items: [item], paid: 100 })
    const { EnvKey, EnvSaleKey } = envelopeSchema.parse(opened)
    await product(item, ({ archived }) => archived)
    // What is sold later has arrived: what was set aside before it would have, too.
    const later = await sell(await addItem({ ItemDesc: 'Silver chain', ItemCurrentPrice: 45 }))
    await purchase(later, 1)
    expect((await objects()).filter(({ fields }) => fields.sale === EnvSaleKey)).toEqual([])
    await shop.post(`/control/store/envelopes/${EnvKey}/pay`)
    expect((await purchase(EnvSaleKey, 1)).fields).toMatchObject({ amount: { minor: 90_000 }, itemNumber: item })
  })

  test("[AG-02] [PD-08] a job's states stand on its customer's timeline", async () => {
    const job = { customer: nora, type: 'Repair', summary: 'Retip four prongs', price: 140 }
    const { JobKey } = jobSchema.parse(await shop.post('/control/store/jobs', job))
    const inState = (status: string) =>
      objectWith(
        `job ${status}`,
        ({ type, fields }) => type === 'serviceJob' && fields.number === JobKey && fields.status === status,
      )
    expect((await inState('not_ready')).contact).toEqual({ name: 'Nora Lindqvist' })
    await shop.post(`/control/store/jobs/${JobKey}/done`)
    await inState('done')
    await shop.post(`/control/store/jobs/${JobKey}/pick-up`)
    expect((await inState('picked_up')).history.map(({ status }) => status)).toEqual(['not_ready', 'done', 'picked_up'])
  })

  test('[CO-11] [AG-02] what cannot be read is set aside with a sentence, and goes through by itself once it is mended', async () => {
    const item = await addItem({ ItemDesc: 'Watch', ItemCurrentPrice: 'call', ItemStatus: '?' })
    const entry = await stack.waitFor(async () => (await shop.staff.quarantine(item))[0], { what: 'the reason' })
    expect(entry).toMatchObject({
      stage: 'agent',
      code: 'invalid_record',
      whoMustAct: 'store',
      message: expect.stringMatching(/^ItemStatus is not a single letter. ItemCurrentPrice is not a number./),
    })
    await shop.patch(`/control/store/items/${item}`, { ItemCurrentPrice: 2400, ItemStatus: 'I' })
    await product(item)
    expect(await shop.staff.quarantine(item)).toEqual([])
  })

  test('[AG-02] an item with a new number goes on as the same product', async () => {
    const item = await addItem({ ItemDesc: 'Estate brooch', ItemCurrentPrice: 700 })
    await product(item)
    const renumbered = itemSchema.parse(await shop.post(`/control/store/items/${item}/renumber`, { category: 200 }))
    expect(renumbered.ItemKey).not.toBe(item)
    await product(renumbered.ItemKey, ({ archived }) => !archived)
    expect((await objects()).filter(({ title }) => title === 'Estate brooch')).toHaveLength(1)
  })
})

test('[AG-04] costs and card data are in no table, on no platform, in no log and in no file of the agent', async () => {
  const sale = await sell(await addItem({ ItemDesc: 'Gold bangle', ItemCurrentPrice: 1900 }))
  await purchase(sale, 1)
  // What the till writes on each line, and what stands on the item.
  const kept = [...Object.values(secrets), '************4242', 'Card on file'].map(String)
  const exported = await Promise.all(
    (await readdir(join(shop.edtFolder, 'Processed'))).map((file) =>
      readFile(join(shop.edtFolder, 'Processed', file), 'utf8'),
    ),
  )
  for (const secret of kept) expect(exported.join(), secret).toContain(secret)

  const db = new pg.Client({ connectionString: stack.database.ownerUrl })
  await db.connect()
  const tables = await db.query(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`)
  for (const { table_name: name } of z.array(z.object({ table_name: z.string() })).parse(tables.rows)) {
    const found = await db.query(
      `SELECT 1 FROM ${db.escapeIdentifier(name)} t WHERE EXISTS (SELECT FROM unnest($1::text[]) s WHERE strpos(t::text, s) > 0)`,
      [kept],
    )
    expect(found.rows, `table ${name}`).toEqual([])
  }
  await db.end()

  const podium = JSON.stringify(await shop.get('/state/podium/objects'))
  expect(podium).toContain('Gold bangle')
  expect(kept.filter((secret) => podium.includes(secret))).toEqual([])
  const data = join(stack.dir, shop.agent)
  const files = [
    ...(await readdir(data)).filter((name) => name.startsWith('agent.db')).map((name) => join(data, name)),
    ...(await stack.logFiles()),
  ]
  for (const file of files) {
    const content = await readFile(file)
    expect(
      kept.filter((secret) => content.includes(secret)),
      file,
    ).toEqual([])
  }
})
