import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { type Book, fromDatabase, openBook, rowsOf } from './support/book.ts'
import { chooserOf } from './support/choosing.ts'
import { counterOf } from './support/objects.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let chosen: Shop
let moved: Shop
let movedBook: Book

beforeAll(async () => {
  stack = await sharedStack()
  const common = { sql: fromDatabase, licensed: false, agent: false }
  const shops = await openShops(stack, [
    { name: 'chosen', ...common },
    { name: 'moved', ...common },
  ])
  chosen = shops[0] ?? expect.fail('the first shop did not open')
  moved = shops[1] ?? expect.fail('the second shop did not open')
})
afterAll(async () => {
  await Promise.all([chosen?.close(), moved?.close()])
  await stack?.stop()
})

const waitFor = <T>(what: string, look: () => Promise<T | undefined | false>) => stack.waitFor(look, { what })
const onBook = (shop: Shop, book: Book) => chooserOf({ ...shop.tenant, connectionId: book.connectionId })

test('[CB-01] with everything of theirs go only who was selected or is marked in The Edge; deselected, nothing goes either way', async () => {
  const shop = chosen
  const counter = counterOf(shop)
  const [ada, bea] = [
    await shop.addCustomer('Ada Chosen', { phone: '2035551101' }),
    await shop.addCustomer('Bea Later', { phone: '2035551102' }),
  ]
  const book = await openBook(stack, shop, () => ({ scope: 'selected' }))
  await shop.startAgent()
  await book.license()
  const chooser = onBook(shop, book)
  await waitFor('both customers known', async () => (await chooser.customers()).length === 2)
  const sale = await counter.sale(bea, [{ description: 'Engraving', amount: 30 }])
  await shop.post('/control/store/notes', { NotesCustKey: bea, NotesText: 'Likes pearls.' })

  await chooser.select(ada)
  await book.client(ada)
  await shop.post('/control/store/notes', { NotesCustKey: ada, NotesText: 'Likes opals.' })
  const adaId = (await book.client(ada)).id
  await waitFor('the note of the chosen one', async () => (await book.notes(adaId)).length === 1)
  expect((await book.clients()).map(({ pos_id }) => pos_id)).toEqual([ada])
  expect(await book.purchases()).toEqual([])

  // The mark at the till counts as well, and brings with it what was missed.
  await shop.post(`/store/customers/${bea}/web-upload`, { marked: true })
  const { id } = await book.client(bea)
  await waitFor('the sale of before', async () => (await book.purchases()).some((one) => one.receipt_number === sale))
  await waitFor('the note of before', async () => (await book.notes(id)).some(({ body }) => body === 'Likes pearls.'))

  await chooser.deselect(ada)
  const [note] = await book.notes(adaId)
  await book.patch(`/notes/${note?.id}`, { body: 'Likes opals a lot.' })
  await shop.post('/control/store/notes', { NotesCustKey: ada, NotesText: 'Said in the store.' })
  // What is made later for another has passed through.
  await shop.post('/control/store/notes', { NotesCustKey: bea, NotesText: 'Came by.' })
  await waitFor('a later note', async () => (await book.notes(id)).some(({ body }) => body === 'Came by.'))
  await book.post(`/clients/${id}/notes`, { body: 'From staff.' })
  await waitFor('a later note of staff', async () =>
    (await rowsOf(shop, 'notes')).some((row) => row.NotesText === 'From staff.'),
  )
  expect((await rowsOf(shop, 'notes')).some((row) => row.NotesText === 'Likes opals a lot.')).toBe(false)
  expect((await book.notes(adaId)).map(({ body }) => body)).toEqual(['Likes opals a lot.'])

  await chooser.select(ada)
  await waitFor('what staff wrote meanwhile', async () =>
    (await rowsOf(shop, 'notes')).some((row) => row.NotesText === 'Likes opals a lot.'),
  )
  await waitFor('what the store wrote meanwhile', async () =>
    (await book.notes(adaId)).some(({ body }) => body === 'Said in the store.'),
  )
})

test('[BY-01] who came with a POS ID or a transfer id of before is adopted after a preview: no second set of clients', async () => {
  const shop = moved
  const ringSize = (name: string) => ({ field: 1, preference: name, type: 'text' })
  const book = await openBook(
    stack,
    shop,
    ({ preferences }) => ({
      customFields: preferences.filter(({ name }) => name === 'Ring size').map(({ id }) => ringSize(id)),
    }),
    'PREVIEW',
  )
  movedBook = book
  const [ada, bo, cy] = [
    await shop.addCustomer('Ada Linked', { phone: '2035551201' }),
    await shop.addCustomer('Bo Linked', { email: 'bo@example.com' }),
    await shop.addCustomer('Cy New', { phone: '2035551203' }),
  ]
  const adaId = await book.addClient({ first_name: 'A.', last_name: 'Linked', pos_id: ada, phones: ['+12035551299'] })
  const boId = await book.addClient({ first_name: 'Bo', last_name: 'Linked', emails: ['bo@example.com'] })
  await shop.startAgent()
  await book.license()
  const chooser = onBook(shop, book)
  const preview = await waitFor('a preview', async () => (await chooser.preview()) ?? undefined)
  const seen = preview.map(({ what, key, reason }) => [what, key, reason])
  expect(seen).toContainEqual(['LINKED', ada, 'number'])
  expect(seen).toContainEqual(['LINKED', bo, 'email'])
  expect(seen).toContainEqual(['CREATED', cy, null])
  expect((await book.clients()).map(({ id }) => id).toSorted()).toEqual([adaId, boId].toSorted())
  expect((await shop.customer(ada)).phones).toHaveLength(1)

  await chooser.approvePreview()
  await book.client(cy)
  expect((await book.client(bo)).id).toBe(boId)
  expect((await book.client(ada, ({ first_name }) => first_name === 'Ada')).id).toBe(adaId)
  expect(await book.clients()).toHaveLength(3)
  await shop.customerWhere(
    'the phone that only Clientbook had',
    ({ key, phones }) => key === ada && phones.some((phone) => phone.endsWith('2035551299')),
  )
})

test('[CB-02] a wrong match undone: custom fields and wishes that came down are what they were before, the notes are told', async () => {
  const shop = moved
  const chooser = onBook(shop, movedBook)
  await movedBook.staff.pause()
  const eva = await shop.addCustomer('Eva Wrong', { email: 'shared@example.com' }, { CustomerKey1: '5' })
  await waitFor('Eva known', async () => (await chooser.customers({ name: 'Eva' })).length === 1)
  const id = await movedBook.addClient({ first_name: 'Emil', last_name: 'Right', emails: ['shared@example.com'] })
  await movedBook.staff.resume()
  await movedBook.client(eva, (client) => client.id === id && client.preferences['Ring size'] === '5')
  await movedBook.put(`/clients/${id}/preferences`, { values: { [movedBook.preference('Ring size')]: '11' } })
  await movedBook.post(`/clients/${id}/notes`, { body: 'Emil called.' })
  await waitFor('his ring size', async () => (await shop.customer(eva)).fields.CustomerKey1 === '11')
  await waitFor('his note', async () => (await rowsOf(shop, 'notes')).some((row) => row.NotesText === 'Emil called.'))
  expect((await chooser.customers({ name: 'Eva' }))[0]?.link).toEqual({ uid: id, matchedBy: 'EMAIL' })

  await chooser.undoMatch(eva)
  await waitFor('her own ring size', async () => (await shop.customer(eva)).fields.CustomerKey1 === '5')
  const told = await waitFor('the store told', async () =>
    (await movedBook.staff.quarantine(eva)).find(({ code }) => code === 'wrong_match'),
  )
  expect(told.message).toContain('a note')
  const own = await movedBook.client(eva, (client) => client.preferences['Ring size'] === '5')
  expect(own.id).not.toBe(id)
})
