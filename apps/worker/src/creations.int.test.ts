import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Engine, startEngine } from './testing/engine.ts'

let engine: Engine
let one: string
let two: string

beforeEach(async () => {
  engine = await startEngine()
  one = await engine.connect()
  two = await engine.connect()
})
afterEach(() => engine.close())

const key = '001-00009'
const email = 'maren@example.com'
const onOne = { uid: 'c-1', name: 'Maren Okafor', emails: [email], phones: ['+12035550101'] }
const onTwo = { uid: 'd-1', name: 'M. Okafor', emails: [email], phones: ['+12035550102'] }
const linked = (uid: string) => [{ key, status: 'active', uid, shared_with: null }]

describe('a person who is new on two platforms of one tenant', () => {
  const creations = async () => (await engine.wishes()).filter((wish) => wish.do === 'createCustomer')
  /** The customer in The Edge has a link on either side, and from two what one had not brought. */
  const isOne = async () => {
    await engine.up(one)
    await engine.up(two)
    expect(await creations()).toHaveLength(1)
    expect(await engine.links(one)).toEqual(linked('c-1'))
    expect(await engine.links(two)).toEqual(linked('d-1'))
    expect((await engine.wishes()).slice(1)).toMatchObject([
      { do: 'addMethods', key, phones: ['+12035550102'], emails: [] },
    ])
    expect([...(await engine.worklist(one)), ...(await engine.worklist(two))]).toEqual([])
  }
  const person = { phones: ['2035550101'], emails: [email] }

  test('is one customer, when The Edge says so before the record has come up', async () => {
    await engine.shows(one, onOne)
    await engine.shows(two, onTwo)
    await engine.reports(0, 'seen', key)
    await engine.edge(key, person)
    await isOne()
  })

  test('is one customer, when the record comes up before The Edge says so, whichever connection looks first', async () => {
    await engine.shows(one, onOne)
    await engine.shows(two, onTwo)
    await engine.edge(key, { ...person, more: { webId: await engine.commandId(0) } })
    await engine.up(two)
    await engine.reports(0, 'seen', key)
    await isOne()
  })

  test('is one customer, when the second brings it after The Edge has said so and before the record is there', async () => {
    await engine.shows(one, onOne)
    await engine.reports(0, 'seen', key)
    await engine.shows(two, onTwo)
    await engine.edge(key, person)
    await isOne()
  })

  test('is one customer, when the store enters it by itself meanwhile', async () => {
    await engine.shows(one, onOne)
    await engine.shows(two, onTwo)
    // Only with the phone that one has shown.
    await engine.edge(key, { phones: ['2035550101'] })
    await engine.up(one)
    await engine.up(two)
    const { rows } = await engine.owner.query('SELECT status FROM command ORDER BY created_at LIMIT 1')
    expect(rows).toEqual([{ status: 'dropped' }])
    expect(await engine.links(one)).toEqual(linked('c-1'))
    expect(await engine.links(two)).toEqual(linked('d-1'))
  })

  test('is one customer, when both bring it at the same moment', async () => {
    await engine.follow(one)
    await Promise.all([engine.tells(one, onOne), engine.tells(two, onTwo)])
    const first = (await creations())[0]
    expect(await creations()).toHaveLength(1)
    await engine.reports(0, 'seen', key)
    await engine.edge(key, { phones: first?.phones.map((phone) => phone.slice(2)) ?? [], emails: [email] })
    await engine.up(one)
    await engine.up(two)
    expect(await engine.links(one)).toEqual(linked('c-1'))
    expect(await engine.links(two)).toEqual(linked('d-1'))
  })

  test('is one customer, when The Edge fails and a person has it tried again', async () => {
    await engine.shows(one, onOne)
    await engine.shows(two, onTwo)
    await engine.failsAndIsReplayed(0)
    await engine.reports(0, 'seen', key)
    await engine.edge(key, person)
    await isOne()
  })

  test('is two customers, where nothing says that they are one', async () => {
    await engine.shows(one, { ...onOne, emails: ['maren.o@example.com'] })
    await engine.shows(two, onTwo)
    expect(await creations()).toHaveLength(2)
  })
})

test('[CO-05] a contact that was deleted before it was looked at makes nobody a customer, whatever comes late; an opt-out counts', async () => {
  await engine.edge(key, { phones: ['2035550101'] })
  await engine.deletes(one, 'c-1')
  await engine.says(one, { ...onOne, phones: [] })
  await engine.tells(one, { ...onOne, optedOutPhones: onOne.phones })
  expect(await engine.wishes()).toEqual([{ do: 'optOut', key, phones: onOne.phones }])
  expect(await engine.links(one)).toEqual([])

  // Who remains of a merge is still known, when the other is called deleted as well.
  await engine.merges(one, 'c-2', { uid: 'c-3', emails: ['pia@example.com'] })
  await engine.deletes(one, 'c-2')
  const { rows } = await engine.owner.query(`SELECT into_uid FROM merged_contact WHERE uid = 'c-2'`)
  expect(rows).toEqual([{ into_uid: 'c-3' }])
})

describe('while a customer is on the way into The Edge', () => {
  test('the latest that the platform shows counts, also if older news come later', async () => {
    await engine.shows(one, { ...onOne, updatedAt: '2026-03-01T00:00:00.000Z' })
    await engine.shows(one, {
      ...onOne,
      phones: ['+12035550101', '+12035550103'],
      updatedAt: '2026-03-03T00:00:00.000Z',
    })
    await engine.shows(one, { ...onOne, phones: ['+12035550104'], updatedAt: '2026-03-02T00:00:00.000Z' })
    await engine.reports(0, 'seen', key)
    await engine.edge(key, { phones: ['2035550101'], emails: [email] })
    await engine.up(one)
    expect((await engine.wishes()).slice(1)).toMatchObject([{ do: 'addMethods', phones: ['+12035550103'] }])
  })

  test('what it shows within one second all counts, in whatever order it comes', async () => {
    const updatedAt = '2026-03-01T00:00:00Z'
    await engine.shows(one, { ...onOne, updatedAt: '2026-02-01T00:00:00Z' })
    await engine.says(one, { ...onOne, phones: ['+12035550101', '+12035550103'], updatedAt })
    await engine.says(one, { ...onOne, updatedAt })
    await engine.reports(0, 'seen', key)
    await engine.edge(key, { phones: ['2035550101'], emails: [email] })
    await engine.up(one)
    expect((await engine.wishes()).slice(1)).toMatchObject([{ do: 'addMethods', phones: ['+12035550103'] }])
  })

  test('a contact deleted on the platform is not made again once the customer is there', async () => {
    await engine.shows(one, onOne)
    await engine.deletes(one, 'c-1')
    await engine.reports(0, 'seen', key)
    await engine.edge(key, { emails: [email] })
    expect(await engine.up(one)).toEqual(new Map())
    expect(await engine.worklist(one)).toMatchObject([{ key, code: 'deleted_on_platform' }])
  })

  test('an older message that comes when the customer is just there takes nothing of the newer one that waits', async () => {
    const updatedAt = '2026-02-01T10:00:00.000Z'
    await engine.says(one, { uid: 'c-1', name: 'Maren Okafor', emails: [email], updatedAt })
    const both = ['+12035550108', '+12035550109']
    await engine.says(one, { uid: 'c-1', emails: [email], phones: both, updatedAt })
    await engine.reports(0, 'seen', key)
    await engine.edge(key, { emails: [email] })
    // Before the record is looked at.
    await engine.says(one, { uid: 'c-1', emails: [email], phones: both.slice(0, 1), updatedAt })
    await engine.up(one)
    const added = (await engine.wishes()).flatMap((wish) => (wish.do === 'addMethods' ? wish.phones : []))
    expect([...new Set(added)].toSorted()).toEqual(both)
  })

  test('and the store finds one whom another contact has: the second contact goes to a person, and nothing waits without end', async () => {
    await engine.edge(key, { emails: ['other@example.com'] })
    await engine.shows(one, { uid: 'c-0', emails: ['other@example.com'], name: `Person ${key}` })
    await engine.shows(one, onOne)
    // The store's own look has found the e-mail with a customer whose change has not come up yet.
    await engine.reports(0, 'matched', key)
    await engine.edge(key, { emails: ['other@example.com', email] })
    await engine.receives(one)
    await engine.up(one)
    expect(await engine.links(one)).toEqual(linked('c-0'))
    expect(await engine.worklist(one)).toMatchObject([{ code: 'ambiguous_match' }])
    expect(await engine.wishes()).toHaveLength(1)
  })

  test('merged into a contact that is another’s, it shares that one', async () => {
    await engine.edge('001-00001', { phones: ['2035550105'] })
    const other = { uid: 'c-0', name: 'Person 001-00001' }
    await engine.shows(one, { ...other, phones: ['+12035550105'] }, onOne)
    await engine.merges(one, 'c-1', { ...other, phones: ['+12035550105', '+12035550101'], emails: [email] })
    await engine.reports(0, 'seen', key)
    await engine.edge(key, { phones: ['2035550101'], emails: [email] })
    expect(await engine.up(one)).toEqual(new Map())
    expect(await engine.links(one)).toEqual([
      { key: '001-00001', status: 'active', uid: 'c-0', shared_with: null },
      { key, status: 'shared', uid: 'c-0', shared_with: '001-00001' },
    ])
    expect(await engine.worklist(one)).toMatchObject([{ key, code: 'shared_contact' }])
  })
})

describe('[CO-06] a contact whose acquisition is set right after it was made', () => {
  const made = { ...onOne, updatedAt: '2026-11-22T10:00:00.000Z' }
  const acquired = { ...onOne, acquisition: 'Radio spot', updatedAt: '2026-11-22T10:00:02.000Z' }
  const wished = async () =>
    (await engine.wishes()).map((wish) => (wish.do === 'createCustomer' ? wish.acquisition : ''))

  test('comes down with it, as long as no agent has taken the customer', async () => {
    await engine.shows(one, made)
    expect(await wished()).not.toContain('Radio spot')
    await engine.shows(one, acquired)
    expect(await wished()).toEqual(['Radio spot'])
  })

  test('comes down with it from the first moment, when the cloud has both messages', async () => {
    await engine.shows(one, made, acquired)
    const { rows } = await engine.owner.query(
      `SELECT wish ->> 'acquisition' AS acquisition, created_at = updated_at AS untouched FROM command`,
    )
    expect(rows).toEqual([{ acquisition: 'Radio spot', untouched: true }])
  })
})
