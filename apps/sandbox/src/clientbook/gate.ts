import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { accessOf, addFaults, tokenOf } from '../platform/gate.ts'
import type { Clientbook } from './clientbook.ts'
import { withExtraFields } from './extra.ts'
import { addProblemAnswers, Problem, refusals, sendProblem } from './problems.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose access token came with the request. */
    accountId: string
  }
}

const pathSchema = z.record(z.string(), z.string()).catch({})
const text = z.string().optional().catch(undefined)
const named = {
  pos_id: text,
  client_pos_id: text,
  external_id: text,
  product_id: text,
  merged_id: text,
  client_id: text,
  to: text,
}
const list = <T>(schema: z.ZodType<T>) => z.array(schema).catch([])
const bodySchema = z
  .object({
    ...named,
    phones: list(z.object({ number: text }).catch({})),
    emails: list(z.object({ address: text }).catch({})),
    items: list(z.object(named).catch({})),
  })
  .catch({ phones: [], emails: [], items: [] })

/** What every request of the API passes before its route: the token, the rate limit, the scope, and the failures that were ordered. */
export function addGate(app: FastifyInstance, book: Clientbook): void {
  const { tokens, limit, accounts } = book
  app.decorateRequest('accountId', '')
  app.addHook('onRequest', async (request, reply) => {
    const access = accessOf(request, tokens)
    if (!access) throw new Problem(`token_${tokens.flaw(tokenOf(request) ?? '')}`)
    request.accountId = access.account
    if (accounts.get(access.account)?.suspended !== false) throw refusals[403]
    const window = limit.take(access.account)
    if (window) {
      reply.headers({
        'ratelimit-limit': window.limit,
        'ratelimit-remaining': Math.max(0, window.remaining),
        'ratelimit-reset': window.resetSeconds,
      })
    }
    if (window && window.remaining < 0) {
      reply.header('retry-after', window.resetSeconds)
      throw refusals[429]
    }
    const { scope } = request.routeOptions.config
    if (scope !== undefined && !access.scopes.includes(scope)) throw new Problem('scope_missing', { detail: scope })
  })
  addClientbookFaults(app, book)
  addProblemAnswers(app)
  app.addHook('preSerialization', async (_request, _reply, payload) =>
    book.settings.current.extraFields ? withExtraFields(payload) : payload,
  )
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, new Problem('route_not_found')))
}

/** Lets what was ordered go wrong, and counts. */
export function addClientbookFaults(app: FastifyInstance, book: Clientbook): void {
  const { faults, requests } = book
  const brokenAnswer = { type: 'application/problem+json', body: refusals[500].body }
  const identifiers = (request: FastifyRequest) => identifiersOf(request, book)
  addFaults(app, { prefix: '/clientbook', faults, requests, identifiersOf: identifiers, refusals, brokenAnswer })
}

/** All ids, POS IDs, external ids, phones and e-mails that a request names, and the POS ID of a client whose id it names. */
function identifiersOf(request: FastifyRequest, { clients }: Clientbook): (string | undefined)[] {
  const path = Object.values(pathSchema.parse(request.params))
  const { phones, emails, items, ...own } = bodySchema.parse(request.body)
  const ids = [...path, ...Object.values(own), ...items.flatMap((item) => Object.values(item))]
  return [
    ...ids,
    ...phones.map(({ number }) => number),
    ...emails.map(({ address }) => address),
    ...ids.map((id) => (id === undefined ? undefined : (clients.get(id)?.pos_id ?? undefined))),
  ]
}
