import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { endpointWriteSchema } from './bodies.ts'
import type { Clientbook } from './clientbook.ts'
import { type Endpoint, newId, stampNow } from './model.ts'
import { pageOf, pageShape, queryOf } from './pages.ts'
import { invalid, Problem } from './problems.ts'
import { endpointView } from './views.ts'

const idSchema = z.object({ endpoint_id: z.string() })
const listSchema = z.strictObject(pageShape)
const scope = { config: { scope: 'webhooks' } }

/** Where events go. Nothing keeps an address from being registered twice. */
export function addWebhookRoutes(app: FastifyInstance, book: Clientbook): void {
  const { endpoints, courier } = book
  app.get('/v1/webhook-endpoints', scope, async (request) => {
    const query = queryOf(request, listSchema)
    const own = endpoints.all().filter(({ account_id }) => account_id === request.accountId)
    const all = own.map((endpoint, seq) => ({ endpoint, seq }))
    return pageOf(
      book,
      () => all,
      query,
      ({ endpoint }) => endpointView(endpoint),
    )
  })
  app.post('/v1/webhook-endpoints', scope, async (request, reply) => {
    const { url, secret, events, active = true } = endpointWriteSchema.parse(request.body)
    if (url === undefined) throw invalid('/url', 'required')
    if (secret === undefined) throw invalid('/secret', 'required')
    if (events === undefined) throw invalid('/events', 'required')
    checkUrl(url)
    const head = { id: newId('we'), account_id: request.accountId, created_at: stampNow(), failing_since: null }
    return reply.code(201).send(endpointView(endpoints.put({ ...head, url, secret, events, active })))
  })
  app.patch('/v1/webhook-endpoints/:endpoint_id', scope, async (request) => {
    const before = find(request.accountId, request.params)
    const { url, secret, events, active } = endpointWriteSchema.parse(request.body)
    if (url !== undefined) checkUrl(url)
    const after = endpoints.put({
      ...before,
      url: url ?? before.url,
      secret: secret ?? before.secret,
      events: events ?? before.events,
      active: active ?? before.active,
      failing_since: active === true ? null : before.failing_since,
    })
    if (!after.active) courier.drop(after.id)
    return endpointView(after)
  })
  app.delete('/v1/webhook-endpoints/:endpoint_id', scope, async (request, reply) => {
    const { id } = find(request.accountId, request.params)
    courier.drop(id)
    endpoints.remove(id)
    return reply.code(204).send()
  })

  function find(accountId: string, params: unknown): Endpoint {
    const endpoint = endpoints.get(idSchema.parse(params).endpoint_id)
    if (endpoint?.account_id !== accountId) throw new Problem('not_found')
    return endpoint
  }
}

function checkUrl(url: string): void {
  const { protocol, hostname } = new URL(url)
  if (protocol !== 'https:' && !['127.0.0.1', 'localhost'].includes(hostname)) {
    throw invalid('/url', 'value_not_allowed', url)
  }
}
