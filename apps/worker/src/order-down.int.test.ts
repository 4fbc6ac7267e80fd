import { giveCommands, inTenant, reportCommands } from '@jumpring/db'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { runLane } from './lane.ts'
import { readPlatform } from './read-platform.ts'
import { openClientbook, phone, type World } from './testing/world.ts'

let world: World

beforeEach(async () => {
  world = await openClientbook(({ preferences }) => {
    const preference = preferences.find(({ name }) => name === 'Ring size')?.id ?? expect.fail('no ring size')
    return { customFields: [{ field: '1', preference, type: 'text' }] }
  })
  await inTheEdge('6')
  await ask()
  await work()
})
afterEach(() => world.close())

const key = '001-00017'
const inTheEdge = (size: string) =>
  world.comesUp({ [key]: { lastName: 'Lindqvist', phones: [phone('2035550117')], customFields: { 1: size } } })

/** The platform is asked for its changes; nobody looks at them yet. */
async function ask(): Promise<void> {
  const { deps, tenantId, connectionId } = world
  await world.owner.query('UPDATE connection SET last_poll_at = NULL')
  await readPlatform(deps, { tenantId, connectionId })
}

/** What waits is looked at, and The Edge does what it is asked. @returns the sizes that it was given, in order */
async function work(): Promise<string[]> {
  const { deps, tenantId, sourceId, connectionId } = world
  const given: string[] = []
  for (let commands = 1; commands > 0; ) {
    for (const lane of ['backfill', 'live'] as const) await runLane(deps, { tenantId, connectionId, lane })
    const open = await inTenant(deps.db, tenantId, (sql) => giveCommands(sql, sourceId))
    commands = open.length
    for (const { id, wish } of open) {
      const size = wish.do === 'setCustomFields' ? wish.fields[1]?.value : undefined
      if (!size) expect.fail(`The Edge was asked to ${wish.do}`)
      given.push(size)
      await inTheEdge(size)
      await inTenant(deps.db, tenantId, (sql) => reportCommands(sql, sourceId, [{ id, outcome: 'already' }]))
    }
  }
  return given
}

async function staffSet(size: string): Promise<void> {
  const clients = z.array(z.object({ id: z.string() })).parse(await world.podium.get('/state/clientbook/clients'))
  const answer = await fetch(`${world.sandboxUrl}/control/clientbook/clients/${clients[0]?.id}/preferences`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ values: { 'Ring size': size } }),
  })
  expect(answer.ok).toBe(true)
}

test('of one record, what the platform says comes down in its order, and an older word that is late changes nothing', async () => {
  await staffSet('7')
  await ask()
  await staffSet('8')
  await ask()
  expect((await work()).at(-1)).toBe('8')

  const { rowCount } = await world.owner.query(
    `UPDATE inbox SET status = 'new', n = nextval(pg_get_serial_sequence('inbox', 'n')) WHERE body LIKE '%"7"%'`,
  )
  expect(rowCount).toBe(1)
  expect(await work()).toEqual([])

  // The store's own change after all that goes up, and does not come back.
  await inTheEdge('9')
  expect(await work()).toEqual([])
  const [client] = z
    .array(z.object({ preferences: z.record(z.string(), z.unknown()) }))
    .parse(await world.podium.get('/state/clientbook/clients'))
  expect(client?.preferences['Ring size']).toBe('9')
})
