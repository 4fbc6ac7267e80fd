import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { TokenAnswer, Tokens } from './tokens.ts'

/** The one application that is registered with a platform. */
export type Client = { id: string; secret: string }

type Oauth = {
  client: Client
  tokens: Tokens
  /** Those that an application can ask for. */
  scopes: string[]
  /** Which account the person who approves is signed in to; undefined: there is no such account. */
  accountOf: (query: unknown) => string | undefined
}

const authorizeSchema = z.object({
  client_id: z.string(),
  redirect_uri: z.url(),
  response_type: z.literal('code'),
  scope: z.string().default(''),
  state: z.string().optional(),
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

/** Authorize, which approves by itself here, and token. Refusals are worded as RFC 6749 has them. */
export function addOauthRoutes(app: FastifyInstance, { client, tokens, scopes, accountOf }: Oauth): void {
  app.get('/oauth/authorize', (request, reply) => {
    const query = authorizeSchema.safeParse(request.query)
    if (!query.success) return refuse(reply, 400, 'invalid_request')
    const { client_id, redirect_uri, scope, state } = query.data
    if (client_id !== client.id) return refuse(reply, 401, 'invalid_client')
    const target = new URL(redirect_uri)
    if (target.protocol !== 'https:' && !['127.0.0.1', 'localhost'].includes(target.hostname)) {
      return refuse(reply, 400, 'invalid_request')
    }
    const account = accountOf(request.query)
    if (account === undefined) return refuse(reply, 400, 'invalid_request')
    const wanted = scope.split(/[\s+]+/).filter((one) => scopes.includes(one))
    target.searchParams.set('code', tokens.code(account, wanted, redirect_uri))
    if (state !== undefined) target.searchParams.set('state', state)
    return reply.redirect(target.toString(), 302)
  })
  app.post('/oauth/token', (request, reply) => {
    const parsed = tokenSchema.safeParse(request.body)
    if (!parsed.success) return refuse(reply, 400, 'invalid_request')
    const body = parsed.data
    if (body.client_id !== client.id || body.client_secret !== client.secret) {
      return refuse(reply, 401, 'invalid_client')
    }
    const answer: TokenAnswer | undefined =
      body.grant_type === 'refresh_token'
        ? tokens.refresh(body.refresh_token)
        : tokens.exchangeCode(body.code, body.redirect_uri)
    return answer ? reply.send(answer) : refuse(reply, 400, 'invalid_grant')
  })
}

function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error, error_description: 'The authorization server refused the request.' })
}
