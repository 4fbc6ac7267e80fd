import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '../support/stack.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop

beforeAll(async () => {
  stack = await startStack({ apps: ['api', 'worker'] })
  const [opened] = await openShops(stack, [{ name: 'offline' }])
  shop = opened ?? expect.fail('the shop did not open')
})
afterAll(async () => {
  await shop?.close()
  await stack?.stop()
})

test('[AG-03] what happens in the store while the line is down goes up in order when it is back, through a power cut too', async () => {
  const key = await shop.addCustomer('Sena Rask', { phone: '2035550901' })
  await shop.contactWith('+12035550901')
  await shop.marker()
  const created = await shop.requests('POST /v4/contacts')
  await stack.kill('api')

  await shop.post(`/store/customers/${key}/phone`, { phone: '2035550902' })
  await shop.addCustomer('Tove Rask', { phone: '2035550903' })
  await stack.kill(shop.agent)
  await shop.post(`/store/customers/${key}/phone`, { phone: '2035550904' })
  await stack.start(shop.agent)
  await shop.addCustomer('Ulf Rask', { phone: '2035550905' })
  await shop.addContact({ name: 'Vida Rask', emails: ['vida@example.com'] })
  await stack.kill(shop.agent)
  await stack.start('api')
  await stack.start(shop.agent)

  await shop.contactWith('+12035550903')
  await shop.contactWith('+12035550905')
  const sena = await shop.contactWith('+12035550904')
  expect(sena.phoneNumbers).toEqual(['+12035550904'])
  await shop.customerWhere('Vida', ({ name }) => name === 'Vida Rask')
  await shop.marker()
  // Tove and Ulf, each once.
  expect(await shop.requests('POST /v4/contacts')).toBe(created + 2)
  const rasks = (await shop.contacts()).flatMap(({ name }) => (name?.endsWith('Rask') ? [name] : []))
  expect(rasks.toSorted()).toEqual(['Sena Rask', 'Tove Rask', 'Ulf Rask', 'Vida Rask'])
  expect((await shop.customers()).filter(({ name }) => name.endsWith('Rask'))).toHaveLength(4)
})
