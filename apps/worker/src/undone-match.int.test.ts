import { connectorFor } from '@jumpring/connectors'
import { giveCommands, inTenant, listDuplicateDecisions, undoDuplicateDecision, undoMatch } from '@jumpring/db'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Engine, startEngine } from './testing/engine.ts'

let engine: Engine
let connection: string

beforeEach(async () => {
  engine = await startEngine()
  connection = await engine.connect()
})
afterEach(() => engine.close())

const [nora, nils, olga] = ['001-00001', '001-00002', '001-00003']
const by = { id: '00000000-0000-4000-8000-000000000001', role: 'store' }
const undo = (key: string) =>
  undoMatch(
    engine.db,
    { tenantId: engine.tenantId, connectionId: connection },
    { sourceId: engine.sourceId, key },
    by,
    ({ restore, identifiers }) =>
      Object.keys(restore).length === 0 ? null : connectorFor('podium').freezeUpdate(restore, identifiers, null),
  )
const linkOf = async (key: string) => (await engine.links(connection)).find((link) => link.key === key)
const held = async () => (await engine.worklist(connection)).map(({ key, code }) => [key, code])

describe('[CB-02] a contact that was taken for the wrong customer by a shared phone', () => {
  beforeEach(async () => {
    await engine.edge(nora, { phones: ['2035550101'], emails: ['nora@example.com'] })
    await engine.shows(connection, {
      uid: 'c-1',
      name: 'Ben Before',
      phones: ['+12035550101', '+12035550109'],
      emails: ['ben@example.com'],
    })
    expect(await engine.up(connection)).toEqual(
      new Map([[nora, { name: `Person ${nora}`, email: 'nora@example.com' }]]),
    )
    await engine.shows(connection, {
      uid: 'c-1',
      name: `Person ${nora}`,
      phones: ['+12035550101', '+12035550109'],
      emails: ['nora@example.com'],
    })
    // What came down stands in The Edge by now.
    await engine.reports(0, 'seen', nora)
    await engine.edge(nora, { phones: ['2035550101', '2035550109'], emails: ['nora@example.com', 'ben@example.com'] })
    await engine.up(connection)
  })

  test('gets back what it showed before; the store is told what is not its customer’s, and both go their own ways', async () => {
    expect(await undo(nora)).toMatchObject({
      cameDown: { phones: ['+12035550109'], emails: ['ben@example.com'], addresses: [] },
      written: { name: `Person ${nora}`, email: 'nora@example.com' },
    })
    expect(await engine.up(connection)).toEqual(new Map([[nora, { name: 'Ben Before', email: 'ben@example.com' }]]))
    const told = (await engine.worklist(connection)).find(({ code }) => code === 'wrong_match')
    expect(told).toEqual({
      key: nora,
      code: 'wrong_match',
      message:
        "Not this customer's, take away in The Edge: the phone ending in 0109, the e-mail b…@example.com. See that these are gone from the contact on the platform: the e-mail n…@example.com.",
    })
    // The contact waits: The Edge would take it for her again, as long as she has what is not hers.
    await engine.receives(connection)
    expect(await held()).toContainEqual([null, 'ambiguous_match'])
    expect(await linkOf(nora)).toMatchObject({ status: 'active', uid: null })
    expect(await engine.wishes()).toHaveLength(1)

    await engine.edge(nora, { phones: ['2035550102'], emails: ['nora@example.com'] })
    expect(await engine.up(connection)).toMatchObject(
      new Map([[nora, { phone: '+12035550102', email: 'nora@example.com' }]]),
    )
    await engine.receives(connection)
    expect((await engine.wishes()).slice(1)).toMatchObject([
      { do: 'createCustomer', firstName: 'Ben', lastName: 'Before', emails: ['ben@example.com'] },
    ])
    await engine.edge(nils, { phones: ['2035550101', '2035550109'], emails: ['ben@example.com'] })
    await engine.reports(1, 'seen', nils)
    await engine.up(connection)
    expect(await linkOf(nils)).toMatchObject({ status: 'active', uid: 'c-1' })
    expect(await held()).toEqual([])
  })

  test('is not to be opted out for that customer’s sake any more', async () => {
    await engine.edge(nora, { phones: ['2035550101'], doNotContact: ['2035550101'], emails: ['nora@example.com'] })
    await engine.up(connection)
    expect(await held()).toEqual([[nora, 'still_contactable']])
    await undo(nora)
    expect((await held()).map(([, code]) => code)).not.toContain('still_contactable')
  })

  test('a customer whom it fits otherwise gets it, and nothing of the first with it', async () => {
    await undo(nora)
    await engine.edge(nora, { phones: ['2035550102'], emails: ['nora@example.com'] })
    await engine.edge(olga, { phones: ['2035550101'], emails: ['ben@example.com'] })
    await engine.up(connection)
    await engine.shows(connection, {
      uid: 'c-1',
      name: 'Ben Before',
      phones: ['+12035550101', '+12035550109'],
      emails: ['ben@example.com', 'nora@example.com'],
    })
    expect(await linkOf(olga)).toMatchObject({ status: 'active', uid: 'c-1' })
    expect((await engine.wishes()).slice(1)).toMatchObject([{ key: olga, phones: ['+12035550109'], emails: [] }])
  })

  test('is never taken for hers again by itself; once that is taken back, it is', async () => {
    const { id } = await undo(nora)
    await engine.up(connection)
    await engine.shows(connection, { uid: 'c-1', name: 'Ben Before', emails: ['ben@example.com'], externalId: nora })
    expect(await linkOf(nora)).toMatchObject({ uid: null })
    const [decision] = await listDuplicateDecisions(engine.db, engine.tenantId, { limit: 10 })
    expect(decision).toMatchObject({ id, decision: 'apart', kind: 'contact', value: 'c-1' })

    await undoDuplicateDecision(engine.db, engine.tenantId, id, by)
    await engine.up(connection)
    await engine.receives(connection)
    expect(await linkOf(nora)).toMatchObject({ status: 'active', uid: 'c-1' })
  })
})

describe('[CB-02] while a change of the wrong contact waits for The Edge', () => {
  beforeEach(async () => {
    await engine.edge(nora, { emails: ['shared@example.com'] })
    await engine.shows(connection, { uid: 'c-1', name: 'Ben Before', emails: ['shared@example.com'] })
    await engine.up(connection)
    await engine.shows(connection, {
      uid: 'c-1',
      name: `Person ${nora}`,
      phones: ['+12035550109'],
      emails: ['shared@example.com'],
    })
    expect(await engine.wishes()).toMatchObject([{ do: 'addMethods', phones: ['+12035550109'] }])
  })
  const given = () => inTenant(engine.db, engine.tenantId, (sql) => giveCommands(sql, engine.sourceId))

  test('it is taken back where no agent has got it', async () => {
    expect(await undo(nora)).toMatchObject({ cameDown: { phones: [] } })
    expect(await given()).toEqual([])
  })

  test('the undoing waits until the agent that has got it says what became of it: it may stand in The Edge', async () => {
    expect(await given()).toHaveLength(1)
    await expect(undo(nora)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('on its way') })
    // Nothing was undone by half, and the agent is still offered it, should it not have come through.
    expect(await linkOf(nora)).toMatchObject({ uid: 'c-1' })
    expect(await given()).toHaveLength(1)

    await engine.reports(0, 'seen', nora)
    expect(await undo(nora)).toMatchObject({ cameDown: { phones: ['+12035550109'] } })
  })
})

test('there is nothing to undo where we made the contact, or others share it', async () => {
  await engine.edge(nora, { phones: ['2035550101'] })
  await expect(undo(nora)).rejects.toMatchObject({ code: 'not_found' })
  await engine.up(connection)
  await expect(undo(nora)).rejects.toMatchObject({ code: 'conflict' })
})
