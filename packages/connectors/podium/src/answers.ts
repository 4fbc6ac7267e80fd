import { type Answer, parseAnswer as parse } from '@jumpring/connector-kit/http/exchange'
import { commonFailureOf, unknownLocation } from '@jumpring/connector-kit/http/failures'
import { JumpringError } from '@jumpring/contracts'
import type { z } from 'zod'
import { errorSchema } from './wire.ts'

/** The body of a success. Throws `platform_unavailable` where it is not what Podium documents. */
export function parseAnswer<T>(answer: Answer, schema: z.ZodType<T>): T {
  return parse('Podium', answer, schema)
}

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

interface Sent {
  /** What was sent, by its names. */
  readonly body?: object
  /** What was sent, in words. */
  readonly of?: string
}

/**
 * What an answer that is no success means. Our message never repeats Podium's, which may quote the record:
 * it only names those of the sent fields that Podium's message mentions.
 */
export function failureOf(answer: Answer, sent: Sent = {}): JumpringError {
  const common = commonFailureOf('Podium', answer)
  if (common !== null) return common
  const { status } = answer
  const code = podiumCode(answer)
  if (status === 404 && code !== 'route_not_found')
    return new JumpringError('contact_not_found', 'Podium does not know this.')
  if (status < 400 || status === 404 || code === 'invalid_header_version')
    return new JumpringError('configuration', `This is not the address of Podium's API, version 4 (${status}).`)
  return refusal(status, podiumMessage(answer), sent)
}

function refusal(status: number, message: string, { body = {}, of = 'the contact' }: Sent): JumpringError {
  const named = Object.keys(body).filter((field) => new RegExp(`\\b${field}\\b`, 'i').test(message))
  const [only, ...others] = named
  if (only?.startsWith('location') && others.length === 0) return unknownLocation('Podium', body, only)
  const about = named.length === 0 ? '' : ` because of: ${named.join(', ')}`
  return new JumpringError('platform_refused', `Podium refused ${of}${about} (${status}).`)
}
