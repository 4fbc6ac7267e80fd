import { afterEach, beforeEach, expect, test } from 'vitest'
import { runLane } from './lane.ts'
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

test('[CO-01] an upload that has used up the rate limit waits as long as the platform says, not longer', async () => {
  const { deps, tenantId, connectionId } = world
  await world.podium.post('/control/podium/settings', { rateLimit: 10, rateWindowSeconds: 1 })
  await world.comesUp(Object.fromEntries(customers), { bulk: true })
  // A window that is over, and a pass with nothing to call for: neither says how long the next window is.
  await world.owner.query(
    `INSERT INTO rate_budget (connection_id, tenant_id, "limit", remaining, reset_at) VALUES ($1, $2, 10, 0, now() - interval '1 second')`,
    [connectionId, tenantId],
  )
  await runLane(deps, { tenantId, connectionId, lane: 'live' })
  const pass = await runLane(deps, { tenantId, connectionId, lane: 'backfill' })
  expect(pass.backfill).toBe(true)
  expect(pass.waitMs).toBeLessThanOrEqual(1000)
})
