import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appointmentOf, itemOf, jobOf, saleOf, writeOf } from '@jumpring/connector-kit/made-up-objects'
import { startWebhookReceiver } from '@jumpring/connector-kit/webhook-receiver'
import { connectionSettingsSchema } from '@jumpring/contracts'
import { createSandbox } from '@jumpring/sandbox'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { podium } from './index.ts'

// Both sides against the contract that we assume: what the client sends, and what the sandbox answers.

const contentSchema = z.object({ content: z.object({ 'application/json': z.object({ schema: z.looseObject({}) }) }) })
const operationSchema = z.object({
  requestBody: contentSchema,
  responses: z.record(z.string(), contentSchema.partial()),
})
const contractSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  webhooks: z.object({ 'text.status': z.object({ post: operationSchema }) }),
})

const raw = JSON.parse(readFileSync(new URL('../partner-api.openapi.json', import.meta.url), 'utf8'))
const contract = contractSchema.parse(raw)
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema({ $id: 'contract', components: raw.components })

/** What is wrong with the value; empty where nothing is. */
function faults(content: z.infer<typeof contentSchema>, value: unknown): string[] {
  const schema = JSON.parse(JSON.stringify(content.content['application/json'].schema).replaceAll('"#/', '"contract#/'))
  const validate = ajv.compile(schema)
  return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

const folder = await mkdtemp(join(tmpdir(), 'podium-partner-'))
const { app } = await createSandbox({
  directory: folder,
  customers: 0,
  podium: { rateLimit: 0, applyDelayMs: { min: 0, max: 0 }, textDelayMs: { min: 0, max: 5 } },
})
let address = ''
beforeAll(async () => {
  address = await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true })
})

const accountSchema = z.object({
  locations: z.tuple([z.object({ uid: z.string() })]),
  clientId: z.string(),
  clientSecret: z.string(),
  authorizationCode: z.string(),
})

/** A connected account with a contact, and every exchange with the partner API from now on. */
async function connect() {
  const exchanges: { method: string; path: string; request: unknown; status: number; answer: unknown }[] = []
  const realFetch = globalThis.fetch
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    const answer = await realFetch(url, init)
    const path = new URL(String(url)).pathname.replace('/podium', '')
    if (path.startsWith('/partner')) {
      const request: unknown = JSON.parse(String(init?.body))
      const [method, status] = [(init?.method ?? '').toLowerCase(), answer.status]
      exchanges.push({ method, path, request, status, answer: await answer.clone().json() })
    }
    return answer
  })
  onTestFinished(() => spy.mockRestore())

  const post = (path: string, body: object) =>
    realFetch(address + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const made = await post('/control/podium/accounts', { name: 'Test', locations: ['One'] })
  const { locations, ...client } = accountSchema.parse(await made.json())
  const location = locations[0].uid
  const secrets = { ...client, redirectUri: 'https://example.com/connected' }
  const renewed = await podium.renewSecrets(podium.parseSecrets(secrets), `${address}/podium`, new Date())
  const token = podium.currentToken(renewed, new Date()) ?? ''
  const session = podium.openSession({
    baseUrl: `${address}/podium`,
    region: 'US',
    timeoutMs: 5_000,
    accessToken: async () => token,
    renewToken: async () => token,
    onRateLimit: () => {},
  })
  const settings = connectionSettingsSchema.parse({ sink: 'partnerApi', defaultLocation: location })
  const source = { edgeKey: '001-00017', settings, externalIdField: null, acquisitionField: null }
  await session.write(podium.freezeCreate({ name: 'Nora', phone: '+12035550117' }, source))
  return { exchanges, session, settings, location, post }
}

function check({ method, path, request, status, answer }: Awaited<ReturnType<typeof connect>>['exchanges'][number]) {
  const operation = contract.paths[path]?.[method]
  const answers = operation?.responses[status]
  if (operation === undefined || answers?.content === undefined)
    return [`${method} ${path} ${status} is not in the contract`]
  return [...faults(operation.requestBody, request), ...faults({ content: answers.content }, answer)]
}

test('objects: what is sent, and what is answered, taken or refused', async () => {
  const { exchanges, session, settings, post } = await connect()
  const send = (...writes: ReturnType<typeof writeOf>[]) =>
    session.writeObjects(writes.map((write) => podium.freezeObject(write, settings)))
  const unknown = { edgeKey: '001-00018', name: 'Otto', identifiers: ['+12035550118'] }
  const bare = {
    ...itemOf(),
    description: null,
    price: null,
    archived: 'sold',
    soldAt: '2026-03-01T10:00:00Z',
  } as const
  await post('/control/podium/settings', { refuseObjects: ['x-9'] })
  await send(writeOf(itemOf()), writeOf(bare, { externalId: 'x-2' }), writeOf(bare, { externalId: 'x-9' }))
  await send(writeOf(bare, { event: 'updated', eventId: 'e-2' }))
  await send(writeOf(saleOf(1), { externalId: 'x-3' }), writeOf(saleOf(2), { externalId: 'x-4', contact: unknown }))
  await send(
    writeOf(appointmentOf('scheduled'), { externalId: 'x-5' }),
    writeOf(jobOf('picked_up'), { externalId: 'x-6', event: 'archived' }),
  )
  // Nora's second identifier is not tried, since the first is known; Otto has one only
  expect(exchanges.map(({ path }) => path.split('/').at(-1))).toEqual([
    'products',
    'products',
    'purchases',
    'timelineEntries',
  ])
  expect(exchanges.flatMap(check)).toEqual([])
})

test('texts and their delivery', async () => {
  const { exchanges, session, location } = await connect()
  await using receiver = await startWebhookReceiver()
  await session.ensureWebhook({ url: receiver.url, secret: 'a secret', texts: 'partner' })
  const text = { to: '+12035550117', body: 'Your ring is ready.', location, reference: 'n-1' }
  await session.sendText(text, 'partner')
  await expect(session.sendText({ ...text, to: '+1', reference: 'n-2' }, 'partner')).rejects.toMatchObject({
    code: 'platform_refused',
  })
  const status = /"eventType":"text.status"/
  const told = () => receiver.received.map(({ rawBody }) => rawBody.toString()).filter((body) => status.test(body))
  await expect.poll(() => told().length, { timeout: 10_000 }).toBe(2)
  const { requestBody } = contract.webhooks['text.status'].post
  expect(told().flatMap((body) => faults(requestBody, JSON.parse(body)))).toEqual([])
  const [hook, taken, refused] = exchanges
  expect([hook, taken].flatMap((exchange) => (exchange ? check(exchange) : ['missing']))).toEqual([])
  // the bad phone is against the contract, and refused as the contract says
  expect(refused && check(refused)).toEqual([expect.stringContaining('/to')])
})

test('the contract is not lenient', () => {
  const body = contract.paths['/partner/v1/purchases']?.post?.requestBody
  const { type: _type, ...fields } = saleOf(1)
  const item = {
    eventId: 'e',
    event: 'created',
    type: 'purchase',
    externalId: 'x',
    occurredAt: '2026-03-01T10:00:00Z',
    fields,
  }
  const contact = { identifier: '+12035550117' }
  const of = (...items: object[]) => (body ? faults(body, { items }).length : 0)
  expect(of({ ...item, contact })).toBe(0)
  expect(of(item)).toBeGreaterThan(0)
  expect(of({ ...item, contact, invoice: true })).toBeGreaterThan(0)
  expect(of({ ...item, contact, fields: { ...fields, amount: { minor: 4.5, currency: 'USD' } } })).toBeGreaterThan(0)
})
