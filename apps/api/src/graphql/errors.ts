import { JumpringError } from '@jumpring/contracts'
import type { FastifyBaseLogger } from 'fastify'
import { GraphQLError } from 'graphql'

/**
 * What leaves the api as a GraphQL error: access errors, malformed queries, and expected failures of fields that have no place
 * for them in their type. Anything else is logged and leaves as one sentence.
 */
export function errorMask(log: FastifyBaseLogger): (error: unknown) => GraphQLError {
  return (error) => {
    const located = error instanceof GraphQLError ? error : undefined
    const cause = located?.originalError ?? error
    if (cause instanceof GraphQLError) return located ?? cause
    const where = located === undefined ? {} : { path: located.path, nodes: located.nodes }
    if (cause instanceof JumpringError)
      return new GraphQLError(cause.message, { ...where, extensions: { code: cause.code } })
    log.error({ failure: traceOf(cause), path: located?.path }, 'a resolver failed')
    return new GraphQLError('Something went wrong on our side.', { ...where, extensions: { code: 'internal' } })
  }
}

/** Where it happened and what kind it was, without the message: a database's may quote values. */
function traceOf(error: unknown): { name: string; code?: string; stack: string[] } {
  if (!(error instanceof Error)) return { name: typeof error, stack: [] }
  const stack = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  return { name: error.name, stack, ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}) }
}
