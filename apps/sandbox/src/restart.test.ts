import { cpSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { clientbookCaller, idSchema, openClientbookAccount } from './testing/clientbook-kit.ts'
import {
  allContacts,
  caller,
  eventually,
  openAccount,
  send,
  startReceiver,
  startSandbox,
  testFolder,
} from './testing/kit.ts'

it('accounts, tokens, contacts, objects, texts, feeds, webhooks, settings, writes and events under way survive a restart', async () => {
  const directory = testFolder()
  const first = await startSandbox({ directory, podium: { webhookDelayMs: 60_000, phonePatch: 'add' } })
  const account = await openAccount(first.url)
  const call = caller(first.url, account)
  const receiver = await startReceiver()
  const hook = { url: receiver.url, eventTypes: ['contact.created'], organizationUid: account.organizationUid }
  await call('POST', '/v4/webhooks', hook)
  const body = { name: 'Nora', phoneNumber: '+12035550117', locations: [account.location] }
  await call('POST', '/v4/contacts', body)
  first.podium.settings.change({ applyDelayMs: { min: 60_000, max: 60_000 } })
  await call('POST', '/v4/contacts', { ...body, name: 'Later', phoneNumber: '+12035550118' })
  const { organizationUid, location: locationUid } = account
  first.podium.settings.change({ textDelayMs: { min: 60_000, max: 60_000 } })
  first.podium.texts.send({
    account: organizationUid,
    via: 'partner',
    to: '+12035550117',
    body: 'Ready.',
    locationUid,
    reference: 'n-1',
  })
  first.podium.objects.apply({
    organizationUid,
    externalId: 'item-1',
    type: 'product',
    sink: 'dataFeed',
    identifiers: [],
    fields: { title: 'Ring' },
    eventId: 'e-1',
    event: 'created',
    occurredAt: '2026-03-01T10:00:00Z',
  })
  const feeds = first.podium.feeds.ofAccount(organizationUid)
  await first.app.close()

  const second = await startSandbox({ directory })
  expect((await send(`${second.url}/state/podium/texts`)).body).toMatchObject([
    { reference: 'n-1', status: 'accepted' },
  ])
  expect((await send(`${second.url}/state/podium/objects`)).body).toMatchObject([{ title: 'Ring', history: [{}] }])
  expect(second.podium.feeds.ofAccount(organizationUid)).toEqual(feeds)
  expect(second.podium.settings.current.phonePatch).toBe('add')
  expect((await allContacts(second.url)).map(({ name }) => name)).toEqual(['Nora'])
  expect((await caller(second.url, account)('GET', '/v4/contacts/%2B12035550117')).status).toBe(200)
  expect((await send(`${second.url}/state/podium/writes`)).body).toEqual({ waiting: 1 })
  expect((await send(`${second.url}/state/podium/webhooks`)).body).toMatchObject({ waiting: 1, webhooks: [{}] })
  expect((await send(`${second.url}/state/podium/requests`)).body).toMatchObject({ 'POST /v4/contacts': { 202: 2 } })
})

it('its SQLite files are closed to other users of the machine', async () => {
  const directory = testFolder()
  const sandbox = await startSandbox({ directory })
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.sqlite'))
  expect(files.length).toBeGreaterThan(3)
  expect(files.filter((name) => statSync(join(directory, name)).mode & 0o077)).toEqual([])
  await sandbox.app.close()
})

it('the store keeps its customers, and exports them all at its very first start only', async () => {
  const directory = testFolder()
  const inbox = join(directory, 'edt', 'JR-0001', 'Inbox')
  const first = await startSandbox({ directory, customers: 40 })
  await send(`${first.url}/store/customers/001-00017/phone`, 'POST', { phone: '2035550200' })
  await first.app.close()
  const second = await startSandbox({ directory, customers: 40 })
  expect(second.store.customers.find('001-00017')?.Phones[0]?.PairValue.PhonePhone).toBe('2035550200')
  await eventually(() => readdirSync(inbox).length).toBe(2)
  expect(readdirSync(inbox).filter((name) => name.includes('FULL'))).toHaveLength(1)
})

it('a reset gives back the first start, the first account with the same uids', async () => {
  const { url, podium } = await startSandbox()
  const codes = z.object({ organizationUid: z.string() })
  const before = codes.parse((await send(`${url}/control/podium/codes`, 'POST', {})).body)
  const account = await openAccount(url)
  const body = { name: 'Nora', phoneNumber: '+12035550117', locations: [account.location] }
  await caller(url, account)('POST', '/v4/contacts', body)
  await send(`${url}/control/podium/reset`, 'POST', { only: ['contacts'] })
  expect(await allContacts(url)).toEqual([])
  expect((await caller(url, account)('GET', '/v4/locations')).status).toBe(200)
  await send(`${url}/control/podium/reset`, 'POST', {})
  expect(podium.settings.current.rateLimit).toBe(300)
  expect((await caller(url, account)('GET', '/v4/locations')).status).toBe(401)
  expect(codes.parse((await send(`${url}/control/podium/codes`, 'POST', {})).body)).toEqual(before)
})

it("Clientbook's accounts, tokens, clients and all that is theirs, texts, events under way and settings survive a restart", async () => {
  const directory = testFolder()
  const settings = { webhookDelayMs: 60_000, textDelayMs: { min: 60_000, max: 60_000 }, rateLimit: 100_000 }
  const first = await startSandbox({ directory, clientbook: settings })
  const account = await openClientbookAccount(first.url)
  const call = clientbookCaller(first.url, account)
  const hook = { url: 'http://127.0.0.1:9/hook', secret: 'a secret of sixteen', events: ['activity.created'] }
  await call('POST', '/v1/webhook-endpoints', hook)
  const { id } = idSchema.parse((await call('PUT', '/v1/clients/by-pos-id/1', { first_name: 'Nora' })).body)
  const { id: later } = idSchema.parse((await call('PUT', '/v1/clients/by-pos-id/2', { first_name: 'Max' })).body)
  await call('PATCH', `/v1/clients/${id}`, { last_name: 'Lindqvist' })
  await call('PUT', '/v1/activities/by-external-id/n-1', { client_id: id, body: 'Likes gold.' })
  first.clientbook.settings.change({ cursorSeconds: 60 })
  const sms = { to: '+12035550117', body: 'Ready.' }
  await call('POST', '/v1/sms', sms, { 'idempotency-key': 'k-1' })
  await first.app.close()

  const second = await startSandbox({ directory })
  const again = clientbookCaller(second.url, account)
  const ids = z.object({ items: z.array(idSchema) })
  expect(ids.parse((await again('GET', '/v1/clients')).body).items.map((one) => one.id)).toEqual([later, id])
  expect((await again('PUT', '/v1/clients/by-pos-id/1', {})).body).toMatchObject({ id, last_name: 'Lindqvist' })
  expect((await again('GET', `/v1/activities?client_id=${id}`)).body).toMatchObject({ items: [{ external_id: 'n-1' }] })
  expect((await again('POST', '/v1/sms', sms, { 'idempotency-key': 'k-1' })).status).toBe(202)
  expect((await send(`${second.url}/state/clientbook/texts`)).body).toHaveLength(1)
  expect((await send(`${second.url}/state/clientbook/webhooks`)).body).toMatchObject({ waiting: 1, endpoints: [{}] })
  expect(second.clientbook.settings.current).toMatchObject({ cursorSeconds: 60, webhookDelayMs: 60_000 })
})

it('a reset gives back the first start, the first account with the same ids', async () => {
  const { url, clientbook } = await startSandbox({ clientbook: { rateLimit: 100_000 } })
  const { authorizationCode: _code, ...before } = z
    .looseObject({ authorizationCode: z.string() })
    .parse((await send(`${url}/control/clientbook/codes`, 'POST', {})).body)
  const call = clientbookCaller(url, await openClientbookAccount(url))
  await call('PUT', '/v1/clients/by-pos-id/1', { first_name: 'Nora' })
  await send(`${url}/control/clientbook/reset`, 'POST', { only: ['clients'] })
  expect((await call('GET', '/v1/clients')).body).toMatchObject({ items: [] })
  await send(`${url}/control/clientbook/reset`, 'POST', {})
  expect((await call('GET', '/v1/clients')).status).toBe(401)
  expect(clientbook.settings.current.rateLimit).toBe(300)
  const after = await send(`${url}/control/clientbook/codes`, 'POST', {})
  expect(JSON.parse(JSON.stringify(after.body).replaceAll(/"updated_at":"[^"]+"/g, '"updated_at":""'))).toMatchObject(
    JSON.parse(JSON.stringify(before).replaceAll(/"updated_at":"[^"]+"/g, '"updated_at":""')),
  )
})

it('what it has answered is there after it was killed', async () => {
  const directory = testFolder()
  const first = await startSandbox({ directory, podium: { applyDelayMs: { min: 0, max: 0 } } })
  const account = await openAccount(first.url)
  const call = caller(first.url, account)
  await call('POST', '/v4/contacts', { name: 'Nora', phoneNumber: '+12035550117', locations: [account.location] })
  // The files as a kill would leave them now.
  const left = testFolder()
  cpSync(directory, left, { recursive: true })
  const second = await startSandbox({ directory: left })
  expect((await allContacts(second.url)).map(({ name }) => name)).toEqual(['Nora'])
})

it('what it has told a webhook of is there after it was killed', async () => {
  const directory = testFolder()
  const left = testFolder()
  const applyDelayMs = { min: 100, max: 100 }
  const first = await startSandbox({ directory, podium: { applyDelayMs, webhookDelayMs: 0 } })
  const account = await openAccount(first.url)
  const call = caller(first.url, account)
  const receiver = await startReceiver(() => {
    cpSync(directory, left, { recursive: true })
    return 200
  })
  const { organizationUid, location } = account
  await call('POST', '/v4/webhooks', { url: receiver.url, eventTypes: ['contact.created'], organizationUid })
  await call('POST', '/v4/contacts', { name: 'Nora', phoneNumber: '+12035550117', locations: [location] })
  await eventually(() => receiver.received.length).toBe(1)
  const told = z.looseObject({ after: z.looseObject({ uid: z.string() }) }).parse(receiver.received[0]?.data)
  const second = await startSandbox({ directory: left })
  expect((await allContacts(second.url)).map(({ uid }) => uid)).toEqual([told.after.uid])
})
