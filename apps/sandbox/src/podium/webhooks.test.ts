import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { z } from 'zod'
import {
  allContacts,
  caller,
  eventually,
  openAccount,
  type Received,
  send,
  startReceiver,
  startSandbox,
} from '../testing/kit.ts'

const contactEvents = ['contact.created', 'contact.updated', 'contact.deleted', 'contact.merged']
const uidSchema = z.object({ data: z.object({ uid: z.string() }) })

async function subscribed(podium = {}, status?: (count: number) => number) {
  const sandbox = await startSandbox({ podium: { webhookRetryFactor: 0.0001, ...podium } })
  const account = await openAccount(sandbox.url)
  const call = caller(sandbox.url, account)
  const receiver = await startReceiver(status)
  const hook = { url: receiver.url, eventTypes: contactEvents, secret: 'shh', organizationUid: account.organizationUid }
  const webhook = uidSchema.parse((await call('POST', '/v4/webhooks', hook)).body).data.uid
  const add = (last: number) =>
    call('POST', '/v4/contacts', { name: `N${last}`, phoneNumber: `+1203555010${last}`, locations: [account.location] })
  return { ...sandbox, account, call, webhook, add, received: receiver.received }
}

function names(received: Received[]): unknown[] {
  const schema = z.object({ after: z.object({ name: z.string() }) })
  return received.map(({ data }) => schema.parse(data).after.name)
}

it('a change made through the API arrives, signed over the raw body, with before and after', async () => {
  const { call, add, received } = await subscribed()
  await add(1)
  await call('PATCH', '/v4/contacts/%2B12035550101', { name: 'New name' })
  await eventually(() => received.length).toBe(2)
  const [created, updated] = received
  expect(created).toMatchObject({ type: 'contact.created', data: { before: null, after: { name: 'N1' } } })
  expect(updated).toMatchObject({
    type: 'contact.updated',
    data: { before: { name: 'N1' }, after: { name: 'New name' } },
  })
  const timestamp = String(updated?.headers['podium-timestamp'])
  expect(Math.abs(Date.now() - Number(timestamp))).toBeLessThan(60_000)
  const signature = createHmac('sha256', 'shh').update(`${timestamp}.${updated?.text}`).digest('hex')
  expect(updated?.headers['podium-signature']).toBe(signature)
})

it('what is not answered with 200 is tried again, and later events wait behind it', async () => {
  const { add, received } = await subscribed({}, (count) => (count <= 2 ? 204 : 200))
  await add(1)
  await add(2)
  await eventually(() => received.length).toBe(4)
  expect(names(received)).toEqual(['N1', 'N1', 'N1', 'N2'])
  expect(new Set(received.slice(0, 3).map(({ eventUid }) => eventUid)).size).toBe(1)
})

it('after its last try a webhook is disabled, and what happens then is never sent', async () => {
  const { url, call, webhook, add, received } = await subscribed({ webhookTries: 3, webhookRetryFactor: 0 }, (count) =>
    count <= 3 ? 500 : 200,
  )
  await add(1)
  await eventually(async () => (await call('GET', `/v4/webhooks/${webhook}`)).body).toMatchObject({
    data: { disabled: true },
  })
  await add(2)
  await call('PUT', `/v4/webhooks/${webhook}`, { disabled: false })
  await add(3)
  await eventually(() => received.length).toBe(4)
  expect(names(received)).toEqual(['N1', 'N1', 'N1', 'N3'])
  const state = await send(`${url}/state/podium/webhooks`)
  expect(state.body).toMatchObject({
    waiting: 0,
    deliveries: [
      { state: 'dropped', tries: 3, lastStatus: 500 },
      { state: 'delivered', tries: 1, lastStatus: 200 },
    ],
  })
})

it('events can be lost, doubled, badly signed', async () => {
  const { podium, add, received } = await subscribed({ webhookLoseNext: 1, webhookDouble: true })
  await add(1)
  await add(2)
  await eventually(() => received.length).toBe(2)
  expect(names(received)).toEqual(['N2', 'N2'])
  podium.settings.change({ webhookDouble: false, webhookBadSignature: true })
  await add(3)
  await eventually(() => received.length).toBe(3)
  const [, , third] = received
  const right = createHmac('sha256', 'shh').update(`${third?.headers['podium-timestamp']}.${third?.text}`).digest('hex')
  expect(third?.headers['podium-signature']).not.toBe(right)
})

it('events can arrive out of order', async () => {
  const { add, received } = await subscribed({ webhookOutOfOrder: true })
  for (const last of [1, 2, 3]) await add(last)
  await eventually(() => received.length).toBe(3)
  expect(names(received)).not.toEqual(['N1', 'N2', 'N3'])
  expect(new Set(names(received)).size).toBe(3)
})

it('an event can be late', async () => {
  const { add, received } = await subscribed({ webhookDelayMs: 150 })
  const start = Date.now()
  await add(1)
  await eventually(() => received.length).toBe(1)
  expect(Date.now() - start).toBeGreaterThanOrEqual(140)
})

it("a webhook of a location hears of that location's contacts only, and none of another account's", async () => {
  const { url, account, call, add } = await subscribed()
  const { url: hookUrl, received } = await startReceiver()
  const hook = { url: hookUrl, eventTypes: ['contact.created'], locationUid: account.otherLocation }
  await call('POST', '/v4/webhooks', hook)
  await add(1)
  await call('POST', '/v4/contacts', { name: 'There', email: 'a@example.com', locations: [account.otherLocation] })
  const stranger = await openAccount(url)
  const body = { name: 'Strange', email: 'b@example.com', locations: [stranger.location] }
  await caller(url, stranger)('POST', '/v4/contacts', body)
  await eventually(async () => (await send(`${url}/state/podium/webhooks`)).body).toMatchObject({ waiting: 0 })
  expect(names(received)).toEqual(['There'])
})

it('webhooks are listed, changed and deleted by their owner only', async () => {
  const { url, call, webhook } = await subscribed()
  expect((await call('GET', '/v4/webhooks')).body).toMatchObject({ data: [{ uid: webhook, disabled: false }] })
  const stranger = caller(url, await openAccount(url))
  expect((await stranger('GET', '/v4/webhooks')).body).toMatchObject({ data: [] })
  for (const method of ['GET', 'PUT', 'DELETE']) {
    expect((await stranger(method, `/v4/webhooks/${webhook}`, method === 'PUT' ? {} : undefined)).status).toBe(404)
  }
  expect(
    (await call('POST', '/v4/webhooks', { url: 'https://example.com', eventTypes: ['contact.created'] })).status,
  ).toBe(400)
  expect((await call('DELETE', `/v4/webhooks/${webhook}`)).status).toBe(200)
  expect((await call('GET', `/v4/webhooks/${webhook}`)).status).toBe(404)
})

it("staff's changes arrive like all others, merges and deletions too", async () => {
  const { url, account, received } = await subscribed()
  const { organizationUid } = account
  const contacts = `${url}/control/podium/contacts`
  const uidOnly = z.object({ uid: z.string() })
  const make = async (name: string, phone: string) =>
    uidOnly.parse((await send(contacts, 'POST', { organizationUid, name, phoneNumbers: [phone] })).body).uid
  const kept = await make('Kept', '+12035550101')
  const lost = await make('Lost', '+12035550102')
  await send(`${contacts}/${kept}`, 'PATCH', { optedOut: ['+12035550101'] })
  await send(`${contacts}/${lost}/merge`, 'POST', { into: kept })
  await send(`${contacts}/${kept}`, 'DELETE')
  await eventually(() => received.length).toBe(5)
  expect(received.map(({ type }) => type).slice(2)).toEqual(['contact.updated', 'contact.merged', 'contact.deleted'])
  expect(received[2]?.data).toMatchObject({
    before: { channels: [{ transactionalOptedOutAt: null }] },
    after: { channels: [{ transactionalOptedOutAt: expect.any(String) }] },
  })
  expect(received[3]?.data).toMatchObject({
    before: { uid: lost },
    after: { uid: kept, phoneNumbers: ['+12035550101', '+12035550102'] },
  })
})

it('an opt-out belongs to the number and comes back with it', async () => {
  const { url, account, call, add, podium } = await subscribed()
  await add(1)
  const [contact] = podium.contacts.all()
  const path = `${url}/control/podium/contacts/${contact?.uid}`
  await send(path, 'PATCH', { optedOut: ['+12035550101'] })
  await send(path, 'PATCH', { phoneNumbers: ['+12035550109'] })
  const other = { name: 'Other', phoneNumber: '+12035550101', locations: [account.location] }
  await call('POST', '/v4/contacts', other)
  const [first, second] = await allContacts(url)
  expect(first?.channels).toMatchObject([{ identifier: '+12035550109', transactionalOptedOutAt: null }])
  expect(second?.channels).toMatchObject([{ identifier: '+12035550101', transactionalOptedOutAt: expect.any(String) }])
})
