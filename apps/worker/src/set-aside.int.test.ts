import { randomUUID } from 'node:crypto'
import { replayQuarantined } from '@jumpring/db'
import { noCounts } from '@jumpring/db/engine'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runLane } from './lane.ts'
import { receiveEvents } from './receive.ts'
import { openWorld, phone, type World } from './testing/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const run = (lane: 'live' | 'backfill' = 'live') => {
  const { deps, tenantId, connectionId } = world
  return runLane(deps, { tenantId, connectionId, lane })
}

async function rowsOf<T>(query: string, ...values: unknown[]): Promise<T[]> {
  return (await world.owner.query(query, [world.connectionId, ...values])).rows
}
const openEntries = () =>
  rowsOf<{ id: string; stage: string; subject: string; code: string; message: string }>(
    'SELECT id, stage, subject, code, message FROM quarantine WHERE connection_id = $1 AND resolved_at IS NULL',
  )

const contact = (uid: string, number: string) => ({
  uid,
  name: `Contact ${uid}`,
  phones: [number],
  emails: [],
  addresses: [],
  optedOutPhones: [],
})

/** Puts something into the inbox, as if the platform had said it. */
async function said(eventId: string, body: unknown): Promise<void> {
  await world.owner.query(
    `INSERT INTO inbox (connection_id, tenant_id, event_id, origin, body) VALUES ($1, $2, $3, 'observation', $4)`,
    [world.connectionId, world.tenantId, eventId, typeof body === 'string' ? body : JSON.stringify(body)],
  )
}

/** The time of everything that waits has come. */
async function later(): Promise<void> {
  for (const table of ['inbox', 'effect', 'pending'])
    await world.owner.query(`UPDATE ${table} SET not_before = now() WHERE connection_id = $1`, [world.connectionId])
}

/** Passes, with all waits between them over at once, until there is something in quarantine. */
async function runUntilSetAside(lane: 'live' | 'backfill' = 'live'): Promise<Awaited<ReturnType<typeof openEntries>>> {
  return vi.waitFor(
    async () => {
      await run(lane)
      await later()
      const entries = await openEntries()
      expect(entries).not.toEqual([])
      return entries
    },
    { timeout: 20_000, interval: 1 },
  )
}

const wishes = () => rowsOf<{ wish: { phones: string[] } }>('SELECT wish FROM command WHERE connection_id = $1')

test('[CO-11] what the platform said and we cannot read is set aside; what it says after that comes down', async () => {
  await world.comesUp({})
  await said('read:a:1', 'no JSON')
  await said('read:b:1', contact('b', '+12035550118'))
  await run()
  expect((await wishes()).map(({ wish }) => wish.phones)).toEqual([['+12035550118']])
  const [entry, ...others] = await runUntilSetAside()
  expect(others).toEqual([])
  expect(entry).toMatchObject({ stage: 'down', subject: 'read:a:1', code: 'unexpected' })
  expect(entry?.message).toMatch(/^\P{Lu}*\p{Lu}.*\.$/u)
})

test('[CO-11] an event whose handling fails is tried some times, set aside, and comes down once it is replayed', async () => {
  const { deps, tenantId, owner } = world
  await world.comesUp({})
  // Stands for a fault of ours that one customer only brings out.
  await owner.query(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a fault'; END $$`)
  await owner.query(
    `CREATE TRIGGER fail BEFORE INSERT ON command FOR EACH ROW WHEN (NEW.wish::text LIKE '%5550117%') EXECUTE FUNCTION fail()`,
  )
  await said('read:a:1', contact('a', '+12035550117'))
  await said('read:b:1', contact('b', '+12035550118'))
  await run()
  expect((await wishes()).map(({ wish }) => wish.phones)).toEqual([['+12035550118']])
  expect(await openEntries()).toEqual([])
  const [entry] = await runUntilSetAside()
  expect(await rowsOf('SELECT attempts FROM inbox WHERE connection_id = $1 AND status <> $2', 'done')).toEqual([
    { attempts: 5 },
  ])

  await owner.query('DROP TRIGGER fail ON command')
  await replayQuarantined(deps.db, tenantId, [entry?.id ?? ''])
  await run()
  expect((await wishes()).map(({ wish }) => wish.phones)).toContainEqual(['+12035550117'])
  expect(await openEntries()).toEqual([])
})

test('a deadlock is nobody’s fault: the event is not counted against', async () => {
  const { owner } = world
  await world.comesUp({})
  await owner.query(
    `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE '40P01'; END $$`,
  )
  await owner.query('CREATE TRIGGER fail BEFORE INSERT ON command FOR EACH ROW EXECUTE FUNCTION fail()')
  await said('read:a:1', contact('a', '+12035550117'))
  await expect(run()).rejects.toMatchObject({ code: '40P01' })
  expect(await rowsOf('SELECT status, attempts FROM inbox WHERE connection_id = $1')).toEqual([
    { status: 'new', attempts: 0 },
  ])
})

test('[CO-11] a record that is stored in a form we do not read is set aside; those beside it go up, and it too once it is mended', async () => {
  const { deps, tenantId, owner } = world
  await world.comesUp({
    '001-00001': { firstName: 'Nora', phones: [phone('2035550117')] },
    '001-00002': { firstName: 'Kai', phones: [phone('2035550118')] },
    // Shares a phone with the broken one.
    '001-00003': { firstName: 'Ida', phones: [phone('2035550117'), phone('2035550119')] },
  })
  const [{ payload } = { payload: '' }] = await rowsOf<{ payload: string }>(
    `SELECT payload FROM record WHERE tenant_id <> $1 AND key = '001-00001'`,
  )
  await owner.query(`UPDATE record SET payload = '{"phones": 7}' WHERE key = '001-00001'`)
  await run()
  const entries = await openEntries()
  expect(entries).toMatchObject([{ stage: 'up', subject: `${world.sourceId}/001-00001`, code: 'invalid_record' }])
  expect((await world.podium.contacts()).map(({ name }) => name).sort()).toEqual(['Ida', 'Kai'])

  await owner.query(`UPDATE record SET payload = $1 WHERE key = '001-00001'`, [payload])
  await replayQuarantined(deps.db, tenantId, [entries[0]?.id ?? ''])
  await run()
  expect(await openEntries()).not.toMatchObject([{ code: 'invalid_record' }])
})

test('a record that came up in a form we do not read holds up no other of the tenant', async () => {
  await world.owner.query(`CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.payload := '{}'; RETURN NEW; END $$`)
  await world.owner.query(
    `CREATE TRIGGER break BEFORE INSERT ON record FOR EACH ROW WHEN (NEW.key = '001-00001') EXECUTE FUNCTION break()`,
  )
  await world.comesUp({
    '001-00001': { firstName: 'Nora', phones: [phone('2035550117')] },
    '001-00002': { firstName: 'Kai', phones: [phone('2035550118')] },
  })
  await run()
  expect((await world.podium.contacts()).map(({ name }) => name)).toEqual(['Kai'])
})

test.each(['frozen', 'fields'])(
  '[CO-11] a write whose stored %s we do not read is set aside; those beside it go out',
  async (column) => {
    const { owner, connectionId, tenantId, sourceId } = world
    await world.comesUp({
      '001-00001': { firstName: 'Nora', phones: [phone('2035550117')] },
      '001-00002': { firstName: 'Kai', phones: [phone('2035550118')] },
    })
    await owner.query(
      `INSERT INTO effect (id, tenant_id, connection_id, source_id, kind, key, seq, ticket, lane, frozen, fields)
     SELECT $1, $2, $3, $4, 'customer', key, seq, ticket, 'live', '{"op":"create","identifiers":[],"body":{}}', '{"write":{},"sent":{}}' FROM pending WHERE key = '001-00001'`,
      [randomUUID(), tenantId, connectionId, sourceId],
    )
    await owner.query(`UPDATE effect SET ${column} = '{"op":"upsert"}'`)
    const [entry] = await runUntilSetAside()
    expect(entry).toMatchObject({ stage: 'up', subject: `${sourceId}/001-00001`, code: 'unexpected' })
    expect((await world.podium.contacts()).map(({ name }) => name)).toEqual(['Kai'])
    expect(await rowsOf('SELECT key FROM pending WHERE connection_id = $1')).toEqual([])
  },
)

test.each(['live', 'backfill'] as const)(
  '[CO-11] a record that brings out a fault anywhere on its way up is tried some times and set aside; those beside it go up (%s)',
  async (lane) => {
    const { owner } = world
    // The first upload waits until the platform was read.
    await owner.query('UPDATE connection SET platform_read_at = now()')
    await owner.query(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a fault'; END $$`)
    await owner.query(
      `CREATE TRIGGER fail BEFORE INSERT ON link FOR EACH ROW WHEN (NEW.key = '001-00002') EXECUTE FUNCTION fail()`,
    )
    await world.comesUp(
      {
        '001-00001': { firstName: 'Nora', phones: [phone('2035550117')] },
        '001-00002': { firstName: 'Kai', phones: [phone('2035550118')] },
        '001-00003': { firstName: 'Ida', phones: [phone('2035550119')] },
      },
      { bulk: lane === 'backfill' },
    )
    await run(lane)
    expect((await world.podium.contacts()).map(({ name }) => name).sort()).toEqual(['Ida', 'Nora'])
    const [entry] = await runUntilSetAside(lane)
    expect(entry).toMatchObject({ stage: 'up', subject: `${world.sourceId}/001-00002`, code: 'unexpected' })
    expect(await rowsOf('SELECT key FROM pending WHERE connection_id = $1')).toEqual([])
  },
)

test('an event that another worker has looked at meanwhile is not looked at once more', async () => {
  await world.comesUp({})
  await said('read:a:1', contact('a', '+12035550117'))
  const at = await world.at()
  await world.owner.query(`CREATE FUNCTION other_worker() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN UPDATE inbox SET status = 'done' WHERE event_id = 'read:b:1'; RETURN NEW; END $$`)
  await world.owner.query(
    'CREATE TRIGGER other_worker AFTER INSERT ON command FOR EACH ROW EXECUTE FUNCTION other_worker()',
  )
  await said('read:b:1', contact('b', '+12035550118'))
  await receiveEvents(at, 100, noCounts())
  expect((await wishes()).map(({ wish }) => wish.phones)).toEqual([['+12035550117']])
})
