import { expect, test } from 'vitest'
import { readJob } from './job.ts'

const read = (PairValue: Record<string, unknown>) =>
  readJob(Buffer.from(JSON.stringify({ Key: '1-J7', PairValue: { JobKey: '001-J000007', ...PairValue } })))

test.each([
  ['Not Ready', 'not_ready'],
  ['done', 'done'],
  ['PickedUp', 'picked_up'],
])('reads a job that is %s', (JobStatus, status) => {
  expect(read({ JobStatus, JobCustKey: '001-000017', JobSummary: 'stays' })).toEqual({
    kind: 'job',
    key: '001-J00007',
    rawKey: '001-J000007',
    record: { number: '001-J00007', customer: '001-00017', status },
  })
})

test('a job without a customer is read: the cloud says what is missing', () => {
  expect(read({ JobStatus: 'Done', JobCustKey: '' })).toMatchObject({ record: { status: 'done' } })
})

test.each([
  [{ JobStatus: 'On hold' }, '001-J00007', 'JobStatus is none of "Not Ready", "Done" and "Picked Up".'],
  [{ JobStatus: 'Done', JobCustKey: 'Nora' }, '001-J00007', 'JobCustKey is not a number of the known form.'],
  [{ JobKey: 'no number' }, null, 'JobKey is missing, or is not a number of the known form.'],
])('[CO-11] %j is refused with a sentence that names the field', (fields, key, message) => {
  expect(read(fields)).toEqual({ key, message })
})
