import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Stack, sharedStack } from '../support/stack.ts'
import { dropFile, edtCustomer, edtFile } from './support/edt.ts'
import { type Counter, counterOf, type Showcase, showcaseOf, sinks } from './support/objects.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop
let counter: Counter
let showcase: Showcase

beforeAll(async () => {
  stack = await sharedStack()
  const [opened] = await openShops(stack, [{ name: 'quarantine', tier: 'clienteling_plus' }])
  shop = opened ?? expect.fail('the shop did not open')
  counter = counterOf(shop)
  showcase = showcaseOf(stack, shop)
})
afterAll(async () => {
  await shop?.close()
  await stack?.stop()
})

/** Waits until a record is in quarantine. */
const heldBack = (key: string) =>
  stack.waitFor(async () => (await shop.staff.quarantine(key))[0], { what: `${key} in quarantine` })
const released = (key: string) =>
  stack.waitFor(async () => (await shop.staff.quarantine(key)).length === 0, { what: `${key} out of quarantine` })

test('[CO-11] what Podium refuses waits with its reason while others pass, and goes up when it is replayed', async () => {
  await shop.post('/control/podium/faults', {
    match: { identifier: '+12035550501' },
    action: '400',
    times: 'always',
  })
  const key = await shop.addCustomer('Ida Grove', { phone: '2035550501' })
  await shop.addCustomer('Kai Moss', { phone: '2035550502' })
  await shop.contactWith('+12035550502')
  const entry = await heldBack(key)
  expect(entry).toMatchObject({ stage: 'up', code: 'platform_refused', whoMustAct: 'store' })
  expect(entry.message).toMatch(/^Podium refused the contact/)
  expect((await shop.staff.connection()).overview.counts.quarantined).toBe(1)

  await shop.remove('/control/podium/faults')
  expect(await shop.staff.replay(entry.id)).toBe(true)
  await shop.contactWith('+12035550501', ({ name }) => name === 'Ida Grove')
  await released(key)
  const brought = await stack.waitFor(async () => (await shop.staff.activity()).find((entry) => entry.key === key), {
    what: 'the line about it',
  })
  // No change led to it but a person: the age of the change in The Edge is not how long it took.
  expect(brought.latencyMs).toBeNull()
})

test('[CO-11] a replay that fails again leaves one entry, not two', async () => {
  await shop.post('/control/podium/faults', { match: { identifier: '+12035550503' }, action: '400', times: 'always' })
  const key = await shop.addCustomer('Lou Marsh', { phone: '2035550503' })
  const first = await heldBack(key)
  expect(await shop.staff.replay(first.id)).toBe(true)
  const second = await stack.waitFor(async () => (await shop.staff.quarantine(key)).find(({ id }) => id !== first.id), {
    what: 'the entry of the second try',
  })
  expect(await shop.staff.quarantine(key)).toEqual([second])
  await shop.remove('/control/podium/faults')
})

test('[CO-11] what is corrected in The Edge goes up by itself', async () => {
  const key = await shop.addCustomer('Mika Lund', {})
  expect(await heldBack(key)).toMatchObject({
    code: 'needs_identifier',
    message: 'The customer has neither a phone nor an e-mail that can be used; one is needed.',
  })
  await shop.post(`/store/customers/${key}/email`, { email: 'mika@example.com' })
  await shop.contactWith('mika@example.com')
  await released(key)
})

test('[CO-11] a customer whose phone is none waits with that reason, and goes up once it is corrected', async () => {
  const key = await shop.addCustomer('Nils Typo', { phone: 'call at work' })
  await shop.addCustomer('Nora Right', { phone: '2035550508' })
  await shop.contactWith('+12035550508')
  expect(await heldBack(key)).toMatchObject({ stage: 'up', code: 'needs_identifier', whoMustAct: 'store' })
  await shop.post(`/store/customers/${key}/phone`, { phone: '(203) 555-0507' })
  await shop.contactWith('+12035550507', ({ name }) => name === 'Nils Typo')
  await released(key)
})

test('[CO-11] [AG-02] a record that cannot be read holds up neither its file nor itself once it is mended', async () => {
  const phones = '2035550505 is no list'
  const broken = edtCustomer('001-90002', 'Broken Record', {}, { Phones: phones })
  await dropFile(
    shop.edtFolder,
    edtFile([
      edtCustomer('001-90001', 'Nell Frost', { phones: ['2035550504'] }),
      broken,
      edtCustomer('001-90003', 'Otto Frost', { phones: ['2035550506'] }),
    ]),
  )
  await shop.contactWith('+12035550504')
  await shop.contactWith('+12035550506')
  const entry = await heldBack('001-90002')
  expect(entry).toMatchObject({ stage: 'agent', code: 'invalid_record', whoMustAct: 'store' })
  expect(entry.message).toContain('Phones')
  expect(JSON.stringify(entry)).not.toContain('2035550505')

  await dropFile(shop.edtFolder, edtFile([edtCustomer('001-90002', 'Mended Record', { phones: ['2035550505'] })]))
  await shop.contactWith('+12035550505', ({ name }) => name === 'Mended Record')
  await released('001-90002')
})

test.each([
  ['an unknown status', { ItemStatus: '?' }, { ItemStatus: 'I' }, 'ItemStatus is not a single letter.'],
  [
    'an unknown inventory type',
    { ItemInventoryType: 'Z' },
    { ItemInventoryType: 'S' },
    'ItemInventoryType is none of the known inventory types.',
  ],
  [
    'a price that is no number',
    { ItemCurrentPrice: 'call for price' },
    { ItemCurrentPrice: 75 },
    'ItemCurrentPrice is not a number.',
  ],
])('[CO-11] [PD-09] an item with %s waits alone, and goes up when it is mended', async (_what, bad, good, sentence) => {
  const item = await counter.item(bad)
  const other = await counter.item()
  await showcase.product(other)
  const entry = await heldBack(item)
  expect(entry).toMatchObject({ stage: 'agent', code: 'invalid_record', whoMustAct: 'store' })
  expect(entry.message).toContain(sentence)
  expect(await showcase.products(item)).toEqual([])
  await counter.changeItem(item, good)
  await showcase.product(item)
  await released(item)
})

test('[CO-11] [PD-06] a sale of a customer whom The Edge has not shown waits alone, and goes up when they come', async () => {
  const known = await shop.addCustomer('Moe Known', { phone: '2035550511' })
  const strange = await counter.sale('001-99999', [{ description: 'Chain', amount: 80 }])
  const sale = await counter.sale(known, [{ description: 'Battery', amount: 9 }])
  await showcase.purchasesAre('Moe Known', [`${sale}/1 9`])
  expect(await heldBack(`${strange}/1`)).toMatchObject({
    stage: 'up',
    code: 'unknown_customer',
    message: 'The store has not shown customer 001-99999.',
  })
  await dropFile(shop.edtFolder, edtFile([edtCustomer('001-99999', 'Nan Late', { phones: ['2035550512'] })]))
  await showcase.purchasesAre('Nan Late', [`${strange}/1 80`])
  await released(`${strange}/1`)
})

test('[CO-11] [PD-08] a job without a customer waits with that reason, and goes up when it has one', async () => {
  const customer = await shop.addCustomer('Ole Owner', { phone: '2035550513' })
  const job = await counter.job({ customer: '', type: 'Repair' })
  expect(await heldBack(job)).toMatchObject({
    stage: 'up',
    code: 'incomplete_record',
    message: 'The service job has no customer.',
  })
  await shop.patch(`/control/store/jobs/${job}`, { JobCustKey: customer })
  expect(await showcase.job(job)).toMatchObject({ contact: { name: 'Ole Owner' } })
  await released(job)
})

/** How many calls Podium has not answered, or with a 500, of all routes. */
async function unanswered(): Promise<number> {
  const counts = z.record(z.string(), z.record(z.string(), z.number()))
  const routes = Object.values(counts.parse(await shop.get('/state/podium/requests')))
  return routes.reduce((sum, { timeout = 0, 500: broken = 0 }) => sum + timeout + broken, 0)
}

describe.each(sinks)('through $name', ({ name: sink, settings }) => {
  test('[CO-11] an object that Podium refuses waits with its reason, the others of its call pass', async () => {
    await shop.staff.change({ settings })
    const refused = await counter.item({ ItemDesc: 'Refused' })
    const { externalId } = await showcase.product(refused)
    await shop.post('/control/podium/settings', { refuseObjects: [externalId] })
    const others: string[] = []
    await shop.post('/control/store/settings', { autoExport: false })
    await counter.changeItem(refused, { ItemCurrentPrice: 77 })
    for (let number = 0; number < 3; number++) others.push(await counter.item())
    await shop.post('/control/store/settings', { autoExport: true })
    await shop.post('/store/export')
    for (const other of others) await showcase.product(other)
    const entry = await heldBack(refused)
    expect(entry).toMatchObject({ stage: 'up', code: 'platform_refused' })
    await shop.post('/control/podium/settings', { refuseObjects: [] })
    expect(await shop.staff.replay(entry.id)).toBe(true)
    await showcase.product(refused, ({ fields }) => JSON.stringify(fields).includes('7700'))
    await released(refused)
  })

  test('[CO-11] [PD-06] [PD-09] objects that Podium took and did not answer for are repeated as they were: nothing is doubled', async () => {
    await shop.staff.change({ settings })
    const phone = sink === 'dataFeed' ? '2035550541' : '2035550542'
    const customer = await shop.addCustomer(`Tove ${sink}`, { phone })
    await shop.contactWith(`+1${phone}`)
    const path = sink === 'dataFeed' ? '/v4/dataFeeds/:uid/events' : '/partner/v1/*'
    const [before, aside] = [await unanswered(), await shop.staff.quarantine()]
    for (const action of ['timeoutAfterDone', 'errorAfterDone'])
      await shop.post('/control/podium/faults', { match: { method: 'POST', path }, action })
    const item = await counter.item({ ItemDesc: 'Unanswered' })
    const sale = await counter.sale(customer, [
      { item, amount: 50 },
      { description: 'Cleaning', amount: 20 },
    ])
    await showcase.purchasesAre(`Tove ${sink}`, [`${sale}/1 50`, `${sale}/2 20`])
    await showcase.product(item, ({ archived }) => archived)
    await stack.waitFor(async () => (await shop.staff.connection()).overview.lag.live === 0, { what: 'all settled' })
    expect(await unanswered()).toBe(before + 2)
    expect(await shop.staff.quarantine()).toEqual(aside)
    const all = await showcase.all()
    expect(all.filter(({ fields }) => fields.itemNumber === item && fields.sale === undefined)).toHaveLength(1)
    // Podium takes an event once by its id: repeated under another it would stand there twice.
    const bought = all.filter(({ contact }) => contact?.name === `Tove ${sink}`)
    expect(bought.map(({ history }) => history.length)).toEqual([1, 1])
  }, 120_000)
})
