import { expect, test } from 'vitest'
import { storeSettingsSchema } from '../store-settings.ts'
import { readJob } from './job.ts'

const read = (PairValue: Record<string, unknown>) =>
  readJob(
    Buffer.from(JSON.stringify({ Key: '1-J7', PairValue: { JobKey: '001-J000007', ...PairValue } })),
    storeSettingsSchema.parse({ region: 'US', timeZone: 'America/New_York' }),
  )

test.each([
  ['Not Ready', 'not_ready'],
  ['done', 'done'],
  ['PickedUp', 'picked_up'],
])('reads a job that is %s', (JobStatus, status) => {
  expect(read({ JobStatus, JobCustKey: '001-000017', JobCost: 12 })).toEqual({
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

test('[PD-08] what only a database knows of a job is read too', () => {
  const more = {
    JobType: 'Special Order',
    JobSummary: 'Size 6',
    JobDateEntered: '2026-07-04T10:00:00',
    JobPrice: '120.5',
  }
  const who = { JobAsKey: 7, AssociateFirstName: 'Ada', AssociateLastName: 'Berg' }
  expect(read({ JobStatus: 'Done', ...more, ...who })).toMatchObject({
    record: {
      type: 'special_order',
      summary: 'Size 6',
      enteredAt: '2026-07-04T14:00:00Z',
      price: { minor: 12050, currency: 'USD' },
      associate: { number: '7', name: 'Ada Berg' },
    },
  })
})
