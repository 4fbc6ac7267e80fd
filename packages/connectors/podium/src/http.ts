import type { RateLimit } from '@jumpring/connector-kit'
import { JumpringError } from '@jumpring/contracts'
import { z } from 'zod'
import { errorSchema } from './wire.ts'

/** What came back, whatever its status. `body` is undefined where it is not JSON. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** One HTTP exchange. Throws `platform_unavailable` where no whole answer came in time: the work may have been done. */
export async function exchange(request: Request, timeoutMs: number): Promise<Answer> {
  try {
    const answer = await fetch(request.url, {
      method: request.method,
      headers: { accept: 'application/json', 'content-type': 'application/json', ...request.headers },
      body: request.body === undefined ? null : JSON.stringify(request.body),
      // a redirect would carry a customer's data to an address that nobody entered
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: parseJson(text) }
  } catch (error) {
    throw new JumpringError('platform_unavailable', unreachable(error, timeoutMs), {
      neverArrived: neverArrived(error),
    })
  }
}

/** Only a code of the error is told, and it is no `cause` of ours: its text may quote the address or the token. */
function unreachable(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'Podium could not be reached.'
  if (error.name === 'TimeoutError') return `Podium did not answer within ${timeoutMs / 1000} s.`
  const code = z.object({ code: z.string() }).safeParse(error.cause).data?.code
  return `Podium could not be reached (${code ?? error.name}).`
}

/** No connection was made: whatever was to be sent is still here. */
function neverArrived(error: unknown): boolean {
  const code = error instanceof Error ? z.object({ code: z.string() }).safeParse(error.cause).data?.code : undefined
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(code ?? '')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const succeeded = (answer: Answer): boolean => answer.status >= 200 && answer.status < 300

/** Podium's own code of an error, such as `invalid_cursor`; empty where there is none. */
export function podiumCode(answer: Answer): string {
  return String(errorSchema.safeParse(answer.body).data?.code ?? '')
}

/** Podium's own words about an error, which may quote the record: to be looked into, never to be repeated. */
function podiumMessage(answer: Answer): string {
  return errorSchema.safeParse(answer.body).data?.message ?? ''
}

/** Whether Podium refused a contact because of an attribute. Undocumented with which status: its message tells. */
export function refusesAttributes(answer: Answer): boolean {
  return [400, 404].includes(answer.status) && /\battributes?\b/i.test(podiumMessage(answer))
}

const optOutWords = /\bopt(ed)?[ _-]?out\b|\bunsubscribed?\b/i

/** Whether Podium refused a text because its receiver opted out. Undocumented how: its words tell. */
export function saysOptedOut(answer: Answer): boolean {
  return (
    answer.status >= 400 && answer.status < 500 && optOutWords.test(`${podiumCode(answer)} ${podiumMessage(answer)}`)
  )
}

/** The limit as the headers state it (seen in production code, not documented), or null where they do not. */
export function rateLimitOf(headers: Headers): RateLimit | null {
  const read = (part: string) => wholeNumber(headers.get(`ratelimit-${part}`) ?? headers.get(`x-ratelimit-${part}`))
  const limit = read('limit')
  const remaining = read('remaining')
  const reset = read('reset')
  return limit === null || remaining === null || reset === null ? null : { limit, remaining, resetMs: reset * 1000 }
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text.trim()) ? Number(text) : null
}

/** Podium docs: the limit is per minute. This is waited where an answer does not say how long. */
const defaultWaitSeconds = 60

/** Never zero: a window that ends "now" may not have ended yet on Podium's clock. */
function waitMs(headers: Headers): number {
  const asked =
    wholeNumber(headers.get('retry-after')) ??
    wholeNumber(headers.get('ratelimit-reset') ?? headers.get('x-ratelimit-reset'))
  return Math.max(1, asked ?? defaultWaitSeconds) * 1000
}

interface Sent {
  /** The names of what was sent. */
  readonly fields?: readonly string[]
  /** What was sent, in words. */
  readonly of?: string
}

/**
 * What an answer that is no success means. Our message never repeats Podium's, which may quote the record:
 * it only names those of the sent fields that Podium's message mentions.
 */
export function failureOf(answer: Answer, sent: Sent = {}): JumpringError {
  const { status } = answer
  const code = podiumCode(answer)
  if (status === 429)
    return new JumpringError('rate_limited', 'Podium asked to wait.', { retryAfterMs: waitMs(answer.headers) })
  if (status >= 500 || status === 408) return new JumpringError('platform_unavailable', `Podium answered ${status}.`)
  if (status === 401) return new JumpringError('auth', 'Podium does not accept the access token.')
  if (status === 403) return new JumpringError('auth', 'Podium does not allow this; a permission (scope) is missing.')
  if (status === 404 && code !== 'route_not_found')
    return new JumpringError('contact_not_found', 'Podium does not know this.')
  if (status < 400 || status === 404 || code === 'invalid_header_version')
    return new JumpringError('configuration', `This is not the address of Podium's API, version 4 (${status}).`)
  return refusal(status, podiumMessage(answer), sent)
}

function refusal(status: number, message: string, { fields = [], of = 'the contact' }: Sent): JumpringError {
  const named = fields.filter((field) => new RegExp(`\\b${field}\\b`, 'i').test(message))
  // the location is the one value that comes from the settings, not from the record
  if (named.length === 1 && named[0]?.startsWith('location'))
    return new JumpringError('configuration', "Podium does not know the location in the connection's settings.")
  const about = named.length === 0 ? '' : ` because of: ${named.join(', ')}`
  return new JumpringError('platform_refused', `Podium refused ${of}${about} (${status}).`)
}
