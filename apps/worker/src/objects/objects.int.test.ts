import type { Item, RecordOf } from '@jumpring/contracts'
import { inTenant, updateConnection } from '@jumpring/db'
import { followJournal, leaveContact, noCounts } from '@jumpring/db/engine'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { runLane } from '../lane.ts'
import { perform } from '../perform.ts'
import { openLine } from '../session.ts'
import { openWorld, phone, type World } from '../testing/world.ts'
import { prepareObjects } from './page.ts'
import { settleObjects } from './settle.ts'

let world: World
beforeEach(async () => {
  world = await openWorld({ sink: 'partnerApi' }, 'clienteling_plus')
})
afterEach(() => world.close())

const run = () => {
  const { deps, tenantId, connectionId } = world
  return runLane(deps, { tenantId, connectionId, lane: 'live' })
}

const objectSchema = z.looseObject({
  type: z.string(),
  externalId: z.string(),
  archived: z.unknown(),
  contact: z.looseObject({ name: z.string() }).nullable(),
  fields: z.record(z.string(), z.unknown()),
})
const feedSchema = z.looseObject({ uid: z.string(), received: z.int() })
const shown = async () => z.array(objectSchema).parse(await world.podium.get('/state/podium/objects'))

const waiting = async () => {
  const { rows } = await world.owner.query(
    'SELECT kind, key, waits_for FROM pending WHERE connection_id = $1 ORDER BY kind, key',
    [world.connectionId],
  )
  return rows
}
const aside = async () => {
  const { rows } = await world.owner.query(
    'SELECT kind, key, code FROM quarantine WHERE connection_id = $1 AND resolved_at IS NULL ORDER BY kind, key',
    [world.connectionId],
  )
  return rows
}

const nora = { firstName: 'Nora', lastName: 'Lindqvist', phones: [phone('2035550117')] }
const line: RecordOf<'saleLine'> = {
  sale: '001-00001',
  line: 1,
  customer: '001-00017',
  amount: { minor: 125000, currency: 'USD' },
  description: 'Ring, 14 k',
  item: '001-150-00004',
}
const ring: Item = {
  category: { id: '150', name: 'Rings' },
  description: 'Ring, 14 k',
  status: 'in_stock',
  inventoryType: 'stock',
  price: { minor: 125000, currency: 'USD' },
  details: [],
  stones: [],
  images: [],
  upload: 'by_filter',
}

test('[PD-06] a sale of a customer whom nobody knows yet is set aside, and goes up by itself once the customer is there', async () => {
  await world.shows('saleLine', { '001-00001/1': line })
  await run()
  expect(await aside()).toEqual([{ kind: 'saleLine', key: '001-00001/1', code: 'unknown_customer' }])
  expect(await waiting()).toEqual([{ kind: 'saleLine', key: '001-00001/1', waits_for: '001-00017' }])

  await world.comesUp({ '001-00017': nora })
  await run()
  expect(await shown()).toMatchObject([{ type: 'purchase', contact: { name: 'Nora Lindqvist' } }])
  expect(await waiting()).toEqual([])
  expect(await aside()).toEqual([])
})

test.each(['before', 'after'])(
  '[CO-11] [PD-06] a sale of a customer who was refused, %s it came, says so, and goes up by itself once they are mended',
  async (when) => {
    if (when === 'before') await world.refuses('001-00017')
    await world.shows('saleLine', { '001-00001/1': line, '001-00002/1': { ...line, customer: '001-00018' } })
    await run()
    if (when === 'after') await world.refuses('001-00017')
    await run()
    const { rows } = await world.owner.query(
      'SELECT key, code, message FROM quarantine WHERE connection_id = $1 AND resolved_at IS NULL ORDER BY key',
      [world.connectionId],
    )
    expect(rows).toEqual([
      {
        key: '001-00001/1',
        code: 'unknown_customer',
        message:
          'Customer 001-00017 was refused, as their own entry says; this goes on by itself once they are mended.',
      },
      { key: '001-00002/1', code: 'unknown_customer', message: 'The store has not shown customer 001-00018.' },
    ])

    await world.comesUp({ '001-00017': nora })
    await run()
    expect(await shown()).toMatchObject([{ type: 'purchase', contact: { name: 'Nora Lindqvist' } }])
    expect(await aside()).toMatchObject([{ key: '001-00002/1' }])
  },
)

test('[PD-08] a job shows its state at its contact, and is written again only when it changes', async () => {
  await world.comesUp({ '001-00017': nora })
  const job = { number: 'J12', customer: '001-00017', type: 'repair', status: 'not_ready' } as const
  await world.shows('job', { J12: job, J13: { ...job, number: 'J13', customer: undefined } })
  await run()
  expect(await aside()).toEqual([{ kind: 'job', key: 'J13', code: 'incomplete_record' }])
  await world.shows('job', { J12: { ...job, status: 'done' } })
  await run()
  await run()
  expect(await shown()).toMatchObject([
    { type: 'serviceJob', fields: { status: 'done' }, history: [{}, {}], contact: { name: 'Nora Lindqvist' } },
  ])
})

test('[PD-08] a job that was picked up long ago stands in the timeline as of that day, and its entries in the order in which it went', async () => {
  await world.comesUp({ '001-00017': nora })
  const job = { customer: '001-00017', type: 'repair', enteredAt: '2026-03-01T10:00:00Z' } as const
  const pickedUpAt = '2026-03-08T15:00:00Z'
  await world.shows('job', {
    J12: { ...job, number: 'J12', status: 'picked_up', pickedUpAt },
    J13: { ...job, number: 'J13', status: 'done', doneAt: '2026-03-07T15:00:00Z' },
  })
  await run()
  await world.shows('job', { J13: { ...job, number: 'J13', status: 'picked_up', pickedUpAt: '2026-03-06T15:00:00Z' } })
  await run()
  const timeline = async () => (await shown()).toSorted((a, b) => (a.externalId < b.externalId ? -1 : 1))
  expect(await timeline()).toMatchObject([
    { history: [{ status: 'picked_up', occurredAt: pickedUpAt }] },
    {
      history: [
        { status: 'done', occurredAt: '2026-03-07T15:00:00Z' },
        { status: 'picked_up', occurredAt: '2026-03-07T15:00:00Z' },
      ],
    },
  ])
})

test('[PD-06] [PD-08] what has become another customer’s, as after a merge, moves to that contact', async () => {
  await world.comesUp({ '001-00017': nora, '001-00018': { firstName: 'Nils', phones: [phone('2035550118')] } })
  await world.shows('saleLine', { '001-00001/1': line })
  await run()
  await world.shows('saleLine', { '001-00001/1': { ...line, customer: '001-00018' } })
  await run()
  await run()
  expect(await shown()).toMatchObject([{ contact: { name: 'Nils' }, history: [{}, { event: 'updated' }] }])
})

test('[PD-09] [PD-11] an item is a product while it is on hand and an archived one when it is sold; a new number keeps the product', async () => {
  await world.shows('item', { '001-150-00004': ring })
  await run()
  expect(await shown()).toMatchObject([{ type: 'product', fields: { itemNumber: '001-150-00004', archived: null } }])
  await world.shows('item', {
    '001-150-00004': { ...ring, status: 'off', newKey: '002-150-00009' },
    '002-150-00009': { ...ring, oldKey: '001-150-00004' },
  })
  await run()
  expect(await shown()).toMatchObject([{ type: 'product', fields: { itemNumber: '002-150-00009', archived: null } }])
  await world.shows('item', { '002-150-00009': { ...ring, oldKey: '001-150-00004', status: 'sold' } })
  await run()
  expect(await shown()).toMatchObject([{ type: 'product', fields: { archived: 'sold' } }])
})

/** A sale whose call was accepted. @returns settles it */
async function saleOnItsWay(): Promise<() => Promise<unknown>> {
  await world.comesUp({ '001-00017': nora })
  await run()
  await world.shows('saleLine', { '001-00001/1': line })
  const { deps, tenantId } = world
  while ((await inTenant(deps.db, tenantId, async (sql) => followJournal(sql, (await world.at()).connection))).more);
  const at = await world.cleared()
  const page = await prepareObjects(at, 'live', noCounts())
  const way = openLine(at)
  const came = await perform(way.under(page.lease), page.calls, deps.log)
  expect(came.map(({ kind }) => kind)).toEqual(['accepted'])
  return () => settleObjects(at, way, page.lease, came, noCounts())
}

test('[CO-09] a sale that is on its way to the old place when another is set goes to the new one as well', async () => {
  const settled = await saleOnItsWay()
  const { uid } = feedSchema.parse(
    await world.podium.post('/control/podium/feeds', { organizationUid: world.organizationUid, stream: 'sales' }),
  )
  await updateConnection(world.deps.db, world, ({ name, settings }) => ({
    name,
    settings: { ...settings, sink: 'dataFeed', feeds: { ...settings.feeds, sales: uid } },
  }))
  await settled()
  await run()
  const feeds = z.array(feedSchema).parse(await world.podium.get('/state/podium/feeds'))
  expect(feeds.find((feed) => feed.uid === uid)?.received).toBe(1)
})

test('[PD-06] a sale that is on its way to a contact that is no longer its customer’s is written again', async () => {
  const writes = async () => {
    const requests = z.record(z.string(), z.record(z.string(), z.number()))
    const counts = requests.parse(await world.podium.get('/state/podium/requests'))
    return Object.entries(counts).flatMap(([route, of]) => (/purchases/.test(route) ? Object.values(of) : []))
  }
  const settled = await saleOnItsWay()
  expect(await writes()).toEqual([1])
  const { deps, tenantId, sourceId } = world
  const { connection } = await world.at()
  await inTenant(deps.db, tenantId, (sql) => leaveContact(sql, connection, { sourceId, key: '001-00017' }))
  await settled()
  await run()
  expect(await writes()).toEqual([2])
})
