import { replayQuarantined } from '@jumpring/db'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Engine, startEngine } from './testing/engine.ts'

let engine: Engine
let connection: string

beforeEach(async () => {
  engine = await startEngine()
  connection = await engine.connect()
})
afterEach(() => engine.close())

const phone = '+12035550101'
const work = '+12035550102'
const key = '001-00001'
const marked = { phones: ['2035550101'], doNotContact: ['2035550101'] }

const told = async (of = key) =>
  (await engine.worklist(connection)).filter((entry) => entry.code === 'still_contactable' && entry.key === of)
const endings = async () => (await told()).flatMap(({ message }) => message.match(/\d{4}/g) ?? [])

/** A customer whose phone is on the platform, and then marked in The Edge. */
async function markAfterUpload(): Promise<void> {
  await engine.edge(key, { phones: ['2035550101'] })
  await engine.up(connection)
  await engine.tells(connection, { uid: 'c-1', phones: [phone] })
  expect(await told()).toEqual([])
  await engine.edge(key, marked)
  await engine.up(connection)
}

describe('a phone on a contact that The Edge marks do-not-contact', () => {
  beforeEach(markAfterUpload)

  test('is told by its last digits', async () => {
    expect(await endings()).toEqual(['0101'])
    expect(JSON.stringify(await told())).not.toContain('2035550101')
  })

  test.each([
    ['says so itself', { phones: [phone], optedOutPhones: [phone] }],
    ['shows it no more', { phones: [work] }],
  ])('is done with when the platform %s', async (_, contact) => {
    await engine.tells(connection, { uid: 'c-1', ...contact })
    expect(await told()).toEqual([])
  })

  test('is done with when the contact is deleted', async () => {
    await engine.deletes(connection, 'c-1')
    expect(await told()).toEqual([])
  })

  test('is told again when staff take it off the contact and enter it anew', async () => {
    await engine.tells(connection, { uid: 'c-1', emails: ['a@example.com'] })
    await engine.tells(connection, { uid: 'c-1', phones: [phone], emails: ['a@example.com'] })
    expect(await endings()).toEqual(['0101'])
  })

  test('stays done with once a person has seen to it, until there is another', async () => {
    const { rows } = await engine.owner.query<{ id: string }>('SELECT id FROM quarantine')
    const ids = rows.map(({ id }) => id)
    const { replays } = await replayQuarantined(engine.db, engine.tenantId, ids)
    expect(replays).toMatchObject([{ outcome: 'replayed' }])
    await engine.edge(key, { ...marked, emails: ['a@example.com'] })
    await engine.up(connection)
    expect(await told()).toEqual([])

    await engine.edge(key, {
      ...marked,
      phones: [...marked.phones, '2035550102'],
      doNotContact: ['2035550101', '2035550102'],
    })
    await engine.up(connection)
    await engine.tells(connection, { uid: 'c-1', phones: [phone, work] })
    expect(await endings()).toEqual(['0101', '0102'])
    // One of the two is done.
    await engine.tells(connection, { uid: 'c-1', phones: [work] })
    expect(await endings()).toEqual(['0102'])
  })
})

test('is told where another customer has the mark', async () => {
  await engine.edge(key, { phones: ['2035550101'] })
  await engine.up(connection)
  await engine.tells(connection, { uid: 'c-1', phones: [phone] })
  await engine.edge('001-00002', { ...marked, emails: ['b@example.com'] })
  await engine.up(connection)
  expect(await endings()).toEqual(['0101'])
  expect(await told('001-00002')).toEqual([])
})

test('is told where a contact of the platform is matched that has it', async () => {
  await engine.edge(key, { ...marked, emails: ['a@example.com'] })
  await engine.shows(connection, { uid: 'c-1', phones: [phone], emails: ['a@example.com'] })
  expect(await endings()).toEqual(['0101'])
})

test('is told where it stands on a contact whose customer has another by now', async () => {
  await engine.edge(key, { phones: ['2035550101'] })
  await engine.up(connection)
  await engine.tells(connection, { uid: 'c-1', phones: [phone] })
  await engine.edge(key, { phones: ['2035550102'] })
  await engine.up(connection)
  await engine.tells(connection, { uid: 'c-1', phones: [phone, work] })
  await engine.edge('001-00002', { ...marked, emails: ['b@example.com'] })
  await engine.up(connection)
  expect(await endings()).toEqual(['0101'])
})

test('is told in mode B too, where the customer has it', async () => {
  connection = await engine.connect({ mode: 'B' })
  await engine.edge(key, { ...marked, emails: ['a@example.com'] })
  await engine.shows(connection, { uid: 'c-1', phones: [phone, work], emails: ['a@example.com'] })
  expect(await endings()).toEqual(['0101'])
  expect(await engine.wishes()).toEqual([])
})

test('is done with when another phone of the customer has taken its place, and not before that is shown', async () => {
  await engine.edge(key, { phones: ['2035550101'] })
  await engine.up(connection)
  await engine.tells(connection, { uid: 'c-1', phones: [phone] })
  await engine.edge(key, { phones: ['2035550101', '2035550102'], doNotContact: ['2035550101'] })
  expect(await engine.up(connection)).toEqual(new Map([[key, { phone: work }]]))
  expect(await endings()).toEqual(['0101'])
  await engine.tells(connection, { uid: 'c-1', phones: [work] })
  expect(await told()).toEqual([])
})

test('is told again where its owner opts in there once more: in The Edge it is marked still', async () => {
  await markAfterUpload()
  await engine.tells(connection, { uid: 'c-1', phones: [phone], optedOutPhones: [phone] })
  await engine.tells(connection, { uid: 'c-1', phones: [phone] })
  expect(await endings()).toEqual(['0101'])
})

test('an opt-out in one account leaves what people are told of another', async () => {
  const other = await engine.connect()
  await engine.edge(key, { phones: ['2035550101'] })
  for (const [each, uid] of [
    [connection, 'c-1'],
    [other, 'd-1'],
  ] as const) {
    await engine.up(each)
    await engine.tells(each, { uid, phones: [phone] })
  }
  await engine.tells(other, { uid: 'd-1', phones: [phone], optedOutPhones: [phone] })
  await engine.up(connection)
  expect(await endings()).toEqual(['0101'])
  connection = other
  expect(await told()).toEqual([])
})
