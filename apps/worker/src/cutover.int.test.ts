import { randomUUID } from 'node:crypto'
import {
  approvePreview,
  countPreview,
  createStore,
  listCustomers,
  listPreview,
  renewPreview,
  updateConnection,
} from '@jumpring/db'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openTier } from '../../../tests/support/open-tier.ts'
import { type Engine, startEngine } from './testing/engine.ts'

let engine: Engine

beforeEach(async () => {
  engine = await startEngine()
})
afterEach(() => engine.close())

const [nora, nils, olga, pia] = ['001-00001', '001-00002', '001-00003', '001-00004']

test('[BY-01] what an earlier integration left is adopted: its number first, then its id, then e-mail, then phone', async () => {
  const connection = await engine.connect()
  await engine.edge(nora, { emails: ['other@example.com'] })
  await engine.edge(nils, { phones: ['2035550102'], more: { webId: 'c-2' } })
  await engine.edge(olga, { phones: ['2035550103'], emails: ['olga@example.com'] })
  await engine.edge(pia, { phones: ['2035550104'] })
  await engine.shows(
    connection,
    // As it was written there: in another width.
    { uid: 'c-1', externalId: '1-1', phones: ['+12035550103'] },
    { uid: 'c-2', emails: ['nils@example.com'] },
    { uid: 'c-3', emails: ['olga@example.com'] },
    { uid: 'c-4', phones: ['+12035550104'] },
  )
  const seen = await listCustomers(engine.db, { tenantId: engine.tenantId, connectionId: connection }, { limit: 10 })
  expect(seen.map(({ key, link }) => [key, link?.uid, link?.matchedBy])).toEqual([
    [nora, 'c-1', 'number'],
    [nils, 'c-2', 'webId'],
    [olga, 'c-3', 'email'],
    [pia, 'c-4', 'phone'],
  ])
  expect((await engine.wishes()).some((wish) => wish.do === 'createCustomer')).toBe(false)
})

test('[BY-02] who comes from the platform is created in the home store, by source and number; without one in the first source', async () => {
  const harbor = await engine.source('Harbor')
  const first = await engine.connect()
  await engine.shows(first, { uid: 'c-1', name: 'Pia First', emails: ['pia@example.com'] })
  const second = await engine.connect({ homeStore: { sourceId: harbor, store: '002' } })
  await engine.shows(second, { uid: 'd-1', name: 'Ben Second', emails: ['ben@example.com'] })
  const { rows } = await engine.owner.query<{ source_id: string; store: string | null }>(
    `SELECT source_id, wish->>'store' AS store FROM command ORDER BY created_at`,
  )
  expect(rows).toEqual([
    { source_id: engine.sourceId, store: null },
    { source_id: harbor, store: '002' },
  ])
})

test('[BY-02] a store of the same number in each of two sources is a location of its own, either way', async () => {
  const harbor = await engine.source('Harbor')
  await createStore(engine.db, engine.tenantId, { number: '001', name: 'Harbor', source: { id: harbor } })
  const [main, mall, outlet] = [randomUUID(), randomUUID(), randomUUID()]
  const connection = await engine.connect({
    locations: { '001': main, [`${harbor}/001`]: mall, '002': outlet, [`${randomUUID()}/002`]: main },
  })
  await engine.edge(nora, { emails: ['nora@example.com'] })
  await engine.edge(nora, { emails: ['nils@example.com'] }, harbor)
  await engine.edge('002-00001', { emails: ['olga@example.com'] }, harbor)
  await engine.up(connection)
  const { rows: written } = await engine.owner.query(
    `SELECT frozen->'body'->>'email' AS email, frozen->'body'->'locations'->>0 AS location FROM effect ORDER BY email`,
  )
  expect(written).toEqual([
    { email: 'nils@example.com', location: mall },
    { email: 'nora@example.com', location: main },
    { email: 'olga@example.com', location: outlet },
  ])

  await engine.shows(
    connection,
    { uid: 'c-1', name: 'Pia Mall', emails: ['pia@example.com'], locations: [mall] },
    { uid: 'c-2', name: 'Ben Main', emails: ['ben@example.com'], locations: [main] },
  )
  const { rows: created } = await engine.owner.query(
    `SELECT source_id AS source, wish->>'lastName' AS name, wish->>'store' AS store FROM command ORDER BY created_at, id`,
  )
  expect(created).toEqual([
    { source: harbor, name: 'Mall', store: '001' },
    { source: engine.sourceId, name: 'Main', store: '001' },
  ])
})

describe('[BY-01] a connection that begins with a preview', () => {
  let connection: string
  const at = () => ({ tenantId: engine.tenantId, connectionId: connection })
  const entries = async () =>
    (await listPreview(engine.db, at(), { limit: 100, after: 0 })).map(({ what, key, uid, reason, changes }) => [
      what,
      key ?? uid,
      reason,
      ...changes.map(({ field, from, to }) => `${field}: ${from} → ${to}`),
    ])
  const left = async () => ({
    links: (await engine.links(connection)).length,
    wishes: (await engine.wishes()).length,
    effects: (await engine.owner.query('SELECT FROM effect')).rowCount,
    held: (await engine.worklist(connection)).length,
  })
  const expected = [
    ['linked', nora, 'email'],
    ['changed', nora, null, `name: Nora → Person ${nora}`],
    ['created', nils, null, `name: null → Person ${nils}`, 'phone: null → +12035550102'],
    ['held', olga, 'needs_identifier'],
    ['broughtDown', nora, 'addMethods', 'phone: null → +12035550109'],
    ['broughtDown', 'c-2', 'createCustomer', 'email: null → new@example.com'],
  ]

  beforeEach(async () => {
    connection = await engine.connect({}, { preview: true })
    await engine.edge(nora, { emails: ['nora@example.com'] })
    await engine.edge(nils, { phones: ['2035550102'] })
    await engine.edge(olga, {})
    await engine.holds(
      connection,
      { uid: 'c-1', name: 'Nora', emails: ['nora@example.com'], phones: ['+12035550109'] },
      { uid: 'c-2', name: 'Ben New', emails: ['new@example.com'] },
    )
    await engine.passes(connection)
  })

  test('says what it would do, and does nothing of it', async () => {
    expect(await entries()).toEqual(expected)
    expect(await countPreview(engine.db, at())).toEqual([
      { what: 'linked', count: 1 },
      { what: 'created', count: 1 },
      { what: 'changed', count: 1 },
      { what: 'held', count: 1 },
      { what: 'broughtDown', count: 2 },
    ])
    await engine.edge(nils, { phones: ['2035550103'] })
    await engine.passes(connection)
    expect(await left()).toEqual({ links: 0, wishes: 0, effects: 0, held: 0 })
  })

  const toModeB = () =>
    updateConnection(engine.db, at(), (now) => ({ ...now, settings: { ...now.settings, mode: 'B' } }))

  test('is made once more when somebody wishes so, by what is there then', async () => {
    await engine.edge(olga, { phones: ['2035550103'] })
    await renewPreview(engine.db, at())
    await expect(approvePreview(engine.db, at())).rejects.toMatchObject({ code: 'conflict' })
    await engine.holds(connection)
    await engine.passes(connection)
    expect(await entries()).toContainEqual([
      'created',
      olga,
      null,
      `name: null → Person ${olga}`,
      'phone: null → +12035550103',
    ])
  })

  test('is made once more when another license holds', async () => {
    await openTier(engine.db, at(), 'clienteling_plus')
    await expect(approvePreview(engine.db, at())).rejects.toMatchObject({ code: 'conflict' })
    await engine.holds(connection)
    await engine.passes(connection)
    await approvePreview(engine.db, at())
  })

  test('is not what settings of before would do, though they were changed while it was made', async () => {
    await renewPreview(engine.db, at())
    await engine.holds(connection)
    const stop = await engine.owner.connect()
    await stop.query(`SELECT pg_advisory_lock(hashtextextended('contacts:' || $1, 0))`, [connection])
    const passing = engine.passes(connection)
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`
    await vi.waitFor(async () => expect((await engine.owner.query(waiting)).rowCount).toBe(1), 10_000)
    await toModeB()
    await stop.query('SELECT pg_advisory_unlock_all()')
    stop.release()
    await passing
    await expect(approvePreview(engine.db, at())).rejects.toMatchObject({ code: 'conflict' })
    await engine.passes(connection)
    expect(await entries()).toEqual(expected.filter(([what]) => what !== 'broughtDown'))
  })

  test('approved, it does that; before that other settings have it made once more', async () => {
    await toModeB()
    await expect(approvePreview(engine.db, at())).rejects.toMatchObject({ code: 'conflict' })
    await engine.holds(connection)
    await engine.passes(connection)
    expect(await entries()).toEqual(expected.filter(([what]) => what !== 'broughtDown'))

    await approvePreview(engine.db, at())
    await expect(renewPreview(engine.db, at())).rejects.toMatchObject({ code: 'conflict' })
    await engine.receives(connection)
    expect(await engine.up(connection)).toEqual(
      new Map([
        // Both have the e-mail: it need not be written.
        [nora, { name: `Person ${nora}` }],
        [nils, { name: `Person ${nils}`, phone: '+12035550102' }],
      ]),
    )
  })
})
