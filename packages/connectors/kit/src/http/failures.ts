import { JumpringError } from '@jumpring/contracts'
import { type RateLimit, UnknownLocation } from '../connector.ts'
import type { Answer } from './exchange.ts'

/** The limit as the headers state it (`ratelimit-…` or `x-ratelimit-…`, the reset in seconds), or null where they do not. */
export function rateLimitOf(headers: Headers): RateLimit | null {
  const [limit, remaining, reset] = [header(headers, 'limit'), header(headers, 'remaining'), header(headers, 'reset')]
  return limit === null || remaining === null || reset === null ? null : { limit, remaining, resetMs: reset * 1000 }
}

const header = (headers: Headers, part: 'limit' | 'remaining' | 'reset') =>
  wholeNumber(headers.get(`ratelimit-${part}`) ?? headers.get(`x-ratelimit-${part}`))

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text.trim()) ? Number(text) : null
}

/** This is waited where an answer does not say how long: the limits that we know are of a minute. */
const defaultWaitSeconds = 60

/** Never zero: a window that ends "now" may not have ended yet on the platform's clock. */
function waitMs(headers: Headers): number {
  const asked = wholeNumber(headers.get('retry-after')) ?? header(headers, 'reset')
  return Math.max(1, asked ?? defaultWaitSeconds) * 1000
}

/** What it means that the platform refused a field of what was sent, which names a location. */
export const unknownLocation = (platform: string, sent: object, field: string): UnknownLocation =>
  new UnknownLocation(
    platform,
    [Reflect.get(sent, field)].flat().find((one) => typeof one === 'string'),
  )

/**
 * What an answer means that says the same on every platform: wait, out of order, not allowed. Null: the platform's own matter.
 * @param platform its name, as a person reads it
 */
export function commonFailureOf(platform: string, { status, headers }: Answer): JumpringError | null {
  if (status === 429)
    return new JumpringError('rate_limited', `${platform} asked to wait.`, { retryAfterMs: waitMs(headers) })
  if (status >= 500 || status === 408)
    return new JumpringError('platform_unavailable', `${platform} answered ${status}.`)
  if (status === 401) return new JumpringError('auth', `${platform} does not accept the access token.`)
  if (status === 403)
    return new JumpringError('auth', `${platform} does not allow this; a permission (scope) is missing.`)
  return null
}
