import { issueLicense } from '@jumpring/infra/local'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { tillOf } from './support/licenses.ts'
import { counterOf, showcaseOf } from './support/objects.ts'
import { openShops, type Shop } from './support/shop.ts'
import { steering } from './support/steering.ts'

let stack: Stack
let methods: Shop
let customers: Shop
let whole: Shop
let owner: pg.Pool

beforeAll(async () => {
  stack = await sharedStack()
  owner = new pg.Pool({ connectionString: stack.database.ownerUrl, max: 1 })
  const [first, second, third] = await openShops(stack, [
    { name: 'methods' },
    { name: 'customers' },
    { name: 'whole', tier: 'clienteling_plus' },
  ])
  methods = first ?? expect.fail('the first shop did not open')
  customers = second ?? expect.fail('the second shop did not open')
  whole = third ?? expect.fail('the third shop did not open')
})
afterAll(async () => {
  await Promise.all([methods?.close(), customers?.close(), whole?.close()])
  await owner?.end()
  await stack?.stop()
})

test('[CO-13] with contact methods switched off only the name follows; switched on, the rest catches up', async () => {
  const shop = methods
  const key = await shop.addCustomer('Rhea Stone', { phone: '2035550601' })
  const { uid } = await shop.contactWith('+12035550601')
  await shop.staff.change({ settings: { streams: { contactMethods: false } } })

  await shop.post(`/store/customers/${key}/phone`, { phone: '2035550602' })
  await shop.patch(`/store/customers/${key}`, { CustomerLastName: 'Stone-Park' })
  const renamed = await shop.contactWith('+12035550601', ({ name }) => name === 'Rhea Stone-Park')
  expect(renamed.phoneNumbers).toEqual(['+12035550601'])
  await shop.changeContact(uid, { emails: ['rhea@example.com'] })
  await shop.addContact({ name: 'Later Person', emails: ['later@example.com'] })
  await shop.customerWhere('who came later', ({ emails }) => emails.includes('later@example.com'))
  expect((await shop.customer(key)).emails).toEqual([])

  await shop.staff.change({ settings: { streams: { contactMethods: true } } })
  const caughtUp = await shop.contactWith('+12035550602')
  // Switching off and on deletes nothing of Podium's.
  expect(caughtUp).toMatchObject({ uid, emails: ['rhea@example.com'] })
})

test('[CO-12] [CO-13] with customers switched off nothing moves, whatever the agent sends; switched on, it catches up', async () => {
  const shop = customers
  const key = await shop.addCustomer('Saul Wynn', { phone: '2035550603' })
  await shop.contactWith('+12035550603')
  await shop.staff.change({ settings: { streams: { customers: false } } })
  expect((await shop.staff.connection()).streams).toContainEqual({ stream: 'customers', on: false, open: false })

  const before = await shop.requests('POST /v4/contacts')
  await shop.post(`/store/customers/${key}/phone`, { phone: '2035550604' })
  await shop.addCustomer('Tess Wynn', { phone: '2035550605' })
  // The other way is closed too, but for the opt-out, which may come before the agent has sent whom it is about.
  await shop.addContact({ name: 'Uma Nobody', emails: ['uma@example.com'] })
  const contact = await shop.contactWith('+12035550603')
  await shop.changeContact(contact.uid, { phoneNumbers: ['+12035550603', '+12035550605'], optedOut: ['+12035550605'] })
  await shop.customerWhere('Tess marked', ({ name, doNotContact }) => name === 'Tess Wynn' && doNotContact.length === 1)
  expect(await shop.requests('POST /v4/contacts')).toBe(before)
  expect(await shop.requests('PATCH /v4/contacts/:identifier')).toBe(0)
  expect((await shop.customers()).map(({ name, phones }) => [name, phones])).toEqual([
    ['Saul Wynn', ['Cell 2035550604']],
    ['Tess Wynn', ['Cell 2035550605']],
  ])

  await shop.staff.change({ settings: { streams: { customers: true } } })
  await shop.contactWith('+12035550604', ({ uid }) => uid === contact.uid)
  await shop.customerWhere('who was new meanwhile', ({ name }) => name === 'Uma Nobody')
})

test('[CO-12] the tier is not for the store to choose', async () => {
  const shop = methods
  await expect(shop.staff.order('clienteling_plus')).rejects.toThrow('Your role does not allow this.')
  // For somebody of another tenant there is no such connection at all.
  const stranger = steering(customers.tenant.staff, methods.tenant)
  await expect(stranger.change({ settings: { intervalMinutes: 1 } })).rejects.toMatchObject({ code: 'not_found' })
  expect(await shop.operator.order('clienteling_plus')).toMatchObject({ status: 'requested' })
})

test('[PD-01] [CO-12] Clienteling gets no items, whatever the agent sends; with Clienteling+ it catches up', async () => {
  const shop = customers
  const counter = counterOf(shop)
  const showcase = showcaseOf(stack, shop)
  const vic = await shop.addCustomer('Vic Tier', { phone: '2035550611' })
  const [sold, onHand] = [await counter.item(), await counter.item()]
  const sale = await counter.sale(vic, [{ item: sold }])
  await showcase.purchasesAre('Vic Tier', [`${sale}/1 500`])
  await stack.waitFor(
    async () => {
      const { rows } = await owner.query(`SELECT key FROM record WHERE tenant_id = $1 AND kind = 'item'`, [
        shop.tenant.id,
      ])
      return rows.length === 2
    },
    { what: 'the cloud to have the items' },
  )
  await shop.marker()
  expect((await showcase.all()).map(({ type }) => type)).toEqual(['purchase'])
  expect((await shop.staff.connection()).streams).toContainEqual({ stream: 'items', on: true, open: false })

  const { id } = await shop.operator.order('clienteling_plus')
  await tillOf(stack, shop).tryInstall(await issueLicense(shop.tenant.operator, id))
  await showcase.product(onHand, ({ archived }) => !archived)
  await showcase.product(sold, ({ archived }) => archived)
})

test('[CO-13] [PD-06] [PD-11] with sales off none goes, nor what was sold; on again, what was missed catches up', async () => {
  const shop = whole
  const counter = counterOf(shop)
  const showcase = showcaseOf(stack, shop)
  const wes = await shop.addCustomer('Wes Switch', { phone: '2035550612' })
  const first = await counter.sale(wes, [{ description: 'Chain', amount: 20 }])
  await showcase.purchasesAre('Wes Switch', [`${first}/1 20`])
  await shop.staff.change({ settings: { streams: { sales: false } } })
  const item = await counter.item({ ItemStatus: 'X' })
  const second = await counter.sale(wes, [{ description: 'Charm', amount: 30 }])
  await counter.changeItem(item, { ItemStatus: 'S', ItemSaleKey: second })
  // Of the other streams it goes on.
  const job = await counter.job({ customer: wes, type: 'Repair' })
  await showcase.job(job)
  await shop.marker()
  expect(await showcase.purchases('Wes Switch')).toEqual([`${first}/1 20`])
  expect(await showcase.products(item)).toEqual([])
  await shop.staff.change({ settings: { streams: { sales: true } } })
  await showcase.purchasesAre('Wes Switch', [`${first}/1 20`, `${second}/1 30`])
  await showcase.product(item, ({ archived }) => archived)
})

test('[CO-13] [PD-08] with service jobs off none goes; on again, they are as they stand then', async () => {
  const shop = whole
  const counter = counterOf(shop)
  const showcase = showcaseOf(stack, shop)
  const xia = await shop.addCustomer('Xia Switch', { phone: '2035550613' })
  const before = await counter.job({ customer: xia, type: 'Repair' })
  await showcase.job(before, ({ fields }) => fields.status === 'not_ready')
  await shop.staff.change({ settings: { streams: { serviceJobs: false } } })
  await counter.done(before)
  const after = await counter.job({ customer: xia, type: 'Repair' })
  await shop.marker()
  const jobs = (await showcase.all()).filter(({ contact }) => contact?.name === 'Xia Switch')
  expect(jobs.map(({ fields }) => [fields.number, fields.status])).toEqual([[before, 'not_ready']])
  await shop.staff.change({ settings: { streams: { serviceJobs: true } } })
  await showcase.job(before, ({ fields }) => fields.status === 'done')
  await showcase.job(after)
})

test('[CO-13] [CO-09] [PD-09] [PD-11] with items off none goes but what is sold, and none is taken away; on again, they catch up', async () => {
  const shop = whole
  const counter = counterOf(shop)
  const showcase = showcaseOf(stack, shop)
  const before = await counter.item()
  await showcase.product(before)
  await shop.staff.change({ settings: { streams: { items: false } } })
  await counter.changeItem(before, { ItemStatus: 'R' })
  const after = await counter.item()
  await shop.marker()
  expect((await showcase.product(before)).archived).toBe(false)
  expect(await showcase.products(after)).toEqual([])
  const sold = await counter.item()
  await counter.sale(await shop.addCustomer('Yara Switch', { phone: '2035550614' }), [{ item: sold }])
  await showcase.product(sold, ({ archived }) => archived)
  await shop.staff.change({ settings: { streams: { items: true } } })
  await showcase.product(before, ({ archived }) => archived)
  await showcase.product(after)
})
