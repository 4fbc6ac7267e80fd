import { inTenant } from '@jumpring/db'
import { noCounts, storeObservations } from '@jumpring/db/engine'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { runLane } from './lane.ts'
import { preparePage } from './page.ts'
import { preview } from './preview.ts'
import { readPlatform } from './read-platform.ts'
import { receiveEvents } from './receive.ts'
import { prepareSheets } from './sheets/page.ts'
import { openClientbook, phone, type World } from './testing/world.ts'

let world: World
beforeEach(async () => {
  world = await openClientbook()
})
afterEach(() => world.close())

const [old, renumbered] = ['001-00017', '001-00018'] as const
const nora = { firstName: 'Nora', lastName: 'Lind', phones: [phone('2035550117')] }
const note = (text: string) => world.shows('note', { N1: { customer: old, text, locked: false } })
const read = async () => {
  const { deps, tenantId, connectionId } = world
  await world.owner.query('UPDATE connection SET last_poll_at = NULL')
  await readPlatform(deps, { tenantId, connectionId })
}

/** How many sessions of this database wait for a lock. */
const waiting = async () => {
  const { rows } = await world.owner.query(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return z.tuple([z.object({ n: z.int() })]).parse(rows)[0].n
}

/** What staff did at the client, looked at. */
const event = {
  given: async () => {
    const [client] = z
      .array(z.looseObject({ id: z.string() }))
      .parse(await world.podium.get('/state/clientbook/clients'))
    await world.podium.post(`/control/clientbook/clients/${client?.id}/notes`, { body: 'Has a dog.' })
    await read()
  },
  look: async () => receiveEvents(await world.at(), 100, noCounts()),
}
/** What changed in The Edge of a customer's, written. */
const sheet = {
  given: () => note('Likes pearls.'),
  look: async () => prepareSheets(await world.at(), 'live', noCounts()),
}

test.each([
  ['an event of a note', event],
  ['a page of notes', sheet],
])('%s and a page of customers never wait for each other', async (_what, { given, look }) => {
  const { deps, tenantId, connectionId } = world
  await world.comesUp({ [old]: nora })
  await note('Likes gold.')
  for (let round = 0; round < 3; round++) {
    await read()
    await runLane(deps, { tenantId, connectionId, lane: 'live' })
  }
  await given()
  await world.comesUp({ [renumbered]: { ...nora, lastName: 'Lindqvist', oldKey: old } })
  await world.owner.query(
    `INSERT INTO rate_budget (connection_id, tenant_id, "limit", remaining, reset_at) VALUES ($1, $2, 300, 300, now() + interval '1 minute')
     ON CONFLICT (connection_id) DO NOTHING`,
    [connectionId, tenantId],
  )
  // The page of customers stops in its middle: its links are locked, and not saved yet.
  const stop = await world.owner.connect()
  await stop.query('BEGIN')
  await stop.query('SELECT FROM rate_budget FOR UPDATE')
  const page = preparePage(await world.cleared(), 'live', noCounts())
  await vi.waitFor(async () => expect(await waiting()).toBe(1), 10_000)
  const looking = look()
  await vi.waitFor(async () => expect(await waiting()).toBe(2), 10_000)
  await stop.query('ROLLBACK')
  stop.release()
  const ends = await Promise.allSettled([page, looking])
  expect(ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []))).toEqual([])
})

test('two previews never wait for each other', async () => {
  const { deps, tenantId, connectionId } = world
  await world.comesUp({ [old]: nora })
  const at = await world.at()
  const phones = ['+12035550190']
  const contact = { uid: 'c-90', externalId: old, phones, optedOutPhones: phones, emails: [], addresses: [] }
  const another = { ...contact, uid: 'c-91', externalId: renumbered }
  await inTenant(deps.db, tenantId, (sql) => storeObservations(sql, at.connection, [contact, another]))
  await world.owner.query(
    `INSERT INTO inbox (connection_id, tenant_id, event_id, origin, body) VALUES ($1, $2, 'note:1', 'event', $3)`,
    [
      connectionId,
      tenantId,
      JSON.stringify({
        type: 'sheet.changed',
        eventId: '1',
        showing: {
          sheet: 'note',
          uid: 'n-1',
          contactUid: 'c-90',
          fields: { text: 'Has a dog.' },
          updatedAt: '2026-01-01T00:00:00Z',
        },
      }),
    ],
  )
  for (const table of ['inbox', 'pending'])
    await world.owner.query(`UPDATE ${table} SET not_before = now() - interval '1 minute'`)
  // Each stops at a contact of its own, whose opt-out another is just writing down.
  const stop = await world.owner.connect()
  await stop.query('BEGIN')
  await stop.query(`INSERT INTO opt_out (tenant_id, phone, origin) VALUES ($1, $2, 'clientbook')`, [
    tenantId,
    phones[0],
  ])
  const looks = [preview(at), preview(at)]
  await vi.waitFor(async () => expect(await waiting()).toBe(2), 10_000)
  await stop.query('ROLLBACK')
  stop.release()
  const ends = await Promise.allSettled(looks)
  expect(ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []))).toEqual([])
})
