import type { FastifyReply } from 'fastify'

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

/** Answers with Podium's error body. Podium docs show `code` as a string where the OpenAPI files say integer. */
export function sendError(reply: FastifyReply, code: PodiumErrorCode, message: string): FastifyReply {
  return reply
    .code(statusOf[code])
    .send({ code, message, moreInfo: `https://docs.podium.com/docs/errors#${code.replaceAll('_', '-')}` })
}
