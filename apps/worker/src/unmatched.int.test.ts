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
const email = 'shop@example.com'
const contact = { uid: 'c-1', name: 'Somebody', emails: [email], phones: ['+12035550109'] }
const older = { emails: [email], more: { enteredAt: '2001-01-01' } }

describe('a contact that the platform had and that fits several customers', () => {
  const codes = async () => (await engine.worklist(connection)).map(({ key, code }) => [key, code])

  test('is nobody’s by guess, on neither way: all of them wait on the worklist, and nothing turns in circles', async () => {
    await engine.edge(nora, older)
    await engine.edge(nils, { emails: [email] })
    await engine.shows(connection, contact)
    expect(await engine.up(connection)).toEqual(new Map())
    await engine.receives(connection)
    expect(await engine.up(connection)).toEqual(new Map())
    expect(await codes()).toEqual([
      [null, 'ambiguous_match'],
      [nora, 'ambiguous_match'],
      [nils, 'ambiguous_match'],
    ])
    const { rows } = await engine.owner.query(`SELECT FROM inbox WHERE status = 'new'`)
    expect(rows).toEqual([])
  })

  test('leaves them their other methods, and is not taken by its other ones either', async () => {
    await engine.edge(nora, { ...older, phones: ['2035550101'] })
    await engine.edge(nils, { emails: [email] })
    await engine.edge(olga, { phones: ['2035550109', '2035550103'] })
    await engine.shows(connection, contact)
    const written = await engine.up(connection)
    expect(written.get(nora)).toEqual({ name: `Person ${nora}`, phone: '+12035550101' })
    expect(written.get(olga)).toEqual({ name: `Person ${olga}`, phone: '+12035550103' })
    expect(written.has(nils)).toBe(false)
  })

  test('is the one’s who is left, as soon as the store has told them apart; the worklist is clear', async () => {
    await engine.edge(nora, older)
    await engine.edge(nils, { emails: [email] })
    await engine.shows(connection, contact)
    await engine.up(connection)
    await engine.receives(connection)
    await engine.edge(nora, { emails: ['nora@example.com'] })
    await engine.up(connection)
    await engine.receives(connection)
    const written = await engine.up(connection)
    expect(await engine.links(connection)).toMatchObject([
      { key: nora, status: 'active', uid: null },
      { key: nils, status: 'active', uid: 'c-1' },
    ])
    expect(written.get(nils)).toEqual({ name: `Person ${nils}` })
    expect(await codes()).toEqual([])
    expect(await engine.wishes()).toMatchObject([{ do: 'addMethods', key: nils, phones: ['+12035550109'] }])
  })

  test('is the one’s whose phone staff add to it', async () => {
    await engine.edge(nora, older)
    await engine.edge(nils, { emails: [email], phones: ['2035550102'] })
    await engine.shows(connection, contact)
    await engine.up(connection)
    await engine.shows(connection, { ...contact, phones: ['+12035550102'] })
    await engine.up(connection)
    expect((await engine.links(connection)).find(({ key }) => key === nils)).toMatchObject({ uid: 'c-1' })
    // The e-mail stands for that contact now.
    expect(await codes()).toEqual([[nora, 'shared_contact']])
  })

  test('holds up nobody once it is deleted: then the older one makes it', async () => {
    await engine.edge(nora, older)
    await engine.edge(nils, { emails: [email] })
    await engine.shows(connection, contact)
    await engine.up(connection)
    await engine.deletes(connection, 'c-1')
    expect(await engine.up(connection)).toEqual(new Map([[nora, { name: `Person ${nora}`, email }]]))
    expect(await codes()).toEqual([[nils, 'shared_contact']])
  })
})

test('where the platform has none yet, the older of two strangers makes the contact, and it is theirs when it is shown', async () => {
  await engine.edge(nora, older)
  await engine.edge(nils, { emails: [email] })
  expect(await engine.up(connection)).toEqual(new Map([[nora, { name: `Person ${nora}`, email }]]))
  await engine.shows(connection, { ...contact, name: `Person ${nora}` })
  await engine.up(connection)
  expect(await engine.links(connection)).toMatchObject([
    { key: nora, status: 'active', uid: 'c-1' },
    { key: nils, status: 'shared', shared_with: nora },
  ])
  expect(await engine.worklist(connection)).toMatchObject([{ key: nils, code: 'shared_contact' }])
})

test('a contact made anew for a customer who shared a merged one is that customer’s', async () => {
  await engine.edge(nora, { phones: ['2035550101'] })
  await engine.edge(nils, { emails: ['nils@example.com'] })
  await engine.up(connection)
  await engine.shows(connection, { uid: 'c-1', phones: ['+12035550101'] }, { uid: 'c-2', emails: ['nils@example.com'] })
  await engine.merges(connection, 'c-2', { uid: 'c-1', phones: ['+12035550101'], emails: ['nils@example.com'] })
  await engine.up(connection)
  await engine.shows(connection, { uid: 'c-3', emails: ['nils@example.com'], name: 'Nils' })
  expect(await engine.up(connection)).toEqual(new Map([[nils, { name: `Person ${nils}` }]]))
  expect(await engine.links(connection)).toMatchObject([
    { key: nora, uid: 'c-1', status: 'active' },
    { key: nils, uid: 'c-3', status: 'active', shared_with: null },
  ])
})

describe('a second contact that fits a customer who has one', () => {
  const second = { uid: 'c-2', emails: ['nora@example.com'] }
  const first = { uid: 'c-1', phones: ['+12035550101'] }

  beforeEach(async () => {
    await engine.edge(nora, { phones: ['2035550101'], emails: ['nora@example.com'] })
    await engine.shows(connection, first)
    await engine.shows(connection, second)
  })

  test('is listed once, whatever shows it again, with both contacts by their ids', async () => {
    await engine.says(connection, second)
    await engine.says(connection, { ...second, name: 'Nora' })
    const worklist = await engine.worklist(connection)
    expect(worklist).toMatchObject([{ code: 'ambiguous_match' }])
    expect(worklist[0]?.message).toMatch(new RegExp(`contact c-2 .*${nora}.*contact c-1`))
  })

  const both = { ...first, emails: second.emails }
  test('is off the list once staff have merged the two', async () => {
    await engine.merges(connection, 'c-2', both)
    expect(await engine.worklist(connection)).toEqual([])
  })

  test('is off the list also where only the one that remains tells of the merge', async () => {
    await engine.shows(connection, both)
    expect(await engine.worklist(connection)).toEqual([])
  })

  test('is off the list once it is deleted', async () => {
    await engine.deletes(connection, 'c-2')
    expect(await engine.worklist(connection)).toEqual([])
  })
})
