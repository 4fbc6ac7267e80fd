import { jobSchema } from '@jumpring/contracts'
import { normalizeItemKey, normalizeKey, normalizePlainKey } from '@jumpring/sync'
import type { ReadOf, Unreadable } from '../store/reading.ts'
import type { StoreSettings } from '../store-settings.ts'
import { associateFields, associateOf, instantOf, keyOf, moneyOf } from './fields.ts'
import { checked, fieldsSchema, parseRecord, withoutGaps } from './record.ts'
import { type Scalar, text } from './values.ts'

/** Raise it when the mapping below gives another job for the same record. */
export const jobMapping = 2

/** EDT: of a job its customer, its number and its status. What follows comes from a database only (our assumption). */
const pairSchema = fieldsSchema([
  'JobKey',
  'JobCustKey',
  'JobStatus',
  'JobType',
  'JobSummary',
  'JobDesc',
  'JobDateEntered',
  'JobDatePromised',
  'JobDateDone',
  'JobDatePickedUp',
  'JobPrice',
  'JobItemKey',
  'JobAsKey',
  ...associateFields,
])

/** Reads one record of a job export from its bytes. */
export function readJob(bytes: Buffer, { currency, timeZone }: StoreSettings): ReadOf<'job'> | Unreadable {
  const found = parseRecord(bytes, pairSchema)
  if ('message' in found) return found
  const { pair: job } = found
  const rawKey = text(job.JobKey) ?? found.rawKey
  const key = rawKey === undefined ? null : normalizePlainKey(rawKey)
  if (rawKey === undefined || key === null)
    return { key: null, message: 'JobKey is missing, or is not a number of the known form.' }
  const faults: string[] = []
  const record = withoutGaps({
    number: key,
    customer: keyOf('JobCustKey', job.JobCustKey, normalizeKey, faults),
    type: typeOf(job.JobType, faults),
    status: statusOf(job.JobStatus, faults),
    summary: text(job.JobSummary),
    description: text(job.JobDesc),
    enteredAt: instantOf(job.JobDateEntered, timeZone),
    promisedAt: instantOf(job.JobDatePromised, timeZone),
    doneAt: instantOf(job.JobDateDone, timeZone),
    pickedUpAt: instantOf(job.JobDatePickedUp, timeZone),
    price: moneyOf('JobPrice', job.JobPrice, currency, faults),
    item: normalizeItemKey(text(job.JobItemKey) ?? '') ?? undefined,
    associate: associateOf(job.JobAsKey, job),
  })
  return checked({ kind: 'job', key, rawKey }, jobSchema, record, faults)
}

const types = new Map([
  ['repair', 'repair'],
  ['custom', 'custom'],
  ['specialorder', 'special_order'],
  ['appraisal', 'appraisal'],
])

function typeOf(value: Scalar | undefined, faults: string[]) {
  const written = text(value)
  if (written === undefined) return undefined
  const type = types.get(written.toLowerCase().replace(/[^a-z]/g, ''))
  if (type === undefined) faults.push('JobType is none of "Repair", "Custom", "Special Order" and "Appraisal".')
  return type
}

const statuses = new Map([
  ['notready', 'not_ready'],
  ['done', 'done'],
  ['pickedup', 'picked_up'],
])

function statusOf(value: Scalar | undefined, faults: string[]) {
  const status = statuses.get((text(value) ?? '').toLowerCase().replace(/[^a-z]/g, ''))
  if (status === undefined) faults.push('JobStatus is none of "Not Ready", "Done" and "Picked Up".')
  return status
}
