import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { eventProblem } from '../testing/clientbook-contract.ts'
import { idSchema, openClientbookAccount, secret, subscribed } from '../testing/clientbook-kit.ts'
import { eventually, send } from '../testing/kit.ts'
import { eventTypes } from './model.ts'

const clientEvents = ['client.created', 'client.updated', 'client.deleted', 'client.merged']
const names = (events: { data: { object: object } }[]) =>
  events.map(({ data }) => ('first_name' in data.object ? data.object.first_name : undefined))

it('a change arrives, signed over the raw body, with what it was before and who did it', async () => {
  const { account, addClient, control, call, received, told } = await subscribed(clientEvents)
  const id = await addClient({ first_name: 'Nora' })
  const withoutNumber = account.associates.find(({ point_of_sale_id }) => point_of_sale_id === null)
  await control('PATCH', `clients/${id}`, { first_name: 'Dora', associateId: withoutNumber?.id })
  await call('PATCH', `/v1/clients/${id}`, { first_name: 'Cora' })
  await call('PATCH', `/v1/clients/${id}`, { first_name: 'Cora' })
  await eventually(() => told()).toMatchObject([
    { type: 'client.created', actor: { type: 'associate', point_of_sale_id: '1' }, account_id: account.accountId },
    {
      type: 'client.updated',
      actor: { type: 'associate', associate_id: withoutNumber?.id, point_of_sale_id: null },
      data: { object: { first_name: 'Dora' }, previous: { first_name: 'Nora' } },
    },
    { actor: { type: 'integration' }, data: { previous: { first_name: 'Dora' } } },
  ])
  const { headers, text } = received[0] ?? {}
  const timestamp = String(headers?.['x-clientbook-timestamp'])
  expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(60)
  const hex = createHmac('sha256', secret).update(`${timestamp}.${text}`).digest('hex')
  expect(headers?.['x-clientbook-signature']).toBe(`sha256=${hex}`)
})

it('every type of event is as the contract has it', async () => {
  const { account, addClient, control, call, told, settled, book } = await subscribed([...eventTypes], {
    textDelayMs: { min: 0, max: 1 },
  })
  const phones = [{ label: 'Mobile', number: '2035550117' }]
  const id = await addClient({ pos_id: '1', first_name: 'Nora', phones })
  const gone = await addClient({ first_name: 'N.' })
  await control('POST', `clients/${gone}/merge`, { into: id })
  await control('PUT', `clients/${id}/preferences`, { values: { Budget: 2500.5 } })
  const collection = idSchema.parse(await control('POST', `clients/${id}/collections`, { name: 'Edg' })).id
  await control('PATCH', `collections/${collection}`, { name: 'Edge' })
  const ring = { external_id: 'i-1', title: 'Ring', kind: 'stock' }
  const { body } = await call('POST', '/v1/products/bulk', { items: [ring] })
  const [product] = z.object({ results: z.array(idSchema) }).parse(body).results
  await call('POST', '/v1/products/bulk', { items: [{ external_id: 'i-1', status: 'archived' }] })
  const item = idSchema.parse(await control('POST', `collections/${collection}/items`, { product_id: product?.id })).id
  await control('PATCH', `items/${item}`, { note: 'In size 6.' })
  await control('DELETE', `collections/${collection}`)
  const note = idSchema.parse(await control('POST', `clients/${id}/notes`, { body: 'Likes gold.' })).id
  await control('PATCH', `notes/${note}`, { body: 'Likes silver.' })
  await control('DELETE', `notes/${note}`)
  await control('POST', `clients/${id}/messages`, { body: 'Your ring is ready.' })
  await control('POST', `clients/${id}/messages`, { direction: 'inbound', body: 'stop' })
  book.texts.send({ account: account.accountId, via: 'provider', to: '+12035550118', body: 'Hi', locationUid: null })
  await control('DELETE', `clients/${id}`)
  await eventually(() => new Set(told().map(({ type }) => type))).toEqual(new Set(eventTypes))
  await settled()
  expect(told().flatMap((event) => eventProblem(event) ?? [])).toEqual([])
})

it('an event that is not taken comes again, the same, and later ones do not wait behind it', async () => {
  const { addClient, told, settled, received } = await subscribed(
    clientEvents,
    { webhookRetryFactor: 0.01 },
    (count) => (count === 1 ? 500 : 204),
  )
  await addClient({ first_name: 'A' })
  await eventually(() => received.length).toBe(1)
  await addClient({ first_name: 'B' })
  await eventually(() => received.length).toBe(3)
  await settled()
  expect(names(told())).toEqual(['A', 'B', 'A'])
  expect(told()[0]?.id).toBe(told()[2]?.id)
})

it('events can be late, lost, doubled, out of order and badly signed', async () => {
  const { addClient, book, told, settled, received } = await subscribed(clientEvents, {
    webhookLoseNext: 1,
    webhookDouble: true,
    webhookDelayMs: 150,
  })
  const start = Date.now()
  await addClient({ first_name: 'A' })
  await addClient({ first_name: 'B' })
  await eventually(() => received.length).toBe(2)
  expect(Date.now() - start).toBeGreaterThan(140)
  expect(names(told())).toEqual(['B', 'B'])
  book.settings.change({ webhookDouble: false, webhookDelayMs: 0, webhookOutOfOrder: true, webhookBadSignature: true })
  for (const first_name of ['C', 'D', 'E']) await addClient({ first_name })
  await settled()
  expect(names(told()).slice(2).sort()).toEqual(['C', 'D', 'E'])
  expect(names(told()).slice(2)).not.toEqual(['C', 'D', 'E'])
  const last = received.at(-1)
  const right = createHmac('sha256', secret).update(`${last?.headers['x-clientbook-timestamp']}.${last?.text}`)
  expect(last?.headers['x-clientbook-signature']).not.toBe(`sha256=${right.digest('hex')}`)
})

it('an endpoint that fails to the end becomes inactive, and can be made active again', async () => {
  const settings = { webhookTries: 2, webhookRetryFactor: 0 }
  const { addClient, call, endpoint, told } = await subscribed(clientEvents, settings, (count) =>
    count < 3 ? 500 : 200,
  )
  await addClient({ first_name: 'A' })
  const endpoints = async () => (await call('GET', '/v1/webhook-endpoints')).body
  await eventually(endpoints).toMatchObject({ items: [{ active: false, failing_since: expect.any(String) }] })
  await addClient({ first_name: 'B' })
  const again = await call('PATCH', `/v1/webhook-endpoints/${endpoint}`, { active: true })
  expect(again.body).toMatchObject({ active: true, failing_since: null })
  await addClient({ first_name: 'C' })
  await eventually(() => names(told())).toEqual(['A', 'A', 'C'])
})

it('an address can be registered twice, and hears its own events of its own account only', async () => {
  const { url, account, call, addClient, control, told, settled, endpoint } = await subscribed(['client.created'])
  const { body } = await call('GET', '/v1/webhook-endpoints')
  expect(JSON.stringify(body)).not.toContain(secret)
  const stranger = await openClientbookAccount(url)
  const id = await addClient({ first_name: 'A' })
  await control('PATCH', `clients/${id}`, { first_name: 'B' })
  await control('POST', 'clients', { accountId: stranger.accountId, first_name: 'C' })
  await settled()
  expect(told()).toMatchObject([{ type: 'client.created', account_id: account.accountId }])
  const state = await send(`${url}/state/clientbook/webhooks`)
  expect(state.body).toMatchObject({ endpoints: [{ id: endpoint }], deliveries: [{ state: 'delivered', tries: 1 }] })
  const bad = { url: 'http://example.com/hook', secret, events: ['client.created'] }
  expect((await call('POST', '/v1/webhook-endpoints', bad)).status).toBe(422)
  expect((await call('POST', '/v1/webhook-endpoints', { url: 'https://example.com' })).status).toBe(422)
  expect((await call('DELETE', `/v1/webhook-endpoints/${endpoint}`)).status).toBe(204)
  expect((await call('DELETE', `/v1/webhook-endpoints/${endpoint}`)).status).toBe(404)
})
