import { expect, it } from 'vitest'
import { z } from 'zod'
import { idSchema, subscribed } from '../testing/clientbook-kit.ts'
import { eventually, send } from '../testing/kit.ts'

const phones = [{ label: 'Mobile', number: '2035550117' }]
const page = (body: unknown) => z.object({ items: z.array(z.looseObject({ id: z.string() })) }).parse(body).items

async function start(settings = {}, events = ['collection_item.removed', 'collection.deleted']) {
  const world = await subscribed(events, settings)
  const id = await world.addClient({ pos_id: '001-00017', first_name: 'Nora', phones })
  const preference = (name: string) => world.account.preferences.find((one) => one.name === name)?.id ?? ''
  const set = (name: string, value: unknown) =>
    world.call('PATCH', `/v1/clients/${id}/preferences`, {
      values: [{ preference_id: preference(name), value }],
    })
  return {
    ...world,
    id,
    preference,
    set,
    state: async (what: string) => (await send(`${world.url}/state/clientbook/${what}`)).body,
  }
}

it.each([
  ['Ring size', '6½', 'x'.repeat(256)],
  ['Budget', 2500.1234, 0.00001],
  ['Budget', 999_999_999_999, '2500'],
  ['Anniversary', '2024-02-29', '2023-02-29'],
  ['Metal', 'Platinum', 'platinum'],
  ['Newsletter', true, 'yes'],
])('%s can be %j, and cannot be %j', async (name, good, bad) => {
  const { set, state } = await start()
  expect(await set(name, bad)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/values/0/value' }] } })
  expect((await set(name, good)).body).toMatchObject({ client_pos_id: '001-00017', values: [{ value: good }] })
  expect(await state('clients')).toMatchObject([{ preferences: { [name]: good } }])
  expect((await set(name, null)).status).toBe(200)
  expect(await state('clients')).toMatchObject([{ preferences: {} }])
})

it('preferences are set all or none, and listed by their change', async () => {
  const { call, id, preference, control, state } = await start()
  const values = [
    { preference_id: preference('Ring size'), value: '6' },
    { preference_id: 'pf_unknown', value: '6' },
  ]
  expect((await call('PATCH', `/v1/clients/${id}/preferences`, { values })).body).toMatchObject({
    errors: [{ pointer: '/values/1/preference_id', code: 'unknown_preference' }],
  })
  expect(await state('clients')).toMatchObject([{ preferences: {} }])
  await control('PUT', `clients/${id}/preferences`, { values: { 'Ring size': '6', Metal: 'Silver' } })
  const { body } = await call('GET', `/v1/client-preferences?updated_since=${new Date(0).toISOString()}`)
  expect(body).toMatchObject({ items: [{ client_id: id, values: [{ value: '6' }, { value: 'Silver' }] }] })
  await control('PATCH', `preferences/${preference('Metal')}`, { archived: true })
  expect(page((await call('GET', '/v1/preferences')).body).find(({ archived }) => archived === true)).toMatchObject({
    name: 'Metal',
    type: 'choice',
  })
})

it('an item stands in a collection under its external id, is removed and comes back under the same id', async () => {
  const { call, control, id } = await start()
  const ring = { external_id: 'i-1', title: 'Ring', kind: 'stock', sku: '001-150-4' }
  await call('POST', '/v1/products/bulk', { items: [ring, { ...ring, external_id: 'i-2', sku: '001-150-5' }] })
  const [product] = page((await call('GET', '/v1/products?sku=001-150-4')).body)
  expect(product).toMatchObject({ external_id: 'i-1' })
  const make = (name: string) => call('POST', `/v1/clients/${id}/collections`, { name })
  const edge = idSchema.parse((await make('Edge')).body).id
  const other = idSchema.parse((await make('edge')).body).id
  expect((await make('Edge')).body).toMatchObject({ code: 'name_taken', existing_id: edge })
  const put = (collection: string, body: object) =>
    call('PUT', `/v1/collections/${collection}/items/by-external-id/w-1`, body)
  const first = await put(edge, { product_id: product?.id })
  expect(first).toMatchObject({ status: 201, body: { product: { sku: '001-150-4' }, collection: { name: 'Edge' } } })
  const item = idSchema.parse(first.body).id
  expect(await put(edge, { note: 'In size 6.' })).toMatchObject({ status: 200, body: { id: item } })
  expect((await put(other, { note: 'Not that one.' })).status).toBe(201)
  const before = z.object({ updated_at: z.string() }).parse((await call('GET', `/v1/collection-items/${item}`)).body)
  await control('PATCH', `collections/${edge}`, { name: 'Wishes' })
  const renamed = await call('GET', `/v1/collection-items?collection_name=Wishes&updated_since=${before.updated_at}`)
  expect(renamed.body).toMatchObject({ items: [{ id: item, updated_by: { type: 'associate' } }] })
  const path = `/v1/collection-items/${item}`
  expect((await call('DELETE', path)).body).toMatchObject({ id: item, removed_reason: 'removed' })
  expect((await call('DELETE', path)).status).toBe(200)
  expect((await call('PATCH', path, { note: 'x' })).body).toMatchObject({ code: 'item_removed' })
  expect(page((await call('GET', '/v1/collection-items?collection_name=Wishes')).body)).toEqual([])
  expect(page((await call('GET', '/v1/collection-items?include_removed=true')).body)).toHaveLength(2)
  const back = { id: item, removed_at: null, removed_reason: null, note: 'In size 6.' }
  expect(await put(edge, {})).toMatchObject({ status: 201, body: back })
  expect((await put(edge, { product_id: null, note: null })).status).toBe(422)
  expect((await put(edge, { product_id: 'pr_0' })).body).toMatchObject({ errors: [{ code: 'product_not_found' }] })
})

it('a collection that staff deletes takes its items along, each with an event before its own', async () => {
  const { control, id, call, told } = await start()
  const edge = idSchema.parse(await control('POST', `clients/${id}/collections`, { name: 'Edge' })).id
  for (const note of ['A', 'B']) await control('POST', `collections/${edge}/items`, { note })
  await control('DELETE', `collections/${edge}`)
  await eventually(() => told()).toMatchObject([
    { type: 'collection_item.removed', data: { object: { removed_reason: 'collection_deleted' } } },
    { type: 'collection_item.removed' },
    { type: 'collection.deleted', data: { object: { name: 'Edge' } } },
  ])
  expect((await call('PUT', `/v1/collections/${edge}/items/by-external-id/w-1`, { note: 'C' })).status).toBe(404)
})

it('a note is put once for its external id, edited by both, and nobody edits what is no note', async () => {
  const { call, control, id, addClient } = await start()
  const put = (body: object, key = 'n-1') =>
    call('PUT', `/v1/activities/by-external-id/${key}`, { client_id: id, ...body })
  const made = await put({ body: 'Likes gold.', author_point_of_sale_id: '2', occurred_at: '2026-03-01T10:00:00Z' })
  expect(made).toMatchObject({ status: 201, body: { type: 'note', created_by: { point_of_sale_id: '2' } } })
  const note = idSchema.parse(made.body).id
  expect((await put({ body: 'Likes gold.' })).status).toBe(200)
  await control('PATCH', `notes/${note}`, { body: 'Likes silver.' })
  expect((await call('GET', `/v1/activities/${note}`)).body).toMatchObject({
    body: 'Likes silver.',
    occurred_at: '2026-03-01T10:00:00.000Z',
    updated_by: { type: 'associate' },
  })
  expect((await put({ body: 'x'.repeat(5_001) })).body).toMatchObject({
    errors: [{ pointer: '/body', code: 'too_long' }],
  })
  const other = await addClient({ first_name: 'Max' })
  expect((await put({ body: 'x', client_id: other })).body).toMatchObject({ code: 'external_id_taken' })
  await control('DELETE', `notes/${note}`)
  expect((await call('PATCH', `/v1/activities/${note}`, { body: 'x' })).body).toMatchObject({
    code: 'activity_deleted',
  })
  const anew = await put({ body: 'Likes pearls.' })
  expect(anew.status).toBe(201)
  expect(idSchema.parse(anew.body).id).not.toBe(note)
  await control('POST', `clients/${id}/messages`, { body: 'Hello.' })
  const [own] = page((await call('GET', '/v1/activities?type=message_sent')).body)
  expect((await call('PATCH', `/v1/activities/${own?.id}`, { body: 'x' })).body).toMatchObject({ code: 'not_a_note' })
})

it('after STOP nobody can text a number, by whatever way, until START', async () => {
  const { call, control, id, url, told, account } = await start({}, ['client.updated', 'message.received'])
  const say = (body: string) => control('POST', `clients/${id}/messages`, { direction: 'inbound', body })
  const text = (key: string) =>
    call('POST', '/v1/sms', { to: '+12035550117', body: 'Your ring is ready.' }, { 'idempotency-key': key })
  await say(' Stop ')
  await eventually(() =>
    told()
      .map(({ type, actor }) => `${type} ${actor.type}`)
      .sort(),
  ).toEqual(['client.updated client', 'message.received client'])
  expect((await call('GET', `/v1/clients/${id}`)).body).toMatchObject({
    phones: [{ sms_opted_out_at: expect.any(String) }],
  })
  expect((await text('k-1')).body).toMatchObject({ code: 'recipient_opted_out' })
  const staffs = await send(`${url}/control/clientbook/clients/${id}/messages`, 'POST', { body: 'Hello.' })
  expect(staffs).toMatchObject({ status: 409, body: { code: 'recipient_opted_out' } })
  await say('START')
  expect((await text('k-1')).status).toBe(202)
  await send(`${url}/control/clientbook/accounts/${account.accountId}`, 'PATCH', { sms_enabled: false })
  expect((await text('k-2')).body).toMatchObject({ code: 'sms_not_enabled' })
})

it("a provider's text goes out once for its key, is told of, and leaves nothing in the client's data", async () => {
  const settings = { textDelayMs: { min: 0, max: 1 }, textsFailTo: ['+12035550118'] }
  const { call, state, told } = await start(settings, ['sms.status'])
  const text = (to: string, key: string) => call('POST', '/v1/sms', { to, body: 'Ready.' }, { 'idempotency-key': key })
  const [first, second] = [await text('+12035550117', 'k-1'), await text('+12035550117', 'k-1')]
  expect(first).toMatchObject({ status: 202, body: { status: 'queued' } })
  expect(second.body).toEqual(first.body)
  await eventually(() => told().map(({ data }) => data.object.status)).toEqual(['sent', 'delivered'])
  await text('+12035550118', 'k-2')
  await eventually(() => told()[2]?.data.object).toMatchObject({ status: 'failed', failure_reason: expect.any(String) })
  expect(await state('texts')).toHaveLength(2)
  expect(page((await call('GET', '/v1/messages')).body)).toEqual([])
  expect(await state('activity')).toEqual([])
})

it('messages of staff carry subject, attachments and who sent them', async () => {
  const { call, control, id, account } = await start()
  const attachments = [{ url: 'https://files.example.com/ring.jpg', name: 'ring.jpg', content_type: 'image/jpeg' }]
  const email = { channel: 'email', subject: 'Your ring', body: 'It is ready.', attachments }
  await control('POST', `clients/${id}/messages`, { ...email, associateId: account.associates[1]?.id })
  expect(page((await call('GET', `/v1/messages?client_id=${id}`)).body)).toMatchObject([
    { ...email, direction: 'outbound', client_pos_id: '001-00017', sent_by: { point_of_sale_id: '2' } },
  ])
})

it('products and purchases are taken in bulk, each by itself', async () => {
  const { call, state } = await start()
  const ring = { external_id: 'i-1', title: 'Ring', kind: 'stock', price: { amount: '1299.00', currency: 'USD' } }
  const outcomes = async (path: string, items: unknown[]) => {
    const parsed = z.object({
      results: z.array(z.object({ outcome: z.string(), problem: z.object({ code: z.string() }).nullable() })),
    })
    const { body } = await call('POST', path, { items })
    return parsed.parse(body).results.map(({ outcome, problem }) => problem?.code ?? outcome)
  }
  const bad = { ...ring, external_id: 'i-2', price: { amount: '1,299', currency: 'USD' } }
  expect(await outcomes('/v1/products/bulk', [ring, bad, { external_id: 'i-3' }])).toEqual([
    'created',
    'invalid',
    'invalid',
  ])
  expect(await outcomes('/v1/products/bulk', [ring, { external_id: 'i-1', status: 'archived' }])).toEqual([
    'unchanged',
    'updated',
  ])
  expect((await call('GET', '/v1/products?external_id=i-1')).body).toMatchObject({
    items: [{ title: 'Ring', status: 'archived' }],
  })
  const sale = { external_id: 's-1', client_pos_id: '001-00017', purchased_at: '2026-03-01T10:00:00Z', title: 'Ring' }
  const purchases = [sale, { ...sale, voided: true }, { ...sale, external_id: 's-2', client_pos_id: '9' }]
  expect(await outcomes('/v1/purchases/bulk', purchases)).toEqual(['created', 'updated', 'client_not_found'])
  expect(await state('purchases')).toMatchObject([{ external_id: 's-1', voided: true, client_pos_id: '001-00017' }])
  expect(await state('activity')).toMatchObject([{ type: 'purchase', created_by: { type: 'system' } }])
  expect((await call('POST', '/v1/products/bulk', { items: [] })).status).toBe(422)
})
