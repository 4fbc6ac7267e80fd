import { randomUUID } from 'node:crypto'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HarnessCloud } from '../../tests/cloud.ts'
import { startAgent } from '../../tests/in-process.ts'
import { edtFile, edtRecord, type MadeUpCustomer, StoreFolder } from '../../tests/store.ts'
import { describeStatus, readStatus } from '../status.ts'

let cloud: HarnessCloud
let store: StoreFolder
let agent: { stop(): Promise<void> } | undefined

beforeEach(async () => {
  cloud = await new HarnessCloud().start()
  store = new StoreFolder()
})
afterEach(async () => {
  await agent?.stop()
  agent = undefined
  await cloud.stop()
  store.remove()
})

const nora: MadeUpCustomer = { key: '001-00017', first: 'Nora', last: 'Lindqvist' }
const named = (last: string) => [{ ...nora, last }]
const lastName = () => cloud.records.get(nora.key)?.record.lastName

test('files that waited are read in the order of their stamps, and put away', async () => {
  const later = store.nextName()
  const latest = store.nextName()
  store.drop(latest, edtFile(named('Third').map(edtRecord)))
  store.drop(later, edtFile(named('Second').map(edtRecord)))
  agent = await startAgent(cloud, store)
  await vi.waitFor(() => expect(cloud.journal.map((line) => line.record.lastName)).toEqual(['Second', 'Third']))
  await vi.waitFor(() => expect([store.list('Inbox'), store.list('Processed')]).toEqual([[], [later, latest]]))
})

test('a file that is still being written is read when it is whole; what is newer waits for it', async () => {
  agent = await startAgent(cloud, store)
  const [slow, quick] = [store.nextName(), store.nextName()]
  const content = `\ufeff${edtFile(named('First').map(edtRecord))}`
  const path = join(store.edt, 'Inbox', slow.replace('.json', '.JSON'))
  writeFileSync(path, content.slice(0, 100))
  store.drop(quick, edtFile(named('Second').map(edtRecord)))
  appendFileSync(path, content.slice(100, 300))
  appendFileSync(path, content.slice(300))
  await vi.waitFor(() => expect(cloud.journal.map((line) => line.record.lastName)).toEqual(['First', 'Second']))
})

const olaf: MadeUpCustomer = { key: '001-00018', first: 'Olaf', last: 'Berg' }
const whole = JSON.stringify(edtRecord(nora))

test.each([
  ['a file that never ends', `{"Customers":[${whole},{"Key":`],
  ['an empty file', ''],
  ['a file of which a slow copy has only made room', `{"Customers":[${whole},\0\0\0\0`],
])('%s is left alone, then set aside and reported, and what is after it goes on', async (_, content) => {
  agent = await startAgent(cloud, store, { looks: 4, ms: 800 })
  const bad = store.drop(store.nextName(), content)
  store.export([olaf])
  await vi.waitFor(async () => expect((await readStatus(store.data)).waitingFor).toBe(bad), 3000)
  expect([store.list('SetAside'), cloud.records.has(olaf.key)]).toEqual([[], false])
  await vi.waitFor(() => expect(store.list('SetAside')).toEqual([bad]), 3000)
  await vi.waitFor(
    () => expect(cloud.rejects).toMatchObject([{ code: 'unreadable_file', key: null, where: bad }]),
    3000,
  )
  expect(cloud.rejects[0]?.message).toMatch(
    /stops in the middle, after \d customers?, and no longer grows.*full export/,
  )
  await vi.waitFor(() => expect(cloud.records.has(olaf.key)).toBe(true), 3000)
  expect(await readStatus(store.data)).toMatchObject({
    waitingFor: null,
    setAside: [{ file: bad, why: cloud.rejects[0]?.message }],
  })
})

test.each([
  ['garbage', 'Access denied', 0],
  ['a record that does not close', `{"Customers":[${whole},{"Key":"001-1","PairValue":{},${whole}]}`, 1],
  ['a string that does not end', `{"Customers":[${whole},{"Key":"001-1,"PairValue":{}},${whole}]}`, 1],
  ['something after the end', `{"Customers":[${whole}]}{"Customers":[]}`, 1],
])(
  '[CO-11] %s in the middle: set aside at once, what stood before it is kept, what is after it goes on',
  async (_, content, kept) => {
    agent = await startAgent(cloud, store)
    const bad = store.drop(store.nextName(true), content)
    store.export([olaf])
    // The patience with a file that is still being written is 30 s.
    await vi.waitFor(() => expect(cloud.records.has(olaf.key)).toBe(true), 5000)
    expect([cloud.records.has(nora.key), cloud.completes]).toEqual([kept === 1, 0])
    expect(store.list('SetAside')).toEqual([bad])
    expect(cloud.rejects).toMatchObject([{ code: 'unreadable_file', key: null, where: bad }])
    expect(cloud.rejects[0]?.message).toContain(`damaged: after ${kept} customer`)
    const status = await readStatus(store.data)
    expect(status.setAside).toEqual([{ file: bad, why: cloud.rejects[0]?.message }])
    expect(describeStatus(status)).toContain('ask The Edge for a full export')
  },
)

test.each([
  ['under another name', `{"CustomerList":[${whole}]}`],
  ['deeper down', `{"data":{"Customers":[${whole}]}}`],
  ['nowhere, but a record', whole],
])('[CO-11] a file with its list %s is set aside with a word, and what is after it goes on', async (_, content) => {
  agent = await startAgent(cloud, store)
  const bad = store.drop(store.nextName(), content)
  store.export([olaf])
  await vi.waitFor(() => expect(cloud.records.has(olaf.key)).toBe(true), 5000)
  expect([store.list('SetAside'), cloud.records.has(nora.key)]).toEqual([[bad], false])
  expect(cloud.rejects).toMatchObject([{ code: 'unreadable_file', key: null, where: bad }])
  expect(cloud.rejects[0]?.message).toMatch(/no list of customers.*SetAside/)
})

test('a file that looks damaged while it is being written is read when it is whole', async () => {
  agent = await startAgent(cloud, store)
  const content = edtFile([edtRecord(nora)])
  const path = join(store.edt, 'Inbox', store.nextName())
  writeFileSync(path, 'Access denied')
  const before = Date.now()
  writeFileSync(path, content)
  await vi.waitFor(() => expect(lastName()).toBe('Lindqvist'), 5000)
  expect(Date.now() - before).toBeLessThan(5000)
  expect([store.list('SetAside'), cloud.rejects]).toEqual([[], []])
})

test('what was read of a file that was set aside is not passed over by older values when the database is lost', async () => {
  agent = await startAgent(cloud, store)
  store.export(named('Older'), true)
  store.drop(store.nextName(), `{"Customers":[${JSON.stringify(edtRecord({ ...nora, last: 'Newer' }))},}}`)
  await vi.waitFor(() => expect(store.list('SetAside')).toHaveLength(1), 5000)
  await agent.stop()
  for (const file of ['agent.db', 'agent.db-wal', 'agent.db-shm']) rmSync(join(store.data, file), { force: true })
  cloud.journal = []
  agent = await startAgent(cloud, store)
  await vi.waitFor(() => expect(cloud.journal.map((line) => line.record.lastName)).toEqual(['Newer']))
})

test('other files in the Inbox are left alone', async () => {
  agent = await startAgent(cloud, store)
  const image = store.drop('150-00004.jpg', 'x')
  store.export([nora])
  await vi.waitFor(() => expect(lastName()).toBe('Lindqvist'))
  await vi.waitFor(() => expect(store.list('Inbox')).toEqual([image]))
})

test('[CB-04] wishes come from their files; one that an export holds no more is no removal', async () => {
  agent = await startAgent(cloud, store)
  const wish = (Key: string, fields: object) => ({ Key, PairValue: { WishlistCustKey: '1-17', ...fields } })
  const drop = (second: number, ...wishes: object[]) =>
    store.drop(`2026-03-03-11-00-0${second}-FULL-WishList.json`, JSON.stringify({ Wishes: wishes }))
  const opal = wish('001-W00001', { WishlistItemKey: '', WishlistItemDesc: 'Something with opals' })
  drop(1, opal, wish('001-W00002', { WishlistItemKey: '1-150-4' }))
  await vi.waitFor(() => expect(cloud.linesOf('wish')).toHaveLength(2))
  expect(cloud.linesOf('wish')).toMatchObject([
    { key: '001-W00001', record: { customer: '001-00017', description: 'Something with opals' } },
    { key: '001-W00002', record: { customer: '001-00017', item: '001-150-00004' } },
  ])
  drop(2, { ...opal, PairValue: { ...opal.PairValue, WishlistDateRemoved: '2026-03-03' } })
  await vi.waitFor(() => expect(store.list('Inbox')).toEqual([]))
  await vi.waitFor(() => expect(cloud.linesOf('wish')).toHaveLength(3))
  expect(cloud.linesOf('wish')[2]).toMatchObject({ key: '001-W00001', record: { removedAt: expect.any(String) } })
})

test('a file of one list that is still being written holds up its own list only', async () => {
  agent = await startAgent(cloud, store)
  const sales = store.drop('2026-03-03-10-00-00-Transaction.json', '{"SaleLines":[')
  store.export([nora])
  await vi.waitFor(() => expect(lastName()).toBe('Lindqvist'))
  await vi.waitFor(() => expect(store.list('Inbox')).toEqual([sales]))
})

test('of a full export in parts all are kept, and what was before it is not', async () => {
  agent = await startAgent(cloud, store)
  const content = JSON.stringify({ SaleLines: [{ Key: '001-000011', PairValue: line('1', 25) }] })
  store.drop('2026-03-03-10-00-00-Transaction.json', content)
  await vi.waitFor(() => expect(store.list('Processed')).toHaveLength(1))
  const names = [1, 2].map((part) => `${part}-2026-03-03-11-00-00-FULL-Transaction.json`)
  for (const [index, name] of names.entries()) {
    store.drop(name, JSON.stringify({ SaleLines: [{ Key: '', PairValue: line(String(index + 2), 25) }] }))
  }
  await vi.waitFor(() => expect(store.list('Processed')).toEqual(names))
  expect(cloud.linesOf('saleLine').map(({ key }) => key)).toEqual(['001-00001/1', '001-00001/2', '001-00001/3'])
})

const line = (SalelineLineNo: string, SalelineAmount: number) => ({
  SalelineSaleKey: '1-1',
  SalelineLineNo,
  SalelineAmount,
})

test('the newest full export and what came after it are kept, older files are not', async () => {
  agent = await startAgent(cloud, store)
  store.export(named('A'), true)
  store.export(named('B'))
  await vi.waitFor(() => expect(store.list('Processed')).toHaveLength(2))
  const kept = [store.export(named('C'), true), store.export(named('D'))]
  await vi.waitFor(() => expect(store.list('Processed')).toEqual(kept))
  await vi.waitFor(() => expect(cloud.completes).toBe(2))
})

test('a customer missing from a full export is not deleted', async () => {
  agent = await startAgent(cloud, store)
  store.export([nora, { ...nora, key: '001-00018' }], true)
  await vi.waitFor(() => expect(cloud.completes).toBe(1))
  store.export([nora], true)
  await vi.waitFor(() => expect(cloud.completes).toBe(2))
  expect([...cloud.records.keys()]).toEqual(['001-00017', '001-00018'])
})

test('when its database is lost, the kept files give the same again, each customer as it stood last', async () => {
  agent = await startAgent(cloud, store)
  store.export([nora, { ...nora, key: '001-00018' }], true)
  const newest = store.export(named('Berg'))
  await vi.waitFor(() => expect(lastName()).toBe('Berg'))
  await vi.waitFor(() => expect(store.list('Processed')).toHaveLength(2))
  await agent.stop()
  for (const file of ['agent.db', 'agent.db-wal', 'agent.db-shm']) rmSync(join(store.data, file), { force: true })
  const epoch = cloud.epoch
  cloud.journal = []
  agent = await startAgent(cloud, store)
  await vi.waitFor(() => expect(cloud.journal).toHaveLength(2))
  expect(cloud.journal.map(({ key, bulk, record }) => [key, bulk, record.lastName]).toSorted()).toEqual([
    ['001-00017', true, 'Berg'],
    ['001-00018', true, 'Lindqvist'],
  ])
  expect(cloud.epoch).not.toBe(epoch)
  await vi.waitFor(() => expect(cloud.completes).toBe(2))
  expect(await readStatus(store.data)).toMatchObject({ lastFile: newest, fullExportRead: true })
})

test('an Inbox that is taken away and made anew is watched again', async () => {
  agent = await startAgent(cloud, store)
  store.export(named('A'))
  await vi.waitFor(() => expect(lastName()).toBe('A'))
  await vi.waitFor(() => expect(store.list('Inbox')).toEqual([]))
  rmSync(join(store.edt, 'Inbox'), { recursive: true })
  mkdirSync(join(store.edt, 'Inbox'))
  store.export(named('B'))
  await vi.waitFor(() => expect(lastName()).toBe('B'), 8000)
  store.export(named('C'))
  await vi.waitFor(() => expect(lastName()).toBe('C'), 8000)
  store.export(named('D'))
  await vi.waitFor(() => expect(lastName()).toBe('D'), 2000)
}, 20_000)

test('a change is on its way to the cloud before the folder is looked through the next time', async () => {
  agent = await startAgent(cloud, store)
  store.export([nora], true)
  await vi.waitFor(() => expect(cloud.completes).toBe(1))
  for (let change = 0; change < 9; change += 1) {
    const arrivals = cloud.arrivals.length
    store.export(named(`Change ${change}`))
    // Every five seconds the folder is looked through: so long none of nine changes may wait.
    await vi.waitFor(() => expect(cloud.arrivals.length).toBeGreaterThan(arrivals), { interval: 1, timeout: 2000 })
  }
})

test('[CO-04] a command waits until an export that is being written has been read: the newer phone in it is kept', async () => {
  store.export([{ ...nora, phones: [{ type: 'Cell', number: '2035550117' }] }], true)
  agent = await startAgent(cloud, store)
  await vi.waitFor(() => expect(lastName()).toBe('Lindqvist'))
  const content = edtFile([edtRecord({ ...nora, phones: [{ type: 'Cell', number: '2035550118' }] })])
  const name = store.nextName()
  store.drop(name, content.slice(0, 200))
  const id = randomUUID()
  const wish = {
    do: 'addMethods' as const,
    key: nora.key,
    phones: ['+12035550199'],
    emails: [],
    addresses: [],
    optedOutPhones: [],
  }
  cloud.commands.push({ id, wish })
  // The agent has asked for commands since, and got this one.
  await vi.waitFor(() => expect(cloud.given).toContain(id), 5000)
  expect(store.outbox()).toEqual([])
  appendFileSync(join(store.edt, 'Inbox', name), content.slice(200))
  await vi.waitFor(() => expect(cloud.reportOf(id)?.outcome).toBe('written'), 5000)
  const phones = JSON.stringify(store.outbox()[0]?.json)
  expect([phones.includes('2035550118'), phones.includes('2035550117')]).toEqual([true, false])
})

test('[CO-01] the cloud is told that it has been shown everything when nothing in the Inbox is unread', async () => {
  store.export([], true)
  const filled = edtFile([nora, { ...nora, key: '001-00018' }].map(edtRecord))
  const name = store.nextName(true)
  store.drop(name, filled.slice(0, -100))
  agent = await startAgent(cloud, store)
  // The first export alone, of a store without customers yet, says nothing.
  await vi.waitFor(() => expect(lastName()).toBe('Lindqvist'))
  expect(cloud.completes).toBe(0)
  appendFileSync(join(store.edt, 'Inbox', name), filled.slice(-100))
  // Said once more where the file was read while it grew to its end.
  await vi.waitFor(() => expect(cloud.completes).toBeGreaterThan(0), 5000)
  expect(cloud.records.size).toBe(2)
})

test('a full export without customers, after one with some, is set aside: the kept one stays the memory', async () => {
  agent = await startAgent(cloud, store)
  const kept = store.export([nora], true)
  await vi.waitFor(() => expect(store.list('Processed')).toEqual([kept]))
  const empty = store.drop(store.nextName(true), edtFile([]))
  await vi.waitFor(() => expect(cloud.rejects).toMatchObject([{ code: 'unreadable_file', where: empty }]))
  await vi.waitFor(() => expect([store.list('SetAside'), store.list('Processed')]).toEqual([[empty], [kept]]))
})
