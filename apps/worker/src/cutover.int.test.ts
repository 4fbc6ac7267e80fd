import { listCustomers } from '@jumpring/db'
import { afterEach, beforeEach, expect, test } from 'vitest'
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
