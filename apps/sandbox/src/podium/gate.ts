import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { accessOf, addFaults } from '../platform/gate.ts'
import { addErrorAnswers, PodiumError, refusals, sendError } from './errors.ts'
import type { Podium } from './podium.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose access token came with the request. */
    organizationUid: string
    /** The token's scopes, separated by spaces. */
    scopes: string
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

/**
 * What every request of the API passes before its route: the version header, the token, the rate limit, the scope, and
 * the failures that were ordered. Podium docs; the order of the checks is our assumption.
 */
export function addGate(app: FastifyInstance, podium: Podium): void {
  const { tokens, limit } = podium
  app.decorateRequest('organizationUid', '')
  app.decorateRequest('scopes', '')
  app.addHook('onRequest', async (request, reply) => {
    if (!/^\d{4}\.\d{2}\.\d{2}$/.test(String(request.headers['podium-version'] ?? ''))) {
      throw new PodiumError('invalid_header_version', 'The podium-version header is missing or not a version.')
    }
    const access = accessOf(request, tokens)
    if (!access) throw new PodiumError('unauthenticated', 'The access token is missing, unknown or expired.')
    request.organizationUid = access.account
    request.scopes = access.scopes.join(' ')
    const window = limit.take(access.account)
    if (window) addLimitHeaders(reply, window)
    if (window && window.remaining < 0) throw refusals[429]
    const { scope } = request.routeOptions.config
    if (scope !== undefined && !access.scopes.includes(scope)) {
      throw new PodiumError('unauthorized', `The scope ${scope} is missing.`)
    }
  })
  addPodiumFaults(app, podium)
  addErrorAnswers(app)
  app.setNotFoundHandler((_request, reply) => sendError(reply, 'route_not_found', 'There is no such route.'))
}

/** Lets what was ordered go wrong, and counts. */
export function addPodiumFaults(app: FastifyInstance, { faults, requests }: Podium): void {
  const body = { code: 'internal_server_error', message: 'Something went wrong.', moreInfo: '' }
  const brokenAnswer = { type: 'application/json', body }
  addFaults(app, { prefix: '/podium', faults, requests, identifiersOf, refusals, brokenAnswer })
}

function identifiersOf(request: FastifyRequest): (string | undefined)[] {
  const { phoneNumber, email, to, channel, items = [] } = namedInBody.parse(request.body)
  const listed = Array.isArray(request.body) ? request.body : items
  const externalIds = listed.map((item) => namedInItem.parse(item).externalId)
  const { identifier } = namedInPath.parse(request.params)
  return [phoneNumber, email, to, channel?.identifier, identifier, ...externalIds]
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
