import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Fault, Faults, FaultTarget } from './faults.ts'
import type { RequestCounts } from './request-counts.ts'
import type { Access, Tokens } from './tokens.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope a route asks for; none when absent. */
    scope?: string
  }
  interface FastifyRequest {
    faultAction: Fault['action'] | undefined
  }
}

/** What ordered failures need to know of a platform. */
export type FaultRules = {
  /** What its routes begin with here, `/podium`; faults and counts are named without it. */
  prefix: string
  faults: Faults
  requests: RequestCounts
  /** Whom or what a request is about. */
  identifiersOf: (request: FastifyRequest) => (string | undefined)[]
  /** By status: what is thrown, for the platform's error handler to answer. */
  refusals: Record<string, Error>
  /** A 500. */
  brokenAnswer: { type: string; body: unknown }
}
/** A hung request is cut after this long if its client has more patience. */
const longestHangMs = 120_000

/** Whose token came with the request. Undefined: none, an unknown or an expired one. */
export function accessOf(request: FastifyRequest, tokens: Tokens): Access | undefined {
  const token = tokenOf(request)
  return token === undefined ? undefined : tokens.access(token)
}

export function tokenOf(request: FastifyRequest): string | undefined {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
}

/** Lets ordered failures happen to an API's requests, and counts what each route answered. */
export function addFaults(app: FastifyInstance, rules: FaultRules): void {
  const { prefix, faults, requests, refusals } = rules
  app.decorateRequest('faultAction', undefined)
  app.addHook('preHandler', async (request, reply) => {
    const action = faults.take(() => targetOf(request))
    if (action === undefined) return
    request.faultAction = action
    if (refusals[action]) throw refusals[action]
    if (action !== 'timeout') return
    requests.count(routeOf(request, prefix), 'timeout')
    await hang(request)
    reply.hijack()
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode >= 400) return payload
    if (request.faultAction === 'errorAfterDone') {
      const { type, body } = rules.brokenAnswer
      reply.code(500).type(type)
      return JSON.stringify(body)
    }
    if (request.faultAction !== 'timeoutAfterDone') return payload
    requests.count(routeOf(request, prefix), 'timeout')
    await hang(request)
    return payload
  })
  app.addHook('onResponse', async (request, reply) => {
    const hung = request.faultAction === 'timeoutAfterDone' && reply.statusCode < 400
    if (!hung) requests.count(routeOf(request, prefix), reply.statusCode)
  })

  function targetOf(request: FastifyRequest): FaultTarget {
    return {
      method: request.method,
      route: withoutPrefix(request.routeOptions.url ?? '', prefix),
      path: withoutPrefix(request.url.split('?')[0] ?? '', prefix),
      identifiers: rules.identifiersOf(request).filter((one) => one !== undefined),
    }
  }
}

/** `POST /v4/contacts`: the route as it is counted. */
export function routeOf(request: FastifyRequest, prefix: string): string {
  const path = request.routeOptions.url ?? request.url.split('?')[0] ?? ''
  return `${request.method} ${withoutPrefix(path, prefix)}`
}

function withoutPrefix(path: string, prefix: string): string {
  return path.startsWith(prefix) ? path.slice(prefix.length) : path
}

/** Says nothing until the client has given up. */
function hang(request: FastifyRequest): Promise<void> {
  const { socket } = request.raw
  return new Promise((resolve) => {
    const cut = setTimeout(() => socket.destroy(), longestHangMs)
    socket.once('close', () => {
      clearTimeout(cut)
      resolve()
    })
  })
}
