import { localDate } from '../edt/values.ts'
import type { Parameter } from './database.ts'

const dayMs = 24 * 60 * 60_000

/** A change stamp, so many seconds earlier. What is no time (a row version) stays as it is. */
export function earlier(stamp: Parameter, seconds: number): Parameter {
  const at = millisecondsOf(stamp)
  return at === undefined ? stamp : written(at - seconds * 1000, stamp)
}

/**
 * The stamp to go on from. One far in the future (a clock that was once set wrong) is not followed: nothing that is stamped properly
 * would ever come after it.
 * @param now in ms; a day is more than any zone is ahead of UTC
 */
export function believable(stamp: Parameter, now: number): Parameter {
  const at = millisecondsOf(stamp)
  return at === undefined || at <= now + dayMs ? stamp : written(now + dayMs, stamp)
}

/** A stamp as a driver gives it, as it can be bound again. Null where there is none. */
export function stampOf(value: unknown): Parameter | null {
  if (typeof value === 'string' || typeof value === 'number') return value
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Date) return value.toISOString().slice(0, 19)
  return null
}

function millisecondsOf(stamp: Parameter): number | undefined {
  const local = typeof stamp === 'string' ? localDate(stamp) : undefined
  if (local === undefined) return undefined
  return Date.parse(local.includes('T') ? `${local}Z` : `${local}T00:00:00Z`)
}

/** In the form of the sample: databases compare text as text. */
function written(at: number, sample: Parameter): string {
  const iso = new Date(at).toISOString().slice(0, 19)
  return String(sample)[10] === ' ' ? iso.replace('T', ' ') : iso
}
