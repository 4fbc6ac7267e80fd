import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openTier } from '../../../../tests/support/open-tier.ts'
import { type Directory, operations, problem, provision, secrets } from './testing/provision.ts'
import { clearWork, seedCustomers, seedQuarantine, workOf } from './testing/seed.ts'
import { startWorld, type World } from './testing/world.ts'

let world: World
let ours: Directory
const keys = ['001-00001', '001-00002']

beforeAll(async () => {
  world = await startWorld()
  ours = await provision(world, 'podium', 'Lindqvist Jewelers')
  await seedCustomers(world, ours, keys)
})
beforeEach(async () => {
  await clearWork(world, ours.connectionId)
  await openTier(world.db, ours, 'clienteling')
  await change({ settings: { mode: 'A', streams: { customers: true, contactMethods: true } } })
  await clearWork(world, ours.connectionId)
  world.rings.length = 0
})
afterAll(() => world.close())

const change = (input: object) =>
  world.get(ours.vendor, operations.updateConnection, { input: { connectionId: ours.connectionId, ...input } })
const act = (name: string) =>
  world.get(
    ours.store,
    `mutation ($id: ID!) { ${name}(connectionId: $id) { ... on Connection { status pausedCode pausedReason } ${problem} } }`,
    { id: ours.connectionId },
  )
const all = (reason: string) => keys.map((key) => ({ key, priority: 2, reason }))

describe('the work list', () => {
  test('[CO-01] [PD-02] of a new connection is empty until its license is installed, and then holds every record that is there', async () => {
    const input = {
      tenantId: ours.tenantId,
      platform: 'podium',
      name: 'Second',
      tier: 'clienteling',
      baseUrl: 'http://127.0.0.1:9',
      secrets,
    }
    const { id } = z
      .object({ id: z.string() })
      .parse(await world.get(ours.vendor, operations.createConnection, { input }))
    expect(await workOf(world, id)).toEqual([])
    await openTier(world.db, { tenantId: ours.tenantId, connectionId: id }, 'clienteling')
    expect(await workOf(world, id)).toEqual(all('opened'))
  })

  test('[CO-13] a stream that is switched off leaves it, and deletes nothing; switched on, it catches up', async () => {
    await act('resyncConnection')
    expect(await workOf(world, ours.connectionId)).toEqual(all('resync'))
    const off = await change({ settings: { streams: { customers: false } } })
    expect(off.streams).toContainEqual({ stream: 'customers', on: false, open: false })
    expect(await workOf(world, ours.connectionId)).toEqual([])
    expect((await world.owner.query('SELECT FROM record WHERE tenant_id = $1', [ours.tenantId])).rowCount).toBe(2)

    await act('resyncConnection')
    expect(await workOf(world, ours.connectionId)).toEqual([])

    await change({ settings: { streams: { customers: true } } })
    expect(await workOf(world, ours.connectionId)).toEqual(all('opened'))
  })

  test('[CO-13] contact methods that are switched on have their customers looked at again', async () => {
    await change({ settings: { streams: { contactMethods: false } } })
    expect(await workOf(world, ours.connectionId)).toEqual([])
    await change({ settings: { streams: { contactMethods: true } } })
    expect(await workOf(world, ours.connectionId)).toEqual(all('opened'))
  })

  test('[CO-12] a tier that opens nothing more puts nothing on it', async () => {
    await openTier(world.db, ours, 'clienteling_plus')
    expect((await change({})).licensedTier).toBe('clienteling_plus')
    expect(await workOf(world, ours.connectionId)).toEqual([])
  })

  test('[AD-05] a resync keeps a live change ahead of it', async () => {
    await world.owner.query(
      `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason, attempts) VALUES ($1, $2, 'customer', $3, $4, 1, 1, 'changed', 3)`,
      [ours.connectionId, ours.sourceId, keys[0], ours.tenantId],
    )
    await act('resyncConnection')
    expect(await workOf(world, ours.connectionId)).toEqual([
      { key: keys[0], priority: 1, reason: 'changed' },
      { key: keys[1], priority: 2, reason: 'resync' },
    ])
  })
})

test('settings that are not given stay; null takes the default location away', async () => {
  await change({ settings: { defaultLocation: 'location-9', mode: 'B' } })
  expect(await change({ name: 'Renamed' })).toMatchObject({ mode: 'B', defaultLocation: 'location-9' })
  expect(await change({ settings: { defaultLocation: null } })).toMatchObject({ mode: 'B', defaultLocation: null })
})

describe('what a connection is told', () => {
  const shown = `query ($id: ID!) { connection(id: $id) { scope customFields { field name preference type choices } defaultAssociate homeStore { sourceId store } locations { sourceId store location } streams { stream } } }`

  test('[CB-01] [CB-03] [CB-11] [BY-02] is shown again: scope, mapping, default associate, home store, locations', async () => {
    const given = {
      scope: 'selected',
      customFields: [
        { field: 3, name: 'Metal', preference: 'p-1', type: 'choice', choices: ['Gold', 'Silver'] },
        { field: 4, name: null, preference: 'p-2', type: 'text', choices: [] },
      ],
      defaultAssociate: '12',
      homeStore: { sourceId: ours.sourceId, store: '001' },
      locations: [
        { sourceId: null, store: '001', location: 'l-1' },
        { sourceId: ours.sourceId, store: '001', location: 'l-2' },
      ],
    }
    await change({ settings: given })
    const { streams, ...settings } = await world.get(ours.store, shown, { id: ours.connectionId })
    expect(settings).toEqual(given)
    expect(streams).not.toContainEqual({ stream: 'wishes' })
    await change({
      settings: { defaultAssociate: null, homeStore: null, locations: [], customFields: [], scope: 'all' },
    })
    expect(await world.get(ours.store, shown, { id: ours.connectionId })).toMatchObject({
      scope: 'all',
      customFields: [],
      defaultAssociate: null,
      homeStore: null,
    })
  })

  test('[CB-03] a custom field that is only called otherwise is no other mapping', async () => {
    const mapped = { field: 3, preference: 'p-1', type: 'text' }
    const versions = async () =>
      (await world.owner.query('SELECT FROM field_mapping WHERE connection_id = $1', [ours.connectionId])).rowCount
    await change({ settings: { customFields: [mapped] } })
    const before = await versions()
    await change({ settings: { customFields: [{ ...mapped, name: 'Metal' }] } })
    expect(await versions()).toBe(before)
    await change({ settings: { customFields: [] } })
    expect(await versions()).not.toBe(before)
  })

  test('a stream that the platform has not, a store that is not there and a mapping that cannot be are refused, each by its name', async () => {
    expect(await change({ settings: { streams: { wishes: true, notes: false } } })).toMatchObject({
      fields: [{ path: 'settings.streams.wishes', message: 'Podium has no such stream; it cannot be switched on.' }],
    })
    const home = { sourceId: ours.sourceId, store: '099' }
    expect(await change({ settings: { homeStore: home } })).toMatchObject({ fields: [{ path: 'settings.homeStore' }] })
    const locations = [
      { store: '001', location: 'l-1' },
      { store: '098', location: 'l-1' },
      { ...home, location: 'l-1' },
    ]
    expect(await change({ settings: { locations } })).toMatchObject({
      code: 'invalid_input',
      fields: [
        { path: 'settings.locations.098', message: 'The tenant has no such store.' },
        { path: `settings.locations.${ours.sourceId}/099`, message: 'The tenant has no such store.' },
      ],
    })
    const twice = { preference: 'p-1', type: 'text' }
    expect(
      await change({
        settings: {
          customFields: [
            { field: 1, ...twice },
            { field: 2, ...twice },
          ],
        },
      }),
    ).toMatchObject({ fields: [{ path: 'settings.customFields', message: 'A preference is mapped twice.' }] })
    expect(await change({ settings: { customFields: [{ field: 9, ...twice }] } })).toMatchObject({
      fields: [{ path: 'settings.customFields.0.field' }],
    })
  })
})

test('[AD-05] pause, run now, resume', async () => {
  expect(await act('pauseConnection')).toEqual({
    status: 'paused',
    pausedCode: null,
    pausedReason: 'A person paused it.',
  })
  expect(await act('runConnectionNow')).toEqual({ code: 'conflict', message: 'It is paused; resume it first.' })
  expect(world.rings).toEqual([])
  expect(await act('resumeConnection')).toEqual({ status: 'active', pausedCode: null, pausedReason: null })
  expect(await act('runConnectionNow')).toMatchObject({ status: 'active' })
  expect(world.rings).toEqual([`ring ${ours.connectionId}`, `runNow ${ours.connectionId}`])
})

describe('what is quarantined', () => {
  const replay = async (...ids: string[]) =>
    z
      .object({ replays: z.array(z.object({ id: z.string(), replayed: z.boolean(), code: z.string().nullable() })) })
      .parse(
        await world.get(
          ours.store,
          `mutation ($tenantId: ID!, $ids: [ID!]!) { replayQuarantined(tenantId: $tenantId, ids: $ids) { ... on Replays { replays { id replayed code message } } ${problem} } }`,
          { tenantId: ours.tenantId, ids },
        ),
      )
      .replays.map(({ replayed, code }) => (replayed ? 'replayed' : code))

  const refused = { code: 'platform_refused', message: 'The platform refused it.' }
  const up = (key: string) =>
    seedQuarantine(world, ours, {
      connectionId: ours.connectionId,
      stage: 'up',
      subject: `${ours.sourceId}/${key}`,
      key,
      ...refused,
    })

  test('[CO-11] on its way up goes on the work list again, and a deleted contact is made again', async () => {
    await world.owner.query(
      `INSERT INTO link (tenant_id, connection_id, source_id, kind, key, status, state) VALUES ($1, $2, $3, 'customer', $4, 'gone', '{}'), ($1, $2, $3, 'customer', $5, 'active', '{}')`,
      [ours.tenantId, ours.connectionId, ours.sourceId, ...keys],
    )
    const ids = await Promise.all(keys.map(up))
    expect(await replay(...ids)).toEqual(['replayed', 'replayed'])
    expect(await workOf(world, ours.connectionId)).toEqual(keys.map((key) => ({ key, priority: 1, reason: 'replay' })))
    const links = await world.owner.query('SELECT key FROM link WHERE connection_id = $1', [ours.connectionId])
    expect(links.rows).toEqual([{ key: keys[1] }])
    expect(world.rings).toEqual([`ring ${ours.connectionId}`])
    expect(await replay(ids[0] ?? '')).toEqual(['conflict'])
  })

  test('[CO-12] of a stream that is closed now stays where it is', async () => {
    const id = await up('001-00001')
    await change({ settings: { streams: { customers: false } } })
    expect(await replay(id)).toEqual(['not_entitled'])
    expect((await world.owner.query('SELECT resolved_at FROM quarantine WHERE id = $1', [id])).rows).toEqual([
      { resolved_at: null },
    ])
    await world.owner.query('DELETE FROM quarantine WHERE id = $1', [id])
  })

  test('[CO-11] on its way down is looked at again', async () => {
    await world.owner.query(
      `INSERT INTO inbox (connection_id, event_id, tenant_id, origin, body, status) VALUES ($1, 'event-1', $2, 'webhook', '{}', 'quarantined')`,
      [ours.connectionId, ours.tenantId],
    )
    const id = await seedQuarantine(world, ours, {
      connectionId: ours.connectionId,
      stage: 'down',
      subject: 'event-1',
      code: 'unreadable_event',
      message: 'It could not be understood.',
    })
    expect(await replay(id)).toEqual(['replayed'])
    const { rows } = await world.owner.query(`SELECT status FROM inbox WHERE event_id = 'event-1'`)
    expect(rows).toEqual([{ status: 'new' }])
  })

  test('[CO-11] that The Edge did not take is given to the agent again, who is told', async () => {
    const { rows: commands } = await world.owner.query<{ id: string }>(
      `INSERT INTO command (tenant_id, source_id, connection_id, wish, status, message) VALUES ($1, $2, $3, '{}', 'failed', 'The disk is full.') RETURNING id`,
      [ours.tenantId, ours.sourceId, ours.connectionId],
    )
    const id = await seedQuarantine(world, ours, {
      connectionId: ours.connectionId,
      stage: 'edge',
      subject: commands[0]?.id ?? '',
      code: 'command_failed',
      message: 'The disk is full.',
    })
    const listener = await world.owner.connect()
    const told = new Promise((resolve) => listener.once('notification', ({ payload }) => resolve(payload)))
    await listener.query('LISTEN jumpring_commands')
    expect(await replay(id)).toEqual(['replayed'])
    expect(await told).toBe(ours.sourceId)
    listener.release(true)
    // Under an id that the agent has not seen: of the old one it would only repeat what became of it.
    const { rows } = await world.owner.query(
      'SELECT status, message, id = $2 AS same FROM command WHERE connection_id = $1',
      [ours.connectionId, commands[0]?.id],
    )
    expect(rows).toEqual([{ status: 'queued', message: null, same: false }])
  })

  test('[CO-11] before it reached the cloud’s records cannot be tried from here; the others are', async () => {
    const agent = await seedQuarantine(world, ours, {
      stage: 'agent',
      subject: 'CustomerList.json:17',
      code: 'invalid_record',
      message: 'It has no key.',
    })
    const good = await up('001-00001')
    expect(await replay(agent, good)).toEqual(['conflict', 'replayed'])
  })
})
