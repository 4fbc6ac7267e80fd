import { connectorFor } from '@jumpring/connectors'
import { undoMatch } from '@jumpring/db'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { runLane } from './lane.ts'
import { readPlatform } from './read-platform.ts'
import { openClientbook, type World } from './testing/world.ts'

let world: World
beforeEach(async () => {
  world = await openClientbook()
})
afterEach(() => world.close())

const key = '001-00017'

async function run(): Promise<void> {
  const { deps, tenantId, connectionId } = world
  for (let round = 0; round < 3; round += 1) {
    await world.owner.query('UPDATE connection SET last_poll_at = NULL')
    await readPlatform(deps, { tenantId, connectionId })
    for (const lane of ['live', 'backfill'] as const) await runLane(deps, { tenantId, connectionId, lane })
  }
}

const clientSchema = z.object({ id: z.string(), pos_id: z.string().nullable(), first_name: z.string().nullable() })
const clients = async () => z.array(clientSchema).parse(await world.podium.get('/state/clientbook/clients'))

test('[CB-02] a match with the wrong client is undone: it has its name back and no number, and the customer a client of its own', async () => {
  const { id } = clientSchema.parse(
    await world.podium.post('/control/clientbook/clients', {
      first_name: 'Ben',
      last_name: 'Before',
      emails: [{ label: 'Home', address: 'ben@example.com', is_primary: true }],
    }),
  )
  await run()
  await world.comesUp({
    [key]: {
      firstName: 'Nora',
      lastName: 'Lindqvist',
      emails: [{ type: 'Home', address: 'ben@example.com', sendPromo: false }],
    },
  })
  await run()
  expect(await clients()).toEqual([{ id, pos_id: key, first_name: 'Nora' }])

  const { deps, tenantId, sourceId, connectionId } = world
  const by = { id: '00000000-0000-4000-8000-000000000001', role: 'store' }
  await undoMatch(deps.db, { tenantId, connectionId }, { sourceId, key }, by, ({ uid, restore, written, labels }) =>
    connectorFor('clientbook').freezeRestore?.(restore, written, [uid], labels),
  )
  await run()
  const after = await clients()
  expect(after).toHaveLength(2)
  expect(after).toContainEqual({ id, pos_id: null, first_name: 'Ben' })
  expect(after).toContainEqual({ id: expect.not.stringMatching(id), pos_id: key, first_name: 'Nora' })
})
