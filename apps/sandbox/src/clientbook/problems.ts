import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'

const statusOf = {
  invalid_request: 400,
  invalid_cursor: 400,
  token_expired: 401,
  token_revoked: 401,
  token_unknown: 401,
  scope_missing: 403,
  account_suspended: 403,
  not_found: 404,
  route_not_found: 404,
  pos_id_taken: 409,
  pos_id_conflict: 409,
  name_taken: 409,
  external_id_taken: 409,
  not_a_note: 409,
  recipient_opted_out: 409,
  sms_not_enabled: 409,
  /** Only of an item of a bulk. */
  client_not_found: 422,
  client_deleted: 410,
  client_merged: 410,
  activity_deleted: 410,
  item_removed: 410,
  invalid: 422,
  rate_limited: 429,
  internal: 500,
} as const
type Code = keyof typeof statusOf

export type FieldCode =
  | 'required'
  | 'too_long'
  | 'not_a_phone'
  | 'not_an_email'
  | 'value_not_allowed'
  | 'unknown_preference'
  | 'product_not_found'
type FieldProblem = { pointer: string; code: FieldCode; detail?: string }
type More = { detail?: string; existing_id?: string; errors?: FieldProblem[] }

/** A refusal, as the API words it: application/problem+json with a code. */
export class Problem extends Error {
  readonly code: Code
  readonly more: More

  constructor(code: Code, more: More = {}) {
    super(code)
    this.code = code
    this.more = more
  }

  get body() {
    const { code, more } = this
    const title = code.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase())
    return { type: `https://api.clientbook.com/problems/${code}`, title, status: statusOf[code], code, ...more }
  }
}

/** A field of the body that cannot be taken. The detail quotes what was sent, as the contract warns. */
export function invalid(pointer: string, code: FieldCode, sent?: unknown): Problem {
  const detail = sent === undefined ? {} : { detail: `${JSON.stringify(sent)} cannot be taken here.` }
  return new Problem('invalid', { ...detail, errors: [{ pointer, code, ...detail }] })
}

/** What a request can be made to fail with. */
export const refusals = {
  400: new Problem('invalid_request'),
  403: new Problem('account_suspended'),
  422: new Problem('invalid', { errors: [{ pointer: '', code: 'value_not_allowed' }] }),
  429: new Problem('rate_limited'),
  500: new Problem('internal'),
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const request_id = `req_${randomBytes(6).toString('hex')}`
  if (problem.code === 'rate_limited' && !reply.hasHeader('retry-after')) reply.header('retry-after', 1)
  return reply
    .code(statusOf[problem.code])
    .header('content-type', 'application/problem+json')
    .send({ ...problem.body, request_id })
}

/** What is thrown in this API's routes is answered as a problem. */
export function addProblemAnswers(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Problem) return sendProblem(reply, error)
    if (error instanceof z.ZodError) return sendProblem(reply, misfit(error, request.body))
    const status = z.object({ statusCode: z.number() }).safeParse(error)
    const refused = status.success && status.data.statusCode < 500
    return sendProblem(reply, new Problem(refused ? 'invalid_request' : 'internal', { detail: String(error) }))
  })
}

/** What does not fit the schema of a body, field by field. */
export function misfit({ issues }: z.ZodError, body: unknown): Problem {
  const errors = issues.map((issue): FieldProblem => {
    const keys = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path
    const sent = keys.reduce<unknown>((value, key) => fieldOf(value, String(key)), body)
    const code = sent === undefined ? 'required' : issue.code === 'too_big' ? 'too_long' : 'value_not_allowed'
    return { pointer: keys.map((key) => `/${String(key)}`).join(''), code }
  })
  return new Problem('invalid', { errors })
}

const fieldsSchema = z.record(z.string(), z.unknown())

function fieldOf(value: unknown, name: string): unknown {
  const fields = Array.isArray(value) ? fieldsSchema.parse({ ...value }) : fieldsSchema.safeParse(value).data
  return fields?.[name]
}
