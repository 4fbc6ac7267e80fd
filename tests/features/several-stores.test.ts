import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
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
