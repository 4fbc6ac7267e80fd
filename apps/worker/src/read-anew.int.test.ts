import { type ConnectionSettings, connectionSettingsSchema } from '@jumpring/contracts'
import { giveCommands, inTenant, updateConnection } from '@jumpring/db'
import { feedMarks } from '@jumpring/db/engine'
import { afterEach, expect, test, vi } from 'vitest'
import { runLane } from './lane.ts'
import { readPlatform } from './read-platform.ts'
import { openClientbook, type World } from './testing/world.ts'

// A reading of the platform takes a while: people change settings meanwhile, and workers are killed.

let world: World
afterEach(() => world.close())

const noFilter = connectionSettingsSchema.parse({}).downloadFilter

const change = (settings: Partial<ConnectionSettings>) =>
  updateConnection(world.deps.db, world, (now) => ({ ...now, settings: { ...now.settings, ...settings } }))
const live = () => runLane(world.deps, { ...idOf(world), lane: 'live' })
const read = (at?: NonNullable<Parameters<typeof readPlatform>[1]['at']>) =>
  readPlatform(world.deps, { ...idOf(world), ...(at && { at }) })
/** How many sessions of this database wait for a lock. */
const waiting = async () => {
  const { rowCount } = await world.owner.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return rowCount
}
const feeds = () => inTenant(world.deps.db, world.tenantId, (sql) => feedMarks(sql, world.connectionId))
/** Which reading counts. */
const readingNow = async () => {
  const { rows } = await world.owner.query<{ reading: number }>('SELECT reading_wanted AS reading FROM connection')
  return rows[0]?.reading ?? expect.fail('no connection')
}
const idOf = ({ tenantId, connectionId }: World) => ({ tenantId, connectionId })

test('[BY-05] a filter that is opened while the platform is being read lets in who was kept out all the same', async () => {
  world = await openClientbook(() => ({ downloadFilter: { sources: ['walk-in'] } }))
  await world.comesUp({})
  await world.podium.post('/control/clientbook/clients', {
    first_name: 'Gail',
    last_name: 'Filter',
    acquisition_source: 'Web site',
  })
  await read()
  await live()

  // Another reading has begun, and notes its end while the change is about to be kept.
  await world.owner.query(
    `INSERT INTO rate_budget (connection_id, tenant_id, "limit", remaining, reset_at) VALUES ($1, $2, 10, 0, now() + interval '1 minute')`,
    [world.connectionId, world.tenantId],
  )
  const begun = await read()
  await world.owner.query('DELETE FROM rate_budget')
  const stop = await world.owner.connect()
  await stop.query(`BEGIN; SELECT FROM inbox WHERE origin = 'observation' FOR UPDATE`)
  const changed = change({ downloadFilter: noFilter })
  await vi.waitFor(async () => expect(await waiting()).toBe(1), 10_000)
  const reading = read(begun.at)
  await vi.waitFor(async () => expect(await waiting()).toBe(2), 10_000)
  await stop.query('COMMIT')
  stop.release()
  await Promise.all([changed, reading])

  // As the connection's workflow does it.
  for (let pass = await live(); pass.readPlatform; pass = await live()) await read()
  const commands = await inTenant(world.deps.db, world.tenantId, (sql) => giveCommands(sql, world.sourceId))
  expect(commands).toMatchObject([{ wish: { do: 'createCustomer', firstName: 'Gail' } }])
})

test('[CB-03] custom fields that are mapped while their values are being read are read once more', async () => {
  let preference = ''
  world = await openClientbook(({ preferences }) => {
    preference = preferences[0]?.id ?? ''
    return {}
  })
  await read()
  const reading = await readingNow()
  await change({ customFields: [{ field: '1', preference, type: 'text', choices: [] }] })
  await read({ reading, feed: 'customFields' })
  expect([...(await feeds()).keys()]).not.toContain('customFields')
  expect(await live()).toMatchObject({ readPlatform: true })
})

test('[CB-06] a reading that is taken up again after its contacts have been read reads on: what is beside them is not left to the next', async () => {
  world = await openClientbook()
  const mark = { reading: await readingNow() }
  await read(mark)
  // As it was when its worker was killed.
  await world.owner.query('DELETE FROM feed')
  await read(mark)
  expect([...(await feeds()).keys()]).toContain('note')
})
