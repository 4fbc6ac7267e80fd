import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { key, nora, openTwoWayStore, type TwoWayStore } from '../testing/two-way-store.ts'
import { phone } from '../testing/world.ts'

let store: TwoWayStore
beforeEach(async () => {
  store = await openTwoWayStore()
})
afterEach(() => store.close())

test('[CB-06] notes go both ways, and so do edits of them; nothing is doubled', async () => {
  await store.comesUp({ [key]: nora })
  await store.hasNote('N1', 'Likes rubies.')
  await store.run()
  const [shown] = await store.activity()
  expect(shown).toMatchObject({ body: 'Likes rubies.' })
  await store.staff('PATCH', `notes/${shown?.id}`, { body: 'Likes rubies and opals.' })
  await store.staff('POST', `clients/${(await store.client()).id}/notes`, { body: 'Has a dog.' })
  await store.run()
  expect([...store.notes.values()].map(({ text }) => text)).toEqual(['Likes rubies and opals.', 'Has a dog.'])
  const [, added] = [...store.notes.keys()]
  await store.hasNote(added ?? '', 'Has two dogs.')
  await store.hasNote('N1', 'Likes opals.')
  await store.run()
  expect((await store.activity()).map(({ body }) => body).toSorted()).toEqual(['Has two dogs.', 'Likes opals.'])
  expect(await store.conflicts()).toEqual([])
  expect(await store.aside()).toEqual([])
})

test('[CB-06] a note edited on both sides, and one that is locked: the other text becomes a note that says where it comes from', async () => {
  await store.comesUp({ [key]: nora })
  await store.hasNote('N1', 'one')
  await store.hasNote('N2', 'two')
  await store.run()
  const all = await store.activity()
  const shown = (body: string) => all.find((one) => one.body === body)?.id
  await store.staff('PATCH', `notes/${shown('one')}`, { body: 'one!' })
  await store.staff('PATCH', `notes/${shown('two')}`, { body: 'two!' })
  await store.hasNote('N1', 'one, edited')
  await store.hasNote('N2', 'two', true)
  await store.run()
  const texts = [...store.notes.values()].map(({ text }) => text).toSorted()
  expect(texts).toHaveLength(4)
  expect(texts).toEqual(expect.arrayContaining(['one, edited', 'two']))
  expect(texts.filter((text) => text.startsWith('[From Clientbook') && /\n(one|two)!$/.test(text))).toHaveLength(2)
  expect((await store.activity()).map(({ body }) => body).toSorted()).toEqual(texts)
  expect(await store.conflicts()).toMatchObject([{ kind: 'note' }, { kind: 'note' }])
})

test.each([
  ['ends of lines of another kind', 'Likes\r\nrubies.', 'Likes\nrubies.'],
  ['white space at the ends', ' Likes rubies. \n', 'Likes rubies.'],
  ['what is no text', 'Likes\0 rubies. \ud83d', 'Likes rubies.'],
])(
  '[CB-03] [CB-04] [CB-06] [CB-09] what staff type with %s comes to The Edge in its form, and nothing is doubled',
  async (_what, typed, text) => {
    await store.hasCustomers({ [key]: { 2: '6/14/2010' } })
    await store.hasNote('N1', 'Likes pearls.')
    await store.hasWish('W1', { description: 'Pearls' })
    await store.run()
    const { id } = await store.client()
    const [shown] = await store.activity()
    const [edge] = await store.collections()
    const [product] = await store.products()
    await store.staff('PATCH', `notes/${shown?.id}`, { body: typed })
    await store.staff('POST', `clients/${id}/notes`, { body: typed })
    await store.staff('POST', `collections/${edge?.id}/items`, { product_id: product?.id, note: typed })
    await store.staff('PUT', `clients/${id}/preferences`, { values: { 'Ring size': typed } })
    await store.staff('POST', `clients/${id}/messages`, { channel: 'sms', body: typed })
    await store.run()
    expect([...store.notes.values()].map((one) => one.text)).toEqual([text, text])
    expect([...store.wishes.values()].map(({ description }) => description)).toEqual(['Pearls', text])
    expect(store.fields.get(key)).toEqual({ 1: text, 2: '6/14/2010' })
    expect(store.activities).toEqual([text])
    // The store edits one of them: the words of staff were no other change.
    await store.hasNote('N1', 'Likes opals.')
    await store.staff('PATCH', `notes/${shown?.id}`, { body: 'Likes opals.\r\n' })
    await store.run()
    expect([...store.notes.values()].map((one) => one.text)).toEqual(['Likes opals.', text])
    expect(await store.conflicts()).toEqual([])
    expect(await store.aside()).toEqual([])
  },
)

test('[CB-04] [CB-05] wishes go both ways to the collection named Edge, with a product each; other collections are ignored', async () => {
  await store.comesUp({ [key]: nora })
  await store.hasWish('W1', { description: 'A band of opals' })
  await store.hasWish('W2', { item: '001-150-00004', description: 'Ring, 14 k' })
  await store.run()
  const [edge] = await store.collections()
  expect(edge).toMatchObject({ name: 'Edge', items: [{ note: 'A band of opals' }, { note: 'Ring, 14 k' }] })
  const { id } = await store.client()
  const other = z
    .object({ id: z.string() })
    .parse(await store.staff('POST', `clients/${id}/collections`, { name: 'Spring' }))
  const [product] = await store.products()
  await store.staff('POST', `collections/${other.id}/items`, { product_id: product?.id })
  await store.staff('DELETE', `items/${edge?.items[0]?.id}`)
  await store.run()
  expect(store.wishes.get('W1')).toMatchObject({ description: 'A band of opals', removedAt: expect.any(String) })
  expect(store.wishes.size).toBe(2)
  await store.hasWish('W2', { item: '001-150-00004', description: 'Ring, 14 k', boughtAt: '2026-03-02T10:00:00.000Z' })
  await store.run()
  expect((await store.collections()).find(({ name }) => name === 'Edge')?.items).toEqual([])
  expect(await store.conflicts()).toEqual([])
})

test.each([
  ['delete', (id = '') => store.staff('DELETE', `collections/${id}`)],
  ['rename, of which no event came,', (id = '') => store.staff('PATCH', `collections/${id}`, { name: 'Old' })],
] as const)(
  '[CB-04] a collection that staff %s takes no wish out of The Edge; the next wish makes it anew with all',
  async (_, goes) => {
    await store.comesUp({ [key]: nora })
    await store.hasWish('W1', { description: 'A band of opals' })
    await store.run()
    const [edge] = await store.collections()
    await goes(edge?.id)
    await store.run()
    expect(store.wishes.get('W1')).not.toHaveProperty('removedAt')
    await store.hasWish('W2', { description: 'A ring' })
    await store.run()
    const named = (await store.collections()).find(({ name }) => name === 'Edge')
    expect(named?.items.map((item) => item.note).toSorted()).toEqual(['A band of opals', 'A ring'])
  },
)

test('[CB-09] [CB-11] a message comes down once, under the associate who sent it, else the default one', async () => {
  await store.comesUp({ [key]: nora })
  await store.run()
  await store.staff('POST', `clients/${(await store.client()).id}/messages`, {
    channel: 'sms',
    body: 'Your ring is ready.',
    associateId: store.associates.unknown,
  })
  await store.staff('POST', `clients/${(await store.client()).id}/messages`, {
    channel: 'sms',
    body: 'Come in.',
    associateId: store.associates.known,
  })
  await store.run()
  expect(store.activities).toEqual(['Your ring is ready.', 'Come in.'])
  const { rows } = await store.owner.query(
    `SELECT wish->>'associate' AS associate FROM command WHERE wish->>'do' = 'addActivity' ORDER BY created_at`,
  )
  expect(rows).toEqual([{ associate: '99' }, { associate: '2' }])
})

test('[CB-06] a note edited at the till before a change that comes down arrives: nothing there is overwritten, the change becomes a note of its own', async () => {
  await store.comesUp({ [key]: nora })
  await store.hasNote('N1', 'Likes rubies.')
  await store.run()
  const [shown] = await store.activity()
  await store.staff('PATCH', `notes/${shown?.id}`, { body: 'Likes opals.' })
  await store.look()
  // On its way: the store has not been asked yet.
  store.notes.set('N1', { customer: key, text: 'Likes pearls.', locked: false })
  await store.fulfillAll()
  await store.showsNotes('N1')
  await store.run()
  const texts = [...store.notes.values()].map(({ text }) => text)
  expect(texts).toEqual(['Likes pearls.', expect.stringMatching(/^\[From Clientbook: .*\nLikes opals\.$/s)])
  expect((await store.activity()).map(({ body }) => body).toSorted()).toEqual(texts.toSorted())
})

test('[CB-04] [CB-06] a write that was done and never answered is repeated and makes nothing twice', async () => {
  await store.comesUp({ [key]: nora })
  await store.run()
  for (const path of ['/v1/activities*', '/v1/collections*'])
    await store.staff('POST', 'faults', { match: { path, method: 'PUT' }, action: 'errorAfterDone', times: 1 })
  await store.hasNote('N1', 'Likes rubies.')
  await store.hasWish('W1', { description: 'A band of opals' })
  await store.run()
  await store.owner.query('UPDATE effect SET not_before = now()')
  await store.run()
  const { rows } = await store.owner.query(
    `SELECT kind, attempts FROM effect WHERE kind IN ('note', 'wish') ORDER BY kind`,
  )
  expect(rows).toEqual([
    { kind: 'note', attempts: 2 },
    { kind: 'wish', attempts: 2 },
  ])
  expect((await store.activity()).map(({ body }) => body)).toEqual(['Likes rubies.'])
  expect((await store.collections()).flatMap(({ items }) => items)).toHaveLength(1)
  expect([store.notes.size, store.wishes.size]).toEqual([1, 1])
  expect(await store.conflicts()).toEqual([])
})

test('[CB-04] a wish that staff add comes to The Edge once, and a note on a client whom The Edge is only getting waits for its customer', async () => {
  await store.comesUp({ [key]: nora })
  await store.hasWish('W1', { description: 'A band of opals' })
  await store.run()
  const [edge] = await store.collections()
  const [product] = await store.products()
  await store.staff('POST', `collections/${edge?.id}/items`, { product_id: product?.id, note: 'The same in gold' })
  const added = z.looseObject({ id: z.string() }).parse(
    await store.staff('POST', 'clients', {
      first_name: 'Ana',
      last_name: 'Vale',
      phones: [{ label: 'x', number: '+12035550140', is_primary: true }],
    }),
  )
  await store.staff('POST', `clients/${added.id}/notes`, { body: 'Came in on Monday.' })
  await store.run()
  expect([...store.wishes.values()].map(({ description }) => description)).toEqual([
    'A band of opals',
    'The same in gold',
  ])
  expect(store.notes.size).toBe(0)
  const { rows } = await store.owner.query<{ id: string }>(
    `SELECT id FROM command WHERE wish->>'do' = 'createCustomer'`,
  )
  await store.comesUp({
    '001-00018': { firstName: 'Ana', lastName: 'Vale', phones: [phone('2035550140')], webId: rows[0]?.id ?? '' },
  })
  await store.run()
  expect([...store.notes.values()]).toMatchObject([{ customer: '001-00018', text: 'Came in on Monday.' }])
  expect(await store.aside()).toEqual([])
})

test('[CB-04] [CB-06] a note and a wish of a customer whom the store has not shown are set aside with that reason, and go through with the customer', async () => {
  // The store has shown all that it has, but for this customer.
  await store.comesUp({ '001-00099': { lastName: 'Other' } })
  await store.hasNote('N1', 'Likes opals.')
  await store.hasWish('W1', { description: 'A band of opals' })
  await store.run()
  expect((await store.aside()).toSorted((a, b) => (a.kind < b.kind ? -1 : 1))).toMatchObject([
    { stage: 'up', kind: 'note', code: 'unknown_customer' },
    { stage: 'up', kind: 'wish', code: 'unknown_customer' },
  ])
  await store.refuses(key)
  await store.run()
  const refused = `Customer ${key} was refused, as their own entry says; this goes on by itself once they are mended.`
  const own = { stage: 'agent', kind: 'customer', code: 'invalid_record' }
  expect((await store.aside()).toSorted((a, b) => (a.kind < b.kind ? -1 : 1))).toMatchObject([
    own,
    { kind: 'note', message: refused },
    { kind: 'wish', message: refused },
  ])
  await store.comesUp({ [key]: nora })
  await store.run()
  expect((await store.activity()).map(({ body }) => body)).toEqual(['Likes opals.'])
  expect(await store.aside()).toEqual([])
})
