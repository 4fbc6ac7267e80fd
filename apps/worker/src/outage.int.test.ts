import { inTenant, resumeConnection, tryNow } from '@jumpring/db'
import { connectionsWithWork, storeObservations } from '@jumpring/db/engine'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { runLane } from './lane.ts'
import { readPlatform } from './read-platform.ts'
import { openWorld, phone, type World } from './testing/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
  await world.comesUp({ '001-00001': { firstName: 'Nora', phones: [phone('2035550117')] } })
  await world.podium.post('/control/podium/faults', { action: '500', match: {}, times: 'always' })
})
afterEach(() => world.close())

const input = () => ({ tenantId: world.tenantId, connectionId: world.connectionId })
const run = (lane: 'live' | 'backfill' = 'live') => runLane(world.deps, { ...input(), lane })

/** How often Podium has been called. */
async function calls(): Promise<number> {
  const counts = z.record(z.string(), z.record(z.string(), z.number()))
  const requests = counts.parse(await world.podium.get('/state/podium/requests'))
  return Object.values(requests)
    .flatMap((ofRoute) => Object.values(ofRoute))
    .reduce((sum, count) => sum + count, 0)
}

/** The next try's time has not come, however slow this machine is. */
const notDue = () => world.owner.query(`UPDATE connection SET next_try_at = next_try_at + interval '1 hour'`)
/** The next try's time has come. */
const due = () => world.owner.query('UPDATE connection SET next_try_at = now()')
const podiumIsBack = async () => {
  const { baseUrl } = (await world.at()).connection
  await fetch(`${baseUrl.replace(/\/podium$/, '')}/control/podium/faults`, { method: 'DELETE' })
}

test('while Podium is out it is tried after waits that grow to a minute, whoever rings meanwhile', async () => {
  const waits: number[] = []
  for (let tries = 0; tries < 9; tries += 1) {
    const { waitMs } = await run()
    waits.push(Math.ceil((waitMs ?? 0) / 1000))
    const before = await calls()
    await notDue()
    // Rings.
    for (const lane of ['live', 'backfill'] as const) expect((await run(lane)).waitMs).toBeGreaterThan(0)
    expect(await calls()).toBe(before)
    await due()
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
})

test('the sweep does not ring for what waits for Podium', async () => {
  await run()
  await notDue()
  expect(await connectionsWithWork(world.deps.db)).toEqual([])
  await due()
  expect(await connectionsWithWork(world.deps.db)).toEqual([input()])
})

test('the sweep rings where the platform is to be asked anew, should that ring be lost', async () => {
  await world.owner.query('DELETE FROM pending')
  expect(await connectionsWithWork(world.deps.db)).toEqual([])
  await resumeConnection(world.deps.db, input())
  expect(await connectionsWithWork(world.deps.db)).toEqual([input()])
})

test('a person who has it run now does not wait', async () => {
  await run()
  await notDue()
  const before = await calls()
  await tryNow(world.deps.db, input())
  await run()
  expect(await calls()).toBeGreaterThan(before)
})

test('an answer ends the outage: what waited goes up, and the next outage begins with short waits', async () => {
  await run()
  await due()
  await run()
  await podiumIsBack()
  await due()
  await world.owner.query('UPDATE effect SET not_before = now()')
  await run()
  expect((await world.podium.contacts()).map(({ name }) => name)).toEqual(['Nora'])
  expect((await world.at()).connection.outageSince).toBeNull()

  await world.podium.post('/control/podium/faults', { action: '500', match: {}, times: 'always' })
  await world.comesUp({ '001-00001': { firstName: 'Nora', phones: [phone('2035550118')] } })
  expect((await run()).waitMs).toBeLessThanOrEqual(1000)
})

test('a read that gets no answer is an outage too, and is not due before the next try', async () => {
  await world.owner.query('DELETE FROM pending')
  await world.owner.query('UPDATE connection SET last_poll_at = NULL')
  expect((await run()).readPlatform).toBe(true)
  await expect(readPlatform(world.deps, input())).rejects.toMatchObject({ code: 'platform_unavailable' })
  expect(await run()).toMatchObject({ readPlatform: false, more: false })
})

test('what Podium had said before is looked at while it is out', async () => {
  await run()
  const { connection } = await world.at()
  const contact = { uid: 'a', name: 'Kai', phones: ['+12035550119'], emails: [], addresses: [], optedOutPhones: [] }
  await inTenant(world.deps.db, world.tenantId, (sql) => storeObservations(sql, connection, [contact]))
  await run()
  expect((await world.owner.query('SELECT FROM command')).rowCount).toBe(1)
})
