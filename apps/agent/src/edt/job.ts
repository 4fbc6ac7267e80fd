import { jobSchema } from '@jumpring/contracts'
import { normalizeKey, normalizePlainKey } from '@jumpring/sync'
import type { ReadOf, Unreadable } from '../store/reading.ts'
import { keyOf } from './fields.ts'
import { checked, fieldsSchema, parseRecord, withoutGaps } from './record.ts'
import { type Scalar, text } from './values.ts'

/** Raise it when the mapping below gives another job for the same record. */
export const jobMapping = 1

/** EDT: of a job its customer, its number and its status. */
const pairSchema = fieldsSchema(['JobKey', 'JobCustKey', 'JobStatus'])

/** Reads one record of a job export from its bytes. */
export function readJob(bytes: Buffer): ReadOf<'job'> | Unreadable {
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
    status: statusOf(job.JobStatus, faults),
  })
  return checked({ kind: 'job', key, rawKey }, jobSchema, record, faults)
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
