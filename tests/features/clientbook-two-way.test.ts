import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Stack, sharedStack } from '../support/stack.ts'
import { type Book, fromDatabase, openBook, rowsOf } from './support/book.ts'
import { counterOf } from './support/objects.ts'
import { openShops, type Shop } from './support/shop.ts'
import { foundIn, tracesOf } from './support/traces.ts'

let stack: Stack
let shop: Shop
let book: Book
/** The customer of all tests, and the client's id on Clientbook. */
let nora: string
let client: string

beforeAll(async () => {
  stack = await sharedStack()
  const [opened = expect.fail('the shop did not open')] = await openShops(stack, [
    { name: 'two-way', sql: fromDatabase, licensed: false, agent: false },
  ])
  shop = opened
  nora = await shop.addCustomer(
    'Nora Lindqvist',
    { email: 'nora@example.com', phone: '2035550117' },
    { CustomerKey1: '6', CustomerKey2: 'Platinum' },
  )
  const joined = await openBook(stack, shop, (account) => {
    const idOf = (name: string) => account.preferences.find((one) => one.name === name)?.id ?? expect.fail(name)
    const metal = account.preferences.find((one) => one.name === 'Metal')?.choices ?? []
    return {
      customFields: [
        { field: 1, preference: idOf('Ring size'), type: 'text' },
        { field: 2, preference: idOf('Metal'), type: 'choice', choices: metal },
        { field: 3, preference: idOf('Anniversary'), type: 'date' },
        { field: 4, preference: idOf('Budget'), type: 'number' },
        { field: 5, preference: idOf('Newsletter'), type: 'yesNo' },
      ],
      defaultAssociate: '2',
    }
  })
  book = joined
  await shop.startAgent()
  await joined.license()
  client = (await book.client(nora)).id
})
afterAll(async () => {
  await shop?.close()
  await stack?.stop()
})

const waitFor = <T>(what: string, look: () => Promise<T | undefined | false>) => stack.waitFor(look, { what })
const fieldsOf = async () => (await shop.customer(nora)).fields

describe('custom fields and preferences', () => {
  test('[CB-03] what The Edge holds stands in the preferences, and follows it', async () => {
    await book.client(nora, ({ preferences }) => preferences['Ring size'] === '6' && preferences.Metal === 'Platinum')
    await shop.patch(`/store/customers/${nora}`, { CustomerKey1: '6.5', CustomerKey4: '1500' })
    await book.client(
      nora,
      ({ preferences }) => preferences['Ring size'] === '6.5' && Number(preferences.Budget) === 1500,
    )
  })

  test('[CB-03] [CB-11] what staff set comes into The Edge, under their number there', async () => {
    await book.put(`/clients/${client}/preferences`, {
      values: { [book.preference('Ring size')]: '7', [book.preference('Newsletter')]: true },
      associateId: book.associate('Harriet'),
    })
    const fields = await waitFor('the ring size in The Edge', async () => {
      const now = await fieldsOf()
      return now.CustomerKey1 === '7' && now
    })
    expect(String(fields.CustomerKey5).toLowerCase()).toMatch(/^y/)
    expect(fields).toMatchObject({ CustomerKey2: 'Platinum', CustomerKey4: '1500', CustomerUpdateUser: '1' })
  })

  test('[CB-03] [CO-11] a value that does not fit is set aside with a reason, the others go on; mended, it goes by itself', async () => {
    await shop.patch(`/store/customers/${nora}`, { CustomerKey1: '7.5', CustomerKey2: 'Moon dust' })
    await book.client(nora, ({ preferences }) => preferences['Ring size'] === '7.5' && preferences.Metal === 'Platinum')
    const [entry] = await waitFor('the reason', async () => {
      const open = await book.staff.quarantine(nora)
      return open.length > 0 && open
    })
    expect(entry).toMatchObject({ code: 'value_does_not_fit' })
    await shop.patch(`/store/customers/${nora}`, { CustomerKey2: 'silver' })
    await book.client(nora, ({ preferences }) => preferences.Metal === 'Silver')
    await waitFor('nothing set aside', async () => (await book.staff.quarantine(nora)).length === 0)
  })
})

describe('notes and recent activity', () => {
  const noteIn = (text: string) =>
    waitFor(`a note "${text}" in The Edge`, async () =>
      (await rowsOf(shop, 'notes')).find((row) => row.NotesCustKey === nora && row.NotesText === text),
    )
  const noteOn = (text: string) =>
    waitFor(`a note "${text}" on Clientbook`, async () => (await book.notes(client)).find(({ body }) => body === text))

  test('[CB-06] a note made in The Edge and edited on either side is the same on both, once', async () => {
    const made = await shop.post('/control/store/notes', { NotesCustKey: nora, NotesText: 'Likes old cuts.' })
    const { id } = await noteOn('Likes old cuts.')
    await shop.patch(`/control/store/notes/${keyOf(made)}`, { NotesText: 'Loves old cuts.' })
    await noteOn('Loves old cuts.')
    await book.patch(`/notes/${id}`, { body: 'Loves old mine cuts.', associateId: book.associate('Harriet') })
    const row = await noteIn('Loves old mine cuts.')
    expect(String(row.NotesKey)).toBe(keyOf(made))
    expect((await book.notes(client)).map(({ body }) => body)).toEqual(['Loves old mine cuts.'])
  })

  test('[CB-06] [CB-11] a note written by staff is a note in The Edge, under their number or the default one', async () => {
    await book.post(`/clients/${client}/notes`, {
      body: 'Called about the clasp.',
      associateId: book.associate('Harriet'),
    })
    await book.post(`/clients/${client}/notes`, { body: 'Will come on Friday.', associateId: book.associate('Maya') })
    expect(Number((await noteIn('Called about the clasp.')).NotesAsKey)).toBe(1)
    expect(Number((await noteIn('Will come on Friday.')).NotesAsKey)).toBe(2)
    expect((await book.notes(client)).filter(({ body }) => body === 'Called about the clasp.')).toHaveLength(1)
  })

  test('[CB-06] a note that is locked in The Edge stays as it is; what staff write over it becomes a note of its own', async () => {
    const made = await shop.post('/control/store/notes', { NotesCustKey: nora, NotesText: 'Signed agreement.' })
    const { id } = await noteOn('Signed agreement.')
    await shop.post(`/control/store/notes/${keyOf(made)}/lock`)
    await book.patch(`/notes/${id}`, { body: 'Signed nothing.' })
    await waitFor('a new note with what staff wrote', async () =>
      (await rowsOf(shop, 'notes')).find(
        (row) => String(row.NotesText).includes('Signed nothing.') && String(row.NotesKey) !== keyOf(made),
      ),
    )
    await waitFor('the entry with the words of The Edge', async () =>
      (await book.notes(client)).find((one) => one.id === id && one.body === 'Signed agreement.'),
    )
    await noteIn('Signed agreement.')
  })
})

describe('wishes and the collection Edge', () => {
  const listed = async () =>
    (await book.collections(client))
      .filter(({ name }) => name === 'Edge')
      .flatMap(({ items }) => items.map((item) => item.product?.sku ?? item.product?.title ?? ''))
      .toSorted()
  const listIs = (...wanted: string[]) =>
    waitFor(
      `the collection to hold ${wanted}`,
      async () => JSON.stringify(await listed()) === JSON.stringify(wanted.toSorted()),
    )
  const wishIn = (what: string, fits: (row: Record<string, unknown>) => boolean) =>
    waitFor(what, async () => (await rowsOf(shop, 'wishes')).find((row) => row.WishlistCustKey === nora && fits(row)))
  let ring: string

  test('[CB-04] [CB-05] wishes for an item and for what is not in stock stand in the collection Edge, each with its product', async () => {
    ring = await counterOf(shop).item({ ItemDesc: 'Ring with a pear' })
    await shop.post('/control/store/wishes', { WishlistCustKey: nora, WishlistItemKey: ring })
    await shop.post('/control/store/wishes', { WishlistCustKey: nora, WishlistItemDesc: 'Pearl drop earrings' })
    await listIs(ring, 'Pearl drop earrings')
    const products = await book.products()
    expect(products.filter(({ sku }) => sku === ring)).toHaveLength(1)
    expect(products.filter(({ title }) => title === 'Pearl drop earrings')).toHaveLength(1)
  })

  test('[CB-04] what staff take out is marked as removed in The Edge; what they put in is a wish there', async () => {
    const [edge = expect.fail('no collection')] = (await book.collections(client)).filter(({ name }) => name === 'Edge')
    const earrings =
      edge.items.find(({ product }) => product?.title === 'Pearl drop earrings') ?? expect.fail('no earrings')
    await book.remove(`/items/${earrings.id}`)
    await wishIn(
      'the removed wish',
      (row) => row.WishlistItemDesc === 'Pearl drop earrings' && Boolean(row.WishlistDateRemoved),
    )
    const chain = await counterOf(shop).item({ ItemDesc: 'Chain, 18 k' })
    const product = await waitFor('the chain as a product', async () =>
      (await book.products()).find(({ sku }) => sku === chain),
    )
    await book.post(`/collections/${edge.id}/items`, { product_id: product.id, associateId: book.associate('Harriet') })
    const wish = await wishIn('the new wish', (row) => row.WishlistItemKey === chain)
    expect(Number(wish.WishlistAssociate)).toBe(1)
    await listIs(ring, chain)
  })

  test('[CB-04] other collections are nobody’s business, and a wish that a sale fulfills leaves the collection', async () => {
    const made = await book.post(`/clients/${client}/collections`, { name: 'Summer' })
    const { id } = z.object({ id: z.string() }).parse(made)
    const [product] = await book.products()
    await book.post(`/collections/${id}/items`, { product_id: product?.id ?? '' })
    const before = (await rowsOf(shop, 'wishes')).length
    await counterOf(shop).sale(nora, [{ item: ring, amount: 500 }])
    await waitFor('the ring out of the collection', async () => !(await listed()).includes(ring))
    expect(await rowsOf(shop, 'wishes')).toHaveLength(before)
    expect((await book.collections(client)).find(({ name }) => name === 'Summer')?.items).toHaveLength(1)
  })

  test.each([
    ['renamed', (id: string) => book.patch(`/collections/${id}`, { name: 'For her birthday' })],
    ['deleted', (id: string) => book.remove(`/collections/${id}`)],
  ])(
    '[CB-04] the collection Edge %s by staff: no wish in The Edge is touched, the next one makes it anew with all',
    async (_how, act) => {
      const before = await listed()
      const open = (await rowsOf(shop, 'wishes')).filter((row) => !row.WishlistDateRemoved)
      const [edge = expect.fail('no collection')] = (await book.collections(client)).filter(
        ({ name }) => name === 'Edge',
      )
      await act(edge.id)
      const description = `Cufflinks ${_how}`
      await shop.post('/control/store/wishes', { WishlistCustKey: nora, WishlistItemDesc: description })
      await listIs(...before, description)
      expect((await rowsOf(shop, 'wishes')).filter((row) => !row.WishlistDateRemoved)).toHaveLength(open.length + 1)
    },
  )
})

test('[CB-09] messages sent through Clientbook stand on the Activity tab, once, with links to what was attached', async () => {
  await book.post(`/clients/${client}/messages`, {
    channel: 'email',
    subject: 'Your ring',
    body: 'It is ready.',
    attachments: [{ name: 'ring.jpg', url: 'https://files.example.com/ring.jpg', content_type: 'image/jpeg' }],
    associateId: book.associate('Harriet'),
  })
  const row = await waitFor('the message on the Activity tab', async () =>
    (await rowsOf(shop, 'activities')).find(
      (one) => one.ActivityCustKey === nora && String(one.ActivityDetail).includes('It is ready.'),
    ),
  )
  expect(String(row.ActivityDetail)).toContain('https://files.example.com/ring.jpg')
  expect(String(row.ActivityDesc)).toContain('Your ring')
  expect(Number(row.ActivityAsKey)).toBe(1)
  await book.staff.runNow()
  await book.post(`/clients/${client}/messages`, { channel: 'sms', body: 'See you soon.' })
  await waitFor('the next message', async () =>
    (await rowsOf(shop, 'activities')).find((one) => String(one.ActivityDetail).includes('See you soon.')),
  )
  expect(
    (await rowsOf(shop, 'activities')).filter((one) => String(one.ActivityDetail).includes('It is ready.')),
  ).toHaveLength(1)
})

const keyOf = (made: unknown): string => z.object({ NotesKey: z.string() }).parse(made).NotesKey

test('[CO-13] [CB-03] [CB-04] [CB-06] [CB-09] with their streams off none of it moves either way; on again, all of it is there once', async () => {
  const counter = counterOf(shop)
  const otto = await shop.addCustomer('Otto Switch', { phone: '2035550131' })
  await shop.post('/control/store/wishes', { WishlistCustKey: otto, WishlistItemDesc: 'Signet ring' })
  const { id } = await book.client(otto)
  const inEdge = async () => ({
    notes: (await rowsOf(shop, 'notes')).filter((row) => row.NotesCustKey === otto).map((row) => row.NotesText),
    wishes: (await rowsOf(shop, 'wishes'))
      .filter((row) => row.WishlistCustKey === otto)
      .map((row) => row.WishlistItemKey || row.WishlistItemDesc),
    activities: (await rowsOf(shop, 'activities'))
      .filter((row) => row.ActivityCustKey === otto)
      .map((row) => row.ActivityDetail),
  })
  const onBook = async () => ({
    notes: (await book.notes(id)).map(({ body }) => body).toSorted(),
    wishes: (await book.collections(id))
      .flatMap(({ items }) => items.map(({ product }) => product?.sku ?? product?.title))
      .toSorted(),
    size: (await book.client(otto)).preferences['Ring size'],
  })
  await waitFor('the first wish there', async () => (await onBook()).wishes.length === 1)
  const item = await counter.item({ ItemDesc: 'Cuff' })
  const product = await waitFor('its product', async () => (await book.products()).find(({ sku }) => sku === item))
  const all = { customFields: false, wishes: false, notes: false, messages: false }
  await book.staff.change({ settings: { streams: all } })

  await shop.post('/control/store/notes', { NotesCustKey: otto, NotesText: 'From the store.' })
  await shop.post('/control/store/wishes', { WishlistCustKey: otto, WishlistItemDesc: 'Tie pin' })
  await shop.patch(`/store/customers/${otto}`, { CustomerKey1: '11' })
  await book.post(`/clients/${id}/notes`, { body: 'From staff.' })
  await book.put(`/clients/${id}/preferences`, { values: { [book.preference('Budget')]: 200 } })
  await book.post(`/clients/${id}/messages`, { channel: 'sms', body: 'Hello Otto.' })
  const [edge = expect.fail('no collection')] = await book.collections(id)
  await book.post(`/collections/${edge.id}/items`, { product_id: product.id })
  // The other streams go on, both ways.
  await shop.post(`/store/customers/${otto}/email`, { email: 'otto@example.com' })
  await book.client(otto, ({ emails }) => emails.length === 1)
  await book.changeClient(id, { phones: ['+12035550131', '+12035550132'] })
  await shop.customerWhere('his second phone', ({ key, phones }) => key === otto && phones.length === 2)
  expect(await onBook()).toEqual({ notes: ['From staff.'], wishes: [item, 'Signet ring'].toSorted(), size: undefined })
  expect(await inEdge()).toEqual({ notes: ['From the store.'], wishes: ['Signet ring', 'Tie pin'], activities: [] })

  const on = Object.fromEntries(Object.keys(all).map((stream) => [stream, true]))
  await book.staff.change({ settings: { streams: on } })
  await waitFor('all of his on both sides', async () => {
    const [there, here, { fields }] = [await onBook(), await inEdge(), await shop.customer(otto)]
    return (
      [there.notes, here.notes].every(({ length }) => length >= 2) &&
      [there.wishes, here.wishes].every(({ length }) => length >= 3) &&
      here.activities.length > 0 &&
      there.size === '11' &&
      fields.CustomerKey4 === '200'
    )
  })
  await book.staff.runNow()
  await book.post(`/clients/${id}/messages`, { channel: 'sms', body: 'Bye Otto.' })
  await waitFor('the next message', async () => (await inEdge()).activities.length > 1)
  const wishes = [item, 'Signet ring', 'Tie pin'].toSorted()
  expect(await onBook()).toEqual({ notes: ['From staff.', 'From the store.'], wishes, size: '11' })
  const { notes, wishes: wished, activities } = await inEdge()
  expect([notes.toSorted(), wished.toSorted()]).toEqual([['From staff.', 'From the store.'], wishes])
  expect(activities).toEqual([expect.stringContaining('Hello Otto.'), expect.stringContaining('Bye Otto.')])
})

test('[CB-02] [CB-03] [CO-11] a client deleted on Clientbook is made again when a person asks for it, with all that was theirs; nothing of The Edge is erased', async () => {
  const ora = await shop.addCustomer(
    'Ora Deleted',
    { email: 'ora@example.com' },
    { CustomerKey1: '5', CustomerKey2: 'Silver' },
  )
  const sale = await counterOf(shop).sale(ora, [{ description: 'Engraving', amount: 30 }])
  await shop.post('/control/store/notes', { NotesCustKey: ora, NotesText: 'Reads the news.' })
  await shop.post('/control/store/wishes', { WishlistCustKey: ora, WishlistItemDesc: 'Brooch' })
  const whole = async (id: string) => {
    const [notes, collections, purchases] = [await book.notes(id), await book.collections(id), await book.purchases()]
    const client = (await book.clients()).find((one) => one.id === id)
    return (
      notes.length === 1 &&
      collections.some(({ items }) => items.length === 1) &&
      purchases.some((one) => one.receipt_number === sale && one.client_id === id) &&
      client?.preferences['Ring size'] === '5' &&
      client.preferences.Metal === 'Silver'
    )
  }
  const { id } = await book.client(ora)
  await waitFor('all of hers', () => whole(id))
  await book.remove(`/clients/${id}`)
  await shop.post(`/store/customers/${ora}/email`, { email: 'ora.d@example.com' })
  const entry = await waitFor('the reason', async () =>
    (await book.staff.quarantine(ora)).find(({ code }) => code === 'deleted_on_platform'),
  )
  await book.staff.replay(entry.id)
  const again = await book.client(ora, (client) => client.id !== id)
  await waitFor('all of hers again', () => whole(again.id))
  await book.put(`/clients/${again.id}/preferences`, { values: { [book.preference('Budget')]: 99 } })
  await waitFor('the budget in The Edge', async () => (await shop.customer(ora)).fields.CustomerKey4 === '99')
  expect((await shop.customer(ora)).fields).toMatchObject({ CustomerKey1: '5', CustomerKey2: 'Silver' })
})

test('[AG-04] of all that no log, no run and no history of a workflow says who it was about or what was written', async () => {
  const people = [
    'Lindqvist',
    'nora@example.com',
    '2035550117',
    'Otto',
    'otto@example.com',
    '2035550131',
    'ora.d@example.com',
  ]
  const words = [
    'old mine cuts',
    'the clasp',
    'From the store',
    'From staff',
    'It is ready',
    'Hello Otto',
    'Reads the news',
  ]
  const wishes = ['Pearl drop', 'Signet ring', 'Tie pin', 'Moon dust', 'Platinum']
  const traces = await tracesOf(stack, book.connectionId)
  expect(foundIn(traces, [...people, ...words, ...wishes])).toEqual([])
})
