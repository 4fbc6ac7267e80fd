import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'

const statusOf = {
  bad_request: 400,
  invalid_request_values: 400,
  invalid_header_version: 400,
  invalid_cursor: 400,
  /** Assumed: the partner API's. */
  recipient_opted_out: 400,
  unauthenticated: 401,
  unauthorized: 403,
  resource_not_found: 404,
  route_not_found: 404,
  rate_limit: 429,
  internal_server_error: 500,
} as const

/** Podium docs: the codes an answer can carry. */
export type PodiumErrorCode = keyof typeof statusOf

/** A refusal, as the API words it. */
export class PodiumError extends Error {
  readonly code: PodiumErrorCode

  constructor(code: PodiumErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** What a request can be made to fail with. */
export const refusals = {
  400: new PodiumError('invalid_request_values', 'The request was refused.'),
  429: new PodiumError('rate_limit', 'Too many requests.'),
  500: new PodiumError('internal_server_error', 'Something went wrong.'),
}

/** Answers with Podium's error body. Podium docs show `code` as a string where the OpenAPI files say integer. */
export function sendError(reply: FastifyReply, code: PodiumErrorCode, message: string): FastifyReply {
  return reply
    .code(statusOf[code])
    .send({ code, message, moreInfo: `https://docs.podium.com/docs/errors#${code.replaceAll('_', '-')}` })
}

/** What is thrown in this API's routes is answered in Podium's words. */
export function addErrorAnswers(app: FastifyInstance): void {
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof PodiumError) return sendError(reply, error.code, error.message)
    if (error instanceof z.ZodError) {
      return sendError(reply, 'invalid_request_values', z.prettifyError(error).replaceAll('\n', ' '))
    }
    const status = z.object({ statusCode: z.number() }).safeParse(error)
    const refused = status.success && status.data.statusCode < 500
    return refused
      ? sendError(reply, 'bad_request', 'The request could not be read.')
      : sendError(reply, 'internal_server_error', String(error))
  })
}
