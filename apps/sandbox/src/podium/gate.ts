import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { PodiumError, sendError } from './errors.ts'
import type { FaultAction } from './faults.ts'
import type { Podium } from './podium.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope a route asks for; none when absent. */
    scope?: string
  }
  interface FastifyRequest {
    /** Whose access token came with the request. */
    organizationUid: string
    /** The token's scopes, separated by spaces. */
    scopes: string
    faultAction: FaultAction | undefined
  }
}

const name = z.string().optional()
const namedInBody = z
  .object({
    phoneNumber: name,
    email: name,
    to: name,
    channel: z.object({ identifier: name }).optional().catch(undefined),
    items: z.array(z.unknown()).optional().catch(undefined),
  })
  .catch({})
const namedInItem = z.object({ externalId: name }).catch({})
const namedInPath = z.object({ identifier: z.string().optional() }).catch({})
/** A hung request is cut after this long if its client has more patience. */
const longestHangMs = 120_000

/**
 * What every request of the API passes before its route: the version header, the token, the rate limit, the scope, and
 * the failures that were ordered. Podium docs; the order of the checks is our assumption.
 */
export function addGate(app: FastifyInstance, podium: Podium): void {
  app.decorateRequest('faultAction', undefined)
  app.decorateRequest('organizationUid', '')
  app.decorateRequest('scopes', '')
  app.addHook('onRequest', async (request, reply) => {
    if (!/^\d{4}\.\d{2}\.\d{2}$/.test(String(request.headers['podium-version'] ?? ''))) {
      throw new PodiumError('invalid_header_version', 'The podium-version header is missing or not a version.')
    }
    const [, token] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? []
    const access = token === undefined ? undefined : podium.tokens.access(token)
    if (!access) throw new PodiumError('unauthenticated', 'The access token is missing, unknown or expired.')
    request.organizationUid = access.organizationUid
    request.scopes = access.scopes.join(' ')
    const window = podium.limit.take(access.organizationUid)
    if (window) addLimitHeaders(reply, window)
    if (window && window.remaining < 0) throw new PodiumError('rate_limit', 'Too many requests.')
    const { scope } = request.routeOptions.config
    if (scope !== undefined && !access.scopes.includes(scope)) {
      throw new PodiumError('unauthorized', `The scope ${scope} is missing.`)
    }
  })
  app.addHook('preHandler', async (request, reply) => {
    const action = podium.faults.take(() => faultTarget(request))
    if (action === undefined) return
    request.faultAction = action
    if (action === '400') throw new PodiumError('invalid_request_values', 'The request was refused.')
    if (action === '429') throw new PodiumError('rate_limit', 'Too many requests.')
    if (action === '500') throw new PodiumError('internal_server_error', 'Something went wrong.')
    if (action !== 'timeout') return
    podium.requests.count(routeOf(request), 'timeout')
    await hang(request)
    reply.hijack()
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode >= 400) return payload
    if (request.faultAction === 'errorAfterDone') {
      reply.code(500)
      return JSON.stringify({ code: 'internal_server_error', message: 'Something went wrong.', moreInfo: '' })
    }
    if (request.faultAction !== 'timeoutAfterDone') return payload
    podium.requests.count(routeOf(request), 'timeout')
    await hang(request)
    return payload
  })
  app.addHook('onResponse', async (request, reply) => {
    const hung = request.faultAction === 'timeoutAfterDone' && reply.statusCode < 400
    if (!hung) podium.requests.count(routeOf(request), reply.statusCode)
  })
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
  app.setNotFoundHandler((_request, reply) => sendError(reply, 'route_not_found', 'There is no such route.'))
}

/** `POST /v4/contacts`: the route as it is counted. */
function routeOf(request: FastifyRequest): string {
  return `${request.method} ${(request.routeOptions.url ?? request.url).replace(/^\/podium/, '')}`
}

function faultTarget(request: FastifyRequest) {
  const { phoneNumber, email, to, channel, items = [] } = namedInBody.parse(request.body)
  const listed = Array.isArray(request.body) ? request.body : items
  const externalIds = listed.map((item) => namedInItem.parse(item).externalId)
  const { identifier } = namedInPath.parse(request.params)
  return {
    method: request.method,
    route: (request.routeOptions.url ?? '').replace(/^\/podium/, ''),
    path: (request.url.split('?')[0] ?? '').replace(/^\/podium/, ''),
    identifiers: [phoneNumber, email, to, channel?.identifier, identifier, ...externalIds].filter(
      (one) => one !== undefined,
    ),
  }
}

/** [P] The gateway's headers, both families. */
function addLimitHeaders(
  reply: FastifyReply,
  window: { limit: number; remaining: number; resetSeconds: number },
): void {
  const remaining = Math.max(0, window.remaining)
  reply.headers({
    'ratelimit-limit': window.limit,
    'ratelimit-remaining': remaining,
    'ratelimit-reset': window.resetSeconds,
    'x-ratelimit-limit-minute': window.limit,
    'x-ratelimit-remaining-minute': remaining,
  })
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
