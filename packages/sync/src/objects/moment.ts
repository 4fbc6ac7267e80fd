import type { ObjectState } from './decide.ts'
import type { PlatformObject, TimelineJob } from './object.ts'

const stages = ['not_ready', 'done', 'picked_up'] as const satisfies readonly TimelineJob['status'][]

/**
 * PD-08. When that happened of which an object's write tells. A service job that has come further tells itself when that was, as a shop's
 * years of jobs do in a first upload; all else happened when the store's agent saw it. Never later than that (a date at the till may be
 * mistyped), and never before what the platform has been told of the object already.
 * @param seenAt when the agent saw the record as it is now; a UTC instant, as is what is returned
 */
export function momentOf(object: PlatformObject, { sent, at }: ObjectState, seenAt: string): string {
  // Told of already, and nobody noted as of when.
  if (sent !== null && at === undefined) return seenAt
  const own = object.type === 'serviceJob' ? reachedAt(object, sent) : null
  const happened = own === null ? seenAt : earlier(own, seenAt)
  return at === undefined ? happened : later(happened, at)
}

/** When a job reached its status; null where it does not say, or has not come further. Not before any stage it went through. */
function reachedAt(job: TimelineJob, sent: PlatformObject | null): string | null {
  const stage = stages.indexOf(job.status)
  if (sent?.type === 'serviceJob' && stages.indexOf(sent.status) >= stage) return null
  const moments = [job.enteredAt, job.doneAt, job.pickedUpAt].slice(0, stage + 1)
  if (moments.at(-1) === null) return null
  return moments.filter((moment) => moment !== null).reduce(later)
}

const later = (a: string, b: string) => (Date.parse(a) < Date.parse(b) ? b : a)
const earlier = (a: string, b: string) => (Date.parse(a) < Date.parse(b) ? a : b)
