import type { RecordOf } from '@jumpring/contracts'
import { listActivity, replayQuarantined, resyncConnection } from '@jumpring/db'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runLane } from './lane.ts'
import { openTwoWayStore } from './testing/two-way-store.ts'
import { openWorld, phone, type World } from './testing/world.ts'

// How long a change took, as the activity feed says it.

let world: World
let read: Set<string>
beforeEach(() => {
  read = new Set()
})
afterEach(() => world.close())

async function run(): Promise<void> {
  const { deps, tenantId, connectionId } = world
  for (const lane of ['live', 'backfill'] as const) await runLane(deps, { tenantId, connectionId, lane })
}

/** What was brought up since it was last asked, once it is so much: what it is, and whether it says how long that took. */
const brought = (number: number) =>
  vi.waitFor(async () => {
    const { deps, tenantId, connectionId } = world
    const all = await listActivity(deps.db, { tenantId, connectionId }, { limit: 50 })
    const fresh = all.filter(({ id, direction }) => direction === 'UP' && !read.has(id))
    expect(fresh).toHaveLength(number)
    for (const { id } of fresh) read.add(id)
    return fresh
      .map(({ changes, latencyMs }) => [changes[0]?.field, latencyMs === null ? 'no delay' : 'delay'])
      .toSorted()
  })

const nora = { firstName: 'Nora', lastName: 'Lindqvist', phones: [phone('2035550117')] }
const sale = (number: string, customer = '001-00017'): RecordOf<'saleLine'> => ({
  sale: number,
  line: 1,
  customer,
  amount: { minor: 125000, currency: 'USD' },
})

test('[AD-04] a delay is said of a change that came by itself, and not of what people asked for or what waited for its customer', async () => {
  world = await openWorld({ sink: 'partnerApi' })
  await world.comesUp({ '001-00017': nora })
  await run()
  expect(await brought(1)).toEqual([['name', 'delay']])
  await world.shows('saleLine', { '001-00001/1': sale('001-00001'), '001-00002/1': sale('001-00002', '001-00018') })
  await world.shows('saleLine', { '001-00003/1': sale('001-00003') }, { bulk: true })
  await run()
  expect(await brought(2)).toEqual([
    ['purchase', 'delay'],
    ['purchase', 'no delay'],
  ])

  await world.comesUp({ '001-00018': { ...nora, phones: [phone('2035550118')] } })
  await run()
  await run()
  expect(await brought(2)).toEqual([
    ['name', 'delay'],
    ['purchase', 'no delay'],
  ])

  const { deps, tenantId, connectionId, sourceId } = world
  await world.podium.post('/control/podium/settings', { refuseObjects: [`${sourceId}/saleLine/001-00004/1`] })
  await world.shows('saleLine', { '001-00004/1': sale('001-00004') })
  await run()
  const { rows } = await world.owner.query<{ id: string }>('SELECT id FROM quarantine WHERE resolved_at IS NULL')
  await world.podium.post('/control/podium/settings', { refuseObjects: [] })
  await replayQuarantined(
    deps.db,
    tenantId,
    rows.map(({ id }) => id),
  )
  await run()
  expect(await brought(1)).toEqual([['purchase', 'no delay']])

  await world.owner.query(`DELETE FROM link WHERE kind = 'saleLine' AND key = '001-00004/1'`)
  await resyncConnection(deps.db, { tenantId, connectionId })
  await run()
  expect(await brought(1)).toEqual([['purchase', 'no delay']])
})

test('[AD-04] the same holds of what both sides may change', async () => {
  const store = await openTwoWayStore()
  world = store
  await store.comesUp({ '001-00017': nora })
  await store.hasNote('N1', 'Likes rubies.')
  await store.run()
  expect(await brought(2)).toEqual([
    ['name', 'delay'],
    ['note', 'delay'],
  ])
  await world.shows('note', { N2: { customer: '001-00017', text: 'Likes opals.', locked: false } }, { bulk: true })
  await run()
  expect(await brought(1)).toEqual([['note', 'no delay']])
})
