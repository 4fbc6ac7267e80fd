import { inTenant, pauseConnection, resumeConnection, updateConnection } from '@jumpring/db'
import { reserveCalls } from '@jumpring/db/engine'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runLane } from './lane.ts'
import { readPlatform } from './read-platform.ts'
import { openWorld, phone, type World } from './testing/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld({ mode: 'B' })
})
afterEach(() => world.close())

const customers = Array.from({ length: 30 }, (_, index): [string, object] => {
  const number = String(index + 1)
  return [
    `001-${number.padStart(5, '0')}`,
    { firstName: 'Nora', lastName: `Lindqvist ${number}`, phones: [phone(`203555${number.padStart(4, '0')}`)] },
  ]
})

/** Sets the connection's rate budget to what a pass before may have left. */
async function leaveBudget(remaining: number, endsInSeconds: number): Promise<void> {
  await world.owner.query(
    `INSERT INTO rate_budget (connection_id, tenant_id, "limit", remaining, reset_at)
     VALUES ($1, $2, 10, $3, now() + make_interval(secs => $4))`,
    [world.connectionId, world.tenantId, remaining, endsInSeconds],
  )
}

const pass = (lane: 'live' | 'backfill') => {
  const { deps, tenantId, connectionId } = world
  return runLane(deps, { tenantId, connectionId, lane })
}

test('[CO-01] an upload that has used up the rate limit waits as long as the answers say, not as was thought before', async () => {
  await world.podium.post('/control/podium/settings', { rateLimit: 10, rateWindowSeconds: 1 })
  await world.comesUp(Object.fromEntries(customers), { bulk: true })
  // Whoever begins a window takes it to last a while until an answer tells.
  await leaveBudget(10, 15)
  const { backfill, waitMs } = await pass('backfill')
  expect(backfill).toBe(true)
  expect(waitMs).toBeLessThanOrEqual(1000)
})

test('[CO-02] where nobody rings it looks again fifteen minutes after the platform was asked, or as its setting says', async () => {
  const { deps, tenantId, connectionId } = world
  const minutesUntilNext = async () => {
    await readPlatform(deps, { tenantId, connectionId })
    const { waitMs } = await pass('live')
    return waitMs === null ? null : Math.ceil(waitMs / 60_000)
  }
  expect(await minutesUntilNext()).toBe(15)
  await updateConnection(deps.db, world, ({ name, settings }) => ({
    name,
    settings: { ...settings, intervalMinutes: 4 },
  }))
  expect(await minutesUntilNext()).toBe(4)
})

test('[AD-04] what a worker that is killed had done stands in the history, but for the last page', async () => {
  const { deps, tenantId, connectionId } = world
  await readPlatform(deps, { tenantId, connectionId })
  const many = Array.from({ length: 60 }, (_, index): [string, object] => [
    `001-1${String(index).padStart(4, '0')}`,
    { firstName: 'Nora', lastName: `Berg ${index}`, phones: [phone(`860555${String(index).padStart(4, '0')}`)] },
  ])
  await world.comesUp(Object.fromEntries(many))
  let looks = 0
  // A page of 50 is written, then one of 10.
  vi.spyOn(deps.precedence, 'areOthersLive').mockImplementation(() => {
    looks += 1
    if (looks === 3) throw new Error('killed')
    return false
  })
  await expect(pass('live')).rejects.toThrow('killed')
  const { rows } = await world.owner.query('SELECT lane, created FROM run')
  expect(rows).toEqual([{ lane: 'live', created: 50 }])
})

test('a pass without a call to make begins no window of the rate limit', async () => {
  await leaveBudget(0, -1)
  await pass('live')
  const { rows } = await world.owner.query('SELECT remaining, reset_at < now() AS over FROM rate_budget')
  expect(rows).toEqual([{ remaining: 0, over: true }])
})

test('calls that a killed worker had reserved are missed for seconds, not for a minute', async () => {
  const { deps, tenantId, connectionId } = world
  await leaveBudget(0, -1)
  const reserve = () => inTenant(deps.db, tenantId, (sql) => reserveCalls(sql, connectionId, 10, () => 0))
  expect(await reserve()).toEqual({ granted: 10, waitMs: 0 })
  const { granted, waitMs } = await reserve()
  expect(granted).toBe(0)
  expect(waitMs).toBeLessThanOrEqual(15_000)
})

test('[CO-01] [BY-08] after a pause Podium is asked first: whom it has meanwhile is not taken over unseen, though its message is lost', async () => {
  const paused = await openWorld()
  try {
    const { deps, tenantId, connectionId, organizationUid } = paused
    await pauseConnection(deps.db, { tenantId, connectionId }, 'Stocktaking.')
    const emails = [{ type: 'Home', address: 'both@example.com', sendPromo: true }]
    await paused.comesUp({
      '001-00001': { firstName: 'Nora', lastName: 'One', emails },
      '001-00002': { firstName: 'Nils', lastName: 'Two', emails },
    })
    await paused.podium.post('/control/podium/contacts', {
      organizationUid,
      name: 'Somebody',
      emails: ['both@example.com'],
    })
    await resumeConnection(deps.db, { tenantId, connectionId })
    const live = () => runLane(deps, { tenantId, connectionId, lane: 'live' })
    expect(await live()).toMatchObject({ readPlatform: true })
    await readPlatform(deps, { tenantId, connectionId })
    expect(await live()).toMatchObject({ more: false })
    expect((await paused.podium.contacts()).map(({ name }) => name)).toEqual(['Somebody'])
  } finally {
    await paused.close()
  }
})
