import { expect, it } from 'vitest'
import { z } from 'zod'
import {
  clientbookCaller,
  idSchema,
  openClientbookAccount,
  startClientbook,
  subscribed,
} from '../testing/clientbook-kit.ts'
import { eventually, send } from '../testing/kit.ts'

const pageSchema = z.object({ items: z.array(z.looseObject({ id: z.string() })), next_cursor: z.string().nullable() })

async function start(settings = {}) {
  const sandbox = await startClientbook(settings)
  const account = await openClientbookAccount(sandbox.url)
  const call = clientbookCaller(sandbox.url, account)
  const put = async (posId: string, body: object) =>
    idSchema.parse((await call('PUT', `/v1/clients/by-pos-id/${posId}`, body)).body).id
  return { ...sandbox, account, call, put }
}

it('a client is made by the POS ID and found by nothing else', async () => {
  const { call, put } = await start()
  const body = { first_name: 'Nora', last_name: 'Lindqvist', phones: [{ label: 'Mobile', number: '(203) 555-0117' }] }
  expect(await call('PUT', '/v1/clients/by-pos-id/001-00017', body)).toMatchObject({
    status: 201,
    body: {
      pos_id: '001-00017',
      phones: [{ label: 'Mobile', number: '+12035550117', is_primary: true, sms_opted_out_at: null }],
      updated_by: { type: 'integration' },
    },
  })
  expect((await call('PUT', '/v1/clients/by-pos-id/001-00017', body)).status).toBe(200)
  await put('001-00018', body)
  const { body: all } = await call('GET', '/v1/clients')
  expect(pageSchema.parse(all).items).toHaveLength(2)
  expect((await call('GET', '/v1/clients?pos_id=001-00018')).body).toMatchObject({ items: [{ pos_id: '001-00018' }] })
  expect((await call('PUT', '/v1/clients/by-pos-id/001-00019', { acquisition_source: 'Web' })).body).toMatchObject({
    code: 'invalid',
    errors: [{ code: 'required' }],
  })
})

it('an entry replaces the one with its label or takes over the one with its value, and one is always primary', async () => {
  const { call, put } = await start()
  const id = await put('1', {
    phones: [
      { label: 'Mobile', number: '2035550101' },
      { label: 'Work', number: '2035550102' },
    ],
  })
  const phones = async (...written: object[]) => {
    const { body } = await call('PATCH', `/v1/clients/${id}`, { phones: written })
    const parsed = z.object({
      phones: z.array(z.looseObject({ label: z.string(), number: z.string(), is_primary: z.boolean() })),
    })
    return parsed
      .parse(body)
      .phones.map(({ label, number, is_primary }) => `${is_primary ? '*' : ''}${label} ${number.slice(-2)}`)
  }
  expect(await phones({ label: 'Work', number: '2035550103' })).toEqual(['*Mobile 01', 'Work 03'])
  expect(await phones({ label: 'POS', number: '2035550103', is_primary: true })).toEqual(['Mobile 01', '*POS 03'])
  expect(await phones({ label: 'Mobile', number: '2035550103' })).toEqual(['*Mobile 03'])
  expect(await phones({ label: 'Home', number: '2035550104' }, { label: 'Mobile', number: null })).toEqual(['*Home 04'])
  expect(
    (await call('PATCH', `/v1/clients/${id}`, { phones: [{ label: 'Home', number: 'none' }] })).body,
  ).toMatchObject({
    errors: [{ pointer: '/phones/0/number', code: 'not_a_phone' }],
  })
})

it('a write that does not fit is refused field by field', async () => {
  const { call, put } = await start()
  const id = await put('1', { first_name: 'Nora' })
  await put('2', { first_name: 'Max' })
  const refused = await call('PATCH', `/v1/clients/${id}`, {
    first_name: 'x'.repeat(101),
    nickname: 'No',
    emails: [{}],
  })
  expect(refused).toMatchObject({ status: 422, body: { code: 'invalid' } })
  const { errors } = z
    .object({ errors: z.array(z.object({ pointer: z.string(), code: z.string() })) })
    .parse(refused.body)
  expect(errors).toEqual(
    expect.arrayContaining([
      { pointer: '/first_name', code: 'too_long' },
      { pointer: '/nickname', code: 'value_not_allowed' },
      { pointer: '/emails/0/label', code: 'required' },
    ]),
  )
  const emails = [{ label: 'Home', address: 'nora' }]
  expect((await call('PATCH', `/v1/clients/${id}`, { emails })).body).toMatchObject({
    errors: [{ code: 'not_an_email' }],
  })
  expect(await call('PATCH', `/v1/clients/${id}`, { pos_id: '2' })).toMatchObject({
    status: 409,
    body: { code: 'pos_id_taken', existing_id: expect.any(String) },
  })
  expect((await call('GET', '/v1/clients?name=Nora')).body).toMatchObject({ code: 'invalid_request' })
})

it('lists come page by page, oldest change first; a cursor is good with the same parameters only', async () => {
  const { call, put } = await start()
  const ids = [
    await put('1', { first_name: 'A' }),
    await put('2', { first_name: 'B' }),
    await put('3', { first_name: 'C' }),
  ]
  await call('PATCH', `/v1/clients/${ids[0]}`, { first_name: 'D' })
  const first = pageSchema.parse((await call('GET', '/v1/clients?limit=2')).body)
  expect(first.items.map(({ id }) => id)).toEqual([ids[1], ids[2]])
  const second = pageSchema.parse((await call('GET', `/v1/clients?limit=2&cursor=${first.next_cursor}`)).body)
  expect(second).toMatchObject({ items: [{ id: ids[0] }], next_cursor: null })
  const since = z.object({ updated_at: z.string() }).parse(second.items[0]).updated_at
  const changed = pageSchema.parse((await call('GET', `/v1/clients?updated_since=${since}`)).body)
  expect(changed.items.at(-1)?.id).toBe(ids[0])
  for (const query of ['cursor=nothing', `include_deleted=true&cursor=${first.next_cursor}`]) {
    expect((await call('GET', `/v1/clients?${query}`)).body).toMatchObject({ code: 'invalid_cursor' })
  }
})

it('a client who is erased is gone with everything, and the POS ID is free again', async () => {
  const { url, call, put } = await start()
  const id = await put('1', { first_name: 'Nora' })
  await call('PUT', '/v1/activities/by-external-id/n-1', { client_id: id, body: 'Likes gold.' })
  expect((await call('DELETE', `/v1/clients/${id}`)).status).toBe(204)
  expect((await call('DELETE', `/v1/clients/${id}`)).status).toBe(204)
  expect(await call('GET', `/v1/clients/${id}`)).toMatchObject({ status: 410, body: { code: 'client_deleted' } })
  expect((await call('GET', '/v1/activities?include_deleted=true')).body).toMatchObject({ items: [] })
  expect((await call('GET', '/v1/clients?include_deleted=true')).body).toMatchObject({
    items: [{ id, pos_id: null, first_name: null, deleted_at: expect.any(String), merged_into_id: null }],
  })
  expect(await put('1', { first_name: 'Max' })).not.toBe(id)
  expect((await send(`${url}/state/clientbook/clients`)).body).toMatchObject([{ first_name: 'Max' }])
})

it('a merge moves all over; two with POS IDs are never merged', async () => {
  const { call, control, addClient, told } = await subscribed(['client.merged'])
  const phones = [{ label: 'Mobile', number: '2035550101' }]
  const kept = await addClient({ pos_id: '1', first_name: 'Nora', phones })
  const gone = await addClient({ first_name: 'N.', phones: [{ label: 'Mobile', number: '2035550102' }] })
  const other = await addClient({ pos_id: '2', first_name: 'Max' })
  await control('POST', `clients/${gone}/notes`, { body: 'Likes gold.' })
  for (const id of [kept, gone]) {
    const collection = idSchema.parse(await control('POST', `clients/${id}/collections`, { name: 'Edge' })).id
    await control('POST', `collections/${collection}/items`, { note: `wish of ${id}` })
  }
  await control('PUT', `clients/${gone}/preferences`, { values: { 'Ring size': '6' } })
  expect((await call('POST', `/v1/clients/${kept}/merge`, { merged_id: gone })).body).toMatchObject({
    id: kept,
    phones: [{ label: 'Mobile' }, { label: 'Mobile 2', number: '+12035550102', is_primary: false }],
  })
  expect((await call('GET', `/v1/clients/${gone}`)).body).toMatchObject({ id: kept })
  expect((await call('PATCH', `/v1/clients/${gone}`, { first_name: 'x' })).body).toMatchObject({
    code: 'client_merged',
    existing_id: kept,
  })
  expect((await call('GET', `/v1/activities?client_id=${kept}&type=note`)).body).toMatchObject({
    items: [{ client_pos_id: '1' }],
  })
  expect((await call('GET', '/v1/collection-items?collection_name=Edge')).body).toMatchObject({
    items: [{ client_id: kept }, { client_id: kept }],
  })
  expect((await call('GET', `/v1/clients/${kept}/collections`)).body).toMatchObject({ items: [{ name: 'Edge' }] })
  expect((await call('GET', `/v1/clients/${kept}/preferences`)).body).toMatchObject({ values: [{ value: '6' }] })
  expect(await call('POST', `/v1/clients/${kept}/merge`, { merged_id: other })).toMatchObject({
    status: 409,
    body: { code: 'pos_id_conflict' },
  })
  await eventually(() => told()).toMatchObject([
    { type: 'client.merged', data: { object: { id: kept }, merged_id: gone } },
  ])
})

it('switched on, Clientbook merges the same name with a phone or e-mail in common, letter by letter', async () => {
  const { addClient, call } = await subscribed(['client.merged'], { autoMerge: true })
  const emails = [{ label: 'Home', address: 'nora@example.com' }]
  const nora = await addClient({ pos_id: '1', first_name: 'Nora', last_name: 'Lindqvist', emails })
  const same = await addClient({ first_name: 'Nora', last_name: 'Lindqvist', emails })
  const spelled = await addClient({ first_name: 'nora', last_name: 'Lindqvist', emails })
  const numbered = await addClient({ pos_id: '2', first_name: 'Nora', last_name: 'Lindqvist', emails })
  expect(same).toBe(nora)
  const { items } = pageSchema.parse((await call('GET', '/v1/clients')).body)
  expect(items.map(({ id }) => id).sort()).toEqual([nora, spelled, numbered].sort())
})

it('accounts know nothing of one another', async () => {
  const { url, put } = await start()
  const id = await put('1', { first_name: 'Nora' })
  const stranger = clientbookCaller(url, await openClientbookAccount(url))
  expect((await stranger('GET', '/v1/clients')).body).toMatchObject({ items: [] })
  for (const method of ['GET', 'PATCH', 'DELETE']) {
    const body = method === 'PATCH' ? {} : undefined
    expect((await stranger(method, `/v1/clients/${id}`, body)).status, method).toBe(404)
  }
})
