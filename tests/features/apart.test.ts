import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { dropFile, edtCustomer, edtFile } from './support/edt.ts'
import { openShops, type Shop } from './support/shop.ts'
import { steering } from './support/steering.ts'

let stack: Stack
let shop: Shop
let other: Shop
/** The EDT folder of the second source of `shop`. */
let harbor: string

beforeAll(async () => {
  stack = await sharedStack()
  const [first, second] = await openShops(stack, [{ name: 'elm' }, { name: 'other' }])
  shop = first ?? expect.fail('the first shop did not open')
  other = second ?? expect.fail('the second shop did not open')
  harbor = join(stack.dir, 'harbor')
  const sourceId = await shop.tenant.addSource('002', 'Harbor Mall')
  const code = await shop.tenant.enrollmentCode(sourceId)
  await stack.addAgent({ name: 'agent-harbor', code, edtFolder: harbor })
})
afterAll(async () => {
  await Promise.all([shop?.close(), other?.close()])
  await stack?.stop()
})

test('[AD-02] two sources of one tenant that both hold customer 001-00001 stay apart, on both ways', async () => {
  const key = await shop.addCustomer('Elm Person', { phone: '2035551001' })
  expect(key).toBe('001-00001')
  const harborCustomer = (phone: string) => edtFile([edtCustomer(key, 'Harbor Person', { phones: [phone] })])
  await dropFile(harbor, harborCustomer('2035551002'), { full: true })
  const elm = await shop.contactWith('+12035551001', ({ name }) => name === 'Elm Person')
  const there = await shop.contactWith('+12035551002', ({ name }) => name === 'Harbor Person')
  expect(there.uid).not.toBe(elm.uid)

  await dropFile(harbor, harborCustomer('2035551003'))
  await shop.contactWith('+12035551003', ({ uid }) => uid === there.uid)
  await shop.post(`/store/customers/${key}/phone`, { phone: '2035551004' })
  await shop.contactWith('+12035551004', ({ uid }) => uid === elm.uid)

  await shop.changeContact(there.uid, { emails: ['harbor@example.com'] })
  const outbox = join(harbor, 'Outbox')
  const file = await stack.waitFor(
    async () => (await readdir(outbox)).find((name) => name.endsWith('-CustomerList.json')),
    { what: 'the file for the harbor store' },
  )
  expect(await readFile(join(outbox, file), 'utf8')).toContain('harbor@example.com')
  await shop.marker()
  expect(await shop.customer(key)).toMatchObject({ name: 'Elm Person', emails: [] })
})

test('[AD-02] two tenants with the same numbers and phones stay apart', async () => {
  const mine = await shop.addCustomer('Shared Name', { phone: '2035551005' })
  await other.addCustomer('First There', { phone: '2035551006' })
  await other.addCustomer('Shared Name', { phone: '2035551005' })
  const [here, there] = [await shop.contactWith('+12035551005'), await other.contactWith('+12035551005')]
  expect(here.uid).not.toBe(there.uid)
  await other.changeContact(there.uid, { emails: ['theirs@example.com'], optedOut: ['+12035551005'] })
  await other.customerWhere('marked', ({ doNotContact }) => doNotContact.length === 1)
  await shop.marker()
  expect(await shop.customer(mine)).toMatchObject({ emails: [], doNotContact: [] })
  await shop.post(`/store/customers/${mine}/phone`, { phone: '2035551007' })
  await shop.contactWith('+12035551007', ({ uid }) => uid === here.uid)
})

test('[AD-02] another tenant’s connection and quarantine are neither seen nor changed, and not even known', async () => {
  const key = await shop.addCustomer('Held Back', {})
  const held = await stack.waitFor(async () => (await shop.staff.quarantine(key))[0], { what: 'a record held back' })
  const stranger = steering(other.tenant.staff, shop.tenant)
  const nobody = steering(other.tenant.staff, { id: crypto.randomUUID(), connectionId: crypto.randomUUID() })
  const refusals = async (as: typeof stranger) =>
    Promise.all(
      [as.connection(), as.quarantine(), as.pause(), as.resync(), as.runNow(), as.replay(held.id)].map((attempt) =>
        attempt.then(
          () => 'allowed',
          (error) => String(error.message),
        ),
      ),
    )
  const refused = await refusals(stranger)
  expect(refused).not.toContain('allowed')
  expect(refused).toEqual(await refusals(nobody))
  expect(await shop.staff.quarantine(key)).toEqual([held])
  expect((await shop.staff.connection()).status).toBe('active')
})

test('[AD-02] at the database a query without a tenant returns nothing', async () => {
  const db = new pg.Client({ connectionString: stack.database.appUrl })
  await db.connect()
  for (const table of ['record', 'journal', 'link', 'pending', 'effect', 'inbox', 'command', 'quarantine', 'opt_out']) {
    const rows = await db.query(`SELECT * FROM ${table}`).then(
      (result) => result.rows,
      (error) => (String(error.message).includes('permission denied') ? [] : [error.message]),
    )
    expect(rows, table).toEqual([])
  }
  await db.end()
})
