import { approveMassChange, resumeConnection, updateConnection } from '@jumpring/db'
import { noCounts } from '@jumpring/db/engine'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isBraked } from './brake.ts'
import { runLane } from './lane.ts'
import { preparePage } from './page.ts'
import { readPlatform } from './read-platform.ts'
import { openWorld, phone, type World } from './testing/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld({ brake: { percent: 20, atLeast: 5 } })
})
afterEach(() => world.close())

const run = (lane: 'live' | 'backfill' = 'live') => {
  const { deps, tenantId, connectionId } = world
  return runLane(deps, { tenantId, connectionId, lane })
}
const names = async () => (await world.podium.contacts()).map(({ name }) => name).toSorted()

/** Customers 1 … 20, the first so many of them under another name. */
const people = (renamed: number) =>
  Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [
      `001-000${String(index + 1).padStart(2, '0')}`,
      { lastName: index < renamed ? 'Renamed' : 'Lindqvist', phones: [phone(`20355501${String(index + 10)}`)] },
    ]),
  )

test('[BY-04] a change of many records waits until a person approves it, and then goes through', async () => {
  await goLive()
  await world.comesUp(people(4))
  expect((await run()).state).toBe('active')
  expect((await names()).filter((name) => name === 'Renamed')).toHaveLength(4)

  await world.comesUp(people(12))
  expect((await run()).state).toBe('paused')
  expect((await names()).filter((name) => name === 'Renamed')).toHaveLength(4)
  const { rows } = await world.owner.query('SELECT paused_code, paused_reason FROM connection')
  expect(rows).toMatchObject([{ paused_code: 'mass_change' }])
  expect(rows[0].paused_reason).toContain('of 20 records')

  await approveMassChange(world.deps.db, world)
  await readPlatform(world.deps, { tenantId: world.tenantId, connectionId: world.connectionId })
  expect((await run()).state).toBe('active')
  expect((await names()).filter((name) => name === 'Renamed')).toHaveLength(12)
})

test('[BY-04] neither the first upload nor many new records are a mass change, nor is one that writes nothing', async () => {
  await world.comesUp(people(0))
  expect((await run()).state).toBe('active')
  await world.owner.query(`UPDATE connection SET phase = 'live'`)
  // Their titles do not go up: the records change, the contacts do not.
  await world.comesUp(
    Object.fromEntries(Object.entries(people(0)).map(([key, person]) => [key, { ...person, title: 'Dr.' }])),
  )
  expect((await run()).state).toBe('active')
  const others = Object.entries(people(0)).map(([key, person], index) => [
    key.replace('001-', '001-1'),
    { ...person, phones: [phone(`20355502${String(index + 10)}`)] },
  ])
  await world.comesUp(Object.fromEntries(others))
  expect((await run()).state).toBe('active')
  expect(await names()).toHaveLength(40)
})

test('[BY-04] switching a stream off and on lets nothing through: neither other streams nor its own', async () => {
  await goLive()
  await world.comesUp(people(12))
  expect((await run()).state).toBe('paused')
  for (const stream of ['sales', 'customers'] as const) {
    await switchStream(stream, false)
    await switchStream(stream, true)
    await resumeConnection(world.deps.db, world)
    expect((await again()).state, stream).toBe('paused')
    expect(await names()).not.toContain('Renamed')
  }

  await approveMassChange(world.deps.db, world)
  expect((await again()).state).toBe('active')
  expect((await names()).filter((name) => name === 'Renamed')).toHaveLength(12)
})

test('[BY-04] what comes up between the look at all of it and the write waits for the next look', async () => {
  await goLive()
  const at = await world.at()
  expect(await isBraked(at)).toBe(false)
  // Another connection of the tenant may follow the journal meanwhile.
  await world.comesUp(people(12))
  expect((await preparePage(at, 'live', noCounts())).effects).toEqual([])
  expect((await run()).state).toBe('paused')
})

test('[BY-04] a pass that began in the first upload is looked at when that has ended', async () => {
  const begun = await world.at()
  await goLive()
  await world.comesUp(people(12))
  expect(await isBraked(begun)).toBe(true)
})

test('[BY-04] what changes again while it is written counts, though many others change nothing', async () => {
  await goLive()
  const everybody = Object.entries(people(20))
  const some = (from: number, to: number, change: object) =>
    world.comesUp(Object.fromEntries(everybody.slice(from, to).map(([key, person]) => [key, { ...person, ...change }])))
  for (const from of [0, 4, 8]) {
    await some(from, from + 4, { firstName: 'Nora' })
    const at = await world.at()
    expect(await isBraked(at)).toBe(false)
    expect((await preparePage(at, 'live', noCounts())).effects).toHaveLength(4)
  }
  await some(0, 12, { firstName: 'Ann' })
  await some(12, 20, { lastName: 'Lindqvist', title: 'Dr.' })
  expect((await run()).state).toBe('paused')
})

/** Customers 1 … 20 are on both sides, and the first upload has ended. */
async function goLive() {
  await world.comesUp(people(0))
  await run()
  await world.owner.query(`UPDATE connection SET phase = 'live'`)
}

/** After a person let it go on: the platform is asked first. */
async function again() {
  await run()
  await readPlatform(world.deps, { tenantId: world.tenantId, connectionId: world.connectionId })
  await run()
  // What an opened stream catches up stays behind live changes.
  return run('backfill')
}

const switchStream = (stream: 'sales' | 'customers', open: boolean) =>
  updateConnection(world.deps.db, world, ({ name, settings }) => ({
    name,
    settings: { ...settings, streams: { ...settings.streams, [stream]: open } },
  }))
