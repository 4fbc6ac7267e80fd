import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Directory, operations, provision } from './testing/provision.ts'
import { seedCustomers, seedQuarantine } from './testing/seed.ts'
import { startWorld, type World } from './testing/world.ts'

let world: World
let ours: Directory
const keys = ['001-00001', '001-00002', '001-00003', '001-00004']
const start = Date.UTC(2026, 10, 22, 12)
const at = (seconds: number) => new Date(start + seconds * 1000)

beforeAll(async () => {
  world = await startWorld()
  ours = await provision(world, 'podium', 'Lindqvist Jewelers')
  await seedCustomers(world, ours, keys)
})
afterAll(() => world.close())

const pageSchema = z.object({
  edges: z.array(z.object({ node: z.record(z.string(), z.unknown()) })),
  pageInfo: z.object({ endCursor: z.string().nullable(), hasNextPage: z.boolean() }),
})
type Page = z.infer<typeof pageSchema>
const nodes = (page: Page) => page.edges.map(({ node }) => node)
const pageInfo = 'pageInfo { endCursor hasNextPage }'

/** All pages of a list, one after the other. */
async function read(load: (after: string | null) => Promise<unknown>): Promise<Page[]> {
  const pages: Page[] = []
  let after: string | null = null
  do {
    const page = pageSchema.parse(await load(after))
    pages.push(page)
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after !== null)
  return pages
}

describe('tenants', () => {
  beforeAll(async () => {
    for (const name of ['Adler & Sons', 'adler west', 'Brandt Jewelers', 'Castell', 'Duval'])
      await world.get(ours.vendor, operations.createTenant, { input: { name } })
  })
  const list = (variables: object) => (after: string | null) =>
    world.get(
      ours.vendor,
      `query ($first: Int!, $after: String, $filter: TenantFilter, $sort: TenantSort!) { tenants(first: $first, after: $after, filter: $filter, sort: $sort) { edges { node { name } } ${pageInfo} } }`,
      { first: 2, sort: 'NAME', ...variables, after },
    )
  const names = (pages: Page[]) => pages.map((page) => nodes(page).map(({ name }) => name))

  test('[AD-01] come in pages, each once, in each order', async () => {
    const oldest = ['Lindqvist Jewelers', 'Adler & Sons', 'adler west', 'Brandt Jewelers', 'Castell', 'Duval']
    expect(names(await read(list({ sort: 'OLDEST' }))).flat()).toEqual(oldest)
    expect(names(await read(list({ sort: 'NEWEST' })))).toEqual([
      ['Duval', 'Castell'],
      ['Brandt Jewelers', 'adler west'],
      ['Adler & Sons', 'Lindqvist Jewelers'],
    ])
    const byName = names(await read(list({ sort: 'NAME' }))).flat()
    expect([...byName].sort()).toEqual([...oldest].sort())
    expect(names(await read(list({ sort: 'NAME_DESCENDING' }))).flat()).toEqual(byName.toReversed())
  })

  test('[AD-01] are found by part of their name', async () => {
    const found = names(await read(list({ filter: { name: 'ADLER' } }))).flat()
    expect(found.sort()).toEqual(['Adler & Sons', 'adler west'])
    expect(names(await read(list({ filter: { vendorId: randomUUID() } })))).toEqual([[]])
  })

  test('a page that cannot be says so', async () => {
    const query = 'query ($first: Int!, $after: String) { tenants(first: $first, after: $after) { edges { cursor } } }'
    for (const variables of [{ first: 0 }, { first: 101 }, { first: 5, after: 'nonsense' }]) {
      const { errors } = await world.ask(ours.vendor, query, variables)
      expect(errors?.[0]?.extensions?.code).toBe('invalid_input')
    }
    const filtered = '{ tenants(filter: { vendorId: "mine" }) { edges { cursor } } }'
    expect((await world.ask(ours.vendor, filtered)).errors?.[0]?.extensions?.code).toBe('invalid_input')
    for (const [sort, value] of [
      ['NEWEST', 'yesterday'],
      ['NAME', 'NUL: \0'],
    ]) {
      const after = Buffer.from(JSON.stringify([value, randomUUID()])).toString('base64url')
      const sorted = `query ($after: String) { tenants(sort: ${sort}, after: $after) { edges { cursor } } }`
      const { errors } = await world.ask(ours.vendor, sorted, { after })
      expect(errors?.[0]?.extensions?.code).toBe('invalid_input')
    }
  })

  test.each([
    'query ($id: ID!, $text: String) { conflicts(connectionId: $id, customer: $text) { edges { cursor } } }',
    'query ($id: ID!, $text: String) { tenants(filter: { name: $text }) { edges { cursor } } connection(id: $id) { id } }',
    'query ($id: ID!, $text: String) { customers(connectionId: $id, filter: { name: $text }) { edges { cursor } } }',
  ])('a filter that is no text says so: %s', async (query) => {
    for (const text of ['NUL: \0', 'Half a pair: \ud83d']) {
      const { errors } = await world.ask(ours.vendor, query, { id: ours.connectionId, text })
      expect(errors?.[0]?.extensions?.code).toBe('invalid_input')
    }
  })
})

describe('a connection', () => {
  const connection = async (fields: string) =>
    world.get(ours.store, `query ($id: ID!) { connection(id: $id) { ${fields} } }`, { id: ours.connectionId })

  test('[AD-04] shows progress, lag and counts', async () => {
    const of = [ours.connectionId, ours.sourceId, ours.tenantId]
    await world.owner.query('DELETE FROM pending')
    await world.owner.query(
      `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
       VALUES ($1, $2, 'customer', '001-00001', $3, 1, 1, 'changed'), ($1, $2, 'customer', '001-00002', $3, 2, 2, 'initial')`,
      of,
    )
    await world.owner.query(
      `INSERT INTO link (connection_id, source_id, tenant_id, kind, key, status, state)
       VALUES ($1, $2, $3, 'customer', '001-00003', 'active', '{}'), ($1, $2, $3, 'customer', '001-00004', 'gone', '{}')`,
      of,
    )
    await seedQuarantine(world, ours, {
      connectionId: ours.connectionId,
      stage: 'up',
      subject: 'open',
      code: 'platform_refused',
      message: 'Refused.',
    })
    await world.owner.query(
      `INSERT INTO run (tenant_id, connection_id, lane, started_at, created, updated, unchanged, held) VALUES ($1, $2, 'live', $3, 1, 2, 3, 4), ($1, $2, 'live', $4, 10, 20, 30, 40)`,
      [ours.tenantId, ours.connectionId, at(0), at(1)],
    )
    const { overview } = z
      .object({ overview: z.looseObject({ lag: z.looseObject({ seconds: z.number() }) }) })
      .parse(
        await connection(
          'overview { progress { done total secondsLeft streams { stream done total secondsLeft } } lag { seconds messages live backfill } counts { created updated unchanged held quarantined } links { status count } }',
        ),
      )
    expect(overview).toMatchObject({
      // Of an initial upload both wait: the one that is changed meanwhile moves to the live lane.
      progress: {
        done: 2,
        total: 4,
        secondsLeft: null,
        streams: expect.arrayContaining([
          { stream: 'customers', done: 2, total: 4, secondsLeft: null },
          { stream: 'sales', done: 0, total: 0, secondsLeft: 0 },
        ]),
      },
      lag: { messages: 0, live: 1, backfill: 1 },
      counts: { created: 11, updated: 22, unchanged: 33, held: 44, quarantined: 1 },
      links: [
        { status: 'active', count: 1 },
        { status: 'gone', count: 1 },
      ],
    })
    // seedCustomers dates its changes 90 seconds back.
    expect(overview.lag.seconds).toBeGreaterThanOrEqual(90)
    expect(overview.lag.seconds).toBeLessThan(150)

    await world.owner.query('UPDATE connection SET initial_done_at = now() WHERE id = $1', [ours.connectionId])
    // Later the live lane is everyday work, and only a resync has a way to go.
    expect(await connection('overview { progress { done total } }')).toEqual({
      overview: { progress: { done: 3, total: 4 } },
    })
    await world.owner.query('UPDATE connection SET initial_done_at = NULL WHERE id = $1', [ours.connectionId])
  })

  test('[AD-04] says in plain words what paused it, and when it runs next', async () => {
    await world.owner.query('UPDATE connection SET last_run_at = $2 WHERE id = $1', [ours.connectionId, at(0)])
    expect(await connection('lastRunAt nextRunAt')).toEqual({
      lastRunAt: at(0).toISOString(),
      nextRunAt: at(15 * 60).toISOString(),
    })
    await world.owner.query(`UPDATE connection SET status = 'paused', paused_code = 'auth' WHERE id = $1`, [
      ours.connectionId,
    ])
    expect(await connection('status pausedCode pausedReason nextRunAt')).toEqual({
      status: 'paused',
      pausedCode: 'auth',
      pausedReason: 'The platform no longer accepts our credentials; the account must be connected again.',
      nextRunAt: null,
    })
    await world.owner.query(`UPDATE connection SET status = 'active', paused_code = NULL WHERE id = $1`, [
      ours.connectionId,
    ])
  })

  test('[AD-04] shows its runs in pages, newest first', async () => {
    await world.owner.query(
      `INSERT INTO run (tenant_id, connection_id, lane, started_at, created) SELECT $1, $2, 'backfill', $3::timestamptz + n * interval '1 minute', 100 + n FROM generate_series(1, 5) n`,
      [ours.tenantId, ours.connectionId, at(100)],
    )
    const pages = await read(async (after) => {
      const answer = await world.get(
        ours.store,
        `query ($id: ID!, $after: String) { connection(id: $id) { runs(first: 3, after: $after) { edges { node { created lane } } ${pageInfo} } } }`,
        { id: ours.connectionId, after },
      )
      return answer.runs
    })
    const created = pages.flatMap((page) => nodes(page).map((run) => run.created))
    expect(created.slice(0, 5)).toEqual([105, 104, 103, 102, 101])
    expect(new Set(created).size).toBe(created.length)
  })
})

test('[CO-11] the quarantine is listed with its reason, newest first, by code, stage and whether it is open', async () => {
  const older = { stage: 'agent', subject: 'a', code: 'invalid_record', message: 'It has no key.', at: at(0) }
  const newer = { stage: 'ingest', subject: 'b', code: 'invalid_record', message: 'Its date is none.', at: at(9) }
  const [, resolved] = [await seedQuarantine(world, ours, older), await seedQuarantine(world, ours, newer)]
  await world.owner.query('UPDATE quarantine SET resolved_at = now() WHERE id = $1', [resolved])
  const list = async (filter: object) => {
    const { quarantine } = await world.get(
      ours.store,
      `query ($id: ID!, $filter: QuarantineFilter) { tenant(id: $id) { quarantine(filter: $filter) { edges { node { subject message whoMustAct } } ${pageInfo} } } }`,
      { id: ours.tenantId, filter },
    )
    return nodes(pageSchema.parse(quarantine))
  }
  expect(await list({ code: 'invalid_record' })).toEqual([
    { subject: 'b', message: 'Its date is none.', whoMustAct: 'store' },
    { subject: 'a', message: 'It has no key.', whoMustAct: 'store' },
  ])
  expect((await list({ code: 'invalid_record', open: true })).map(({ subject }) => subject)).toEqual(['a'])
  expect((await list({ stage: 'ingest', open: false })).map(({ subject }) => subject)).toEqual(['b'])
})

describe('activity', () => {
  const fields = 'direction key customerName changes { field value } latencyMs'
  const activity = async (first: number, after: string | null) =>
    pageSchema.parse(
      await world.get(
        ours.store,
        `query ($id: ID!, $first: Int!, $after: String) { activity(connectionId: $id, first: $first, after: $after) { edges { node { ${fields} } } ${pageInfo} } }`,
        { id: ours.connectionId, first, after },
      ),
    )
  const effect = (key: string, seconds: number, write: object) =>
    world.owner.query(
      `INSERT INTO effect (tenant_id, connection_id, source_id, kind, key, seq, lane, frozen, fields, status, changed_at, done_at)
       VALUES ($1, $2, $3, 'customer', $4, 1, 'live', '{}', $5, 'done', $6, $7)`,
      [ours.tenantId, ours.connectionId, ours.sourceId, key, { write, sent: write }, at(seconds), at(seconds + 0.4)],
    )
  const command = (wish: object, seconds: number) =>
    world.owner.query(
      `INSERT INTO command (tenant_id, connection_id, source_id, wish, status, created_at, updated_at) VALUES ($1, $2, $3, $4, 'done', $5, $6)`,
      [ours.tenantId, ours.connectionId, ours.sourceId, wish, at(seconds), at(seconds + 2)],
    )
  const none = { phones: [], emails: [], addresses: [] }

  test('[AD-04] shows what went either way, for whom, and how long it took', async () => {
    await effect('001-00001', 0, {
      phone: '+12035550117',
      address: { street: '1 Main St', city: 'Hartford', state: 'CT', zip: '06103' },
    })
    await command({ do: 'addMethods', key: '001-00002', ...none, emails: ['nora@example.com'], optedOutPhones: [] }, 10)
    await command(
      {
        do: 'createCustomer',
        lastName: 'Okafor',
        firstName: 'Ada',
        ...none,
        phones: ['+12035550118'],
        optedOutPhones: [],
      },
      20,
    )
    expect(nodes(await activity(10, null))).toEqual([
      {
        direction: 'UP',
        key: '001-00001',
        customerName: 'Nora Lindqvist 001-00001',
        changes: [
          { field: 'phone', value: '+12035550117' },
          { field: 'address', value: '1 Main St, Hartford, CT 06103' },
        ],
        latencyMs: 400,
      },
      {
        direction: 'DOWN',
        key: '001-00002',
        customerName: 'Nora Lindqvist 001-00002',
        changes: [{ field: 'email', value: 'nora@example.com' }],
        latencyMs: 2000,
      },
      {
        direction: 'DOWN',
        key: null,
        customerName: 'Ada Okafor',
        changes: [{ field: 'phone', value: '+12035550118' }],
        latencyMs: 2000,
      },
    ])
  })

  test('[AD-04] [CB-03] calls a custom field as the mapping does, on either way', async () => {
    const before = (await activity(1, null)).pageInfo.endCursor
    const [metal, size] = ['1', '2'].map((field) => ({ field, preference: `p-${field}`, type: 'text' }))
    await world.owner.query(
      `UPDATE connection SET settings = settings::jsonb || jsonb_build_object('customFields', $2::jsonb) WHERE id = $1`,
      [ours.connectionId, JSON.stringify([{ ...metal, name: 'Metal' }, size])],
    )
    await world.owner.query(
      `INSERT INTO effect (tenant_id, connection_id, source_id, kind, key, seq, lane, frozen, fields, status, done_at)
       VALUES ($1, $2, $3, 'customFields', '001-00001', 1, 'live', '{}', $4, 'done', $5)`,
      [
        ...[ours.tenantId, ours.connectionId, ours.sourceId],
        { customer: '001-00001', fields: { 1: 'Platinum', 2: '6' } },
        at(24),
      ],
    )
    await command(
      { do: 'setCustomFields', key: '001-00002', fields: { 1: { value: 'Gold', expected: null } }, associate: '7' },
      25,
    )
    expect(nodes(await activity(10, before)).map(({ changes }) => changes)).toEqual([
      [
        { field: 'Metal', value: 'Platinum' },
        { field: 'custom field 2', value: '6' },
      ],
      [{ field: 'Metal', value: 'Gold' }],
    ])
  })

  test('[AD-04] can be followed: the newest first, then what comes after them, each once', async () => {
    const newest = await activity(1, null)
    expect(nodes(newest).map(({ key }) => key)).toEqual(['001-00002'])
    const nothing = await activity(2, newest.pageInfo.endCursor)
    expect(nothing).toEqual({ edges: [], pageInfo: { endCursor: newest.pageInfo.endCursor, hasNextPage: false } })

    for (const [index, key] of ['001-00002', '001-00003', '001-00004'].entries())
      await effect(key, 30 + index, { name: 'Nora' })
    const first = await activity(2, newest.pageInfo.endCursor)
    expect(nodes(first).map(({ key }) => key)).toEqual(['001-00002', '001-00003'])
    expect(first.pageInfo.hasNextPage).toBe(true)
    const second = await activity(2, first.pageInfo.endCursor)
    expect(nodes(second).map(({ key }) => key)).toEqual(['001-00004'])
    expect(second.pageInfo.hasNextPage).toBe(false)
  })

  test('[AD-04] does not break off at an entry of two the same moment', async () => {
    const before = (await activity(1, null)).pageInfo.endCursor
    await effect('001-00001', 50, { name: 'Nora' })
    await effect('001-00002', 50, { name: 'Nora' })
    const [one, other] = [await activity(1, before), await activity(1, (await activity(1, before)).pageInfo.endCursor)]
    expect([...nodes(one), ...nodes(other)].map(({ key }) => key).sort()).toEqual(['001-00001', '001-00002'])
  })
})

test('[CO-10] texts are listed newest first, each once, those of which nobody knows too', async () => {
  const texts = [
    ['n-1', 'delivered', 3],
    ['n-2', 'unknown', 2],
    ['n-3', 'not_sent', 2],
  ] as const
  for (const [key, status, minutes] of texts)
    await world.owner.query(
      `INSERT INTO text_message (source_id, key, tenant_id, connection_id, status, claimed_at) VALUES ($1, $2, $3, $4, $5, date_trunc('minute', now()) - make_interval(mins => $6))`,
      [ours.sourceId, key, ours.tenantId, ours.connectionId, status, minutes],
    )
  const page = (after: string | null, status: string | null = null) =>
    world.get(
      ours.store,
      `query ($id: ID!, $after: String, $status: TextStatus) { texts(connectionId: $id, first: 1, after: $after, status: $status) { edges { node { key status } } pageInfo { endCursor hasNextPage } } }`,
      { id: ours.connectionId, after, status },
    )
  const schema = z.object({
    edges: z.array(z.object({ node: z.object({ key: z.string(), status: z.string() }) })),
    pageInfo: z.object({ endCursor: z.string().nullable(), hasNextPage: z.boolean() }),
  })
  const seen: string[] = []
  for (let after: string | null = null; ; ) {
    const { edges, pageInfo } = schema.parse(await page(after))
    seen.push(...edges.map(({ node }) => `${node.key} ${node.status}`))
    if (!pageInfo.hasNextPage) break
    after = pageInfo.endCursor
  }
  expect(seen).toEqual(['n-3 NOT_SENT', 'n-2 UNKNOWN', 'n-1 DELIVERED'])
  expect(schema.parse(await page(null, 'UNKNOWN')).edges).toEqual([{ node: { key: 'n-2', status: 'UNKNOWN' } }])
})

test('conflicts are listed newest first, of one customer where that is wanted', async () => {
  for (const [customer, minutes] of [
    ['001-00001', 2],
    ['001-00002', 1],
  ] as const)
    await world.owner.query(
      `INSERT INTO conflict (tenant_id, connection_id, source_id, kind, key, customer, field, value, won, why, at)
       VALUES ($1, $2, $3, 'note', 'jr-1', $4, 'text', 'Theirs', 'Ours', 'both_changed', now() - make_interval(mins => $5))`,
      [ours.tenantId, ours.connectionId, ours.sourceId, customer, minutes],
    )
  const list = async (customer: string | null) =>
    world.get(
      ours.store,
      `query ($id: ID!, $customer: String) { conflicts(connectionId: $id, customer: $customer) { edges { node { customer value won why } } } }`,
      { id: ours.connectionId, customer },
    )
  expect(await list(null)).toMatchObject({
    edges: [{ node: { customer: '001-00002', value: 'Theirs', won: 'Ours' } }, { node: { customer: '001-00001' } }],
  })
  expect(await list('001-00001')).toMatchObject({ edges: [{ node: { customer: '001-00001' } }] })
})
