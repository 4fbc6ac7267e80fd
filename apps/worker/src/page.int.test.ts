import { randomUUID } from 'node:crypto'
import { inTenant, updateConnection } from '@jumpring/db'
import { lookAgain, noCounts, prepareEffects, takeWork } from '@jumpring/db/engine'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { preparePage } from './page.ts'
import { contactCalls, perform } from './perform.ts'
import { openLine } from './session.ts'
import { settle } from './settle.ts'
import { openWorld, phone, type World } from './testing/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const nora = { firstName: 'Nora', lastName: 'Lindqvist', phones: [phone('2035550117')] }

/** Takes a page of the live lane, does something while its calls are under way, and settles it. */
async function pageWith(meanwhile: () => Promise<unknown>): Promise<void> {
  const at = await world.cleared()
  const counts = noCounts()
  const page = await preparePage(at, 'live', counts)
  expect(page.effects).toHaveLength(1)
  await page.lease.during(async () => {
    await meanwhile()
    const line = openLine(at)
    const outcomes = await perform(line.under(page.lease), contactCalls(page.effects), world.deps.log)
    await settle(at, line, page.lease, outcomes, counts)
  })
}

const waiting = async () => {
  const { rows } = await world.owner.query('SELECT key, reason FROM pending WHERE connection_id = $1', [
    world.connectionId,
  ])
  return rows
}

test('what was written and not touched meanwhile is off the work list', async () => {
  await world.comesUp({ '001-00001': nora })
  await pageWith(async () => {})
  expect(await waiting()).toEqual([])
})

test('a record that is to be looked at again while its write is under way is looked at again, though it did not change', async () => {
  await world.comesUp({ '001-00001': nora })
  await pageWith(() =>
    inTenant(world.deps.db, world.tenantId, async (sql) => {
      await sql.query(`INSERT INTO opt_out (tenant_id, phone, origin) VALUES ($1, '+12035550117', 'podium')`, [
        world.tenantId,
      ])
      await lookAgain(sql, world.tenantId, ['+12035550117'])
    }),
  )
  expect(await waiting()).toMatchObject([{ key: '001-00001' }])
})

test('[CO-13] a stream that is switched on while a write is under way has the record looked at again', async () => {
  const { deps, tenantId, connectionId } = world
  const contactMethods = (on: boolean) =>
    updateConnection(deps.db, { tenantId, connectionId }, (now) => ({
      ...now,
      settings: { ...now.settings, streams: { ...now.settings.streams, contactMethods: on } },
    }))
  await contactMethods(false)
  await world.comesUp({ '001-00001': nora })
  await pageWith(() => contactMethods(true))
  expect(await waiting()).toMatchObject([{ key: '001-00001' }])
})

test('[CO-12] a stream that is switched off and on again while a write is under way has the record looked at again', async () => {
  const { deps, tenantId, connectionId } = world
  const customers = (on: boolean) =>
    updateConnection(deps.db, { tenantId, connectionId }, (now) => ({
      ...now,
      settings: { ...now.settings, streams: { ...now.settings.streams, customers: on } },
    }))
  await world.comesUp({ '001-00001': nora })
  await pageWith(async () => {
    await customers(false)
    await customers(true)
  })
  expect(await waiting()).toMatchObject([{ key: '001-00001' }])
})

test('[CO-12] what is switched off after a pass has begun is not written by it', async () => {
  const { deps, tenantId, connectionId } = world
  await world.comesUp({ '001-00001': nora })
  const at = await world.at()
  await updateConnection(deps.db, { tenantId, connectionId }, (now) => ({
    ...now,
    settings: { ...now.settings, streams: { ...now.settings.streams, customers: false } },
  }))
  // Put on the list by another who had not seen it yet.
  await world.owner.query(
    `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason) SELECT $1, source_id, kind, key, tenant_id, seq, 1, 'changed' FROM record`,
    [connectionId],
  )
  await world.cleared()
  expect((await preparePage(at, 'live', noCounts())).effects).toEqual([])
})

test('what another lane has written while it was decided is not written once more, older', async () => {
  const { deps, tenantId, connectionId } = world
  await world.comesUp({ '001-00001': nora })
  await world.cleared()
  const stored = await inTenant(deps.db, tenantId, async (sql) => {
    const [taken] = (await takeWork(sql, connectionId, 'live', 1)).items
    if (!taken) throw new Error('There was nothing to take.')
    await pageWith(async () => {})
    const write = { name: 'Nora' }
    return prepareEffects(sql, { id: connectionId, tenantId }, 'live', [
      { ...taken, id: randomUUID(), frozen: {}, decision: { write, sent: write } },
    ])
  })
  expect(stored).toEqual([])
})
