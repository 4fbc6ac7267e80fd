import { randomUUID } from 'node:crypto'
import { type RecordKind, type UplinkLine, uplinkLineSchema } from '@jumpring/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StoreFolder } from '../../tests/store.ts'
import { noteFull, sayComplete } from './completeness.ts'
import { inTransaction } from './database.ts'
import { Intake } from './intake.ts'
import { digestOf, type ReadRecord, type Unreadable } from './reading.ts'
import { openStore, type Store } from './store.ts'

let folder: StoreFolder
let store: Store

beforeEach(() => {
  folder = new StoreFolder()
  store = openStore(folder.data)
})
afterEach(() => {
  store.db.close()
  folder.remove()
})

const ring = (status: 'in_stock' | 'sold', key = '001-150-00004'): ReadRecord => {
  const record = { status, inventoryType: 'stock', details: [], stones: [], images: [], upload: 'by_filter' } as const
  return { kind: 'item', key, rawKey: key, record: { ...record, details: [], stones: [], images: [] } }
}
const job = (status: 'not_ready' | 'done', key = '001-J00007'): ReadRecord => ({
  kind: 'job',
  key,
  rawKey: key,
  record: { number: '7', type: 'repair', status },
})
const nora: ReadRecord = {
  kind: 'customer',
  key: '001-00017',
  rawKey: '001-00017',
  record: { lastName: 'Lindqvist', phones: [], emails: [], addresses: [], inactive: false },
  lists: { Phones: [], Emails: [], Addresses: [] },
}

function take(
  kind: RecordKind,
  reads: readonly (ReadRecord | Unreadable)[],
  { mappingVersion = 1, bulk = false } = {},
) {
  const intake = new Intake(store, kind, { mappingVersion, bulk })
  intake.page(() => {
    for (const [index, read] of reads.entries()) {
      intake.take({ digest: digestOf(JSON.stringify(read)), read: () => read, where: () => `record ${index + 1}` })
    }
  })
  return intake
}

const spooled = (): UplinkLine[] =>
  [...store.spool.pages(1_000_000, Number.MAX_SAFE_INTEGER)]
    .flat()
    .map((line) => uplinkLineSchema.parse(JSON.parse(line)))

test('each kind is compared with its own records: what differs goes up, once', () => {
  expect(take('item', [ring('in_stock')], { bulk: true })).toMatchObject({ records: 1, changed: 1 })
  take('job', [job('not_ready', '001-150-00004')])
  expect(take('item', [ring('in_stock')], { bulk: true })).toMatchObject({ records: 1, changed: 0 })
  take('item', [ring('sold')], { bulk: true })
  expect(spooled()).toMatchObject([
    { n: 1, kind: 'item', bulk: true, record: { status: 'in_stock' } },
    { n: 2, kind: 'job', key: '001-150-00004', bulk: false },
    { n: 3, kind: 'item', bulk: false, record: { status: 'sold' } },
  ])
})

test('a fault that one record brings out sets aside that one only, without a word of the record', () => {
  const intake = new Intake(store, 'item', { mappingVersion: 1, bulk: false })
  const shown = (name: string, read: () => ReadRecord) => ({
    digest: digestOf(name),
    read,
    where: () => `record ${name}`,
  })
  const fault = () => {
    throw new RangeError('Ring of SECRET')
  }
  intake.page(() => {
    for (const one of [shown('1', fault), shown('2', () => ring('in_stock')), shown('1', fault)]) intake.take(one)
  })
  expect(spooled()).toMatchObject([{ op: 'reject', key: null, where: 'record 1' }, { op: 'upsert' }])
  expect(JSON.stringify(spooled())).not.toContain('SECRET')
})

test('a record that another mapping makes is read again, and goes up where it came out otherwise', () => {
  take('item', [ring('in_stock')])
  const unread = { digest: digestOf(JSON.stringify(ring('in_stock'))), where: () => '' }
  const again = new Intake(store, 'item', { mappingVersion: 2, bulk: false })
  again.page(() => again.take({ ...unread, read: () => ring('sold') }))
  expect(spooled().map((line) => line.op === 'upsert' && line.record)).toMatchObject([
    { status: 'in_stock' },
    { status: 'sold' },
  ])
})

test('[CO-11] what cannot be read is said once, and goes up by itself once it is mended, even to what it was', () => {
  const bad = { key: '001-J00007', message: 'JobStatus is none of the known states.' }
  take('job', [job('done')])
  take('job', [bad])
  take('job', [bad])
  take('job', [job('done')])
  expect(spooled()).toMatchObject([
    { op: 'upsert' },
    { op: 'reject', kind: 'job', key: '001-J00007', code: 'invalid_record', message: bad.message, where: 'record 1' },
    { op: 'upsert', kind: 'job', key: '001-J00007' },
  ])
})

test('a page whose work fails leaves nothing behind', () => {
  const intake = new Intake(store, 'job', { mappingVersion: 1, bulk: false })
  const fail = () => {
    throw new Error('cut')
  }
  const shown = { digest: digestOf('x'), read: () => job('done'), where: () => '' }
  expect(() =>
    intake.page(() => {
      intake.take(shown)
      fail()
    }),
  ).toThrow('cut')
  expect(take('job', [job('done')]).changed).toBe(1)
  expect(spooled()).toHaveLength(1)
})

test('a snapshot shows who is named before what names them, and says of which kinds it is all', () => {
  take('job', [job('done')])
  take('item', [ring('in_stock')])
  take('customer', [nora])
  inTransaction(store.db, () => {
    noteFull(store, 'customer')
    noteFull(store, 'item')
  })
  expect([sayComplete(store), sayComplete(store)]).toEqual([true, false])
  store.spool.snapshot(randomUUID())
  expect(spooled()).toMatchObject([
    { n: 1, op: 'upsert', kind: 'customer', bulk: true },
    { n: 2, op: 'upsert', kind: 'item' },
    { n: 3, op: 'upsert', kind: 'job' },
    { n: 4, op: 'complete', kind: 'customer' },
    { n: 5, op: 'complete', kind: 'item' },
  ])
})

test('[CO-10] a snapshot has no text message that the cloud had taken: it may have sent it before it was set back', () => {
  const text = (key: string): ReadRecord => ({
    kind: 'notification',
    key,
    rawKey: key,
    record: { phone: '2035550117', body: 'Your ring is ready.', createdAt: '2026-11-22T12:00:00.000Z' },
  })
  take('notification', [text('N1')])
  take('job', [job('done')])
  store.spool.acknowledge(2)
  take('notification', [text('N2')])
  store.spool.snapshot(randomUUID())
  expect(spooled().map((line) => line.op === 'upsert' && line.key)).toEqual(['001-J00007', 'N2'])
})

test('[CO-11] after a snapshot the cloud knows again what cannot be read as it stands, and of what was mended nothing', () => {
  const bad = (key: string) => ({ key, message: 'JobStatus is none of the known states.' })
  take('job', [job('done'), job('done', '001-J00008')])
  take('job', [bad('001-J00007'), bad('001-J00008')])
  take('job', [job('not_ready', '001-J00008')])
  store.spool.acknowledge(5)
  store.spool.snapshot(randomUUID())
  const seven = { n: 3, op: 'reject', kind: 'job', key: '001-J00007', message: bad('').message, where: 'record 1' }
  expect(spooled()).toMatchObject([
    { n: 1, op: 'upsert', key: '001-J00007', record: { status: 'done' } },
    { n: 2, op: 'upsert', key: '001-J00008', record: { status: 'not_ready' } },
    seven,
  ])
  take('job', [job('done')])
  store.spool.snapshot(randomUUID())
  expect(spooled().map(({ op }) => op)).toEqual(['upsert', 'upsert'])
})

test('what waits is read a page at a time within limits, with what is spooled meanwhile, and ends with its epoch', () => {
  const append = (count: number) =>
    inTransaction(store.db, () => {
      for (let number = 0; number < count; number++) store.spool.appendComplete('customer')
    })
  append(1200)
  const count = (pages: Iterable<string[]>) => [...pages].map((page) => page.length)
  expect(count(store.spool.pages(10_000, 10_000_000))).toEqual([500, 500, 200])
  expect(count(store.spool.pages(700, 10_000_000))).toEqual([500, 200])
  expect(count(store.spool.pages(10_000, 1))).toEqual([500])
  const pages = store.spool.pages(10_000, 10_000_000)
  pages.next()
  append(100)
  expect(count(pages)).toEqual([500, 300])
  const cut = store.spool.pages(10_000, 10_000_000)
  cut.next()
  store.spool.snapshot(randomUUID())
  expect(count(cut)).toEqual([])
})
