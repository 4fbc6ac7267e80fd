import type { Command } from '@jumpring/contracts'
import { approveMassChange, giveCommands, inTenant, reportCommands, resumeConnection } from '@jumpring/db'
import { lockContacts, storeObservations } from '@jumpring/db/engine'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { isBrakedDown } from './brake-down.ts'
import { runLane } from './lane.ts'
import { readPlatform } from './read-platform.ts'
import { openClientbook, phone, type World } from './testing/world.ts'

let world: World
let ringSize: string

beforeEach(async () => {
  world = await openClientbook(({ preferences }) => {
    ringSize = preferences.find(({ name }) => name === 'Ring size')?.id ?? expect.fail('no ring size')
    return {
      brake: { percent: 20, atLeast: 5 },
      customFields: [{ field: '1', preference: ringSize, type: 'text' }],
    }
  })
  await world.comesUp(peopleWith('6'))
  await look()
  await world.owner.query(`UPDATE connection SET phase = 'live', approved_at = now()`)
})
afterEach(() => world.close())

/** Twenty customers with a ring size: with their custom fields the platform has forty records. */
const peopleWith = (size: string) =>
  Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [
      `001-000${String(index + 10)}`,
      { lastName: 'Lindqvist', phones: [phone(`20355501${String(index + 10)}`)], customFields: { 1: size } },
    ]),
  )

/** The platform is asked for its changes, then everything is worked off. @returns the state after it */
async function look(): Promise<string> {
  const { deps, tenantId, connectionId } = world
  await readPlatform(deps, { tenantId, connectionId })
  await runLane(deps, { tenantId, connectionId, lane: 'backfill' })
  const { state } = await runLane(deps, { tenantId, connectionId, lane: 'live' })
  await world.owner.query('UPDATE connection SET last_poll_at = NULL')
  return state
}

const commands = (): Promise<Command[]> =>
  inTenant(world.deps.db, world.tenantId, (sql) => giveCommands(sql, world.sourceId))
const sizesAsked = async () => (await commands()).filter(({ wish }) => wish.do === 'setCustomFields').length
async function areDone(asked: readonly Command[]): Promise<void> {
  const { deps, tenantId, sourceId } = world
  const reports = asked.map(({ id }) => ({ id, outcome: 'already' as const }))
  await inTenant(deps.db, tenantId, (sql) => reportCommands(sql, sourceId, reports))
}
const pausedAs = async () => (await world.owner.query('SELECT paused_code, paused_reason FROM connection')).rows[0]

async function staff(method: string, path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${world.sandboxUrl}/control/clientbook/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
}
const clients = async () =>
  z.array(z.looseObject({ id: z.string() })).parse(await world.podium.get('/state/clientbook/clients'))
/** Staff, or an import of theirs, give clients from the one of this place on another ring size. */
async function resize(from: number, to: number, size: string): Promise<void> {
  for (const { id } of (await clients()).slice(from, to))
    await staff('PUT', `clients/${id}/preferences`, { values: { 'Ring size': size } })
}

test('[BY-04] what would change many records of The Edge at once waits until a person approves it, and then comes down', async () => {
  await resize(0, 20, '0')
  expect(await look()).toBe('paused')
  expect(await commands()).toEqual([])
  const { paused_code: code, paused_reason: reason } = await pausedAs()
  expect(code).toBe('mass_change')
  expect(reason).toMatch(/^At least \d+ records in The Edge would change at once/)

  await resumeConnection(world.deps.db, world)
  expect(await look()).toBe('paused')
  expect(await commands()).toEqual([])

  await approveMassChange(world.deps.db, world)
  expect(await look()).toBe('active')
  expect(await sizesAsked()).toBe(20)
  expect(await look()).toBe('active')
  // It was approved once, not for ever.
  await areDone(await commands())
  await world.comesUp(peopleWith('0'))
  await resize(0, 20, '1')
  expect(await look()).toBe('paused')
})

test('[BY-04] nor does it come down in small parts; an hour later others may', async () => {
  await resize(0, 2, '0')
  expect(await look()).toBe('active')
  await resize(2, 4, '0')
  expect(await look()).toBe('active')
  await resize(4, 6, '0')
  expect(await look()).toBe('paused')
  expect(await sizesAsked()).toBe(4)

  const { deps } = world
  await areDone(await commands())
  await world.owner.query(
    `UPDATE command SET created_at = created_at - interval '61 minutes', updated_at = updated_at - interval '61 minutes'`,
  )
  await resumeConnection(deps.db, world)
  expect(await look()).toBe('active')
  expect(await sizesAsked()).toBe(2)
})

test('[BY-04] new notes of staff are no mass change, nor is what only shows what is known', async () => {
  for (const { id } of await clients()) {
    await staff('POST', `clients/${id}/notes`, { body: 'Likes rubies.' })
    await staff('PUT', `clients/${id}/preferences`, { values: { 'Ring size': '6' } })
  }
  expect(await look()).toBe('active')
  expect((await commands()).filter(({ wish }) => wish.do === 'putNote')).toHaveLength(20)
})

test('[BY-04] what is too little of each kind to be a mass change is not rehearsed: it waits for nobody', async () => {
  const { deps, tenantId, connectionId } = world
  await look()
  // Twelve of twenty would be a mass change.
  await world.owner.query(`UPDATE connection SET settings = jsonb_set(settings, '{brake,percent}', '60')`)
  await resize(0, 10, '0')
  for (const [index, { id }] of (await clients()).slice(0, 10).entries())
    await staff('PATCH', `clients/${id}`, {
      emails: [{ label: 'Home', address: `new${index}@example.com`, is_primary: true }],
    })
  await readPlatform(deps, { tenantId, connectionId })
  const at = await world.at()
  const isBraked = await inTenant(deps.db, tenantId, async (sql) => {
    await lockContacts(sql, connectionId)
    return isBrakedDown(at)
  })
  expect(isBraked).toBe(false)
  expect(await look()).toBe('active')
  expect(await sizesAsked()).toBe(10)
  // Whoever was changed stands last.
  await resize(0, 2, '0')
  expect(await look()).toBe('paused')
})

test('[BY-04] an opt-out is heard while a mass change waits, and the change comes down once it is approved', async () => {
  await resize(0, 20, '0')
  expect(await look()).toBe('paused')
  const [first = expect.fail('nobody is there')] = await clients()
  const { connection } = await world.at()
  const phones = ['+12035550110']
  const contact = { uid: first.id, externalId: '001-00010', phones, optedOutPhones: phones, emails: [], addresses: [] }
  await inTenant(world.deps.db, world.tenantId, (sql) => storeObservations(sql, connection, [contact]))
  expect(await look()).toBe('paused')
  expect((await commands()).map(({ wish }) => wish)).toMatchObject([{ do: 'optOut', key: '001-00010' }])
  await approveMassChange(world.deps.db, world)
  expect(await look()).toBe('active')
  expect(await sizesAsked()).toBe(20)
})

test('[BY-04] what staff mend while it waits comes down mended, and nothing of what it was before', async () => {
  const email = async (name: string) => {
    for (const [index, { id }] of (await clients()).entries())
      await staff('PATCH', `clients/${id}`, {
        emails: [{ label: 'Home', address: `${name}${index}@example.com`, is_primary: true }],
      })
  }
  await email('wrong')
  expect(await look()).toBe('paused')
  await email('right')
  await approveMassChange(world.deps.db, world)
  expect(await look()).toBe('active')
  expect(await look()).toBe('active')
  const added = (await commands()).flatMap(({ wish }) => (wish.do === 'addMethods' ? wish.emails : []))
  expect(added).toHaveLength(20)
  expect(added.every((address) => address.startsWith('right'))).toBe(true)
})

test('[BY-04] what is approved waits until the platform could be asked, though its answer fails at first', async () => {
  await resize(0, 20, '0')
  expect(await look()).toBe('paused')
  await approveMassChange(world.deps.db, world)
  await world.podium.post('/control/clientbook/faults', { action: '500', match: {}, times: 3 })
  const { deps, tenantId, connectionId } = world
  await expect(readPlatform(deps, { tenantId, connectionId })).rejects.toMatchObject({ code: 'platform_unavailable' })
  await runLane(deps, { tenantId, connectionId, lane: 'live' })
  expect(await commands()).toEqual([])
  await fetch(`${world.sandboxUrl}/control/clientbook/faults`, { method: 'DELETE' })
  await world.owner.query('UPDATE connection SET next_try_at = now()')
  expect(await look()).toBe('active')
  expect(await sizesAsked()).toBe(20)
})
