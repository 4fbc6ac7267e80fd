import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type UplinkLine, uplinkLineSchema } from '@jumpring/contracts'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { edtFile, edtRecord, type MadeUpCustomer, StoreFolder } from '../../tests/store.ts'
import { openStore, type Store } from '../store/store.ts'
import { storeSettingsSchema } from '../store-settings.ts'
import { scanFile } from './read-file.ts'

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

const fullName = '2026-03-03-11-00-00-FULL-CustomerList.json'
const changesName = '2026-03-03-11-00-01-CustomerList.json'

async function readContent(content: string | Buffer, fileName = changesName) {
  const path = join(folder.root, fileName)
  writeFileSync(path, content)
  return scanFile(store, path, storeSettingsSchema.parse({ region: 'US' }))
}

function spooled(): UplinkLine[] {
  return [...store.spool.pages(1_000_000, Number.MAX_SAFE_INTEGER)]
    .flat()
    .map((line) => uplinkLineSchema.parse(JSON.parse(line)))
}

const nora: MadeUpCustomer = {
  key: '001-00017',
  first: 'Nora',
  last: 'Lindqvist',
  phones: [{ type: 'home', number: '2035550117' }],
}
const olaf: MadeUpCustomer = { key: '001-00018', first: 'Olaf', last: 'Berg' }

test('spools what is new in bulk when it comes with a full export, and live when it does not', async () => {
  await readContent(edtFile([edtRecord(nora)]), fullName)
  await readContent(edtFile([edtRecord({ ...nora, last: 'Berg' }), edtRecord(olaf)]))
  expect(spooled()).toMatchObject([
    { n: 1, key: nora.key, bulk: true },
    { n: 2, key: nora.key, bulk: false, record: { lastName: 'Berg' } },
    { n: 3, key: olaf.key, bulk: false },
  ])
})

test('a change that stays in the store, another order of fields and another width of the key are no change', async () => {
  await readContent(edtFile([edtRecord(nora)]))
  const record = { ...nora, key: '001-000017', more: { CustomerNotes: 'likes opals', CustomerTaxId: '11-1111111' } }
  const result = await readContent(JSON.stringify({ x: 1, customers: [edtRecord(record)] }, null, 2))
  expect(result).toMatchObject({ outcome: 'closed', records: 1, changed: 0 })
  expect(spooled()).toHaveLength(1)
  expect(store.mirror.customer(nora.key)?.rawKey).toBe('001-000017')
})

test('a bad record is refused once, does not hold up the others, and is sent when it is mended, even to what it was', async () => {
  const bad = { ...nora, last: 'x'.repeat(600) }
  await readContent(edtFile([edtRecord(nora)]))
  await readContent(edtFile([edtRecord(bad), { Key: 'nobody' }, edtRecord(olaf)]))
  await readContent(edtFile([edtRecord(bad), { Key: 'nobody' }]), fullName)
  await readContent(edtFile([edtRecord(nora)]))
  expect(spooled()).toMatchObject([
    { op: 'upsert', key: nora.key },
    { op: 'reject', key: nora.key, code: 'invalid_record', where: `${changesName}, record 1` },
    { op: 'reject', key: null, code: 'invalid_record' },
    { op: 'upsert', key: olaf.key },
    { op: 'upsert', key: nora.key, record: { lastName: 'Lindqvist' } },
  ])
})

test('[CO-11] what stands among the records and is none is refused like a bad record', async () => {
  const list = ['"text"', JSON.stringify(edtRecord(nora)), '42', `[${JSON.stringify(edtRecord(nora))}]`, 'null']
  const content = `{"Customers":[${[...list, JSON.stringify(edtRecord(olaf))].join(', ')}]}`
  expect(await readContent(content)).toMatchObject({ outcome: 'closed', records: 6, changed: 2 })
  expect(spooled()).toMatchObject([
    { op: 'reject', key: null, code: 'invalid_record', where: `${changesName}, record 1` },
    { op: 'upsert', key: nora.key },
    { op: 'reject', key: null, code: 'invalid_record', where: `${changesName}, record 4` },
    { op: 'upsert', key: olaf.key },
  ])
  expect(spooled()[0]).toMatchObject({ message: expect.stringContaining('not of the form') })
  await readContent(content)
  expect(spooled()).toHaveLength(4)
  const later = '2026-03-03-11-00-02-CustomerList.json'
  await readContent('{"Customers":[true]}', later)
  expect(spooled()[4]).toMatchObject({ op: 'reject', where: `${later}, record 1` })
})

test('a record that appears twice in a big file ends as it stands last, also when that is what it was', async () => {
  const filler = Array.from({ length: 2500 }, (_, index) =>
    edtRecord({ ...olaf, key: `001-1${String(index).padStart(4, '0')}`, more: { CustomerNotes: 'x'.repeat(1700) } }),
  )
  await readContent(edtFile([edtRecord(nora), ...filler]), fullName)
  const before = store.spool.size()
  const result = await readContent(
    edtFile([edtRecord({ ...nora, last: 'Berg' }), ...filler, edtRecord(nora)]),
    fullName,
  )
  expect(result).toMatchObject({ records: 2502, changed: 2 })
  expect(store.mirror.customer(nora.key)?.customer.lastName).toBe('Lindqvist')
  expect(store.spool.size()).toBe(before + 2)
})

test('[CO-11] a key of hundreds of digits costs its record only', async () => {
  const wide = { ...nora, key: `001-${'9'.repeat(300)}` }
  await readContent(edtFile([edtRecord(wide), edtRecord(olaf)]))
  expect(spooled()).toMatchObject([
    { op: 'reject', key: null, code: 'invalid_record' },
    { op: 'upsert', key: olaf.key },
  ])
})

test('[AG-03] a disk that fills up in the middle of a file is said as that, and the file is read once there is space', async () => {
  const people = Array.from({ length: 3000 }, (_, index) => ({
    ...nora,
    key: `001-${String(index + 1).padStart(5, '0')}`,
  }))
  const pages = Number(store.db.prepare('PRAGMA page_count').get()?.page_count)
  store.db.exec(`PRAGMA max_page_count = ${pages + 100}`)
  const content = edtFile(people.map(edtRecord))
  await expect(readContent(content)).rejects.toThrow('full')
  store.db.exec('PRAGMA max_page_count = 1000000')
  expect((await readContent(content)).outcome).toBe('closed')
  expect(spooled().map(({ n }) => n)).toEqual(people.map((_, index) => index + 1))
})

const people = fc
  .record({
    number: fc.integer({ min: 1, max: 6 }),
    wide: fc.boolean(),
    last: fc.constantFrom('Lindqvist', 'Berg', 'x'.repeat(600)),
    phone: fc.constantFrom('2035550117', '2035550118', ''),
    note: fc.constantFrom('a', 'b'),
  })
  .map(
    ({ number, wide, last, phone, note }): MadeUpCustomer => ({
      key: `001-${String(number).padStart(wide ? 6 : 5, '0')}`,
      first: 'Nora',
      last,
      phones: phone === '' ? [] : [{ type: 'home', number: phone }],
      more: { CustomerNotes: note },
    }),
  )
const histories = fc.array(
  fc.record({
    records: fc.array(people, { maxLength: 8 }),
    full: fc.boolean(),
    cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  }),
  { maxLength: 8 },
)

test('over any history of files, cut ones too, the spool ends in what was last said of each customer and never repeats', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const own = new StoreFolder()
      const outer = store
      store = openStore(own.data)
      try {
        const expected = new Map<string, string>()
        for (const { records, full, cut } of history) {
          const content = edtFile(records.map(edtRecord))
          if (cut !== null)
            await readContent(content.slice(0, Math.floor(content.length * cut)), full ? fullName : changesName)
          const result = await readContent(content, full ? fullName : changesName)
          expect(result.outcome).toBe('closed')
          for (const { key, last, phones } of records) {
            const normal = `001-${String(Number(key.slice(4))).padStart(5, '0')}`
            if (last.length < 500) expected.set(normal, JSON.stringify([last, phones?.map((phone) => phone.number)]))
          }
        }
        const lines = spooled()
        expect(lines.map(({ n }) => n)).toEqual(lines.map((_, index) => index + 1))
        const sent = new Map<string, string>()
        let refusedSince = new Set<string>()
        for (const line of lines) {
          if (line.op === 'reject' && line.key !== null) refusedSince.add(line.key)
          if (line.op !== 'upsert' || line.kind !== 'customer') continue
          const value = JSON.stringify([line.record.lastName, line.record.phones.map((phone) => phone.number)])
          expect(sent.get(line.key) !== value || refusedSince.has(line.key)).toBe(true)
          refusedSince = new Set([...refusedSince].filter((key) => key !== line.key))
          sent.set(line.key, value)
        }
        expect(sent).toEqual(expected)
      } finally {
        store.db.close()
        store = outer
        own.remove()
      }
    }),
    { numRuns: 40 },
  )
}, 60_000)
