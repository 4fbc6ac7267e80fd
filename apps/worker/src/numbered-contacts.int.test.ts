import { type Customer, customerSchema } from '@jumpring/contracts'
import { giveCommands, inTenant, updateConnection } from '@jumpring/db'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { runLane } from './lane.ts'
import { readPlatform } from './read-platform.ts'
import { openClientbook, phone, type World } from './testing/world.ts'

// Where contacts are known by the number of The Edge (Connector.identity `externalId`), as on Clientbook.

let world: World
beforeEach(async () => {
  world = await openClientbook(() => ({ defaultAssociate: '99' }))
})
afterEach(() => world.close())

async function run(): Promise<void> {
  const { deps, tenantId, connectionId } = world
  for (let round = 0; round < 2; round += 1) {
    await world.owner.query('UPDATE connection SET last_poll_at = NULL')
    await readPlatform(deps, { tenantId, connectionId })
    await runLane(deps, { tenantId, connectionId, lane: 'live' })
  }
}

const clientSchema = z.looseObject({
  id: z.string(),
  pos_id: z.string().nullable(),
  first_name: z.string().nullable(),
  phones: z.array(z.looseObject({ number: z.string() })),
  emails: z.array(z.looseObject({ address: z.string() })),
})
const clients = async () => {
  const all = z.array(clientSchema).parse(await world.podium.get('/state/clientbook/clients'))
  return all
    .map(({ id, pos_id, first_name, phones, emails }) => ({
      id,
      number: pos_id,
      name: first_name,
      methods: [...phones.map(({ number }) => number), ...emails.map(({ address }) => address)],
    }))
    .toSorted((a, b) => ((a.number ?? '') < (b.number ?? '') ? -1 : 1))
}
const staffAdds = async (client: Record<string, unknown>) =>
  clientSchema.parse(await world.podium.post('/control/clientbook/clients', client))
const aside = async () =>
  (await world.owner.query('SELECT code, key FROM quarantine WHERE resolved_at IS NULL ORDER BY key')).rows
const wishes = async () => {
  const commands = await inTenant(world.deps.db, world.tenantId, (sql) => giveCommands(sql, world.sourceId))
  return commands.map(({ wish }) => wish)
}

const shared = [{ type: 'Home', address: 'lindqvist@example.com', sendPromo: true }]
const nora: Partial<Customer> = { firstName: 'Nora', lastName: 'Lindqvist', emails: shared }
const nils: Partial<Customer> = { firstName: 'Nils', lastName: 'Lindqvist', emails: shared }

test('[CO-03] each customer has a client of its own: spouses with one e-mail, and whoever has neither phone nor e-mail', async () => {
  await world.comesUp({ '001-00017': nora, '001-00018': nils, '001-00019': { firstName: 'Ana', lastName: 'Vale' } })
  await run()
  expect(await clients()).toMatchObject([
    { number: '001-00017', name: 'Nora', methods: ['lindqvist@example.com'] },
    { number: '001-00018', name: 'Nils', methods: ['lindqvist@example.com'] },
    { number: '001-00019', name: 'Ana', methods: [] },
  ])
  expect(await aside()).toEqual([])
  await world.comesUp({ '001-00018': { ...nils, phones: [phone('2035550118')] } })
  await run()
  expect((await clients()).map(({ methods }) => methods.length)).toEqual([1, 2, 0])
})

test('[CO-03] who has no name goes by the phone; with nothing that staff could tell them by they are set aside until there is something', async () => {
  const nobody = { phones: [phone('000')] }
  await world.comesUp({ '001-00017': { phones: [phone('2035550117')] }, '001-00018': nobody })
  await run()
  const names = async () =>
    z
      .array(z.looseObject({ pos_id: z.string(), last_name: z.string().nullable() }))
      .parse(await world.podium.get('/state/clientbook/clients'))
      .map(({ pos_id, last_name }) => [pos_id, last_name])
      .toSorted()
  expect(await names()).toEqual([['001-00017', '+12035550117']])
  expect(await aside()).toEqual([{ code: 'needs_identifier', key: '001-00018' }])
  await world.comesUp({
    '001-00017': { lastName: 'Lindqvist', phones: [phone('2035550117')] },
    '001-00018': { ...nobody, company: 'Ring & Co' },
  })
  await run()
  expect(await names()).toEqual([
    ['001-00017', 'Lindqvist'],
    ['001-00018', 'Co'],
  ])
  expect(await aside()).toEqual([])
})

test('[CO-05] a client without a number is matched by e-mail, else by phone, among those who have none, and gets the number', async () => {
  const byEmail = await staffAdds({
    first_name: 'N.',
    last_name: 'L.',
    emails: [{ label: 'x', address: 'lindqvist@example.com', is_primary: true }],
  })
  const byPhone = await staffAdds({
    first_name: 'A.',
    last_name: 'V.',
    phones: [{ label: 'x', number: '+12035550119', is_primary: true }],
  })
  await world.comesUp({
    '001-00017': nora,
    '001-00019': { firstName: 'Ana', lastName: 'Vale', phones: [phone('2035550119')] },
  })
  await run()
  expect(await clients()).toMatchObject([
    { id: byEmail.id, number: '001-00017', name: 'Nora' },
    { id: byPhone.id, number: '001-00019', name: 'Ana' },
  ])
})

test('a client with another number is another client, whatever the two have in common', async () => {
  await staffAdds({
    pos_id: '001-00044',
    first_name: 'Other',
    last_name: 'One',
    emails: [{ label: 'x', address: 'lindqvist@example.com', is_primary: true }],
  })
  await world.comesUp({ '001-00017': nora })
  await run()
  expect((await clients()).map(({ number, name }) => [number, name])).toEqual([
    ['001-00017', 'Nora'],
    ['001-00044', 'Other'],
  ])
  expect(await aside()).toEqual([{ code: 'unknown_customer', key: null }])
  expect(await wishes()).toEqual([])
  await world.comesUp({ '001-00044': { firstName: 'Other', lastName: 'One' } })
  await run()
  expect((await clients()).map(({ number }) => number)).toEqual(['001-00017', '001-00044'])
  expect(await aside()).toEqual([])
})

test('a customer with a new number takes the client along', async () => {
  await world.comesUp({ '001-00017': nora })
  await run()
  const [before] = await clients()
  await world.comesUp({ '002-00003': { ...nora, oldKey: '001-00017' } })
  await run()
  expect(await clients()).toMatchObject([{ id: before?.id, number: '002-00003' }])
})

test('a customer with a new number takes along what people are told of the client', async () => {
  const phones = [{ type: 'Cell', number: '2035550117', doNotContact: false }]
  await world.comesUp({ '001-00017': { ...nora, phones } })
  await run()
  const marked = phones.map((phone) => ({ ...phone, doNotContact: true }))
  await world.comesUp({ '001-00017': { ...nora, phones: marked } })
  await run()
  expect(await aside()).toEqual([{ code: 'still_contactable', key: '001-00017' }])
  await world.comesUp({ '002-00003': { ...nora, phones: marked, oldKey: '001-00017' } })
  await run()
  expect(await aside()).toEqual([{ code: 'still_contactable', key: '002-00003' }])
  const [{ id = '' } = {}] = await clients()
  await world.podium.post(`/control/clientbook/clients/${id}/messages`, { direction: 'inbound', body: 'STOP' })
  await run()
  expect(await aside()).toEqual([])
})

test('[CB-11] a phone that staff add comes down to that customer alone, under who added it', async () => {
  await world.comesUp({ '001-00017': nora, '001-00018': nils })
  await run()
  const [client] = await clients()
  await world.podium.patch(`/control/clientbook/clients/${client?.id}`, {
    phones: [{ label: 'Mobile', number: '+12035550120', is_primary: true }],
  })
  await run()
  expect(await wishes()).toMatchObject([
    { do: 'addMethods', key: '001-00017', phones: ['+12035550120'], associate: expect.stringMatching(/^\d+$/) },
  ])
})

test('[CB-02] a number that staff wrote over is put right', async () => {
  await world.comesUp({ '001-00017': nora })
  await run()
  const [{ id = '' } = {}] = await clients()
  await world.podium.patch(`/control/clientbook/clients/${id}`, { pos_id: 'ABC' })
  await run()
  await run()
  expect(await clients()).toMatchObject([{ id, number: '001-00017' }])
  expect(await aside()).toEqual([])
})

const modes = ['A', 'B'] as const
async function inMode(mode: 'A' | 'B'): Promise<void> {
  await updateConnection(world.deps.db, world, ({ name, settings }) => ({ name, settings: { ...settings, mode } }))
}

test.each(modes)(
  '[CO-01] [CB-02] in mode %s nobody is written before the store has shown everything: whoever is there already would be there twice',
  async (mode) => {
    await inMode(mode)
    const { id } = await staffAdds({
      first_name: 'NORA',
      emails: [{ label: 'Home', address: 'Lindqvist@Example.com' }],
    })
    const { deps, tenantId, connectionId } = world
    const whole = (customer: Partial<Customer>) =>
      customerSchema.parse({ phones: [], addresses: [], inactive: false, ...customer })
    await world.shows('customer', { '001-00017': whole(nora) })
    await world.shows('customer', { '001-00019': whole({ lastName: 'Vale', emails: [] }) }, { bulk: true })
    await run()
    const { state, waitMs } = await runLane(deps, { tenantId, connectionId, lane: 'live' })
    expect({ state, waits: (waitMs ?? 0) > 0 }).toEqual({ state: 'active', waits: true })
    expect((await runLane(deps, { tenantId, connectionId, lane: 'backfill' })).backfill).toBe(false)
    expect(await clients()).toMatchObject([{ id, number: null }])
    await world.comesUp({ '001-00017': nora })
    await run()
    expect(await clients()).toMatchObject([{ id, number: '001-00017', name: 'Nora' }])
    expect(await wishes()).toEqual([])
  },
)

test.each(modes)(
  '[CO-01] in mode %s the first upload begins once the clients who are there were read',
  async (mode) => {
    await inMode(mode)
    const { id } = await staffAdds({
      first_name: 'NORA',
      emails: [{ label: 'Home', address: 'lindqvist@example.com' }],
    })
    const { deps, tenantId, connectionId } = world
    await world.comesUp({ '001-00017': nora }, { bulk: true })
    const live = () => runLane(deps, { tenantId, connectionId, lane: 'live' })
    expect((await live()).backfill).toBe(false)
    await readPlatform(deps, { tenantId, connectionId })
    await live()
    await runLane(deps, { tenantId, connectionId, lane: 'backfill' })
    expect(await clients()).toMatchObject([{ id, number: '001-00017' }])
  },
)
