import { randomUUID } from 'node:crypto'
import type { Customer, RecordOf } from '@jumpring/contracts'
import { decideMerge, inTenant, openCommands } from '@jumpring/db'
import { letWaitForContact, observationSchema, storeObservations, storeRead } from '@jumpring/db/engine'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { runLane } from './lane.ts'
import { readPlatform } from './read-platform.ts'
import { openClientbook, phone, type World } from './testing/world.ts'

// Where contacts are known by the number of The Edge (Connector.identity `externalId`): customers that it merges or renumbers.

let world: World
let ringSize: string
beforeEach(async () => {
  world = await openClientbook(({ preferences }) => {
    ringSize = preferences.find(({ name }) => name === 'Ring size')?.id ?? expect.fail('no ring size')
    return { defaultAssociate: '99', customFields: [{ field: '1', preference: ringSize, type: 'text' }] }
  })
})
afterEach(() => world.close())

/** The platform is asked for its changes, and everything is worked off, until nothing is left. */
async function run(rounds = 3): Promise<void> {
  const { deps, tenantId, connectionId } = world
  for (let round = 0; round < rounds; round += 1) {
    await world.owner.query('UPDATE connection SET last_poll_at = NULL')
    await readPlatform(deps, { tenantId, connectionId })
    await runLane(deps, { tenantId, connectionId, lane: 'live' })
    await world.owner.query(`UPDATE pending SET not_before = now() WHERE not_before < 'infinity'`)
    await world.owner.query(`UPDATE effect SET not_before = now() WHERE status = 'prepared'`)
  }
}

const nora: Partial<Customer> = {
  firstName: 'Nora',
  lastName: 'Lind',
  phones: [phone('2035550117')],
  customFields: { '1': '6' },
}
const tea: Partial<Customer> = { firstName: 'Tea', lastName: 'Lind', phones: [phone('2035550118')] }
/** The Edge gives the remaining one what the other was reached by. */
const both = [phone('2035550118'), phone('2035550117')]
const [gone, stays, third] = ['001-00017', '001-00018', '001-00019'] as const
const line = (customer: string, sale: string): RecordOf<'saleLine'> => ({
  sale,
  line: 1,
  customer,
  amount: { minor: 4000, currency: 'USD' },
  description: 'Chain',
})
const shows = {
  sale: (customer: string, sale: string) => world.shows('saleLine', { [`${sale}/1`]: line(customer, sale) }),
  note: (customer: string, key: string) =>
    world.shows('note', { [key]: { customer, text: `Note ${key}`, locked: false } }),
  wish: (customer: string, key: string) => world.shows('wish', { [key]: { customer, description: `Wish ${key}` } }),
}
async function theirs(customer: string, n: number): Promise<void> {
  await shows.sale(customer, `001-0000${n}`)
  await shows.note(customer, `N${n}`)
  await shows.wish(customer, `W${n}`)
}

const list = async <Shape extends z.ZodType>(name: string, shape: Shape) =>
  z.array(shape).parse(await world.podium.get(`/state/clientbook/${name}`))
const client = z.looseObject({
  id: z.string(),
  pos_id: z.string().nullable(),
  first_name: z.string().nullable(),
  phones: z.array(z.object({ number: z.string() })),
  preferences: z.record(z.string(), z.unknown()).default({}),
})
/** All that Clientbook holds, by the client's POS ID. */
async function book() {
  const clients = await list('clients', client)
  const notes = await list(
    'activity',
    z.looseObject({ client_id: z.string(), type: z.string(), body: z.string().nullable() }),
  )
  const collections = await list(
    'collections',
    z.looseObject({
      client_id: z.string(),
      name: z.string(),
      items: z.array(z.looseObject({ note: z.string().nullable() })),
    }),
  )
  const purchases = await list('purchases', z.looseObject({ client_id: z.string(), receipt_number: z.string() }))
  return clients
    .map(({ id, pos_id, first_name, phones, preferences }) => ({
      number: pos_id,
      name: first_name,
      phones: phones.map(({ number }) => number).toSorted(),
      ringSize: preferences['Ring size'] ?? null,
      notes: notes.flatMap((one) => (one.client_id === id && one.type === 'note' ? [one.body] : [])).toSorted(),
      wishes: collections
        .flatMap((one) => (one.client_id === id && one.name === 'Edge' ? one.items.map(({ note }) => note) : []))
        .toSorted(),
      purchases: purchases.flatMap((one) => (one.client_id === id ? [one.receipt_number] : [])).toSorted(),
    }))
    .toSorted((a, b) => ((a.number ?? '') < (b.number ?? '') ? -1 : 1))
}
const aside = async () =>
  (await world.owner.query('SELECT code, kind, key FROM quarantine WHERE resolved_at IS NULL ORDER BY key')).rows
/** What The Edge was asked for. */
const asked = async () => {
  const commands = await inTenant(world.deps.db, world.tenantId, (sql) => openCommands(sql, world.sourceId))
  return commands.map(({ wish }) => wish)
}
const links = async () =>
  (await world.owner.query(`SELECT key, status, shared_with FROM link WHERE kind = 'customer' ORDER BY key`)).rows

const all = {
  number: stays,
  name: 'Tea',
  phones: ['+12035550117', '+12035550118'],
  ringSize: null,
  notes: ['Note N1', 'Note N2'],
  wishes: ['Wish W1', 'Wish W2'],
  purchases: ['001-00001', '001-00002'],
}
const atRest = async (what: object[]) => {
  await run()
  expect(await book()).toMatchObject(what)
  expect(await asked()).toEqual([])
  const before = await world.podium.get('/state/clientbook/requests')
  await world.owner.query(`UPDATE connection SET last_poll_at = now()`)
  const { deps, tenantId, connectionId } = world
  await runLane(deps, { tenantId, connectionId, lane: 'live' })
  expect(await world.podium.get('/state/clientbook/requests')).toEqual(before)
}
async function twoCustomers(): Promise<void> {
  await world.comesUp({ [gone]: nora, [stays]: tea })
  await theirs(gone, 1)
  await theirs(stays, 2)
  await run()
  expect(await book()).toMatchObject([
    { number: gone, ringSize: '6', notes: ['Note N1'], wishes: ['Wish W1'], purchases: ['001-00001'] },
    { number: stays, ringSize: null, notes: ['Note N2'], wishes: ['Wish W2'], purchases: ['001-00002'] },
  ])
}

const steps = {
  customer: () => world.comesUp({ [stays]: { ...tea, phones: both, oldKey: gone } }),
  sale: () => shows.sale(stays, '001-00001'),
  note: () => shows.note(stays, 'N1'),
  wish: () => shows.wish(stays, 'W1'),
}
test.each([
  [['customer', 'sale', 'note', 'wish']],
  [['sale', 'note', 'wish', 'customer']],
  [['wish', 'customer', 'note', 'sale']],
] as const)(
  '[CO-07] [CB-02] [CB-04] [CB-06] [CB-07] two merged in The Edge are one client with all of both, once, in the order %s',
  async (order) => {
    await twoCustomers()
    for (const step of order) {
      await steps[step]()
      await run(1)
    }
    await atRest([all])
    expect(await aside()).toEqual([])
    expect(await links()).toEqual([
      { key: gone, status: 'shared', shared_with: stays },
      { key: stays, status: 'active', shared_with: null },
    ])
    await shows.note(stays, 'N3')
    await atRest([{ ...all, notes: ['Note N1', 'Note N2', 'Note N3'] }])
  },
)

test('[CO-07] a merge whose answer is lost, at either of its calls, is made once', async () => {
  await twoCustomers()
  for (const method of ['PATCH', 'POST'])
    await world.podium.post('/control/clientbook/faults', {
      match: { method, path: method === 'POST' ? '/v1/clients/:client_id/merge' : '/v1/clients/:client_id' },
      action: '500',
    })
  for (const step of Object.values(steps)) await step()
  await run()
  await atRest([all])
  expect(await aside()).toEqual([])
  const requests = z.record(z.string(), z.unknown()).parse(await world.podium.get('/state/clientbook/requests'))
  expect(requests['POST /v1/clients/:client_id/merge']).toEqual({ 200: 1, 500: 1 })
  // The Edge has decided what the remaining one's fields are; the other's value is kept where a person finds it.
  const { rows } = await world.owner.query('SELECT customer, kind, value, won FROM conflict')
  expect(rows).toEqual([{ customer: stays, kind: 'customFields', value: '6', won: null }])
})

test('[CO-07] a second merge, into a third: all is at the third, also where the first was never seen by itself', async () => {
  await twoCustomers()
  await world.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind' } })
  await run()
  await world.comesUp({ [stays]: { ...tea, oldKey: gone } })
  await world.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind', phones: both, oldKey: stays } })
  await theirs(third, 1)
  await theirs(third, 2)
  await atRest([{ ...all, number: third, name: 'Ute' }])
  expect(await links()).toMatchObject([
    { status: 'shared', shared_with: third },
    { status: 'shared', shared_with: third },
    { key: third, status: 'active' },
  ])
})

test('one who takes over two numbers, one after the other while nobody looks, has the clients of both', async () => {
  await twoCustomers()
  await world.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind' } })
  await run()
  const { rows } = await world.owner.query('SELECT seq FROM identity_cursor')
  await world.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind', oldKey: gone } })
  await world.owner.query('UPDATE identity_cursor SET seq = $1', [rows[0].seq])
  await world.owner.query('DELETE FROM merger')
  await world.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind', phones: both, oldKey: stays } })
  await theirs(third, 1)
  await theirs(third, 2)
  await atRest([{ ...all, number: third, name: 'Ute' }])
})

test('a customer with a new number takes the client along, with what is theirs and what The Edge is still to be asked for', async () => {
  await world.comesUp({ [gone]: nora })
  await theirs(gone, 1)
  await run()
  const [before] = await list('clients', client)
  await world.podium.post(`/control/clientbook/clients/${before?.id}/notes`, { body: 'Has a dog.' })
  await run()
  expect(await asked()).toMatchObject([{ do: 'putNote', customer: gone }])
  await world.comesUp({ [stays]: { ...nora, oldKey: gone } })
  await theirs(stays, 1)
  await run()
  expect(await list('clients', client)).toMatchObject([{ id: before?.id, pos_id: stays }])
  expect(await book()).toMatchObject([
    { ringSize: '6', notes: ['Has a dog.', 'Note N1'], wishes: ['Wish W1'], purchases: ['001-00001'] },
  ])
  expect(await asked()).toMatchObject([{ do: 'putNote', customer: stays }])
  await world.comesUp({ [stays]: { ...nora, oldKey: gone, customFields: { '1': '7' } } })
  await run()
  expect(await book()).toMatchObject([{ number: stays, ringSize: '7' }])
  expect(await aside()).toEqual([])
})

test('[BY-01] a client whom an earlier integration gave a number that was merged away since is that of who remains', async () => {
  const { id } = client.parse(
    await world.podium.post('/control/clientbook/clients', { first_name: 'Nora', last_name: 'Lind', pos_id: gone }),
  )
  await world.comesUp({ [stays]: { ...tea, oldKey: gone } })
  await run()
  expect(await list('clients', client)).toMatchObject([{ id, pos_id: stays, first_name: 'Tea' }])
  expect(await aside()).toEqual([])
})

test('where the old number still changes nothing is merged, and a person is told', async () => {
  await twoCustomers()
  await world.comesUp({ [stays]: { ...tea, oldKey: gone } })
  await world.comesUp({ [gone]: { ...nora, firstName: 'Norah' } })
  await run()
  expect(await book()).toMatchObject([
    { number: gone, name: 'Norah', notes: ['Note N1'] },
    { number: stays, name: 'Tea', notes: ['Note N2'] },
  ])
  expect(await aside()).toEqual([{ code: 'unclear_merge', kind: 'customer', key: stays }])
  // That was a slip of the store's.
  await world.comesUp({ [stays]: tea })
  await run()
  expect(await aside()).toEqual([])
})

test('a source that shows both at once is not sure', async () => {
  await world.comesUp({ [stays]: { ...tea, oldKey: gone }, [gone]: nora })
  await run()
  expect((await book()).map(({ number }) => number)).toEqual([gone, stays])
  expect(await aside()).toEqual([{ code: 'unclear_merge', kind: 'customer', key: stays }])
})

test('what staff do at the remaining client while the merge is under way comes down, and what the other had does not', async () => {
  await twoCustomers()
  await world.podium.post('/control/clientbook/faults', {
    match: { method: 'POST', path: '/v1/clients/:client_id/merge' },
    action: 'timeoutAfterDone',
  })
  await steps.customer()
  const { deps, tenantId, connectionId } = world
  await runLane(deps, { tenantId, connectionId, lane: 'live' })
  const [kept] = await list('clients', client)
  await world.podium.patch(`/control/clientbook/clients/${kept?.id}`, {
    phones: [{ label: 'Mobile', number: '+12035550120', is_primary: true }],
  })
  await run()
  expect(await asked()).toMatchObject([{ do: 'addMethods', key: stays, phones: ['+12035550120'] }])
  expect(await book()).toMatchObject([{ number: stays, ringSize: null }])
})

test('a message about who is gone that comes after the merge, when nobody has their number any more, says nothing', async () => {
  await twoCustomers()
  await world.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind' } })
  await run()
  const former = (await list('clients', client)).find(({ pos_id }) => pos_id === gone) ?? expect.fail('not there')
  await world.comesUp({ [stays]: { ...tea, phones: both, oldKey: gone } })
  await world.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind', phones: both, oldKey: stays } })
  await run()
  const { connection } = await world.at()
  const late = { uid: former.id, name: 'Nora Lind', phones: ['+12035550117'], updatedAt: new Date().toISOString() }
  const contact = observationSchema.parse({ ...late, emails: [], addresses: [], optedOutPhones: [] })
  await inTenant(world.deps.db, world.tenantId, (sql) => storeObservations(sql, connection, [contact]))
  await run()
  expect(await aside()).toEqual([])
  expect(await links()).toEqual([
    { key: gone, status: 'shared', shared_with: third },
    { key: stays, status: 'shared', shared_with: third },
    { key: third, status: 'active', shared_with: null },
  ])
})

/** Two merges between two looks of the store's: EDT shows who remains, with the last of the numbers. */
async function twoMergesAtOnce(): Promise<void> {
  await twoCustomers()
  await world.comesUp({ [third]: ute })
  await run()
  await world.comesUp({ [third]: { ...ute, phones: both, oldKey: stays } })
}
const ute: Partial<Customer> = { firstName: 'Ute', lastName: 'Lind' }
const unclear = [{ code: 'unclear_merge', kind: 'customer', key: third }]

const says = (decision: 'merge' | 'apart', former: string, remaining: string) =>
  decideMerge(world.deps.db, world.tenantId, { sourceId: world.sourceId, former, remaining }, decision, {
    id: randomUUID(),
    role: 'store',
  })

test('[CO-07] two merges that are shown as one: what is known is merged, of the other a person is asked', async () => {
  await twoMergesAtOnce()
  await theirs(third, 1)
  await theirs(third, 2)
  await run()
  expect(await book()).toMatchObject([
    { number: gone, name: 'Nora', notes: ['Note N1'], wishes: ['Wish W1'], purchases: [] },
    { number: third, name: 'Ute', notes: ['Note N2'], wishes: ['Wish W2'], purchases: ['001-00001', '001-00002'] },
  ])
  expect(await aside()).toEqual(unclear)
  const { rows } = await world.owner.query('SELECT message FROM quarantine WHERE resolved_at IS NULL')
  expect(rows[0].message).toContain(`Sales, notes, phones or the like of ${gone} are those of ${third} by now`)

  await says('merge', gone, third)
  await atRest([{ ...all, number: third, name: 'Ute' }])
  expect(await aside()).toEqual([])
  await expect(says('apart', gone, third)).rejects.toMatchObject({ code: 'conflict' })
})

test('of who had nothing but a phone a person is asked too; kept apart they stay two, until somebody says otherwise', async () => {
  await world.comesUp({ [gone]: nora, [stays]: tea, [third]: ute })
  await run()
  await world.comesUp({ [third]: { ...ute, phones: both, oldKey: stays } })
  await run()
  expect(await aside()).toEqual(unclear)
  await says('apart', gone, third)
  await run()
  expect(await aside()).toEqual([])
  expect((await book()).map(({ number }) => number)).toEqual([gone, third])
  await says('merge', gone, third)
  await run()
  expect((await book()).map(({ number }) => number)).toEqual([third])
})

test('nobody is asked of a sale that was put right, of who shares the phone of who is gone, or of who is shown again', async () => {
  await twoCustomers()
  // Of one household with who is going to be merged.
  await world.comesUp({ [third]: ute, '001-00020': { ...tea, firstName: 'Una' } })
  await run()
  // A sale that was the other's all the time, without any merge.
  await shows.sale(third, '001-00001')
  await run()
  expect(await aside()).toEqual([])
  await world.comesUp({ [gone]: { ...nora, firstName: 'Norah' } })
  await world.comesUp({ [third]: { ...ute, phones: both, oldKey: stays } })
  await run()
  expect(await aside()).toEqual(unclear)
  await world.comesUp({ [gone]: { ...nora, firstName: 'Nora' } })
  await run()
  expect(await aside()).toEqual([])
  await expect(says('merge', gone, third)).rejects.toMatchObject({ code: 'not_found' })
})

test('a merge of one who is still shown goes on once a person says so', async () => {
  await twoCustomers()
  await world.comesUp({ [stays]: { ...tea, phones: both, oldKey: gone } })
  await world.comesUp({ [gone]: { ...nora, firstName: 'Norah' } })
  await run()
  expect(await aside()).toEqual([{ code: 'unclear_merge', kind: 'customer', key: stays }])
  await says('merge', gone, stays)
  await atRest([all])
  expect(await aside()).toEqual([])
  // Whatever comes for the former number still is the remaining one's.
  await world.comesUp({ [gone]: { ...nora, firstName: 'Nora' } })
  await shows.sale(gone, '001-00003')
  await shows.note(gone, 'N3')
  await atRest([{ ...all, notes: [...all.notes, 'Note N3'], purchases: [...all.purchases, '001-00003'] }])
  expect(await aside()).toEqual([])
})

/** What the platform says of notes, fields, wishes and messages, as it is read. */
const said = async (feed: string, events: readonly ({ eventId: string } & Record<string, unknown>)[]) => {
  const { connection } = await world.at()
  await inTenant(world.deps.db, world.tenantId, (sql) => storeRead(sql, connection, feed, events))
}
const noteBy = (contactUid: string, text: string) => {
  const showing = { sheet: 'note', uid: text, contactUid, fields: { text }, updatedAt: new Date().toISOString() }
  return { eventId: text, type: 'sheet.changed', showing }
}
const clientOf = async (number: string) =>
  (await list('clients', client)).find(({ pos_id }) => pos_id === number)?.id ?? expect.fail(`no client ${number}`)
const unlooked = async () =>
  (await world.owner.query(`SELECT event_id, status FROM inbox WHERE status NOT IN ('done', 'quarantined')`)).rows

test('[CB-06] [CB-09] a note and a message of who is gone that are heard of after the merge, or waited for it, are of who remains', async () => {
  await twoCustomers()
  await world.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind' } })
  await run()
  const former = await clientOf(gone)
  const { connection } = await world.at()
  await said('note', [noteBy(former, 'Waits.')])
  await inTenant(world.deps.db, world.tenantId, (sql) => letWaitForContact(sql, connection.id, 'note:Waits.', former))
  await world.comesUp({ [stays]: { ...tea, phones: both, oldKey: gone } })
  await run()
  await world.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind', phones: both, oldKey: stays } })
  await run()
  const at = new Date().toISOString()
  await said('note', [noteBy(former, 'Late.')])
  await said('message', [
    {
      eventId: 'm',
      type: 'message',
      uid: 'm',
      contactUid: former,
      channel: 'text',
      at,
      subject: null,
      body: 'Hello',
      attachments: [],
    },
  ])
  await run()
  expect(await asked()).toMatchObject([
    { do: 'putNote', customer: third, text: 'Waits.' },
    { do: 'putNote', customer: third, text: 'Late.' },
    { do: 'addActivity', customer: third, body: 'Hello' },
  ])
  expect(await unlooked()).toEqual([])
})

test('[CB-03] [CB-04] the fields and the collection of who is gone, shown after the merge, are not those of who remains', async () => {
  await twoCustomers()
  const former = await clientOf(gone)
  for (const step of Object.values(steps)) await step()
  await run()
  const at = new Date().toISOString()
  const showing = { sheet: 'customFields', uid: former, contactUid: former, fields: { [ringSize]: '9' }, updatedAt: at }
  await said('customFields', [{ eventId: 'f', type: 'sheet.changed', showing }])
  await said('wish', [{ eventId: 'w', type: 'wishes.gone', contactUid: former, at }])
  await atRest([all])
  expect(await unlooked()).toEqual([])
  await shows.wish(stays, 'W3')
  await atRest([{ ...all, wishes: ['Wish W1', 'Wish W2', 'Wish W3'] }])
})

test('[AD-07] an opt-out that the remaining client shows while the merge is under way reaches The Edge', async () => {
  await twoCustomers()
  const kept = await clientOf(stays)
  await world.podium.post('/control/clientbook/faults', {
    match: { method: 'POST', path: '/v1/clients/:client_id/merge' },
    action: '500',
    times: 3,
  })
  await steps.customer()
  const { deps, tenantId, connectionId } = world
  await runLane(deps, { tenantId, connectionId, lane: 'live' })
  const optedOutPhones = ['+12035550118']
  const shown = { uid: kept, externalId: stays, phones: optedOutPhones, emails: [], addresses: [], optedOutPhones }
  const { connection } = await world.at()
  const contact = observationSchema.parse({ ...shown, name: 'Tea Lind', updatedAt: new Date().toISOString() })
  await inTenant(deps.db, tenantId, (sql) => storeObservations(sql, connection, [contact]))
  await runLane(deps, { tenantId, connectionId, lane: 'live' })
  expect(await unlooked()).toMatchObject([{ status: 'waiting' }])
  await run(5)
  expect(await unlooked()).toEqual([])
  expect(await asked()).toMatchObject([{ do: 'optOut', key: stays, phones: optedOutPhones }])
})
