import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordScanner, type ScanOutcome } from './scanner.ts'

function scan(document: Buffer, chunkSizes: readonly number[] = []): { records: unknown[]; outcome: ScanOutcome } {
  const records: unknown[] = []
  const scanner = new RecordScanner('Customers', (bytes) => records.push(JSON.parse(bytes.toString('utf8'))))
  for (let at = 0, turn = 0; at < document.length; turn += 1) {
    const size = chunkSizes.length > 0 ? (chunkSizes[turn % chunkSizes.length] ?? 1) : document.length
    // A copy that is overwritten afterwards, as the reader does with its one buffer.
    const chunk = Buffer.from(document.subarray(at, at + size))
    scanner.push(chunk)
    chunk.fill(0x22)
    at += size
  }
  return { records, outcome: scanner.outcome }
}

const nasty = fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'ü', '😀', 'a', '\n') })
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    nasty,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(nasty, tie('any'), { maxKeys: 3 }),
  ),
})).any
const documents = fc
  .record({
    listName: fc.constantFrom('Customers', 'customers', 'CUSTOMERS'),
    records: fc.array(fc.dictionary(nasty, value, { maxKeys: 4 }), { maxLength: 5 }),
    before: fc.dictionary(nasty, value, { maxKeys: 2 }),
    after: fc.dictionary(nasty, value, { maxKeys: 2 }),
    indent: fc.constantFrom(0, 1, '\t'),
    mark: fc.boolean(),
    end: fc.constantFrom('', '\n', ' \r\n'),
  })
  .map(({ listName, records, before, after, indent, mark, end }) => {
    const json = JSON.stringify({ ...before, [listName]: records, ...after }, null, indent)
    return { records, bytes: Buffer.from(`${mark ? '\ufeff' : ''}${json}${end}`), visible: Buffer.from(json).length }
  })
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

test('gives the records that JSON.parse gives, whatever the chunks', () => {
  fc.assert(
    fc.property(documents, sizes, ({ bytes, records }, chunkSizes) => {
      expect(scan(bytes, chunkSizes)).toEqual({ records: JSON.parse(JSON.stringify(records)), outcome: 'closed' })
    }),
    { numRuns: 500 },
  )
})

test('never takes the beginning of a document for the whole', () => {
  fc.assert(
    fc.property(documents, fc.double({ min: 0, max: 1, noNaN: true }), ({ bytes, visible }, part) => {
      const closing = bytes.lastIndexOf(0x7d)
      expect(scan(bytes.subarray(0, Math.floor(part * Math.min(closing, visible)))).outcome).toBe('open')
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['text', 'not json', 'malformed'],
  ['zeros where a slow copy has not written yet', '\0\0\0\0', 'open'],
  ['zeros where a slow copy has not written the rest yet', '{"Customers":[\0\0\0\0', 'open'],
  ['zeros in a record where a slow copy has not written yet', '{"Customers":[{"Key":"00\0\0\0\0', 'open'],
  ['zeros after the end', '{"Customers":[]}\0\0', 'closed'],
  ['a word between the records', '{"Customers":[oops oops]}', 'malformed'],
  ['an element that does not end', '{"Customers":["text, ', 'open'],
  ['a record whose beginning can be none', '{"Customers":[{"Key":"1" "PairValue"', 'malformed'],
  ['a key without its quote', '{"Customers:[{"Key":1}]}', 'malformed'],
  ['something after the end', '{"Customers":[]} x', 'malformed'],
  ['brackets that do not fit', '{"Customers":[}', 'malformed'],
  ['a bare list', '[{}]', 'malformed'],
  ['nothing', '', 'open'],
  ['another list', '{"Items":[{"Key":1}]}', 'other'],
  ['no list but an object', '{"Customers":{"Key":1}}', 'other'],
  ['a list deeper down', '{"data":{"Customers":[{"Key":1}]}}', 'other'],
  ['a record without a list', '{"Key":"1","PairValue":{}}', 'other'],
  ['an empty list beside something else', '{"Version":{"no":1},"Customers":[]}', 'closed'],
  ['an empty list before something else', '{"Customers":[],"Version":{"no":1}}', 'closed'],
  ['no list at all', '{"Customers":null}', 'closed'],
  ['nothing inside', '{}', 'closed'],
])('finds no record in %s', (_, document, outcome) => {
  expect(scan(Buffer.from(document))).toEqual({ records: [], outcome })
})

const [one, two, three] = [1, 2, 3].map((n) => JSON.stringify({ Key: n, PairValue: { Name: `"{${n}`, Phones: [] } }))
test.each([
  ['a record that does not close', `{"Customers":[${one},${two?.slice(0, -1)},${three}]}`],
  ['a record that closes with the wrong bracket', `{"Customers":[${one},{"Key":2,"PairValue":{"Phones":[}},${three}]}`],
  ['a record that closes twice', `{"Customers":[${one}},${two}]}`],
  ['a string that does not end', `{"Customers":[${one},{"Key":"2,"PairValue":{}},{"Key":3,"PairValue":{}}]}`],
])('%s is malformed at once, and what stands before it is given, whatever the chunks', (_, text) => {
  fc.assert(
    fc.property(sizes, (chunkSizes) => {
      expect(scan(Buffer.from(text), chunkSizes)).toEqual({ records: [JSON.parse(one ?? '')], outcome: 'malformed' })
    }),
    { numRuns: 50 },
  )
})

test('what is wrong inside a record, and a comma too many, cost nobody else', () => {
  const records: string[] = []
  const scanner = new RecordScanner('Customers', (bytes) => records.push(bytes.toString()))
  scanner.push(Buffer.from(`{"Customers":[${one},{"Key":nan "PairValue":{}},${three},]}`))
  expect([records, scanner.outcome]).toEqual([[one, '{"Key":nan "PairValue":{}}', three], 'closed'])
})

test('finds only top-level lists of the name, and in them whatever stands for a record', () => {
  const document = {
    a: { Customers: [{ wrong: 1 }] },
    x: 'Customers',
    y: [{ wrong: 2 }],
    Customers: [{ right: 1 }, null, 3, 'x', []],
  }
  expect(scan(Buffer.from(JSON.stringify(document))).records).toEqual([{ right: 1 }, null, null, null, []])
})

test('where the name of the list is not known, every array at the top is one', () => {
  const records: string[] = []
  const scanner = new RecordScanner(null, (bytes) => records.push(bytes.toString()))
  scanner.push(
    Buffer.from(
      '{"Version":{"List":[{"no":1}]},"Numbers":[1,[{"no":2}]],"Inventory":[{"a":1},{"b":[{}]}],"More":[{"c":1}]}',
    ),
  )
  expect([records, scanner.outcome]).toEqual([['{"a":1}', '{"b":[{}]}', '{"c":1}'], 'closed'])
})
