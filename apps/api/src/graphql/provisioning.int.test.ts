import { inTenant, loadSecrets } from '@jumpring/db'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Directory, operations, provision, secrets } from './testing/provision.ts'
import { operator, startWorld, type World } from './testing/world.ts'

let world: World
let ours: Directory
let asOperator: string

beforeAll(async () => {
  world = await startWorld()
  ours = await provision(world, 'podium', 'Lindqvist Jewelers')
  asOperator = await world.signIn(operator.email, operator.password)
})
afterAll(() => world.close())

const count = async (table: string, where: string, ...values: unknown[]) =>
  (await world.owner.query(`SELECT FROM ${table} WHERE ${where}`, values)).rowCount

describe('from nothing to an agent’s enrollment code', () => {
  test('[AD-01] a vendor’s staff make tenant, store, connection and code, and the initial upload is rung', async () => {
    expect(await count('tenant', 'id = $1 AND vendor_id = $2', ours.tenantId, ours.vendorId)).toBe(1)
    expect(await count('tenant_counter', 'tenant_id = $1', ours.tenantId)).toBe(1)
    expect(world.rings).toContain(`ring ${ours.connectionId}`)

    const issued = z.object({ code: z.string(), expiresAt: z.iso.datetime() }).parse(
      await world.get(ours.store, operations.createEnrollmentCode, {
        tenantId: ours.tenantId,
        sourceId: ours.sourceId,
      }),
    )
    expect(issued.code).toMatch(/^([2-9A-HJ-NP-Z]{4}-){2}[2-9A-HJ-NP-Z]{4}$/)
    const days = (Date.parse(issued.expiresAt) - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(6.99)
    expect(days).toBeLessThanOrEqual(7)
    expect(
      await count('enrollment_code', 'tenant_id = $1 AND code_hash LIKE $2', ours.tenantId, `%${issued.code}%`),
    ).toBe(0)
    expect(await count('enrollment_code', 'source_id = $1', ours.sourceId)).toBe(1)
  })

  test('[AD-01] a second store joins the first one’s source', async () => {
    const input = { tenantId: ours.tenantId, number: '002', name: 'Harbor', sourceId: ours.sourceId }
    expect(await world.get(ours.vendor, operations.createStore, { input })).toMatchObject({ sourceId: ours.sourceId })
    const tenant = await world.get(
      ours.vendor,
      'query ($id: ID!) { tenant(id: $id) { stores { number } sources { name } } }',
      {
        id: ours.tenantId,
      },
    )
    expect(tenant).toEqual({ stores: [{ number: '001' }, { number: '002' }], sources: [{ name: 'Main Street' }] })
  })
})

describe('secrets', () => {
  const everything = `query ($id: ID!) { connection(id: $id) { id platform name tier baseUrl webhookUrl createdAt mode intervalMinutes
    streams { stream on open } locations { store location } defaultLocation defaultAcquisition status pausedCode pausedReason phase lastRunAt nextRunAt } }`

  test('[AD-06] are kept encrypted, are what the connector gets, and are in no answer and no log', async () => {
    const { rows } = await world.owner.query<{ key_id: string; ciphertext: Buffer }>(
      'SELECT key_id, ciphertext FROM credential WHERE connection_id = $1',
      [ours.connectionId],
    )
    expect(rows[0]?.key_id).toBe('k1')
    const kept = await inTenant(world.db, ours.tenantId, (sql) => loadSecrets(sql, world.keyring, ours.connectionId))
    expect(kept.account).toEqual(secrets)

    const answer = await world.ask(asOperator, everything, { id: ours.connectionId })
    expect(answer.errors).toBeUndefined()
    const seen = JSON.stringify(answer) + world.logged.join('') + rows[0]?.ciphertext.toString('latin1')
    for (const secret of [...Object.values(secrets), kept.webhookSecret]) expect(seen).not.toContain(secret)
  })

  test('[AD-06] are replaced when the account is connected again; webhooks stay signed as they are', async () => {
    const load = () => inTenant(world.db, ours.tenantId, (sql) => loadSecrets(sql, world.keyring, ours.connectionId))
    const before = await load()
    const replace = (account: object) =>
      world.get(ours.vendor, operations.connectAccount, { id: ours.connectionId, secrets: account })
    expect(await replace({ ...secrets, refreshToken: 'hush-newer' })).toEqual({ id: ours.connectionId })
    expect(await load()).toEqual({ ...before, account: { ...secrets, refreshToken: 'hush-newer' } })
    expect(await replace({})).toMatchObject({ code: 'configuration' })
    await replace(secrets)
    expect(await load()).toEqual(before)
  })

  test('[AD-06] no output field could show them', async () => {
    const { data } = await world.ask(asOperator, '{ __schema { types { kind name fields { name } } } }')
    const names = z
      .object({
        __schema: z.object({
          types: z.array(z.object({ fields: z.array(z.object({ name: z.string() })).nullable() })),
        }),
      })
      .parse(data)
      .__schema.types.flatMap(({ fields }) => fields ?? [])
      .map(({ name }) => name)
    expect(names).toContain('webhookUrl')
    expect(names.filter((name) => /secret|password|credential|ciphertext|hash/i.test(name))).toEqual([])
  })

  test('[AD-06] that do not fit are refused without being repeated', async () => {
    const input = {
      tenantId: ours.tenantId,
      platform: 'podium',
      name: 'Wrong',
      tier: 'clienteling',
      baseUrl: 'http://127.0.0.1:9',
      secrets: { clientId: 'hush-only-this' },
    }
    const answer = await world.get(ours.vendor, operations.createConnection, { input })
    expect(answer).toMatchObject({ code: 'configuration' })
    expect(JSON.stringify(answer)).not.toContain('hush')
  })
})

describe('failures are data', () => {
  test('a double is a conflict', async () => {
    const tenant = { input: { name: 'Lindqvist Jewelers' } }
    expect(await world.get(ours.vendor, operations.createTenant, tenant)).toMatchObject({ code: 'conflict' })
    const vendor = { input: { name: 'Podium again', platform: 'podium' } }
    expect(await world.get(asOperator, operations.createVendor, vendor)).toMatchObject({ code: 'conflict' })
    const user = { input: { email: operator.email.toUpperCase(), password: 'a-password-long', role: 'operator' } }
    expect(await world.get(asOperator, operations.createUser, user)).toMatchObject({ code: 'conflict' })
    const store = { input: { tenantId: ours.tenantId, number: '001', name: 'Again', sourceId: ours.sourceId } }
    expect(await world.get(ours.vendor, operations.createStore, store)).toMatchObject({ code: 'conflict' })
  })

  test('wrong values are named by field', async () => {
    const input = {
      tenantId: ours.tenantId,
      platform: 'podium',
      name: 'Podium',
      tier: 'clienteling',
      baseUrl: 'http://127.0.0.1:9',
      secrets,
      settings: { intervalMinutes: 0, locations: [{ store: 'main', location: 'l-1' }] },
    }
    const answer = z
      .object({ code: z.literal('invalid_input'), fields: z.array(z.object({ path: z.string() })) })
      .parse(await world.get(ours.vendor, operations.createConnection, { input }))
    expect(answer.fields.map(({ path }) => path).sort()).toEqual([
      'settings.intervalMinutes',
      'settings.locations.main',
    ])
  })

  test.each(['Harbor\0', 'Harbor \ud83d'])(
    'a text with characters that are none is named by field (%j)',
    async (name) => {
      const input = { tenantId: ours.tenantId, number: '003', name }
      expect(await world.get(ours.vendor, operations.createStore, { input })).toMatchObject({
        code: 'invalid_input',
        fields: [{ path: 'name' }],
      })
    },
  )

  test('a platform that is not sold yet says so', async () => {
    const input = {
      tenantId: ours.tenantId,
      platform: 'shopify',
      name: 'Web shop',
      tier: 'clienteling',
      baseUrl: 'http://127.0.0.1:9',
      secrets: {},
    }
    expect(await world.get(ours.vendor, operations.createConnection, { input })).toMatchObject({
      code: 'configuration',
    })
  })

  test('what nobody expected says nothing of its cause, and is logged without values', async () => {
    await world.owner.query('ALTER TABLE vendor RENAME TO vendor_away')
    const answer = await world
      .ask(asOperator, '{ vendors { name } }')
      .finally(() => world.owner.query('ALTER TABLE vendor_away RENAME TO vendor'))
    expect(answer.errors).toEqual([
      { message: 'Something went wrong on our side. Try again.', extensions: { code: 'internal' } },
    ])
    const line = world.logged.find((text) => text.includes('a resolver failed'))
    expect(line).toContain('"path":["vendors"]')
    expect(line).not.toContain('public.vendor')
  })
})

describe('signing in', () => {
  const query = `mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) { ... on SignedIn { token user { role } } ... on Problem { code message } } }`

  test('gives the same answer for an unknown person and a wrong password', async () => {
    const unknown = await world.get(null, query, { email: 'nobody@example.com', password: operator.password })
    const wrong = await world.get(null, query, { email: operator.email, password: 'not-the-password' })
    expect(unknown).toEqual({ code: 'not_signed_in', message: 'E-mail or password is wrong.' })
    expect(wrong).toEqual(unknown)
  })

  test('a person signs in with the password that they were given, as what they were made', async () => {
    const given = { email: 'vera@podium.example', password: 'a-password-long' }
    const input = { ...given, role: 'vendor', vendorId: ours.vendorId }
    expect(await world.get(asOperator, operations.createUser, { input })).toMatchObject({ role: 'vendor' })
    expect(await world.get(null, query, given)).toMatchObject({ user: { role: 'vendor' } })
    expect(await world.get(null, query, { ...given, password: 'another-password' })).toMatchObject({
      code: 'not_signed_in',
    })
  })

  test('does not mind how the e-mail is written', async () => {
    const answer = await world.get(null, query, { ...operator, email: ` ${operator.email.toUpperCase()} ` })
    expect(answer).toMatchObject({ user: { role: 'operator' } })
  })

  test('shows who is signed in', async () => {
    expect(await world.get(ours.store, '{ me { role tenantId vendorId } }')).toEqual({
      role: 'store',
      tenantId: ours.tenantId,
      vendorId: null,
    })
    expect((await world.ask(null, '{ me { role } }')).data).toEqual({ me: null })
  })
})
