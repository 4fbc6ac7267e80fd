import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Podium } from './podium.ts'
import { allScopes, type TokenAnswer } from './tokens.ts'

const authorizeSchema = z.object({
  client_id: z.string(),
  redirect_uri: z.url(),
  response_type: z.literal('code'),
  scope: z.string().default(''),
  state: z.string().optional(),
  /** Not Podium's: which business the person who approves is signed in to. Default: the first account. */
  organization: z.uuid().optional(),
})
const clientShape = { client_id: z.string(), client_secret: z.string() }
const tokenSchema = z.discriminatedUnion('grant_type', [
  z.object({
    ...clientShape,
    grant_type: z.literal('authorization_code'),
    code: z.string(),
    redirect_uri: z.string().optional(),
  }),
  z.object({ ...clientShape, grant_type: z.literal('refresh_token'), refresh_token: z.string() }),
])

/** Podium docs: authorize, which approves by itself here, and token. Refusals are worded as RFC 6749 has them (our assumption). */
export function addOauthRoutes(app: FastifyInstance, podium: Podium): void {
  app.get('/oauth/authorize', (request, reply) => {
    const query = authorizeSchema.safeParse(request.query)
    if (!query.success) return refuse(reply, 400, 'invalid_request')
    const { client_id, redirect_uri, scope, state, organization } = query.data
    if (client_id !== podium.client.id) return refuse(reply, 401, 'invalid_client')
    const target = new URL(redirect_uri)
    if (target.protocol !== 'https:' && !['127.0.0.1', 'localhost'].includes(target.hostname)) {
      return refuse(reply, 400, 'invalid_request')
    }
    const account = organization === undefined ? podium.accounts.first : podium.accounts.get(organization)
    if (!account) return refuse(reply, 400, 'invalid_request')
    const wanted = scope.split(/[\s+]+/).filter((one) => allScopes.includes(one))
    target.searchParams.set('code', podium.tokens.code(account.uid, wanted, redirect_uri))
    if (state !== undefined) target.searchParams.set('state', state)
    return reply.redirect(target.toString(), 302)
  })
  app.post('/oauth/token', (request, reply) => {
    const parsed = tokenSchema.safeParse(request.body)
    if (!parsed.success) return refuse(reply, 400, 'invalid_request')
    const body = parsed.data
    if (body.client_id !== podium.client.id || body.client_secret !== podium.client.secret) {
      return refuse(reply, 401, 'invalid_client')
    }
    const answer: TokenAnswer | undefined =
      body.grant_type === 'refresh_token'
        ? podium.tokens.refresh(body.refresh_token)
        : podium.tokens.exchangeCode(body.code, body.redirect_uri)
    if (!answer) return refuse(reply, 400, 'invalid_grant')
    podium.requests.count('POST /oauth/token', 200)
    return reply.send(answer)
  })

  function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
    podium.requests.count(
      `${reply.request.method} ${reply.request.url.split('?')[0]?.replace(/^\/podium/, '')}`,
      status,
    )
    return reply.code(status).send({ error, error_description: 'The authorization server refused the request.' })
  }
}
