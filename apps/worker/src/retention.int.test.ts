import { randomUUID } from 'node:crypto'
import { findConnection, inTenant, readOverview } from '@jumpring/db'
import { lifetimeDays, noCounts, recordRun } from '@jumpring/db/engine'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runLane } from './lane.ts'
import { letGoAll } from './retention.ts'
import { openWorld, phone, type World } from './testing/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const days = (count: number) => new Date(Date.now() - count * 24 * 3_600_000)
const older = (days_: number) => days(days_ + 1)
const younger = (days_: number) => days(days_ - 1)

async function arrived(eventId: string, status: string, at: Date): Promise<void> {
  await world.owner.query(
    `INSERT INTO inbox (connection_id, tenant_id, event_id, origin, body, status, received_at) VALUES ($1, $2, $3, 'webhook', '{}', $4, $5)`,
    [world.connectionId, world.tenantId, eventId, status, at],
  )
}
async function setAside(eventId: string, resolved: boolean): Promise<void> {
  await world.owner.query(
    `INSERT INTO quarantine (tenant_id, connection_id, stage, subject, code, message, resolved_at) VALUES ($1, $2, 'down', $3, 'unexpected', '', $4)`,
    [world.tenantId, world.connectionId, eventId, resolved ? new Date() : null],
  )
}
const column = async (query: string) => (await world.owner.query({ text: query, rowMode: 'array' })).rows.flat().sort()

test('events that were looked at are let go after their lifetime; those that wait, or may be replayed, stay', async () => {
  const { inbox } = lifetimeDays
  await arrived('old', 'done', older(inbox))
  await arrived('young', 'done', younger(inbox))
  await arrived('waits', 'new', older(inbox))
  await arrived('waits for its contact', 'waiting', older(inbox))
  await arrived('open', 'quarantined', older(inbox))
  await setAside('open', false)
  await arrived('settled', 'quarantined', older(inbox))
  await setAside('settled', true)
  await letGoAll(world.deps.db)
  expect(await column('SELECT event_id FROM inbox')).toEqual(['open', 'waits', 'waits for its contact', 'young'])
})

test('a webhook is known for longer than a platform repeats it', () => {
  expect(lifetimeDays.inbox * 24).toBeGreaterThan(8)
})

test('writes are let go after their lifetime, never one whose outcome is not known', async () => {
  const { deps, tenantId, connectionId } = world
  await world.comesUp({
    '001-00001': { firstName: 'Nora', phones: [phone('2035550117')] },
    '001-00002': { firstName: 'Kai', phones: [phone('2035550118')] },
    '001-00003': { firstName: 'Ida', phones: [phone('2035550119')] },
  })
  await runLane(deps, { tenantId, connectionId, lane: 'live' })
  const then = older(lifetimeDays.effects)
  await world.owner.query(`UPDATE effect SET created_at = $1, done_at = $1 WHERE key <> '001-00002'`, [then])
  await world.owner.query(`UPDATE effect SET status = 'prepared', done_at = NULL WHERE key = '001-00003'`)
  await letGoAll(deps.db)
  expect(await column('SELECT key FROM effect')).toEqual(['001-00002', '001-00003'])
})

test('[AD-04] runs are let go after their lifetime, and what they did still counts', async () => {
  const { deps, tenantId, connectionId } = world
  const at = { id: connectionId, tenantId }
  await inTenant(deps.db, tenantId, async (sql) => {
    for (let run = 0; run < 3; run += 1)
      await recordRun(sql, at, {
        id: randomUUID(),
        lane: 'live',
        startedAt: new Date(),
        counts: { ...noCounts(), created: 2, held: 1 },
      })
  })
  await world.owner.query('UPDATE run SET started_at = $1 WHERE id IN (SELECT id FROM run LIMIT 2)', [
    older(lifetimeDays.runs),
  ])
  await letGoAll(deps.db)
  await world.owner.query('UPDATE run SET started_at = $1', [older(lifetimeDays.runs)])
  await letGoAll(deps.db)
  expect(await column('SELECT id FROM run')).toEqual([])
  const connection = await findConnection(deps.db, { tenantId, connectionId })
  if (!connection) throw new Error('The connection is gone.')
  expect(await readOverview(deps.db, connection)).toMatchObject({ created: 6, updated: 0, unchanged: 0, held: 3 })
})
