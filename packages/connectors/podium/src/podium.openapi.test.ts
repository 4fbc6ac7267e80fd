import { existsSync, readFileSync } from 'node:fs'
import type { Session } from '@jumpring/connector-kit'
import { type ReceivedRequest, startScriptedServer } from '@jumpring/connector-kit/scripted-server'
import { connectionSettingsSchema } from '@jumpring/contracts'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { podium } from './index.ts'

/** Podium's own description of its API. It lies beside the checkout and is not ours to publish. */
const folder = new URL('../../../../../shared/podium-openapi/', import.meta.url)
const present = existsSync(folder)
const title = present ? 'against Podium’s OpenAPI files' : 'skipped: Podium’s OpenAPI files are not beside the checkout'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
const json: z.ZodType<Json> = z.json()

interface Schema {
  readonly $ref?: string | undefined
  readonly type?: string | undefined
  readonly format?: string | undefined
  readonly enum?: readonly Json[] | undefined
  readonly nullable?: boolean | undefined
  readonly items?: Schema | undefined
  readonly properties?: Readonly<Record<string, Schema>> | undefined
}
const schemaSchema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    $ref: z.string().optional(),
    type: z.string().optional(),
    format: z.string().optional(),
    enum: z.array(json).optional(),
    nullable: z.boolean().optional(),
    items: schemaSchema.optional(),
    properties: z.record(z.string(), schemaSchema).optional(),
  }),
)

const contentSchema = z.object({ content: z.object({ 'application/json': z.object({ schema: schemaSchema }) }) })
const operationSchema = z.object({
  parameters: z.array(z.object({ in: z.string(), name: z.string() })),
  requestBody: contentSchema.optional(),
  responses: z.record(z.string(), contentSchema),
})
type Operation = z.infer<typeof operationSchema>

const fileSchema = z.object({
  components: z.object({ schemas: z.record(z.string(), schemaSchema) }),
  /** Read when they are asked for: one that takes files has another form. */
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
})

/** OpenAPI 3.0 in the words of ajv: references by the file's id, and no `nullable` where there is no type. */
function forAjv(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"file#/'), (_name, part) => {
    if (part === null || typeof part !== 'object' || part.nullable !== true || part.type !== undefined) return part
    const { nullable: _dropped, ...rest } = part
    return rest
  })
}

function load(area: 'contacts' | 'webhooks' | 'accounts' | 'messenger') {
  const file = fileSchema.parse(JSON.parse(readFileSync(new URL(`podium-${area}.json`, folder), 'utf8')))
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'file', ...forAjv({ components: file.components }) })

  /** What is wrong with the value; empty where nothing is. */
  function faults(schema: Schema, value: unknown): string[] {
    const validate = ajv.compile(forAjv(schema))
    return validate(value) ? [] : (validate.errors ?? []).map((fault) => `${fault.instancePath} ${fault.message}`)
  }

  /** An instance of the schema with every property; where `nulls`, with null wherever null is allowed. */
  function sample(schema: Schema, nulls: boolean): Json {
    const named = schema.$ref?.split('/').at(-1)
    if (named !== undefined) return sample(file.components.schemas[named] ?? {}, nulls)
    // OpenAPI 3.0.3: an enum that does not name null does not allow it, nullable or not
    if (schema.enum) return schema.enum[0] ?? null
    if (schema.nullable && nulls && !schema.properties) return null
    if (schema.properties)
      return Object.fromEntries(Object.entries(schema.properties).map(([name, part]) => [name, sample(part, nulls)]))
    if (schema.type === 'array') return [sample(schema.items ?? {}, nulls)]
    if (schema.type === 'boolean') return false
    if (schema.type === 'integer') return 1
    if (schema.format === 'uuid') return '00000000-0000-4000-8000-000000000000'
    if (schema.format === 'date-time') return '2026-03-01T10:00:00Z'
    return 'text'
  }

  function operation(path: string, method: string): Operation {
    const found = file.paths[path]?.[method]
    if (found === undefined) throw new Error(`Podium has no ${method} ${path}`)
    return operationSchema.parse(found)
  }

  return { faults, sample, operation }
}

const attribute = { uid: '3d2c7f1b-6f7e-4b0e-9a55-1d0f6c1c7a02', label: 'Edge customer', dataType: 'STRING' }

const areas = {
  '/v4/contact_attributes': 'contacts',
  '/v4/contacts': 'contacts',
  '/v4/webhooks': 'webhooks',
  '/v4/locations': 'accounts',
  '/v4/messages': 'messenger',
} as const

function templateOf(root: string, pathname: string): string {
  if (pathname === root) return root
  if (root !== '/v4/contacts') return `${root}/{uid}`
  return pathname.includes('/attributes/') ? `${root}/{identifier}/attributes/{uid}` : `${root}/{identifier}`
}

/** What is wrong with a request that the client made, by Podium's description. */
function requestFaults(request: ReceivedRequest): string[] {
  const { pathname, searchParams } = new URL(request.url, 'http://podium')
  const root = z
    .enum(['/v4/contacts', '/v4/contact_attributes', '/v4/webhooks', '/v4/locations', '/v4/messages'])
    .parse(pathname.split('/').slice(0, 3).join('/'))
  const api = load(areas[root])
  const template = templateOf(root, pathname)
  const { parameters, requestBody } = api.operation(template, request.method.toLowerCase())
  const known = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)
  const unknown = [...searchParams.keys()].filter((name) => !known.includes(name)).map((name) => `query ${name}`)
  const schema = requestBody?.content['application/json'].schema
  if (schema === undefined) return request.body === undefined ? unknown : [...unknown, 'a body where none is described']
  return [...unknown, ...api.faults(schema, request.body)]
}

const locationUid = '0b7a1f7e-5a0e-4a65-9d5b-0a8d3a1c2e4f'
const organizationUid = '5c1f0d58-7f44-4f0e-8d5f-2f5c5f3e9a10'
const hook = {
  uid: '9a3b6a58-3f0c-4b61-8a38-6f0d8f3c1b22',
  url: 'https://example.com/hook',
  secret: 'old',
  disabled: true,
}

/** The client on a server that gives these bodies, and the requests it made. */
async function requestsOf(work: (session: Session) => Promise<unknown>, ...bodies: unknown[]) {
  await using server = await startScriptedServer(bodies.map((body) => ({ status: 200, body })))
  const session = podium.openSession({
    baseUrl: server.baseUrl,
    region: 'US',
    timeoutMs: 5_000,
    accessToken: async () => 'token',
    renewToken: async () => 'token',
    onRateLimit: () => {},
  })
  await work(session)
  return [...server.received]
}

describe.skipIf(!present)(title, () => {
  const settings = connectionSettingsSchema.parse({ defaultLocation: locationUid })
  const source = { edgeKey: '001-00017', settings, externalIdField: null, acquisitionField: null }
  const withField = { ...source, externalIdField: attribute.uid }
  const whole = {
    name: 'Nora Lindqvist',
    phone: '+12035550117',
    email: 'nora@example.com',
    address: { street: '12 Elm St', street2: 'Floor 2', city: 'Fairfield', state: 'CT', zip: '06824', country: 'US' },
  }
  const accepted = { data: { identifier: '+12035550117' } }
  const list = { data: [] }
  const wanted = { url: hook.url, secret: 'new' }

  const text = { to: whole.phone, body: 'Your ring is ready.', location: locationUid, reference: 'n-1' }

  const works: readonly [string, (session: Session) => Promise<unknown>, unknown[], number][] = [
    ['a whole create', (session) => session.write(podium.freezeCreate(whole, source)), [accepted], 1],
    [
      'the least create',
      (session) => session.write(podium.freezeCreate({ phone: whole.phone }, source)),
      [accepted],
      1,
    ],
    ['a whole update', (session) => session.write(podium.freezeUpdate(whole, [whole.phone])), [accepted], 1],
    [
      'an address of one part',
      (session) => session.write(podium.freezeUpdate({ address: { city: 'Fairfield' } }, [whole.email])),
      [accepted],
      1,
    ],
    [
      'a page of changes',
      (session) => session.listContacts({ cursor: 'c', updatedSince: '2026-03-01T10:00:00Z' }),
      [list],
      1,
    ],
    ['ping', (session) => session.ping(), [list], 1],
    ['a create with the number', (session) => session.write(podium.freezeCreate(whole, withField)), [accepted], 1],
    [
      'a new attribute',
      (session) => session.ensureExternalIdField(),
      [list, { data: attribute }, { data: [attribute] }],
      3,
    ],
    [
      'a new webhook',
      (session) => session.ensureWebhook(wanted),
      [list, { data: [{ organizationUid }] }, { data: hook }],
      3,
    ],
    [
      'a webhook that hears of texts',
      (session) => session.ensureWebhook({ ...wanted, texts: 'public' }),
      [list, { data: [{ organizationUid }] }, { data: hook }],
      3,
    ],
    [
      'an acquisition',
      (session) => session.write(podium.freezeUpdate({ acquisition: 'Walk-in' }, [whole.phone], attribute.uid)),
      [accepted],
      1,
    ],
    ['a text', (session) => session.sendText(text, 'public'), [{ data: { uid: hook.uid } }], 1],
    [
      'a repaired webhook with a double',
      (session) => session.ensureWebhook(wanted),
      [{ data: [hook, hook] }, { data: hook }, { data: hook }],
      3,
    ],
  ]
  test.each(works)('requests: %s', async (_what, work, bodies, count) => {
    const requests = await requestsOf(work, ...bodies)
    expect(requests).toHaveLength(count)
    expect(requests.map((request) => requestFaults(request))).toEqual(requests.map(() => []))
  })

  test('requests: what Podium does not describe would be seen', () => {
    const request = { method: 'POST', url: '/v4/contacts?x=1', headers: {}, body: { name: 'N', phoneNumber: '203' } }
    expect(requestFaults(request)).toHaveLength(3)
  })

  describe.each([false, true])('answers, null wherever allowed: %s', (nulls) => {
    function answer(area: Parameters<typeof load>[0], path: string, method: string, status: string) {
      const api = load(area)
      const schema = api.operation(path, method).responses[status]?.content['application/json'].schema
      if (schema === undefined) throw new Error(`Podium describes no ${status}`)
      const body = api.sample(schema, nulls)
      expect(api.faults(schema, body)).toEqual([])
      return z.looseObject({ data: json }).parse(body)
    }

    test('to writes', async () => {
      const upserted = answer('contacts', '/v4/contacts', 'post', '202')
      const updated = answer('contacts', '/v4/contacts/{identifier}', 'patch', '202')
      await requestsOf((session) => session.write(podium.freezeCreate(whole, source)), upserted)
      await requestsOf((session) => session.write(podium.freezeUpdate(whole, [whole.phone])), updated)
    })

    test('to lists of contacts', async () => {
      // the description says one contact where Podium sends an array
      const page = answer('contacts', '/v4/contacts', 'get', '200')
      await requestsOf(
        async (session) => {
          const { contacts, unreadable } = await session.listContacts({})
          expect(unreadable).toBe(0)
          expect(contacts).toHaveLength(1)
        },
        { ...page, data: [page.data] },
      )
    })

    test('to texts', async () => {
      const sent = answer('messenger', '/v4/messages', 'post', '200')
      const work = requestsOf((session) => session.sendText(text, 'public'), sent)
      // the description allows a message without an id, whose delivery could not be told
      if (nulls) await expect(work).rejects.toMatchObject({ code: 'platform_unavailable' })
      else expect(await work).toHaveLength(1)
    })

    test('to webhooks', async () => {
      const created = answer('webhooks', '/v4/webhooks', 'post', '200')
      const listed = answer('webhooks', '/v4/webhooks', 'get', '200')
      const locations = { data: [{ ...z.looseObject({}).parse(created.data), organizationUid }] }
      expect(await requestsOf((session) => session.ensureWebhook(wanted), listed, locations, created)).toHaveLength(3)
    })

    test('to attributes', async () => {
      const listed = answer('contacts', '/v4/contact_attributes', 'get', '200')
      const created = answer('contacts', '/v4/contact_attributes', 'post', '200')
      expect(await requestsOf((session) => session.ensureExternalIdField(), listed, created, listed)).toHaveLength(3)
    })

    test('to locations', async () => {
      const locations = answer('accounts', '/v4/locations', 'get', '200')
      const created = answer('webhooks', '/v4/webhooks', 'post', '200')
      const work = requestsOf((session) => session.ensureWebhook(wanted), list, locations, created)
      if (nulls) await expect(work).rejects.toMatchObject({ code: 'configuration' })
      else expect(await work).toHaveLength(3)
    })
  })
})
