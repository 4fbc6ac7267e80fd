import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop

beforeAll(async () => {
  stack = await sharedStack()
  const [opened] = await openShops(stack, [{ name: 'duplicates' }])
  shop = opened ?? expect.fail('the shop did not open')
})
afterAll(async () => {
  await shop?.close()
  await stack?.stop()
})

/** Waits until a customer is held for this reason, or (null) for none. */
const heldAs = (key: string, code: string | null) =>
  stack.waitFor(
    async () => {
      const codes = (await shop.staff.quarantine(key)).map((entry) => entry.code)
      return code === null ? codes.length === 0 : codes.includes(code)
    },
    { what: `${key} held as ${code}` },
  )
/** The open entry of a phone or an e-mail; undefined: there is none. */
const open = async (value: string) => (await shop.staff.duplicates('OPEN')).find((entry) => entry.value === value)

test('[BY-08] a shared phone: joined, nothing is held and nothing written; undone, all is as before', async () => {
  const owner = await shop.addCustomer('Abel First', { phone: '2035550801' })
  await shop.contactWith('+12035550801')
  const other = await shop.addCustomer('Abel Frist', { phone: '2035550801' })
  await heldAs(other, 'shared_contact')
  const entry = (await open('+12035550801')) ?? expect.fail('the phone is not listed')
  expect(entry).toMatchObject({
    kind: 'PHONE',
    customers: [{ name: 'Abel First' }, { name: 'Abel Frist' }],
    owners: [{ customer: { key: owner }, because: 'LINKED' }],
    held: [{ key: other, code: 'shared_contact' }],
  })
  const before = await Promise.all([owner, other].map((key) => shop.customer(key)))

  const id = await shop.staff.join(entry)
  await heldAs(other, null)
  expect(await open('+12035550801')).toBeUndefined()
  expect(await shop.staff.duplicates('DECIDED')).toMatchObject([{ held: [], decisions: [{ id, decision: 'JOIN' }] }])
  await shop.post(`/store/customers/${other}/email`, { email: 'frist@example.com' })
  await shop.marker()
  const contacts = await shop.contacts()
  expect(contacts.filter(({ name }) => name?.startsWith('Abel'))).toMatchObject([{ name: 'Abel First', emails: [] }])

  await shop.staff.undo(id)
  await shop.contactWith('frist@example.com', ({ name }) => name === 'Abel Frist')
  expect(await open('+12035550801')).toMatchObject({ decisions: [] })
  expect((await shop.customer(owner)).fields).toEqual(before[0]?.fields)
  expect((await shop.customer(other)).phones).toEqual(before[1]?.phones)
})

test('[BY-08] an ambiguous e-mail: kept apart, it decides nothing any more; the phone tells whose the contact is', async () => {
  await shop.staff.pause()
  const keys = [
    await shop.addCustomer('Nora One', { email: 'both@example.com' }),
    await shop.addCustomer('Nils Two', { email: 'both@example.com' }),
  ]
  await stack.waitFor(async () => (await shop.staff.connection()).overview.lag.live >= 2, {
    what: 'the cloud to have both customers',
  })
  const uid = await shop.addContact({ name: 'Somebody', emails: ['both@example.com'], phoneNumbers: ['+12035550802'] })
  await shop.staff.resume()
  const entry = await stack.waitFor(
    async () => {
      const found = await open('both@example.com')
      return found?.held.some(({ key, code }) => key === null && code === 'ambiguous_match') && found
    },
    { what: 'the contact to wait' },
  )
  expect(entry.customers.map(({ key }) => key)).toEqual(keys)

  await shop.staff.keepApart(entry)
  expect(await open('both@example.com')).toBeUndefined()
  await shop.marker()
  const holders = async () => (await shop.customers()).filter(({ emails }) => emails.includes('both@example.com'))
  expect((await holders()).map(({ key }) => key)).toEqual(keys)
  expect((await shop.contacts()).find((contact) => contact.uid === uid)).toMatchObject({ name: 'Somebody' })

  await shop.post(`/store/customers/${keys[1]}/phone`, { phone: '2035550802' })
  await shop.contactWith('+12035550802', (contact) => contact.uid === uid && contact.name === 'Nils Two')
  await heldAs(keys[0] ?? '', 'needs_identifier')
  expect((await holders()).map(({ key }) => key)).toEqual(keys)
})
