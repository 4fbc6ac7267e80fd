import { deselectCustomers, listCustomers, selectCustomers, updateConnection } from '@jumpring/db'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Engine, startEngine } from './testing/engine.ts'

let engine: Engine
let connection: string

beforeEach(async () => {
  engine = await startEngine()
  connection = await engine.connect({ scope: 'selected' })
})
afterEach(() => engine.close())

const [nora, nils, olga] = ['001-00001', '001-00002', '001-00003']
const by = { id: '00000000-0000-4000-8000-000000000001', role: 'store' }
const at = () => ({ tenantId: engine.tenantId, connectionId: connection })
const chosen = (...keys: string[]) => ({ customers: keys.map((key) => ({ sourceId: engine.sourceId, key })) })
const select = (...keys: string[]) => selectCustomers(engine.db, at(), chosen(...keys), by)
const deselect = (...keys: string[]) => deselectCustomers(engine.db, at(), chosen(...keys), by)
const seen = async (filter = {}) =>
  (await listCustomers(engine.db, at(), { limit: 100, ...filter })).map(({ key, selectedBy, link }) => [
    key,
    selectedBy,
    link?.matchedBy ?? null,
  ])

describe('[CB-01] a connection of selected customers', () => {
  beforeEach(async () => {
    await engine.edge(nora, { phones: ['2035550101'] })
    await engine.edge(nils, { phones: ['2035550102'], emails: ['nils@example.com'] })
  })

  test('sends nobody up who is not selected, and leaves nothing to do; the selected, one or by a filter, go up', async () => {
    expect(await engine.up(connection)).toEqual(new Map())
    expect((await engine.owner.query('SELECT FROM pending WHERE connection_id = $1', [connection])).rowCount).toBe(0)

    expect(await select(nora)).toEqual({ changed: 1, marked: 0 })
    expect([...(await engine.up(connection)).keys()]).toEqual([nora])
    await engine.edge(nils, { phones: ['2035550103'], emails: ['nils@example.com'] })
    expect(await engine.up(connection)).toEqual(new Map())

    expect(await selectCustomers(engine.db, at(), { filter: { hasEmail: true } }, by)).toEqual({
      changed: 1,
      marked: 0,
    })
    expect(await engine.up(connection)).toMatchObject(new Map([[nils, { phone: '+12035550103' }]]))
    expect(await seen()).toEqual([
      [nora, 'person', 'created'],
      [nils, 'person', 'created'],
    ])
  })

  test('knows the mark in The Edge: who has it goes up, and stays selected by it', async () => {
    await engine.edge(olga, { phones: ['2035550104'], more: { webUpload: true } })
    expect([...(await engine.up(connection)).keys()]).toEqual([olga])
    expect(await deselect(olga)).toEqual({ changed: 0, marked: 1 })
    await engine.edge(olga, { phones: ['2035550105'], more: { webUpload: true } })
    expect([...(await engine.up(connection)).keys()]).toEqual([olga])
    await engine.edge(olga, { phones: ['2035550106'] })
    expect(await engine.up(connection)).toEqual(new Map())
  })

  test('a contact of the platform selects its customer, new or matched', async () => {
    await engine.up(connection)
    await engine.shows(
      connection,
      { uid: 'c-1', emails: ['nils@example.com'], phones: ['+12035550109'] },
      { uid: 'c-2', name: 'Pia New', emails: ['pia@example.com'] },
    )
    expect(await engine.wishes()).toMatchObject([
      { do: 'addMethods', key: nils, phones: ['+12035550109'] },
      { do: 'createCustomer', lastName: 'New' },
    ])
    await engine.edge(olga, { emails: ['pia@example.com'] })
    await engine.reports(1, 'seen', olga)
    await engine.up(connection)
    expect(await seen({ selected: true })).toEqual([
      [nils, 'platform', 'email'],
      [olga, 'platform', 'cameFromPlatform'],
    ])
    expect(await seen({ selected: false })).toEqual([[nora, null, null]])
  })

  test('deselected, nothing goes either way and nothing is deleted; selected again, both sides catch up', async () => {
    await select(nora)
    await engine.up(connection)
    await engine.shows(connection, { uid: 'c-1', phones: ['+12035550101'], name: `Person ${nora}` })
    await engine.up(connection)
    expect(await deselect(nora)).toEqual({ changed: 1, marked: 0 })

    await engine.edge(nora, { phones: ['2035550107'] })
    await engine.shows(connection, { uid: 'c-1', phones: ['+12035550101'], emails: ['nora@example.com'], name: 'Nora' })
    expect(await engine.up(connection)).toEqual(new Map())
    expect(await engine.wishes()).toEqual([])
    expect(await engine.links(connection)).toMatchObject([{ key: nora, status: 'active', uid: 'c-1' }])

    await select(nora)
    expect(await engine.up(connection)).toEqual(new Map([[nora, { phone: '+12035550107' }]]))
    expect(await engine.wishes()).toMatchObject([{ do: 'addMethods', key: nora, emails: ['nora@example.com'] }])
  })

  test('who is not selected keeps nobody from a shared phone', async () => {
    await engine.edge(olga, { phones: ['2035550101'], more: { enteredAt: '2020-01-01' } })
    await engine.edge(nora, { phones: ['2035550101'], more: { enteredAt: '2001-01-01' } })
    await select(olga)
    expect([...(await engine.up(connection)).keys()]).toEqual([olga])
    await select(nora)
    expect(await engine.up(connection)).toEqual(new Map())
    expect(await engine.worklist(connection)).toMatchObject([{ key: nora, code: 'shared_contact' }])
    await deselect(nora)
    await engine.up(connection)
    expect(await engine.worklist(connection)).toEqual([])
  })

  test('of all customers, whom nobody had selected catches up', async () => {
    await engine.up(connection)
    await updateConnection(engine.db, at(), (now) => ({ ...now, settings: { ...now.settings, scope: 'all' } }))
    await engine.owner.query('UPDATE pending SET priority = 1')
    expect([...(await engine.up(connection)).keys()].sort()).toEqual([nora, nils])
  })

  test('somebody who is not there is named by number, and nothing is done', async () => {
    await expect(select(nora, '001-00099')).rejects.toMatchObject({ code: 'not_found' })
    expect(await seen({ selected: true })).toEqual([])
  })
})
