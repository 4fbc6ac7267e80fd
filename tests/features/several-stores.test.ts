import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { openBook } from './support/book.ts'
import { chooserOf } from './support/choosing.ts'
import { dropFile, edtCustomer, edtFile } from './support/edt.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop
let harbor: string
let harborSource: string

beforeAll(async () => {
  stack = await sharedStack()
  const [opened] = await openShops(stack, [{ name: 'two-stores' }])
  shop = opened ?? expect.fail('the shop did not open')
  harbor = join(stack.dir, 'harbor')
  harborSource = await shop.tenant.addSource('002', 'Harbor Mall')
  await stack.addAgent({
    name: 'agent-harbor',
    code: await shop.tenant.enrollmentCode(harborSource),
    edtFolder: harbor,
  })
})
afterAll(async () => {
  await shop?.close()
  await stack?.stop()
})

test('[BY-02] each store’s customers go to its own location, who comes down goes to the home store, and one view shows both', async () => {
  const [main, mall] = shop.tenant.account.locations.map(({ uid }) => uid)
  await shop.staff.change({
    settings: {
      locations: [
        { store: '001', location: main },
        { store: '002', location: mall },
      ],
      homeStore: { sourceId: harborSource, store: '002' },
    },
  })
  await shop.addCustomer('Mia Main', { phone: '2035551301' })
  await dropFile(harbor, edtFile([edtCustomer('002-00001', 'Hal Harbor', { phones: ['2035551302'] })]), { full: true })
  expect((await shop.contactWith('+12035551301')).locations).toEqual([{ uid: main }])
  expect((await shop.contactWith('+12035551302')).locations).toEqual([{ uid: mall }])

  await shop.addContact({ name: 'Cora Coming', emails: ['cora@example.com'] })
  const outbox = join(harbor, 'Outbox')
  const file = await stack.waitFor(
    async () => (await readdir(outbox).catch(() => [])).find((name) => name.endsWith('-CustomerList.json')),
    { what: 'the new customer for the harbor store' },
  )
  const wanted = await readFile(join(outbox, file), 'utf8')
  expect(wanted).toContain('cora@example.com')
  expect(wanted).toContain('"CustomerStoreId": "002"')
  expect((await shop.customers()).map(({ name }) => name)).toEqual(['Mia Main'])

  expect(await chooserOf(shop.tenant).stores()).toEqual([
    { number: '001', name: 'Main Street', customers: 1, connections: [{ location: main, isHome: false, linked: 1 }] },
    { number: '002', name: 'Harbor Mall', customers: 1, connections: [{ location: mall, isHome: true, linked: 1 }] },
  ])
})

test('[BY-02] two stores in one database: each has its own location on both platforms, and who is new there comes into the store of theirs', async () => {
  const [both = expect.fail('the shop did not open')] = await openShops(stack, [{ name: 'one-database' }])
  await both.tenant.addStore('002', 'Harbor Mall')
  const book = await openBook(stack, both, ({ locations }) => ({
    locations: ['001', '002'].map((store, n) => ({ store, location: locations[n]?.id })),
  }))
  await book.license()
  const [main = '', mall = ''] = both.tenant.account.locations.map(({ uid }) => uid)
  const [bookMain, bookMall] = book.account.locations.map(({ id }) => id)
  await both.staff.change({
    settings: {
      locations: [
        { store: '001', location: main },
        { store: '002', location: mall },
      ],
    },
  })
  try {
    const mia = await both.addCustomer('Mia Main', { phone: '2035551311' })
    const hal = await both.addCustomer('Hal Harbor', { phone: '2035551312' }, { CustomerStoreId: 2 })
    expect([mia, hal]).toEqual(['001-00001', '002-00001'])
    expect((await both.contactWith('+12035551311')).locations).toEqual([{ uid: main }])
    const contact = await both.contactWith('+12035551312')
    expect(contact.locations).toEqual([{ uid: mall }])
    expect((await book.client(mia)).home_location_id).toBe(bookMain)
    expect((await book.client(hal)).home_location_id).toBe(bookMall)

    // What is new of somebody goes to that very customer, though the other store has the same number.
    await both.changeContact(contact.uid, { phoneNumbers: ['+12035551312', '+12035551313'] })
    await both.customerWhere(
      'the second phone of Hal',
      ({ key, phones }) => key === hal && phones.some((phone) => phone.endsWith('2035551313')),
    )
    expect((await both.customer(mia)).phones).toHaveLength(1)

    await both.addContact({ name: 'Cora Coming', emails: ['cora@example.com'], locations: [mall] })
    await both.addContact({ name: 'Cleo Coming', emails: ['cleo@example.com'], locations: [main] })
    await book.addClient({
      first_name: 'Bea',
      last_name: 'Book',
      emails: ['bea@example.com'],
      home_location_id: bookMall,
    })
    const storeOf = async (email: string) => {
      const { key } = await both.customerWhere(email, ({ emails }) => emails.includes(email))
      return key.slice(0, 3)
    }
    expect([
      await storeOf('cora@example.com'),
      await storeOf('cleo@example.com'),
      await storeOf('bea@example.com'),
    ]).toEqual(['002', '001', '002'])
    // And from there to the other platform, as a customer of that store.
    expect((await both.contactWith('bea@example.com')).locations).toEqual([{ uid: mall }])
  } finally {
    await both.close()
  }
})
