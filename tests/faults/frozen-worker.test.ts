import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openShops, type Shop } from '../features/support/shop.ts'
import { type OwnStack, startStack } from '../support/stack.ts'

let stack: OwnStack
let shop: Shop

beforeAll(async () => {
  stack = await startStack({ apps: ['api', 'worker'] })
  const [opened] = await openShops(stack, [{ name: 'frozen', settings: { mode: 'B' } }])
  shop = opened ?? expect.fail('the shop did not open')
})
afterAll(async () => {
  stack?.signal('worker', 'SIGCONT')
  await shop?.close()
  await stack?.stop()
})

/** More than a worker sends at once, so that some wait for their turn. */
const customers = Array.from({ length: 20 }, (_, index) => ({
  name: `Old ${index}`,
  renamed: `New ${index}`,
  phone: `20355502${String(index).padStart(2, '0')}`,
}))

const names = async () => (await shop.contacts()).map(({ name }) => name).sort()
const hanging = async () => {
  const counts = z.record(z.string(), z.record(z.string(), z.number()))
  const { timeout = 0 } = counts.parse(await shop.get('/state/podium/requests'))['POST /v4/contacts'] ?? {}
  return timeout
}

/** Temporal hands tasks to the frozen one's waiting polls too: they come back one time-out after the other, the last polls end after a minute. */
const untilPollsEnd = 120_000

test('a worker that is frozen in the middle of a page, and wakes after another has sent newer values, sends nothing old', async () => {
  const first = await shop.addCustomer('First Customer', { phone: '2035550199' })
  await shop.contactWith('+12035550199')
  // All in one page.
  await shop.staff.pause()
  const keys: string[] = []
  for (const { name, phone } of customers) keys.push(await shop.addCustomer(name, { phone }))
  await stack.waitFor(async () => (await shop.staff.connection()).overview.lag.live === customers.length, {
    what: 'all to be on the work list',
  })
  await shop.post('/control/podium/faults', {
    match: { method: 'POST', path: '/v4/contacts' },
    action: 'timeout',
    times: 16,
  })
  await shop.staff.resume()
  await stack.waitFor(async () => (await hanging()) === 16, { what: 'sixteen calls to wait for their answer' })
  stack.signal('worker', 'SIGSTOP')

  await stack.addWorker('worker-2')
  const all = (of: 'name' | 'renamed') => ['First Customer', ...customers.map((one) => one[of])].sort()
  await stack.waitFor(async () => JSON.stringify(await names()) === JSON.stringify(all('name')), {
    what: 'the other worker to take over',
    timeout: untilPollsEnd,
  })
  for (const [index, key] of keys.entries()) {
    const [CustomerFirstName, CustomerLastName] = (customers[index]?.renamed ?? '').split(' ')
    await shop.patch(`/store/customers/${key}`, { CustomerFirstName, CustomerLastName })
  }
  await stack.waitFor(async () => JSON.stringify(await names()) === JSON.stringify(all('renamed')), {
    what: 'the new names',
    timeout: untilPollsEnd,
  })

  stack.signal('worker', 'SIGCONT')
  // It ends once its activity has: all that it would send has been sent then.
  await stack.kill('worker', 'SIGTERM')
  await shop.patch(`/store/customers/${first}`, { CustomerFirstName: 'Last' })
  await shop.contactWith('+12035550199', ({ name }) => name === 'Last Customer')
  expect(await names()).toEqual(['Last Customer', ...customers.map(({ renamed }) => renamed)].sort())
}, 240_000)
