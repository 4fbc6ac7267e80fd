import { noCounts } from '@jumpring/db/engine'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runLane } from './lane.ts'
import { LeaseLost } from './lease.ts'
import { preparePage } from './page.ts'
import { contactCalls, perform } from './perform.ts'
import { readPlatform } from './read-platform.ts'
import { openLine } from './session.ts'
import { settle } from './settle.ts'
import { openWorld, phone, type World } from './testing/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
  await world.comesUp({ '001-00001': { firstName: 'Nora', phones: [phone('2035550117')] } })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await world.close()
})

const prepare = async () => preparePage(await world.cleared(), 'live', noCounts())
/** What a worker that is stopped does not see: its lease has run out. */
const runOut = () => world.owner.query(`UPDATE effect SET leased_until = now() - interval '1 second'`)
const effects = async () => (await world.owner.query('SELECT status, lease FROM effect')).rows

test('a write that a worker is at is nobody else’s, until its lease has run out', async () => {
  const first = await prepare()
  expect(first.effects).toHaveLength(1)
  expect((await prepare()).effects).toEqual([])
  await runOut()
  expect((await prepare()).effects).toEqual(first.effects)
})

test('a write that a dead worker left is made by the next pass, though its record is looked at only later', async () => {
  await prepare()
  await runOut()
  await world.owner.query(`UPDATE pending SET not_before = now() + interval '1 hour'`)
  const { deps, tenantId, connectionId } = world
  await readPlatform(deps, { tenantId, connectionId })
  await runLane(deps, { tenantId, connectionId, lane: 'live' })
  expect(await effects()).toMatchObject([{ status: 'done' }])
  await vi.waitFor(async () => expect(await world.podium.contacts()).toMatchObject([{ name: 'Nora' }]))
})

test('who wakes after another has taken over concludes nothing, not even from a call that was accepted', async () => {
  const at = await world.at()
  const line = openLine(at)
  const slow = await prepare()
  const outcomes = await slow.lease.during(() =>
    perform(line.under(slow.lease), contactCalls(slow.effects), world.deps.log),
  )
  expect(outcomes).toMatchObject([{ kind: 'accepted' }])
  await runOut()
  const other = await prepare()
  await settle(at, line, slow.lease, outcomes, noCounts())
  expect(await effects()).toEqual([{ status: 'prepared', lease: other.lease.id }])

  await settle(at, line, other.lease, outcomes, noCounts())
  expect(await effects()).toEqual([{ status: 'done', lease: other.lease.id }])
})

test.each([
  { clock: 'monotonic', of: performance },
  { clock: 'wall', of: Date },
])('who wakes after the time of its lease, by the $clock clock alone, sends nothing', async ({ of }) => {
  const line = openLine(await world.at())
  const page = await prepare()
  const now = of.now.bind(of)
  vi.spyOn(of, 'now').mockImplementation(() => now() + 3600)
  const outcomes = await perform(line.under(page.lease), contactCalls(page.effects), world.deps.log)
  expect(outcomes).toMatchObject([{ kind: 'untried' }])
  expect(await world.podium.contacts()).toEqual([])
})

test('a lease is renewed while its calls go on', async () => {
  const page = await prepare()
  const until = async () =>
    (await world.owner.query('SELECT leased_until AS until FROM effect')).rows[0].until.getTime()
  const first = await until()
  await page.lease.during(() =>
    vi.waitFor(async () => expect(await until()).toBeGreaterThan(first + 1500), { timeout: 10_000 }),
  )
  expect(page.lease.check).not.toThrow()
})

test('a lease that has run out is not renewed', async () => {
  const page = await prepare()
  await runOut()
  await page.lease.during(() =>
    vi.waitFor(() => expect(page.lease.check).toThrow(LeaseLost), { timeout: 10_000, interval: 50 }),
  )
})
