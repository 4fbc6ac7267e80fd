import { type Command, type CustomField, customFieldSchema, type Report } from '@jumpring/contracts'
import { inTenant, openCommands, reportCommands, updateConnection } from '@jumpring/db'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { runLane } from '../lane.ts'
import { readPlatform } from '../read-platform.ts'
import { openClientbook, phone, type World } from '../testing/world.ts'

let world: World
/** Of the account: one with a Point of Sale ID, and one without. */
let associates: { known: string | undefined; unknown: string | undefined }
let preferences: Readonly<Record<string, string>>
/** The store: what its database holds. */
let notes: Map<string, { customer: string; text: string; locked: boolean; associate?: { number: string } }>
let wishes: Map<
  string,
  { customer: string; item?: string; description?: string; removedAt?: string; boughtAt?: string }
>
let fields: Map<string, Partial<Record<CustomField, string>>>
let activities: string[]

beforeEach(async () => {
  world = await openClientbook((account) => {
    preferences = Object.fromEntries(account.preferences.map(({ id, name }) => [name, id]))
    associates = {
      known: account.associates.find(({ point_of_sale_id: id }) => id === '2')?.id,
      unknown: account.associates.find(({ point_of_sale_id: id }) => id === null)?.id,
    }
    const mapped = [
      ['1', 'Ring size', 'text'],
      ['2', 'Anniversary', 'date'],
      ['3', 'Budget', 'number'],
    ] as const
    return {
      defaultAssociate: '99',
      customFields: mapped.map(([field, name, type]) => ({ field, preference: preferences[name], type })),
    }
  })
  notes = new Map()
  wishes = new Map()
  fields = new Map()
  activities = []
})
afterEach(() => world.close())

const nora = { firstName: 'Nora', lastName: 'Lindqvist', phones: [phone('2035550117')] }
const key = '001-00017'

/** The platform is asked for its changes, then everything is worked off; the store does what it is asked, and shows it. */
async function run(): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    await look()
    await fulfillAll()
  }
}

async function look(): Promise<void> {
  const { deps, tenantId, connectionId } = world
  await world.owner.query('UPDATE connection SET last_poll_at = NULL')
  const { done } = await readPlatform(deps, { tenantId, connectionId })
  expect(done).toBe(true)
  for (const lane of ['live', 'backfill'] as const) await runLane(deps, { tenantId, connectionId, lane })
  // What was put off for a moment is due.
  await world.owner.query(`UPDATE pending SET not_before = now() WHERE not_before < 'infinity'`)
}

async function fulfillAll(): Promise<void> {
  const { deps, tenantId, sourceId } = world
  for (const command of await inTenant(deps.db, tenantId, (sql) => openCommands(sql, sourceId))) await fulfill(command)
}

const report = (one: Report) =>
  inTenant(world.deps.db, world.tenantId, (sql) => reportCommands(sql, world.sourceId, [one]))

async function fulfill({ id, wish }: Command): Promise<void> {
  const refused = () => report({ id, outcome: 'changed' })
  switch (wish.do) {
    case 'putNote': {
      const held = notes.get(wish.key)
      if (held?.locked || (held?.text ?? null) !== wish.expected) return void (await refused())
      notes.set(wish.key, {
        customer: wish.customer,
        text: wish.text,
        locked: false,
        ...(wish.associate && { associate: { number: wish.associate } }),
      })
      await showNotes(wish.key)
      break
    }
    case 'putWish': {
      const held = wishes.get(wish.key)
      if ((held?.description ?? null) !== (wish.expected?.description ?? null)) return void (await refused())
      const { present, item, description } = wish.wished
      wishes.set(wish.key, {
        customer: wish.customer,
        ...(item !== null && { item }),
        ...(description !== null && { description }),
        ...(!present && { removedAt: '2026-03-01T10:00:00.000Z' }),
      })
      await showWishes(wish.key)
      break
    }
    case 'setCustomFields': {
      const held = fields.get(wish.key) ?? {}
      const changes = Object.entries(wish.fields)
      if (changes.some(([field, { expected }]) => (held[customFieldSchema.parse(field)] ?? null) !== expected))
        return void (await refused())
      const now = {
        ...held,
        ...Object.fromEntries(changes.flatMap(([field, { value }]) => (value === null ? [] : [[field, value]]))),
      }
      fields.set(wish.key, now)
      await customers({ [wish.key]: now })
      break
    }
    case 'addActivity':
      activities.push(wish.body)
      break
    default:
      break
  }
  await report({ id, outcome: 'already' })
}

const showNotes = async (...keys: string[]) => world.shows('note', only(notes, keys))
const showWishes = async (...keys: string[]) => world.shows('wish', only(wishes, keys))

/** What there is of these keys. */
function only<Value extends object>(all: ReadonlyMap<string, Value>, keys: readonly string[]): Record<string, Value> {
  const there = keys.flatMap((key): [string, Value][] => {
    const value = all.get(key)
    return value === undefined ? [] : [[key, value]]
  })
  return Object.fromEntries(there)
}

async function customers(all: Record<string, Partial<Record<CustomField, string>>>): Promise<void> {
  for (const [one, held] of Object.entries(all)) fields.set(one, held)
  await world.comesUp(
    Object.fromEntries(
      Object.entries(all).map(([one, held]) => [
        one,
        { ...nora, ...(Object.keys(held).length > 0 && { customFields: held }) },
      ]),
    ),
  )
}
async function note(one: string, text: string, locked = false): Promise<void> {
  notes.set(one, { customer: key, text, locked })
  await showNotes(one)
}
async function wish(
  one: string,
  of: { item?: string; description?: string; removedAt?: string; boughtAt?: string },
): Promise<void> {
  wishes.set(one, { customer: key, ...of })
  await showWishes(one)
}

async function staff(method: string, path: string, body: unknown = {}): Promise<unknown> {
  const answer = await fetch(`${world.sandboxUrl}/control/clientbook/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}
const list = async <Shape extends z.ZodType>(name: string, shape: Shape) =>
  z.array(shape).parse(await world.podium.get(`/state/clientbook/${name}`))
const client = async () => {
  const [one] = await list(
    'clients',
    z.looseObject({ id: z.string(), pos_id: z.string().nullable(), preferences: z.record(z.string(), z.unknown()) }),
  )
  if (!one) throw new Error('There is no client.')
  return one
}
const activity = async () =>
  (await list('activity', z.looseObject({ id: z.string(), type: z.string(), body: z.string().nullable() }))).filter(
    ({ type }) => type === 'note',
  )
const collections = () =>
  list(
    'collections',
    z.looseObject({
      id: z.string(),
      name: z.string(),
      items: z.array(z.looseObject({ id: z.string(), note: z.string().nullable() })),
    }),
  )
const conflicts = async () =>
  (await world.owner.query('SELECT kind, field, value, won, why FROM conflict ORDER BY at')).rows
const aside = async () =>
  (await world.owner.query('SELECT stage, kind, code, message FROM quarantine WHERE resolved_at IS NULL')).rows

test('[CB-06] notes go both ways, and so do edits of them; nothing is doubled', async () => {
  await world.comesUp({ [key]: nora })
  await note('N1', 'Likes rubies.')
  await run()
  const [shown] = await activity()
  expect(shown).toMatchObject({ body: 'Likes rubies.' })
  await staff('PATCH', `notes/${shown?.id}`, { body: 'Likes rubies and opals.' })
  await staff('POST', `clients/${(await client()).id}/notes`, { body: 'Has a dog.' })
  await run()
  expect([...notes.values()].map(({ text }) => text)).toEqual(['Likes rubies and opals.', 'Has a dog.'])
  const [, added] = [...notes.keys()]
  await note(added ?? '', 'Has two dogs.')
  await note('N1', 'Likes opals.')
  await run()
  expect((await activity()).map(({ body }) => body).toSorted()).toEqual(['Has two dogs.', 'Likes opals.'])
  expect(await conflicts()).toEqual([])
  expect(await aside()).toEqual([])
})

test('[CB-06] a note edited on both sides, and one that is locked: the other text becomes a note that says where it comes from', async () => {
  await world.comesUp({ [key]: nora })
  await note('N1', 'one')
  await note('N2', 'two')
  await run()
  const all = await activity()
  const shown = (body: string) => all.find((one) => one.body === body)?.id
  await staff('PATCH', `notes/${shown('one')}`, { body: 'one!' })
  await staff('PATCH', `notes/${shown('two')}`, { body: 'two!' })
  await note('N1', 'one, edited')
  await note('N2', 'two', true)
  await run()
  const texts = [...notes.values()].map(({ text }) => text).toSorted()
  expect(texts).toHaveLength(4)
  expect(texts).toEqual(expect.arrayContaining(['one, edited', 'two']))
  expect(texts.filter((text) => text.startsWith('[From Clientbook') && /\n(one|two)!$/.test(text))).toHaveLength(2)
  expect((await activity()).map(({ body }) => body).toSorted()).toEqual(texts)
  expect(await conflicts()).toMatchObject([{ kind: 'note' }, { kind: 'note' }])
})

test.each([
  ['ends of lines of another kind', 'Likes\r\nrubies.', 'Likes\nrubies.'],
  ['white space at the ends', ' Likes rubies. \n', 'Likes rubies.'],
  ['what is no text', 'Likes\0 rubies. \ud83d', 'Likes rubies.'],
])(
  '[CB-03] [CB-04] [CB-06] [CB-09] what staff type with %s comes to The Edge in its form, and nothing is doubled',
  async (_what, typed, text) => {
    await customers({ [key]: { 2: '6/14/2010' } })
    await note('N1', 'Likes pearls.')
    await wish('W1', { description: 'Pearls' })
    await run()
    const { id } = await client()
    const [shown] = await activity()
    const [edge] = await collections()
    const [product] = await list('products', z.looseObject({ id: z.string() }))
    await staff('PATCH', `notes/${shown?.id}`, { body: typed })
    await staff('POST', `clients/${id}/notes`, { body: typed })
    await staff('POST', `collections/${edge?.id}/items`, { product_id: product?.id, note: typed })
    await staff('PUT', `clients/${id}/preferences`, { values: { 'Ring size': typed } })
    await staff('POST', `clients/${id}/messages`, { channel: 'sms', body: typed })
    await run()
    expect([...notes.values()].map((one) => one.text)).toEqual([text, text])
    expect([...wishes.values()].map(({ description }) => description)).toEqual(['Pearls', text])
    expect(fields.get(key)).toEqual({ 1: text, 2: '6/14/2010' })
    expect(activities).toEqual([text])
    // The store edits one of them: the words of staff were no other change.
    await note('N1', 'Likes opals.')
    await staff('PATCH', `notes/${shown?.id}`, { body: 'Likes opals.\r\n' })
    await run()
    expect([...notes.values()].map((one) => one.text)).toEqual(['Likes opals.', text])
    expect(await conflicts()).toEqual([])
    expect(await aside()).toEqual([])
  },
)

test('[CB-04] [CB-05] wishes go both ways to the collection named Edge, with a product each; other collections are ignored', async () => {
  await world.comesUp({ [key]: nora })
  await wish('W1', { description: 'A band of opals' })
  await wish('W2', { item: '001-150-00004', description: 'Ring, 14 k' })
  await run()
  const [edge] = await collections()
  expect(edge).toMatchObject({ name: 'Edge', items: [{ note: 'A band of opals' }, { note: 'Ring, 14 k' }] })
  const { id } = await client()
  const other = z.object({ id: z.string() }).parse(await staff('POST', `clients/${id}/collections`, { name: 'Spring' }))
  const [product] = await list('products', z.looseObject({ id: z.string() }))
  await staff('POST', `collections/${other.id}/items`, { product_id: product?.id })
  await staff('DELETE', `items/${edge?.items[0]?.id}`)
  await run()
  expect(wishes.get('W1')).toMatchObject({ description: 'A band of opals', removedAt: expect.any(String) })
  expect(wishes.size).toBe(2)
  await wish('W2', { item: '001-150-00004', description: 'Ring, 14 k', boughtAt: '2026-03-02T10:00:00.000Z' })
  await run()
  expect((await collections()).find(({ name }) => name === 'Edge')?.items).toEqual([])
  expect(await conflicts()).toEqual([])
})

test.each([
  ['delete', (id = '') => staff('DELETE', `collections/${id}`)],
  ['rename, of which no event came,', (id = '') => staff('PATCH', `collections/${id}`, { name: 'Old' })],
] as const)(
  '[CB-04] a collection that staff %s takes no wish out of The Edge; the next wish makes it anew with all',
  async (_, goes) => {
    await world.comesUp({ [key]: nora })
    await wish('W1', { description: 'A band of opals' })
    await run()
    const [edge] = await collections()
    await goes(edge?.id)
    await run()
    expect(wishes.get('W1')).not.toHaveProperty('removedAt')
    await wish('W2', { description: 'A ring' })
    await run()
    const named = (await collections()).find(({ name }) => name === 'Edge')
    expect(named?.items.map((item) => item.note).toSorted()).toEqual(['A band of opals', 'A ring'])
  },
)

test('[CB-03] custom fields and preferences, each way, by the mapping; what does not fit is set aside by itself and goes through once it is mended', async () => {
  await customers({ [key]: { 1: '6', 2: '6/14/2010', 3: 'a lot' } })
  await run()
  expect((await client()).preferences).toMatchObject({ 'Ring size': '6', Anniversary: '2010-06-14' })
  expect(await aside()).toMatchObject([{ stage: 'up', kind: 'customFields', code: 'value_does_not_fit' }])
  await staff('PUT', `clients/${(await client()).id}/preferences`, {
    values: { 'Ring size': '7' },
  })
  await run()
  expect(fields.get(key)).toEqual({ 1: '7', 2: '6/14/2010', 3: 'a lot' })
  await customers({ [key]: { 1: '7', 2: '6/14/2010', 3: '$1,200' } })
  await run()
  expect((await client()).preferences).toMatchObject({ 'Ring size': '7', Budget: 1200 })
  expect(await aside()).toEqual([])
  expect(await conflicts()).toEqual([])
})

test('[CB-09] [CB-11] a message comes down once, under the associate who sent it, else the default one', async () => {
  await world.comesUp({ [key]: nora })
  await run()
  await staff('POST', `clients/${(await client()).id}/messages`, {
    channel: 'sms',
    body: 'Your ring is ready.',
    associateId: associates.unknown,
  })
  await staff('POST', `clients/${(await client()).id}/messages`, {
    channel: 'sms',
    body: 'Come in.',
    associateId: associates.known,
  })
  await run()
  expect(activities).toEqual(['Your ring is ready.', 'Come in.'])
  const { rows } = await world.owner.query(
    `SELECT wish->>'associate' AS associate FROM command WHERE wish->>'do' = 'addActivity' ORDER BY created_at`,
  )
  expect(rows).toEqual([{ associate: '99' }, { associate: '2' }])
})

test('[CB-06] a note edited at the till before a change that comes down arrives: nothing there is overwritten, the change becomes a note of its own', async () => {
  await world.comesUp({ [key]: nora })
  await note('N1', 'Likes rubies.')
  await run()
  const [shown] = await activity()
  await staff('PATCH', `notes/${shown?.id}`, { body: 'Likes opals.' })
  await look()
  // On its way: the store has not been asked yet.
  notes.set('N1', { customer: key, text: 'Likes pearls.', locked: false })
  await fulfillAll()
  await showNotes('N1')
  await run()
  const texts = [...notes.values()].map(({ text }) => text)
  expect(texts).toEqual(['Likes pearls.', expect.stringMatching(/^\[From Clientbook: .*\nLikes opals\.$/s)])
  expect((await activity()).map(({ body }) => body).toSorted()).toEqual(texts.toSorted())
})

test('[CB-04] [CB-06] a write that was done and never answered is repeated and makes nothing twice', async () => {
  await world.comesUp({ [key]: nora })
  await run()
  for (const path of ['/v1/activities*', '/v1/collections*'])
    await staff('POST', 'faults', { match: { path, method: 'PUT' }, action: 'errorAfterDone', times: 1 })
  await note('N1', 'Likes rubies.')
  await wish('W1', { description: 'A band of opals' })
  await run()
  await world.owner.query('UPDATE effect SET not_before = now()')
  await run()
  const { rows } = await world.owner.query(
    `SELECT kind, attempts FROM effect WHERE kind IN ('note', 'wish') ORDER BY kind`,
  )
  expect(rows).toEqual([
    { kind: 'note', attempts: 2 },
    { kind: 'wish', attempts: 2 },
  ])
  expect((await activity()).map(({ body }) => body)).toEqual(['Likes rubies.'])
  expect((await collections()).flatMap(({ items }) => items)).toHaveLength(1)
  expect([notes.size, wishes.size]).toEqual([1, 1])
  expect(await conflicts()).toEqual([])
})

test('[CB-03] another mapping has all customers looked at: Edge’s values go to the new preference, what only that has comes down', async () => {
  await customers({ [key]: { 1: '6', 2: '6/14/2010' } })
  await run()
  await staff('PUT', `clients/${(await client()).id}/preferences`, { values: { Budget: 500 } })
  await updateConnection(world.deps.db, world, ({ name, settings }) => ({
    name,
    settings: {
      ...settings,
      customFields: [
        { field: '4', preference: preferences.Budget ?? '', type: 'number', choices: [] },
        { field: '1', preference: preferences['Ring size'] ?? '', type: 'text', choices: [] },
      ],
    },
  }))
  await customers({ [key]: { 1: '6½', 2: '7/1/2011' } })
  await run()
  expect(fields.get(key)).toEqual({ 1: '6½', 2: '7/1/2011', 4: '500' })
  expect((await client()).preferences).toMatchObject({ 'Ring size': '6½', Anniversary: '2010-06-14', Budget: 500 })
})

test('[CB-04] a wish that staff add comes to The Edge once, and a note on a client whom The Edge is only getting waits for its customer', async () => {
  await world.comesUp({ [key]: nora })
  await wish('W1', { description: 'A band of opals' })
  await run()
  const [edge] = await collections()
  const [product] = await list('products', z.looseObject({ id: z.string() }))
  await staff('POST', `collections/${edge?.id}/items`, { product_id: product?.id, note: 'The same in gold' })
  const added = z.looseObject({ id: z.string() }).parse(
    await staff('POST', 'clients', {
      first_name: 'Ana',
      last_name: 'Vale',
      phones: [{ label: 'x', number: '+12035550140', is_primary: true }],
    }),
  )
  await staff('POST', `clients/${added.id}/notes`, { body: 'Came in on Monday.' })
  await run()
  expect([...wishes.values()].map(({ description }) => description)).toEqual(['A band of opals', 'The same in gold'])
  expect(notes.size).toBe(0)
  const { rows } = await world.owner.query<{ id: string }>(
    `SELECT id FROM command WHERE wish->>'do' = 'createCustomer'`,
  )
  await world.comesUp({
    '001-00018': { firstName: 'Ana', lastName: 'Vale', phones: [phone('2035550140')], webId: rows[0]?.id ?? '' },
  })
  await run()
  expect([...notes.values()]).toMatchObject([{ customer: '001-00018', text: 'Came in on Monday.' }])
  expect(await aside()).toEqual([])
})

test('[CB-03] what does not fit is mended where it was entered; over one of The Edge that does not fit the platform’s gives way once that is mended', async () => {
  const sets = async (values: Record<string, unknown>) => {
    await staff('PUT', `clients/${(await client()).id}/preferences`, { values })
    await run()
  }
  await updateConnection(world.deps.db, world, ({ name, settings }) => ({
    name,
    settings: {
      ...settings,
      customFields: [
        // On the platform a text: what staff enter may be no number.
        { field: '1', preference: preferences['Ring size'] ?? '', type: 'number', choices: [] },
        { field: '3', preference: preferences.Budget ?? '', type: 'number', choices: [] },
      ],
    },
  }))
  await customers({ [key]: { 3: 'a lot' } })
  await run()
  await sets({ 'Ring size': 'six' })
  expect(fields.get(key)).toEqual({ 3: 'a lot' })
  expect((await aside()).map(({ stage }) => stage).toSorted()).toEqual(['down', 'up'])
  await sets({ 'Ring size': '6' })
  expect(fields.get(key)).toEqual({ 1: '6', 3: 'a lot' })
  expect(await aside()).toMatchObject([{ stage: 'up', code: 'value_does_not_fit' }])
  expect(await conflicts()).toEqual([])

  await sets({ Budget: 100 })
  expect(fields.get(key)).toEqual({ 1: '6', 3: 'a lot' })
  expect((await client()).preferences).toMatchObject({ Budget: 100 })
  expect(await aside()).toMatchObject([{ stage: 'up', code: 'value_does_not_fit' }])
  expect(await conflicts()).toMatchObject([{ field: '3', value: '100', won: 'a lot' }])
  await customers({ [key]: { 1: '6', 3: '200' } })
  await run()
  expect((await client()).preferences).toMatchObject({ Budget: 200 })
  expect(await aside()).toEqual([])
})

test('[CB-04] [CB-06] a note and a wish of a customer whom the store has not shown are set aside with that reason, and go through with the customer', async () => {
  // The store has shown all that it has, but for this customer.
  await world.comesUp({ '001-00099': { lastName: 'Other' } })
  await note('N1', 'Likes opals.')
  await wish('W1', { description: 'A band of opals' })
  await run()
  expect((await aside()).toSorted((a, b) => (a.kind < b.kind ? -1 : 1))).toMatchObject([
    { stage: 'up', kind: 'note', code: 'unknown_customer' },
    { stage: 'up', kind: 'wish', code: 'unknown_customer' },
  ])
  await world.comesUp({ [key]: nora })
  await run()
  expect((await activity()).map(({ body }) => body)).toEqual(['Likes opals.'])
  expect(await aside()).toEqual([])
})
