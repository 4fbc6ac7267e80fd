import { randomUUID } from 'node:crypto'
import type { ConnectionSettings } from '@jumpring/contracts'
import { pauseConnection, updateConnection } from '@jumpring/db'
import { noCounts } from '@jumpring/db/engine'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { runLane } from './lane.ts'
import { preparePage } from './page.ts'
import { contactCalls, perform } from './perform.ts'
import { readPlatform } from './read-platform.ts'
import { openLine } from './session.ts'
import { settle } from './settle.ts'
import { openClientbook, openWorld, phone, type World } from './testing/world.ts'

let world: World
afterEach(() => world.close())

/** The time of everything that waits has come, and everything is worked off; often enough for what is tried twice. */
async function run(): Promise<void> {
  const { deps, tenantId, connectionId } = world
  for (let round = 0; round < 3; round += 1) {
    await world.owner.query('UPDATE connection SET last_poll_at = NULL')
    await readPlatform(deps, { tenantId, connectionId })
    await world.owner.query('UPDATE pending SET not_before = now()')
    await world.owner.query('UPDATE effect SET not_before = now()')
    for (const lane of ['backfill', 'live'] as const) await runLane(deps, { tenantId, connectionId, lane })
  }
}

const stateOf = async () =>
  (await world.owner.query('SELECT status, paused_code AS code, paused_reason AS reason FROM connection')).rows[0]
const aside = async () =>
  (await world.owner.query('SELECT key, code FROM quarantine WHERE resolved_at IS NULL ORDER BY key')).rows
const change = (settings: Partial<ConnectionSettings>) =>
  updateConnection(world.deps.db, world, (now) => ({ ...now, settings: { ...now.settings, ...settings } }))
const platforms = [
  { platform: 'Podium', open: () => openWorld(), contacts: '/state/podium/contacts' },
  { platform: 'Clientbook', open: () => openClientbook(), contacts: '/state/clientbook/clients' },
]
const nora = { firstName: 'Nora', lastName: 'Lindqvist', phones: [phone('2035550117')] }
const nils = { firstName: 'Nils', lastName: 'Lindqvist', phones: [phone('2035550118')] }

test.each(platforms)(
  '[BY-02] a location that $platform does not know pauses the connection and is said so; once the setting is mended everything goes on by itself',
  async ({ platform, open, contacts }) => {
    world = await open()
    const { defaultLocation } = (await world.at()).connection.settings
    const unknown = randomUUID()
    await change({ locations: { '001': unknown, [`${world.sourceId}/002`]: unknown, '003': 'another' } })
    await world.comesUp({ '001-00017': nora, '001-00018': nils })
    await run()
    expect(await stateOf()).toEqual({
      status: 'paused',
      code: 'configuration',
      reason: `${platform} does not know the location ${unknown}, which is set for store 001 and for store 002.`,
    })
    expect(await aside()).toEqual([])

    await change({ locations: defaultLocation === undefined ? {} : { '001': defaultLocation } })
    await run()
    expect(await stateOf()).toMatchObject({ status: 'active', reason: null })
    expect(z.array(z.unknown()).parse(await world.podium.get(contacts))).toHaveLength(2)
  },
)

test.each(platforms)(
  '[BY-02] a default location that $platform does not know is named as the default',
  async ({ platform, open }) => {
    world = await open()
    const unknown = randomUUID()
    await change({ defaultLocation: unknown })
    await world.comesUp({ '001-00017': nora })
    await run()
    expect(await stateOf()).toMatchObject({
      status: 'paused',
      reason: `${platform} does not know the location ${unknown}, which is set as the default location.`,
    })
  },
)

test('[BY-02] customers of a store without a location go on by themselves once it has one; a pause of a person’s stays', async () => {
  world = await openWorld()
  const { defaultLocation = '' } = (await world.at()).connection.settings
  await updateConnection(world.deps.db, world, ({ name, settings: { defaultLocation: _, ...settings } }) => ({
    name,
    settings,
  }))
  await world.comesUp({ '001-00017': nora })
  await run()
  expect(await aside()).toEqual([{ key: '001-00017', code: 'configuration' }])
  await change({ locations: { '001': defaultLocation } })
  await run()
  expect(await aside()).toEqual([])
  expect(z.array(z.unknown()).parse(await world.podium.get('/state/podium/contacts'))).toHaveLength(1)

  await pauseConnection(world.deps.db, world, 'Stocktaking.')
  await change({ locations: {} })
  expect(await stateOf()).toMatchObject({ status: 'paused', reason: 'Stocktaking.' })
})

test('[CO-09] a data feed that Podium does not know pauses the connection; what was to go there goes to the one that is set then', async () => {
  world = await openWorld({ feeds: { sales: randomUUID() } })
  await world.comesUp({ '001-00017': nora })
  const sale = { sale: '001-00001', line: 1, customer: '001-00017', amount: { minor: 125000, currency: 'USD' } }
  await world.shows('saleLine', { '001-00001/1': sale })
  await run()
  expect(await stateOf()).toMatchObject({ status: 'paused', code: 'configuration' })
  await change({ sink: 'partnerApi' })
  await run()
  expect(await stateOf()).toMatchObject({ status: 'active' })
  expect(z.array(z.unknown()).parse(await world.podium.get('/state/podium/objects'))).toMatchObject([
    { type: 'purchase' },
  ])
})

test('[BY-02] a setting that is mended while it is refused once more pauses nothing', async () => {
  world = await openWorld()
  const { defaultLocation = '' } = (await world.at()).connection.settings
  await change({ defaultLocation: randomUUID() })
  await world.comesUp({ '001-00017': nora })
  const { deps, tenantId, connectionId } = world
  await readPlatform(deps, { tenantId, connectionId })
  await runLane(deps, { tenantId, connectionId, lane: 'live' })
  await world.owner.query('UPDATE pending SET not_before = now()')
  const at = await world.cleared()
  const line = openLine(at)
  const { lease, effects } = await preparePage(at, 'live', noCounts())
  const came = await perform(line.under(lease), contactCalls(effects), deps.log)
  expect(came).toMatchObject([{ kind: 'failed', error: { code: 'configuration' } }])
  await change({ defaultLocation })
  await settle(at, line, lease, came, noCounts())
  expect(await stateOf()).toMatchObject({ status: 'active' })
  await run()
  expect(z.array(z.unknown()).parse(await world.podium.get('/state/podium/contacts'))).toHaveLength(1)
})
