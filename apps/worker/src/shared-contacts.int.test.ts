import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Engine, startEngine } from './testing/engine.ts'

let engine: Engine
let connection: string

beforeEach(async () => {
  engine = await startEngine()
  connection = await engine.connect()
})
afterEach(() => engine.close())

const [gus, august, third] = ['001-00001', '001-00002', '001-00003']
const gusPhone = '+12035550101'

/** Two customers with a contact each, of which staff makes one. */
async function merged(): Promise<void> {
  await engine.edge(gus, { phones: ['2035550101'], more: { enteredAt: '2020-01-01' } })
  await engine.edge(august, { emails: ['august@example.com'], more: { enteredAt: '2021-01-01' } })
  await engine.up(connection)
  await engine.shows(
    connection,
    { uid: 'c-1', phones: [gusPhone], name: `Person ${gus}` },
    { uid: 'c-2', emails: ['august@example.com'], name: `Person ${august}` },
  )
  await engine.merges(connection, 'c-2', { uid: 'c-1', phones: [gusPhone], emails: ['august@example.com'] })
  await engine.up(connection)
}

describe('contacts merged on the platform', () => {
  test('are one customer’s: the other shares it, stands on the worklist and writes nothing', async () => {
    await merged()
    expect(await engine.links(connection)).toEqual([
      { key: gus, status: 'active', uid: 'c-1', shared_with: null },
      { key: august, status: 'shared', uid: 'c-1', shared_with: gus },
    ])
    expect(await engine.worklist(connection)).toEqual([
      {
        key: august,
        code: 'shared_contact',
        message: `Shares the contact of ${gus}; goes up once it has a phone or an e-mail of its own.`,
      },
    ])
    // Not even by a method of his own: that would undo the merge.
    await engine.edge(august, { phones: ['2035550109'], emails: ['a.hale@example.com'] })
    expect(await engine.up(connection)).toEqual(new Map())
    await engine.edge(gus, { phones: ['2035550102'] })
    expect(await engine.up(connection)).toEqual(new Map([[gus, { phone: '+12035550102' }]]))
  })

  test('bring nothing down that either customer has; what staff add then reaches the one who stands for it', async () => {
    await merged()
    expect(await engine.wishes()).toEqual([])
    await engine.shows(connection, {
      uid: 'c-1',
      phones: [gusPhone, '+12035550104'],
      emails: ['august@example.com'],
    })
    expect(await engine.wishes()).toMatchObject([{ do: 'addMethods', key: gus, phones: ['+12035550104'], emails: [] }])
  })

  test('stay with who stood for the one that remains, though older customers are merged into it', async () => {
    await merged()
    await engine.edge(third, { emails: ['third@example.com'], more: { enteredAt: '2001-01-01' } })
    await engine.up(connection)
    await engine.shows(connection, { uid: 'c-3', emails: ['third@example.com'], name: `Person ${third}` })
    await engine.merges(connection, 'c-3', {
      uid: 'c-1',
      phones: [gusPhone],
      emails: ['august@example.com', 'third@example.com'],
    })
    await engine.up(connection)
    expect(await engine.links(connection)).toMatchObject([
      { key: gus, status: 'active' },
      { key: august, status: 'shared' },
      { key: third, status: 'shared', uid: 'c-1', shared_with: gus },
    ])
  })

  test('one after the other are all the last one’s, though what is said of the first merge comes last', async () => {
    await merged()
    await engine.edge(third, { phones: ['2035550106'], emails: ['third@example.com'] })
    await engine.up(connection)
    const thirds = { phones: ['+12035550106'], emails: ['third@example.com'] }
    await engine.shows(connection, { uid: 'c-3', ...thirds, name: `Person ${third}` })
    // c-3 had become c-4, and staff took the phone away, before that became c-1.
    const emails = ['august@example.com', 'third@example.com']
    await engine.merges(connection, 'c-4', { uid: 'c-1', phones: [gusPhone], emails })
    await engine.merges(connection, 'c-3', { uid: 'c-4', ...thirds })
    await engine.up(connection)
    expect(await engine.links(connection)).toMatchObject([
      { key: gus, status: 'active', uid: 'c-1' },
      { key: august, status: 'shared', uid: 'c-1', shared_with: gus },
      { key: third, status: 'shared', uid: 'c-1', shared_with: gus },
    ])
    // Who is gone is nobody new, whatever is said of them still.
    const before = await engine.wishes()
    for (const uid of ['c-3', 'c-4']) await engine.shows(connection, { uid, ...thirds, name: `Person ${third}` })
    expect(await engine.wishes()).toEqual(before)
    expect(await engine.worklist(connection)).toMatchObject([{ key: august }, { key: third, code: 'shared_contact' }])
  })

  test('are known as such without the message of it: one contact shows all that the other showed', async () => {
    await engine.edge(gus, { phones: ['2035550101'] })
    await engine.edge(august, { emails: ['august@example.com'], phones: ['2035550103'] })
    await engine.up(connection)
    const augusts = { uid: 'c-2', phones: ['+12035550103'], emails: ['august@example.com'], name: `Person ${august}` }
    await engine.shows(connection, { uid: 'c-1', phones: [gusPhone], name: `Person ${gus}` }, augusts)
    // A part of it may have been moved by hand: that is new with Gus.
    await engine.shows(connection, { uid: 'c-1', phones: [gusPhone, '+12035550103'] })
    expect(await engine.wishes()).toMatchObject([{ do: 'addMethods', key: gus, phones: ['+12035550103'] }])
    const all = [gusPhone, '+12035550103']
    await engine.shows(connection, { uid: 'c-1', phones: all, emails: ['august@example.com'] })
    await engine.up(connection)
    expect(await engine.wishes()).toHaveLength(1)
    expect(await engine.links(connection)).toMatchObject([
      { key: gus, status: 'active', uid: 'c-1' },
      { key: august, status: 'shared', uid: 'c-1', shared_with: gus },
    ])
  })

  test('stay one, though what was said of the other before comes last', async () => {
    await engine.edge(gus, { phones: ['2035550101'] })
    await engine.edge(august, { emails: ['august@example.com'] })
    await engine.up(connection)
    const augusts = { uid: 'c-2', emails: ['august@example.com'], name: `Person ${august}` }
    await engine.shows(connection, { uid: 'c-1', phones: [gusPhone], name: `Person ${gus}` }, augusts)
    await engine.shows(connection, { uid: 'c-1', phones: [gusPhone], emails: ['august@example.com'] })
    await engine.says(connection, { ...augusts, updatedAt: '2025-12-31T10:00:00Z' })
    await engine.up(connection)
    expect(await engine.links(connection)).toMatchObject([
      { key: gus, status: 'active', uid: 'c-1' },
      { key: august, status: 'shared', uid: 'c-1', shared_with: gus },
    ])
    // What is said later is news: staff have made two of them again.
    await engine.says(connection, augusts)
    expect(await engine.links(connection)).toMatchObject([
      { key: gus, uid: 'c-1' },
      { key: august, status: 'active', uid: 'c-2', shared_with: null },
    ])
  })

  test('fall to the next when who stood for them becomes inactive: that one’s name and values go up; so it stays', async () => {
    await merged()
    await engine.edge(gus, { phones: ['2035550101'], more: { inactive: true } })
    const written = await engine.up(connection)
    // The e-mail is shown already.
    expect(written).toEqual(new Map([[august, { name: `Person ${august}` }]]))
    expect(await engine.links(connection)).toEqual([
      { key: gus, status: 'shared', uid: 'c-1', shared_with: august },
      { key: august, status: 'active', uid: 'c-1', shared_with: null },
    ])
    expect(await engine.worklist(connection)).toEqual([])
    await engine.shows(connection, { uid: 'c-1', phones: ['+12035550105'], emails: ['august@example.com'] })
    expect(await engine.wishes()).toMatchObject([{ key: august, phones: ['+12035550105'] }])

    await engine.edge(gus, { phones: ['2035550101'], more: { lastName: 'Back' } })
    expect(await engine.up(connection)).toEqual(new Map())
    expect(await engine.worklist(connection)).toMatchObject([{ key: gus, code: 'shared_contact' }])
  })

  test('fall to the couple’s primary before an older one', async () => {
    await merged()
    await engine.edge(third, { emails: ['third@example.com'], more: { enteredAt: '2025-01-01' } })
    await engine.edge(august, { emails: ['august@example.com'], more: { accountKey: third, enteredAt: '2021-01-01' } })
    await engine.up(connection)
    await engine.shows(connection, { uid: 'c-3', emails: ['third@example.com'], name: `Person ${third}` })
    await engine.merges(connection, 'c-3', { uid: 'c-1', phones: [gusPhone], emails: ['third@example.com'] })
    await engine.edge(gus, { phones: ['2035550101'], more: { inactive: true } })
    await engine.up(connection)
    expect(await engine.links(connection)).toMatchObject([
      { key: gus, status: 'shared', shared_with: third },
      { key: august, status: 'shared', shared_with: third },
      { key: third, status: 'active', uid: 'c-1' },
    ])
  })

  test('that are deleted are gone for all who share them', async () => {
    await merged()
    await engine.deletes(connection, 'c-1')
    await engine.up(connection)
    expect((await engine.links(connection)).map(({ status }) => status)).toEqual(['gone', 'gone'])
  })

  test('do not let a write that was under way for one come after the other’s', async () => {
    await merged()
    await engine.edge(gus, { phones: ['2035550101'], more: { lastName: 'Later', inactive: true } })
    const answer = await engine.upUnanswered(connection)
    // The other is called, and waits.
    await engine.upUnanswered(connection)
    expect(await engine.links(connection)).toMatchObject([{ status: 'active' }, { status: 'shared' }])
    await answer()
    await engine.soon()
    expect([...(await engine.up(connection)).keys()]).toEqual([august])
  })
})

describe('a phone that several customers in The Edge share', () => {
  const shared = async () => {
    await engine.edge(gus, { phones: ['2035550101'], more: { enteredAt: '2020-01-01' } })
    await engine.edge(august, { phones: ['2035550101'], more: { enteredAt: '2021-01-01' } })
    await engine.up(connection)
    await engine.shows(connection, { uid: 'c-1', phones: [gusPhone], name: `Person ${gus}` })
    await engine.up(connection)
    expect(await engine.worklist(connection)).toMatchObject([{ key: august, code: 'shared_contact' }])
  }

  test('keeps its contact when its owner becomes inactive: the next one’s name goes up', async () => {
    await shared()
    await engine.edge(gus, { phones: ['2035550101'], more: { inactive: true } })
    expect(await engine.up(connection)).toEqual(new Map([[august, { name: `Person ${august}` }]]))
    expect(await engine.links(connection)).toEqual([
      { key: gus, status: 'shared', uid: 'c-1', shared_with: august },
      { key: august, status: 'active', uid: 'c-1', shared_with: null },
    ])
    expect(await engine.worklist(connection)).toEqual([])
  })

  test('follows its owner who was merged into another number in The Edge', async () => {
    await engine.edge(gus, { phones: ['2035550101'] })
    await engine.up(connection)
    await engine.shows(connection, { uid: 'c-1', phones: [gusPhone], name: `Person ${gus}` })
    await engine.edge(third, { phones: ['2035550101'], more: { oldKey: gus } })
    expect(await engine.up(connection)).toEqual(new Map([[third, { name: `Person ${third}` }]]))
    expect(await engine.links(connection)).toMatchObject([
      { key: gus, status: 'shared', shared_with: third },
      { key: third, status: 'active', uid: 'c-1' },
    ])
  })
})
