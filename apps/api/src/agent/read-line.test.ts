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

test('[CO-11] what is wrong with a record is said with its field', () => {
  const long = read({ ...nora, record: { ...nora.record, firstName: 'N'.repeat(501) } })
  expect(long).toMatchObject({
    message: 'The record cannot be taken: firstName is too long (501 characters, at most 500).',
  })
})

test.each([
  ['NUL', { firstName: 'No\0ra' }, 'firstName'],
  ['half a character', { phones: [{ type: 'Cell', number: '\ud83d', doNotContact: false }] }, 'phones no. 1: number'],
])('[CO-11] a text with %s is refused, and its field named', (_what, change, field) => {
  expect(read({ ...nora, record: { ...nora.record, ...change } })).toMatchObject({
    op: 'reject',
    message: `The record cannot be taken: ${field} has characters that are no text.`,
  })
})

test('a backslash that somebody wrote is text', () => {
  expect(read({ ...nora, record: { ...nora.record, company: 'C:\\udata\\u0000' } })).toMatchObject({ op: 'upsert' })
})

test.each(['', 'x', 'null', '[]', '{}', '{"n":0}', '{"n":"1"}', '{"n":1.5}', '{"n":1'])('%j is no line', (text) => {
  expect(() => readLine(text)).toThrow(expect.objectContaining({ code: 'malformed_upload' }))
})
