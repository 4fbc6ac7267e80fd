import { expect, test } from 'vitest'
import { readLine } from './read-line.ts'
import { upsert } from './testing/agent.ts'

const read = (line: object) => readLine(JSON.stringify(line))
const nora = upsert(1, '001-00001', 'Nora')

test('the order in which fields were sent makes no difference to what is kept', () => {
  const turned = Object.fromEntries(Object.entries(nora.record).reverse())
  expect(read({ ...nora, record: turned })).toEqual(read(nora))
})

test('[AG-04] a record with a field that is not agreed on is refused, and no value of it is repeated', () => {
  const refused = read({ ...nora, record: { ...nora.record, CustomerSSNO: '078-05-1120' } })
  expect(refused).toMatchObject({ op: 'reject', stage: 'ingest', subject: '001-00001', code: 'invalid_record' })
  expect(JSON.stringify(refused)).not.toContain('078')
})

test.each(['', 'x', 'null', '[]', '{}', '{"n":0}', '{"n":"1"}', '{"n":1.5}', '{"n":1'])('%j is no line', (text) => {
  expect(() => readLine(text)).toThrow(expect.objectContaining({ code: 'malformed_upload' }))
})
