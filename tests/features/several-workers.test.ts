import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type OwnStack, startStack } from '../support/stack.ts'
import { openShops, type Shop } from './support/shop.ts'
import { workersOf } from './support/traces.ts'

let stack: OwnStack
let shop: Shop

/** Calls that Podium takes in a window, and how long one lasts. */
const limit = 20
const windowSeconds = 5

beforeAll(async () => {
  stack = await startStack({ apps: ['api', 'worker'] })
  await stack.addWorker('worker-2')
  const [opened] = await openShops(stack, [
    {
      name: 'limited',
      podium: { rateLimit: limit, rateWindowSeconds: windowSeconds },
      settings: { mode: 'B' },
      agent: false,
    },
  ])
  shop = opened ?? expect.fail('the shop did not open')
})
afterAll(async () => {
  await shop?.close()
  await stack?.stop()
})

const countsSchema = z.record(z.string(), z.record(z.string(), z.number()))
/** Answers of Podium's by status, of all routes. */
async function answers(): Promise<Record<string, number>> {
  const counts = countsSchema.parse(await shop.get('/state/podium/requests'))
  const total: Record<string, number> = {}
  for (const [status, count] of Object.values(counts).flatMap((each) => Object.entries(each)))
    total[status] = (total[status] ?? 0) + count
  return total
}

test('[CO-01] two workers share one rate limit: Podium never gets more than it allows, bulk and live changes both get through', async () => {
  const customers = 60
  await shop.post('/control/store/settings', { autoExport: false })
  for (let n = 0; n < customers; n++)
    await shop.addCustomer(`Bulk ${n}`, { phone: `20355530${String(n).padStart(2, '0')}` })
  await shop.post('/control/store/settings', { autoExport: true })
  // Only what a full export shows is a bulk. It has a lane of its own, beside that of live changes: either worker may have either.
  await shop.post('/store/export', { full: true })
  await shop.startAgent()
  await shop.contactWith('+12035553000')
  // In the middle of it: a live change does not wait until all are through.
  const live = await shop.addCustomer('Live One', { phone: '2035553199' })
  await shop.contactWith('+12035553199')
  expect((await shop.contacts()).length).toBeLessThan(customers)
  await shop.patch(`/store/customers/${live}`, { CustomerLastName: 'Two' })
  await stack.waitFor(async () => (await shop.contacts()).length === customers + 1, {
    what: 'all on the platform',
    timeout: 90_000,
  })
  await shop.contactWith('+12035553199', ({ name }) => name === 'Live Two')
  const { 429: refused = 0, ...taken } = await answers()
  expect(refused).toBe(0)
  expect(taken['202']).toBeGreaterThanOrEqual(customers + 2)
  expect(await workersOf(stack, shop.tenant.connectionId)).toHaveProperty('size', 2)
}, 180_000)
