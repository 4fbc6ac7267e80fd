import { errorCodes, JumpringError } from '@jumpring/contracts'
import type { FastifyBaseLogger } from 'fastify'
import { GraphQLError } from 'graphql'
import { InvalidInput } from './input.ts'

/** Asked too soon, or by the wrong person: not part of a field's data, but a GraphQL error. */
export class AccessError extends Error {
  readonly code: 'not_signed_in' | 'not_allowed'

  constructor(code: 'not_signed_in' | 'not_allowed') {
    super(errorCodes[code].meaning)
    this.name = 'AccessError'
    this.code = code
  }
}

/**
 * What leaves the api as a GraphQL error: access errors, malformed queries, and expected failures of fields that have no place
 * for them in their type. Anything else is logged and leaves as one sentence.
 */
export function errorMask(log: FastifyBaseLogger): (error: unknown) => Error {
  return (error) => {
    const cause = causeOf(error)
    const path = error instanceof Error && 'path' in error && isPath(error.path) ? error.path : undefined
    const say = (code: string, message: string) =>
      new GraphQLError(message, { ...(path && { path }), extensions: { code } })
    if (cause instanceof AccessError || cause instanceof JumpringError || cause instanceof InvalidInput)
      return say(cause.code, cause.message)
    // GraphQL's own, about the query; by name, since there may be two copies of the library.
    if (cause instanceof Error && cause.name === 'GraphQLError') return error instanceof Error ? error : cause
    log.error({ failure: traceOf(cause), path }, 'a resolver failed')
    return say('internal', 'Something went wrong on our side. Try again.')
  }
}

/** What was thrown, out of what GraphQL has wrapped around it. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && 'originalError' in error && error.originalError
    ? causeOf(error.originalError)
    : error
}

function isPath(path: unknown): path is readonly (string | number)[] {
  return Array.isArray(path) && path.every((step) => typeof step === 'string' || typeof step === 'number')
}

/** Where it happened and what kind it was, without the message: a database's may quote values. */
function traceOf(error: unknown): { name: string; code?: string; stack: string[] } {
  if (!(error instanceof Error)) return { name: typeof error, stack: [] }
  const stack = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  return { name: error.name, stack, ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}) }
}
