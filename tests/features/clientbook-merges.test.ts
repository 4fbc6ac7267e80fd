import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '../support/stack.ts'
import { type Book, fromDatabase, openBook, rowsOf } from './support/book.ts'
import { counterOf } from './support/objects.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop
let book: Book
beforeAll(async () => {
  stack = await startStack({ apps: ['api', 'worker'] })
  const [opened = expect.fail('the shop did not open')] = await openShops(stack, [
    { name: 'merges', sql: fromDatabase, licensed: false, agent: false },
  ])
  shop = opened
  const joined = await openBook(stack, shop, (account) => ({
    defaultAssociate: '2',
    customFields: account.preferences
      .filter(({ name }) => name === 'Ring size')
      .map(({ id }) => ({ field: 1, preference: id, type: 'text' })),
  }))
  book = joined
  await shop.startAgent()
  await joined.license()
})
afterAll(async () => {
  await shop?.close()
  await stack?.stop()
})

/** A customer with a ring size, a sale, a note and a wish, all on Clientbook. */
async function customerWithAll(name: string, phone: string, fields: Record<string, string> = {}): Promise<string> {
  const key = await shop.addCustomer(name, { phone }, fields)
  await counterOf(shop).sale(key, [{ description: `Sold to ${name}`, amount: 40 }])
  await shop.post('/control/store/notes', { NotesCustKey: key, NotesText: `Note of ${name}` })
  await shop.post('/control/store/wishes', { WishlistCustKey: key, WishlistItemDesc: `Wish of ${name}` })
  await holds(key, [name])
  return key
}

interface Held {
  readonly sales: readonly string[]
  readonly notes: readonly string[]
  readonly wishes: readonly string[]
}

async function heldBy(posId: string): Promise<Held | null> {
  const client = (await book.clients()).find(({ pos_id }) => pos_id === posId)
  if (!client) return null
  const sales = (await book.purchases()).filter(({ client_pos_id }) => client_pos_id === posId)
  const wishes = (await book.collections(client.id)).filter(({ name }) => name === 'Edge').flatMap(({ items }) => items)
  return {
    sales: sales.map(({ external_id }) => external_id).toSorted(),
    notes: (await book.notes(client.id)).map(({ body }) => body).toSorted(),
    wishes: wishes.map(({ product }) => product?.title ?? '').toSorted(),
  }
}

/** Waits until the client of this number has the sales, notes and wishes of these, each once. */
async function holds(posId: string, names: readonly string[]): Promise<void> {
  const each = (what: string) => names.map((name) => `${what} of ${name}`).toSorted()
  const wanted = JSON.stringify([names.length, each('Note'), each('Wish')])
  await stack.waitFor(
    async () => {
      const held = await heldBy(posId)
      return held !== null && JSON.stringify([held.sales.length, held.notes, held.wishes]) === wanted
    },
    { what: `all of ${names} at ${posId}` },
  )
}

/** What stands in the store, and on Clientbook, apart from what the test itself does. */
const storeNow = async () => ({
  notes: (await rowsOf(shop, 'notes')).map(({ NotesCustKey, NotesText }) => [NotesCustKey, NotesText]),
  wishes: (await rowsOf(shop, 'wishes')).map(({ WishlistCustKey, WishlistItemDesc }) => [
    WishlistCustKey,
    WishlistItemDesc,
  ]),
  customers: await shop.customers(),
})
const clientsNamed = async (lastName: string) =>
  (await book.clients()).filter(({ last_name }) => last_name === lastName).map(({ pos_id }) => pos_id)
const isMerged = (lastName: string) =>
  stack.waitFor(async () => (await clientsNamed(lastName)).length === 0, { what: `nobody named ${lastName}` })

test('[CB-02] [CB-04] [CB-06] [CB-07] [CO-07] two merged in The Edge are one client with the sales, notes and wishes of both, once', async () => {
  const gone = await customerWithAll('Tea Double', '2035551401', { CustomerKey1: '6' })
  const stays = await customerWithAll('Tea Single', '2035551402')
  await book.client(gone, ({ preferences }) => preferences['Ring size'] === '6')
  await counterOf(shop).merge(gone, stays)
  const inStore = await storeNow()

  await holds(stays, ['Tea Double', 'Tea Single'])
  await isMerged('Double')
  const client = await book.client(stays, ({ preferences }) => (preferences['Ring size'] ?? null) === null)
  expect(client.phones.map(({ number }) => number).toSorted()).toEqual(['+12035551401', '+12035551402'])
  // What happens to the remaining one later happens once as well.
  await shop.post('/control/store/notes', { NotesCustKey: stays, NotesText: 'Note of later' })
  await stack.waitFor(async () => (await heldBy(stays))?.notes.includes('Note of later'), { what: 'the later note' })
  expect((await heldBy(stays))?.sales).toHaveLength(2)
  expect(await clientsNamed('Single')).toEqual([stays])
  const now = await storeNow()
  expect(now).toEqual({ ...inStore, notes: [...inStore.notes, [stays, 'Note of later']] })
  expect(await book.staff.quarantine()).toEqual([])
})

test('[CB-02] [CO-07] a second merge, into a third: all of the three is there, once', async () => {
  const [first, second, third] = [
    await customerWithAll('Ute First', '2035551411'),
    await customerWithAll('Ute Second', '2035551412'),
    await customerWithAll('Ute Third', '2035551413'),
  ]
  await counterOf(shop).merge(first, second)
  await isMerged('First')
  await counterOf(shop).merge(second, third)
  await isMerged('Second')
  await holds(third, ['Ute First', 'Ute Second', 'Ute Third'])
  expect(await clientsNamed('Third')).toEqual([third])
  expect(await book.staff.quarantine()).toEqual([])
})

test('[CB-02] [CO-07] a merge that was done and never answered, and the worker killed before it asked again, is made once', async () => {
  const gone = await customerWithAll('Una Double', '2035551421')
  const stays = await customerWithAll('Una Single', '2035551422')
  const route = 'POST /v1/clients/:client_id/merge'
  const before = (await book.requests())[route] ?? 0
  await shop.post('/control/clientbook/faults', {
    match: { method: 'POST', path: '/v1/clients/:client_id/merge' },
    action: 'timeoutAfterDone',
  })
  await counterOf(shop).merge(gone, stays)
  await isMerged('Double')
  await stack.kill('worker')
  await stack.start('worker')
  await holds(stays, ['Una Double', 'Una Single'])
  await shop.post('/control/store/notes', { NotesCustKey: stays, NotesText: 'Note of later' })
  await stack.waitFor(async () => (await heldBy(stays))?.notes.includes('Note of later'), { what: 'the later note' })
  expect((await book.requests())[route]).toBeLessThanOrEqual(before + 1)
  expect((await clientsNamed('Single')).filter((posId) => posId === stays)).toHaveLength(1)
  expect(await book.staff.quarantine()).toEqual([])
})
