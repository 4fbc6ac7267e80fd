import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '../support/stack.ts'
import { openShops, type Shop } from './support/shop.ts'
import { steering } from './support/steering.ts'

let stack: Stack
let methods: Shop
let customers: Shop

beforeAll(async () => {
  stack = await startStack({ apps: ['api', 'worker'] })
  const [first, second] = await openShops(stack, [{ name: 'methods' }, { name: 'customers' }])
  methods = first ?? expect.fail('the first shop did not open')
  customers = second ?? expect.fail('the second shop did not open')
})
afterAll(async () => {
  await Promise.all([methods?.close(), customers?.close()])
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
