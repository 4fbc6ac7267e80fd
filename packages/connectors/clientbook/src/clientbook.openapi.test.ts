import { readFileSync } from 'node:fs'
import type { SheetWrite } from '@jumpring/connector-kit'
import { itemOf, jobOf, saleOf, writeOf } from '@jumpring/connector-kit/made-up-objects'
import { startWebhookReceiver } from '@jumpring/connector-kit/webhook-receiver'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { typesOf } from './generate/types.ts'
import { clientbook } from './index.ts'
import { check, document, type Exchange, eventFaults } from './testing/contract.ts'
import { startClientbook } from './testing/sandbox.ts'

// Both ends against the contract that we assume: what the client sends, what the sandbox answers, and what it delivers.

const exchanges: Exchange[] = []
const realFetch = globalThis.fetch

beforeEach(() => {
  exchanges.length = 0
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init)
    const sent = await request.clone().text()
    const answer = await realFetch(request)
    const url = new URL(request.url)
    if (!url.pathname.startsWith('/clientbook/')) return answer
    url.pathname = url.pathname.slice('/clientbook'.length)
    const { method, headers } = request
    const { status } = answer
    const type = answer.headers.get('content-type') ?? ''
    const told = await answer.clone().text()
    exchanges.push({
      method,
      url,
      headers,
      request:
        sent === ''
          ? undefined
          : init?.body instanceof URLSearchParams
            ? Object.fromEntries(init.body)
            : JSON.parse(sent),
      status,
      type,
      answer: told === '' ? undefined : JSON.parse(told),
    })
    return answer
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

async function connect() {
  const sandbox = await startClientbook()
  let secrets = clientbook.parseSecrets(sandbox.secrets)
  for (const _codeThenRefresh of [1, 2]) secrets = await clientbook.renewSecrets(secrets, sandbox.baseUrl, new Date())
  const token = clientbook.currentToken(secrets, new Date()) ?? ''
  const session = clientbook.openSession({
    baseUrl: sandbox.baseUrl,
    region: 'US',
    timeoutMs: 5_000,
    accessToken: async () => token,
    renewToken: async () => token,
    onRateLimit: () => {},
  })
  const source = { edgeKey: '001-00017', settings: sandbox.settings, externalIdField: null, acquisitionField: null }
  return { ...sandbox, session, source }
}

const whole = {
  name: 'Nora Lindqvist',
  phone: '+12035550117',
  email: 'nora@example.com',
  address: { street: '12 Elm St', street2: 'Floor 2', city: 'Fairfield', state: 'CT', zip: '06824', country: 'US' },
  acquisition: 'Walk-in',
}

/** What is wrong, and which operations were used. */
function verdict() {
  const checked = exchanges.map(check)
  return { faults: checked.flatMap(({ faults }) => faults), operations: new Set(checked.map((one) => one.operation)) }
}

test('clients, texts and webhooks: what is sent, and what is answered, taken or refused', async () => {
  await using line = await connect()
  const { session, source, location } = line
  const { identifier } = await session.write(clientbook.freezeCreate(whole, source))
  await session.write(clientbook.freezeCreate({}, { ...source, edgeKey: '001-00018' }))
  await session.write(clientbook.freezeCreate({ address: { city: 'Fairfield' } }, { ...source, edgeKey: '001-00019' }))
  await session.write(clientbook.freezeUpdate({ ...whole, externalId: '001-00042' }, [identifier, '001-00042']))
  await session.write(clientbook.freezeUpdate({ name: 'Nora' }, ['001-00042']))
  const refused = [
    session.write(clientbook.freezeUpdate({ name: 'N' }, ['cl_gone', '001-00099'])),
    session.write(clientbook.freezeUpdate({ externalId: '001-00018' }, [identifier])),
  ]
  for (const { status } of await Promise.allSettled(refused)) expect(status).toBe('rejected')
  const { nextCursor } = await session.listContacts({ updatedSince: '2026-03-01T10:00:00.000Z' })
  expect(nextCursor).toBeUndefined()
  await session.listContacts({ cursor: 'one that ended' })
  await session.ping()
  for (const _again of [1, 2])
    await session.ensureWebhook({ url: 'http://127.0.0.1:9/hook', secret: 'a secret that both sides know' })
  const text = { to: whole.phone, body: 'Your ring is ready.', location, reference: 'n-1' }
  await session.sendText(text, 'partner')
  await line.staff.optOut(identifier, whole.phone)
  await expect(session.sendText({ ...text, reference: 'n-2' }, 'partner')).rejects.toThrow('opted out')
  await line.limitTo(1)
  await expect(Promise.all([session.ping(), session.ping()])).rejects.toMatchObject({ code: 'rate_limited' })
  await expect(session.write(clientbook.freezeUpdate({ phone: '1' }, [identifier]))).rejects.toBeDefined()

  const { faults, operations } = verdict()
  expect(faults).toEqual([])
  expect([...operations].toSorted()).toEqual([
    'account.get',
    'clients.list',
    'clients.update',
    'clients.upsert',
    'oauth.token',
    'sms.send',
    'webhooks.create',
    'webhooks.list',
    'webhooks.update',
  ])
})

test('objects: what is sent, and what becomes of each', async () => {
  await using line = await connect()
  const { session, source, settings } = line
  await session.write(clientbook.freezeCreate(whole, source))
  const send = (...writes: ReturnType<typeof writeOf>[]) =>
    session.writeObjects(writes.map((write) => clientbook.freezeObject(write, settings)))
  const unknown = { edgeKey: '001-00018', name: 'Otto', identifiers: ['+12035550118'] }
  const bare = { ...itemOf(), description: null, price: null, archived: 'sold', supplier: null, metal: null } as const
  const endless = {
    ...itemOf(),
    title: 'x'.repeat(900),
    details: Array.from({ length: 99 }, () => 'Engraved, with a long text.'),
  }
  await send(writeOf(itemOf()), writeOf(bare, { externalId: 'x-2' }), writeOf(endless, { externalId: 'x-3' }))
  await send(
    writeOf(bare, { event: 'archived', eventId: 'e-2' }),
    writeOf(bare, { event: 'updated', externalId: 'x-9' }),
  )
  await send(writeOf(jobOf('picked_up'), { externalId: 'x-4' }))
  await send(writeOf(saleOf(1), { externalId: 'x-5' }), writeOf(saleOf(2), { externalId: 'x-6', contact: unknown }))
  expect(verdict()).toEqual({
    faults: [],
    operations: new Set(['oauth.token', 'clients.upsert', 'products.upsert', 'purchases.upsert']),
  })
})

test('sheets and their feeds: what is sent, and what is answered', async () => {
  await using line = await connect()
  const { session, source, settings, desk } = line
  const { identifier: uid } = await session.write(clientbook.freezeCreate(whole, source))
  const put = async (sheet: SheetWrite['sheet'], fields: SheetWrite['fields'], other: Partial<SheetWrite> = {}) => {
    const contact = { edgeKey: source.edgeKey, uid: null }
    const write = { sheet, fields, externalId: 's-1', uid: null, contact, product: null, at: '2026-03-01T10:00:00Z' }
    const frozen = clientbook.freezeSheet?.({ ...write, ...other }, settings)
    return (frozen && (await session.writeSheet?.(frozen)))?.uid ?? ''
  }
  const note = await put('note', { text: 'Likes rubies.' })
  await put('note', { text: 'Likes emeralds.' }, { uid: note })
  const wish = await put('wish', { present: 'yes', item: null, description: 'A watch.' })
  const product = { externalId: 'x-1', object: itemOf() }
  await put('wish', { present: 'yes', item: itemOf().itemNumber, description: null }, { product, uid: wish })
  await put('wish', { present: 'yes', item: itemOf().itemNumber, description: null }, { product, externalId: 's-2' })
  await put('wish', { present: 'no', item: null, description: null }, { externalId: 's-2' })
  const { text, number, date, yesNo, choice } = desk?.preferences ?? {}
  const values = { [`${text}`]: 'Sapphire', [`${number}`]: '5', [`${date}`]: '2026-05-01', [`${yesNo}`]: 'no' }
  await put('customFields', { ...values, [`${choice}`]: null })
  await put('customFields', {})
  await line.desk?.send(uid, {
    channel: 'email',
    subject: null,
    body: 'Hello.',
    attachments: ['https://example.com/a'],
  })
  for (const feed of clientbook.changeFeeds) {
    await session.listChanges?.({ feed })
    await session.listChanges?.({ feed, updatedSince: '2026-03-01T10:00:00.000Z' })
  }
  const { faults, operations } = verdict()
  expect(faults).toEqual([])
  expect([...operations].toSorted()).toEqual([
    'activities.list',
    'activities.update',
    'activities.upsert',
    'clients.list',
    'clients.upsert',
    'collectionItems.list',
    'collectionItems.remove',
    'collectionItems.update',
    'collectionItems.upsert',
    'collections.create',
    'messages.list',
    'oauth.token',
    'preferences.get',
    'preferences.listValues',
    'preferences.set',
    'products.list',
    'products.upsert',
  ])
})

test('what is delivered is what is promised', async () => {
  await using line = await connect()
  await using receiver = await startWebhookReceiver()
  const { session, source, desk } = line
  await session.ensureWebhook({ url: receiver.url, secret: 'a secret that both sides know' })
  const { identifier: kept } = await session.write(clientbook.freezeCreate(whole, source))
  const gone = await line.staff.create({ name: 'Otto Brandt', phone: '+12035550118', email: 'otto@example.com' })
  await line.staff.merge({ kept, gone })
  const note = await desk?.addNote(kept, 'A note.', '7')
  await desk?.editNote(note ?? '', 'A longer note.')
  await desk?.deleteNote(note ?? '')
  const item = await desk?.addWish(kept, { collection: 'Edge', text: 'A ring.' })
  await desk?.editWish(item ?? '', 'A gold ring.')
  await desk?.renameCollection(kept, 'Edge', 'Old')
  await desk?.deleteCollection(kept, 'Old')
  await desk?.setPreference(kept, desk.preferences.yesNo, true)
  await desk?.send(kept, { channel: 'text', subject: null, body: 'Hello.', attachments: [] })
  await session.sendText({ to: whole.phone, body: 'Ready.', location: line.location, reference: 'n-1' }, 'partner')
  await line.staff.remove(kept)

  const objectOf = {
    client: 'Client',
    preferences: 'ClientPreferences',
    collection: 'Collection',
    collection_item: 'CollectionItem',
    activity: 'Activity',
    message: 'Message',
    sms: 'Sms',
  } as const
  const nameSchema = z.object({
    type: z.templateLiteral([
      z.enum(['client', 'preferences', 'collection', 'collection_item', 'activity', 'message', 'sms']),
      '.',
      z.string(),
    ]),
  })
  const delivered = () => receiver.received.map(({ rawBody }): unknown => JSON.parse(rawBody.toString()))
  const types = () => new Set(delivered().map((event) => nameSchema.parse(event).type))
  await expect.poll(() => types().size, { timeout: 10_000 }).toBe(14)
  const kinds = z.enum(['client', 'preferences', 'collection', 'collection_item', 'activity', 'message', 'sms'])
  const faults = delivered().flatMap((event) => {
    const kind = kinds.parse(nameSchema.parse(event).type.split('.')[0])
    return eventFaults(event, objectOf[kind])
  })
  expect(faults).toEqual([])
})

test('the contract is not lenient', () => {
  const exchange = {
    method: 'PUT',
    url: new URL('http://clientbook/v1/clients/by-pos-id/001-00017?x=1'),
    headers: new Headers({ 'content-type': 'application/json' }),
    request: { name: 'Nora', phones: [{ number: '+12035550117' }] },
    status: 202,
    type: 'application/json',
    answer: {},
  }
  expect(check(exchange).faults).toHaveLength(4)
})

test('the types are those of the contract', () => {
  const words = (source: string) => source.split(/[\s|]+/)
  const kept = readFileSync(new URL('./api.ts', import.meta.url), 'utf8')
  expect(words(kept)).toEqual(words(typesOf(document)))
})
