import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { counterOf, showcaseOf, sinks } from './support/objects.ts'
import { openShops, type Shop, type ShopOptions } from './support/shop.ts'

let stack: Stack
let shops: Shop[]

beforeAll(async () => {
  stack = await sharedStack()
  // What a job is about stands in the store's database only.
  shops = await openShops(
    stack,
    sinks.map((sink): ShopOptions => ({ ...sink, sql: ['job'] })),
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

  test('[PD-08] a job stands on its client’s timeline once, and tells its states: Not Ready, Done, Picked Up', async () => {
    const { shop, counter, showcase } = open()
    const eli = await shop.addCustomer('Eli Repair', { phone: '2035551101' })
    const told = { summary: 'Clasp is loose', description: 'The box clasp of the left bracelet.' }
    const job = await counter.job({ customer: eli, type: 'Repair', ...told, price: 45 })
    const entry = await showcase.job(job, ({ fields }) => fields.status === 'not_ready')
    const price = { minor: 4500, currency: 'USD' }
    const enteredAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT/)
    const fields = { ...told, jobType: 'repair', price, enteredAt }
    expect(entry).toMatchObject({ sink, contact: { name: 'Eli Repair' }, fields })
    await counter.done(job)
    await showcase.job(job, ({ fields }) => fields.status === 'done')
    const { sale } = await counter.pickUp(job)
    const last = await showcase.job(job, ({ fields }) => fields.status === 'picked_up')
    expect(last.externalId).toBe(entry.externalId)
    expect(last.history.map(({ status }) => status)).toEqual(['not_ready', 'done', 'picked_up'])
    // What was paid for it is a purchase of its own.
    await showcase.purchasesAre('Eli Repair', [`${sale}/1 45`])
  })

  test('[PD-08] a job of somebody whom Podium gets later waits for them, and goes to the right one', async () => {
    const { shop, counter, showcase } = open()
    const fay = await shop.addCustomer('Fay Later', {})
    const gil = await shop.addCustomer('Gil Now', { phone: '2035551103' })
    const waits = await counter.job({ customer: fay, type: 'Appraisal' })
    const goes = await counter.job({ customer: gil, type: 'Custom' })
    expect(await showcase.job(goes)).toMatchObject({ contact: { name: 'Gil Now' } })
    expect((await showcase.all()).map(({ fields }) => fields.number)).not.toContain(waits)
    await shop.post(`/store/customers/${fay}/phone`, { phone: '2035551102' })
    expect(await showcase.job(waits)).toMatchObject({ contact: { name: 'Fay Later' } })
  })

  test('[PD-08] a job that changes hands in The Edge moves to the other client’s timeline', async () => {
    const { shop, counter, showcase } = open()
    const hal = await shop.addCustomer('Hal First', { phone: '2035551104' })
    const ina = await shop.addCustomer('Ina Second', { phone: '2035551105' })
    const job = await counter.job({ customer: hal, type: 'Repair' })
    const { externalId } = await showcase.job(job, ({ contact }) => contact?.name === 'Hal First')
    await shop.patch(`/control/store/jobs/${job}`, { JobCustKey: ina })
    expect(await showcase.job(job, ({ contact }) => contact?.name === 'Ina Second')).toMatchObject({ externalId })
  })
})
