import type { Answer } from '@jumpring/connector-kit/http/exchange'
import { commonFailureOf, unknownLocation } from '@jumpring/connector-kit/http/failures'
import { JumpringError } from '@jumpring/contracts'
import type { z } from 'zod'
import { problemSchema } from './wire.ts'

type Problem = z.infer<typeof problemSchema>

/** Clientbook's code of an error, such as `invalid_cursor`; empty where there is none. */
export function codeOf(answer: Pick<Answer, 'body'>): string {
  return problemSchema.safeParse(answer.body).data?.code ?? ''
}

/** Whether what was asked for is not there: it never was, or is gone. */
export function isGone(answer: Answer): boolean {
  return answer.status === 410 || (answer.status === 404 && codeOf(answer) !== 'route_not_found')
}

/**
 * What an answer that is no success means. Our message never repeats Clientbook's `detail`, which may quote the record: it names
 * the fields that Clientbook points at.
 */
export function failureOf(answer: Answer, { body }: { readonly body: object } = { body: {} }): JumpringError {
  const common = commonFailureOf('Clientbook', answer)
  if (common !== null) return common
  if (isGone(answer)) return new JumpringError('contact_not_found', 'Clientbook does not know this.')
  if (answer.status < 400 || answer.status === 404)
    return new JumpringError('configuration', `This is not the address of Clientbook's API (${answer.status}).`)
  const problem = problemSchema.safeParse(answer.body).data
  return problem
    ? refusal(problem, body)
    : new JumpringError('platform_refused', `Clientbook answered ${answer.status}.`)
}

/** Our assumption: what a field may hold is said by these. */
const doesNotFit = ['too_long', 'value_not_allowed']

/** What Clientbook refused for good, and why. @param sent what it refused */
export function refusal({ code, errors = [] }: Problem, sent: object): JumpringError {
  const known = refusals[code]
  if (known) return known()
  const [first, ...others] = errors
  if (first && others.length === 0 && /^\/(home_)?location_id$/.test(first.pointer))
    return unknownLocation('Clientbook', sent, first.pointer.slice(1))
  const fits = errors.length > 0 && errors.every((error) => doesNotFit.includes(error.code))
  const why = errors.map((error) => `${fieldOf(error.pointer)} (${plain(error.code)})`)
  const because = why.length === 0 ? ` (${plain(code)})` : ` because of: ${[...new Set(why)].join(', ')}`
  return new JumpringError(fits ? 'value_does_not_fit' : 'platform_refused', `Clientbook refused this${because}.`)
}

const refusals: Readonly<Record<string, () => JumpringError>> = {
  client_not_found: () => new JumpringError('contact_not_found'),
  pos_id_taken: () =>
    new JumpringError('platform_refused', 'Another client has this POS ID already; Clientbook lets no two have one.'),
  recipient_opted_out: () =>
    new JumpringError('platform_refused', 'The owner of this phone has opted out of text messages.'),
  sms_not_enabled: () =>
    new JumpringError('configuration', 'Text messages are not enabled for the Clientbook account.'),
  unknown_preference: () =>
    new JumpringError('configuration', 'A custom field is mapped to a preference that Clientbook does not have.'),
}

/** The field that a pointer names, without the number of its place: `/phones/0/number` is `phones.number`. */
const fieldOf = (pointer: string) =>
  pointer
    .split('/')
    .filter((part) => /^[a-z_]{1,40}$/.test(part))
    .join('.') || 'the whole'

/** A code as it may stand in a message: nothing that a record could hold. */
const plain = (code: string) => (/^[a-z_]{1,40}$/.test(code) ? code.replaceAll('_', ' ') : 'no reason given')
