import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { openBook } from './support/book.ts'
import { dropFile, edtCustomer, edtFile } from './support/edt.ts'
import { counterOf, showcaseOf } from './support/objects.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop

beforeAll(async () => {
  stack = await sharedStack()
  const [opened] = await openShops(stack, [
    { name: 'braked', tier: 'clienteling_plus', settings: { brake: { percent: 20, atLeast: 5 } } },
  ])
  shop = opened ?? expect.fail('the shop did not open')
})
afterAll(async () => {
  await shop?.close()
  await stack?.stop()
})

const numbers = Array.from({ length: 20 }, (_, index) => index + 10)
/** The same twenty customers, as many of them as are asked for under another name. */
const people = (renamed: number, name: string) =>
  edtFile(
    numbers.map((number, index) =>
      edtCustomer(`001-900${number}`, index < renamed ? `${name} ${number}` : `Person ${number}`, {
        phones: [`20355512${number}`],
      }),
    ),
  )
const named = async (name: string) => (await shop.contacts()).filter((contact) => contact.name?.startsWith(name)).length
const contactsNamed = (name: string, count: number) =>
  stack.waitFor(async () => (await named(name)) === count, { what: `${count} contacts named ${name}` })
const braked = () =>
  stack.waitFor(async () => (await shop.staff.connection()).pausedCode === 'mass_change', {
    what: 'the connection to wait for approval',
  })

test('[BY-04] what goes wrong in The Edge and would change many contacts waits until a person approves it', async () => {
  await dropFile(shop.edtFolder, people(0, ''), { full: true })
  await contactsNamed('Person', 20)
  await stack.waitFor(async () => (await shop.staff.connection()).phase === 'live', { what: 'the first upload to end' })

  await dropFile(shop.edtFolder, people(3, 'Few'))
  await contactsNamed('Few', 3)
  expect(await shop.staff.connection()).toMatchObject({ status: 'active', pausedCode: null })

  await dropFile(shop.edtFolder, people(15, 'Many'))
  await braked()
  expect((await shop.staff.connection()).pausedReason).toMatch(/of 20 records on the platform .* would change at once/)
  expect(await named('Many')).toBe(0)

  await shop.staff.approve()
  await contactsNamed('Many', 15)
  expect(await shop.staff.connection()).toMatchObject({ status: 'active', pausedCode: null })
  // It was approved once, not for ever.
  await dropFile(shop.edtFolder, people(15, 'Again'))
  await braked()
  expect(await named('Again')).toBe(0)
  await shop.staff.approve()
  await contactsNamed('Again', 15)
})

test('[BY-04] [PD-09] nor does it clear the shelf', async () => {
  const counter = counterOf(shop)
  const showcase = showcaseOf(stack, shop)
  const items: string[] = []
  for (const _ of numbers) items.push(await counter.item())
  for (const item of items) await showcase.product(item)
  await shop.post('/control/store/settings', { autoExport: false })
  for (const item of items) await counter.changeItem(item, { ItemStatus: 'R' })
  await shop.post('/store/export')
  await braked()
  expect((await showcase.all()).filter(({ archived }) => archived)).toEqual([])
  await shop.staff.approve()
  for (const item of items) await showcase.product(item, ({ archived }) => archived)
})

test('[BY-04] [CO-08] nor does a filter that was set by mistake; taken back, nothing was archived', async () => {
  const counter = counterOf(shop)
  const showcase = showcaseOf(stack, shop)
  await shop.post('/control/store/settings', { autoExport: true })
  const items: string[] = []
  for (const _ of numbers) items.push(await counter.item({ CategoryName: 'Rings' }))
  for (const item of items) await showcase.product(item)
  await shop.marker()
  const onHand = async () =>
    (await showcase.all()).filter(({ archived, fields }) => !archived && items.includes(fields.itemNumber ?? '')).length
  await shop.staff.change({ settings: { itemFilter: { categories: ['Rings'] } } })
  await braked()
  expect(await onHand()).toBe(20)

  await shop.staff.change({ settings: { itemFilter: { categories: [] } } })
  await shop.staff.approve()
  await shop.marker()
  expect(await onHand()).toBe(20)

  // What was meant goes through once it is approved.
  await shop.staff.change({ settings: { itemFilter: { categories: ['Rings'] } } })
  await braked()
  await shop.staff.approve()
  for (const item of items) await showcase.product(item, ({ archived }) => archived)
})

test('[BY-04] [CB-03] nor do custom fields that change with everybody', async () => {
  const book = await openBook(stack, shop, (account) => {
    const preference = account.preferences.find(({ name }) => name === 'Ring size')?.id ?? expect.fail('no ring size')
    return { customFields: [{ field: 1, preference, type: 'text' }], brake: { percent: 20, atLeast: 5 } }
  })
  await book.license()
  const sized = (size: string) =>
    dropFile(
      shop.edtFolder,
      edtFile(
        numbers.map((number) =>
          edtCustomer(
            `001-900${number}`,
            `Person ${number}`,
            { phones: [`20355512${number}`] },
            { CustomerKey1: size },
          ),
        ),
      ),
    )
  const ofSize = async (size: string) =>
    (await book.clients()).filter(({ preferences }) => preferences['Ring size'] === size).length
  await sized('6')
  await stack.waitFor(async () => (await ofSize('6')) === 20, { what: 'everybody with size 6' })
  await stack.waitFor(async () => (await book.staff.connection()).phase === 'live', { what: 'the first upload to end' })
  await sized('0')
  await stack.waitFor(async () => (await book.staff.connection()).pausedCode === 'mass_change', {
    what: 'the wait for approval',
  })
  expect(await ofSize('0')).toBe(0)
  await book.staff.approve()
  await stack.waitFor(async () => (await ofSize('0')) === 20, { what: 'everybody with size 0' })
})
