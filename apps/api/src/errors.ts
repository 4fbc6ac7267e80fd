import { type ErrorCode, JumpringError } from '@jumpring/contracts'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const statuses: Partial<Record<ErrorCode, number>> = {
  enrollment_refused: 403,
  agent_unknown: 401,
  snapshot_needed: 409,
  malformed_upload: 400,
  too_large: 413,
  rate_limited: 429,
  not_signed_in: 401,
  not_found: 404,
  not_allowed: 403,
  invalid_input: 400,
  conflict: 409,
  not_entitled: 403,
  license_unreadable: 422,
  license_forged: 422,
  license_altered: 422,
  license_foreign: 422,
  license_platform: 422,
  license_early: 422,
  license_expired: 422,
  license_revoked: 422,
  license_superseded: 422,
  license_unknown: 422,
}

/** The HTTP status of an expected failure. */
export function statusOf(code: ErrorCode): number {
  return statuses[code] ?? 500
}

/** Makes every failure an answer of contracts' `errorAnswerSchema`. Expected ones say what they are; others only that they happened. */
export function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler(() => {
    throw new JumpringError('not_found')
  })
  app.setErrorHandler((error: FastifyError | JumpringError, request: FastifyRequest, reply: FastifyReply) => {
    if (error instanceof JumpringError) {
      return reply.code(statusOf(error.code)).send({ code: error.code, message: error.message })
    }
    const status = error.statusCode ?? 500
    // Fastify's own complaints about a request: wrong content type, body too large, no JSON.
    if (status < 500) return reply.code(status).send({ code: 'invalid_input', message: error.message })
    // Without its message, which may quote what came in.
    const at = error.stack?.split('\n').filter((line) => line.startsWith('    at '))
    request.log.error({ failure: { name: error.name, code: error.code, at } }, 'request failed')
    return reply.code(500).send({ code: 'internal', message: 'Something went wrong on our side. Try again.' })
  })
}
