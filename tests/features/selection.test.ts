import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { chooserOf } from './support/choosing.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop
let chooser: ReturnType<typeof chooserOf>

beforeAll(async () => {
  stack = await sharedStack()
  const [opened] = await openShops(stack, [{ name: 'selected', settings: { scope: 'selected' } }])
  shop = opened ?? expect.fail('the shop did not open')
  chooser = chooserOf(shop.tenant)
})
afterAll(async () => {
  await shop?.close()
  await stack?.stop()
})

const namesThere = async () => (await shop.contacts()).map(({ name }) => name)
const known = (key: string) =>
  stack.waitFor(async () => (await chooser.customers()).some((customer) => customer.key === key), { what: key })

test('[CB-01] only who is selected goes up: one by one, by a filter, by the mark in The Edge, or because they come from there', async () => {
  const ada = await shop.addCustomer('Ada Chosen', { phone: '2035551101' })
  const bea = await shop.addCustomer('Bea Filter', { email: 'bea@example.com' })
  const cleo = await shop.addCustomer('Cleo Nobody', { phone: '2035551103' })
  await Promise.all([ada, bea, cleo].map(known))
  expect(await chooser.select(ada)).toEqual({ changed: 1 })
  await shop.contactWith('+12035551101')
  expect(await chooser.selectWhere({ hasEmail: true, name: 'filter' })).toEqual({ changed: 1 })
  await shop.contactWith('bea@example.com')
  // Who comes from the platform comes down, and goes on from then on: the marker does.
  await shop.marker()
  expect(await namesThere()).not.toContain('Cleo Nobody')
  expect((await chooser.customers({ selected: true })).map(({ name, selectedBy }) => [name, selectedBy])).toEqual([
    ['Ada Chosen', 'PERSON'],
    ['Bea Filter', 'PERSON'],
    ['Marker 1', 'PLATFORM'],
  ])
})

test('[CB-01] deselected, nothing goes either way and nothing is deleted; selected again, both sides catch up', async () => {
  const key = await shop.addCustomer('Dora Later', { phone: '2035551111' })
  await known(key)
  await chooser.select(key)
  const { uid } = await shop.contactWith('+12035551111')
  await shop.marker()
  await chooser.deselect(key)
  await shop.post(`/store/customers/${key}/phone`, { phone: '2035551112' })
  await shop.changeContact(uid, { emails: ['dora@example.com'] })
  await shop.marker()
  expect((await shop.contacts()).find((contact) => contact.uid === uid)?.phoneNumbers).toEqual(['+12035551111'])
  expect((await shop.customer(key)).emails).toEqual([])

  await chooser.select(key)
  await shop.contactWith('+12035551112', (contact) => contact.uid === uid)
  await shop.customerWhere('Dora with her e-mail', ({ emails }) => emails.includes('dora@example.com'))
})

test('[CB-02] a wrong match is shown with its reason and undone: each side is itself again, and they stay apart', async () => {
  const key = await shop.addCustomer('Eva Wrong', { phone: '2035551121' })
  await known(key)
  const uid = await shop.addContact({
    name: 'Emil Right',
    phoneNumbers: ['+12035551121'],
    emails: ['emil@example.com'],
  })
  await shop.contactWith('+12035551121', ({ name }) => name === 'Eva Wrong')
  await shop.customerWhere('Eva with the e-mail', ({ emails }) => emails.includes('emil@example.com'))
  expect((await chooser.customers({ name: 'Eva' }))[0]?.link).toEqual({ uid, matchedBy: 'PHONE' })

  expect((await chooser.undoMatch(key)).undone).toEqual({ phones: [], emails: ['emil@example.com'] })
  await shop.contactWith('emil@example.com', (contact) => contact.uid === uid && contact.name === 'Emil Right')
  const told = await stack.waitFor(
    async () => (await shop.staff.quarantine(key)).find(({ code }) => code === 'wrong_match'),
    { what: 'the store is told' },
  )
  expect(told.message).toContain('e…@example.com')
  // It was the match that had selected her.
  await chooser.select(key)
  await shop.post(`/store/customers/${key}/phone`, { phone: '2035551122' })
  await shop.contactWith('+12035551122', (contact) => contact.uid !== uid && contact.name === 'Eva Wrong')
  expect((await shop.contacts()).find((contact) => contact.uid === uid)?.name).toBe('Emil Right')
})
