import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { addOauthRoutes as addCommonRoutes } from '../platform/oauth-routes.ts'
import { firstAccountId } from './accounts.ts'
import type { Clientbook } from './clientbook.ts'
import { addClientbookFaults } from './gate.ts'
import { addProblemAnswers } from './problems.ts'
import { allScopes } from './scopes.ts'

/** The sandbox's own: which account the person who approves is signed in to. */
const accountSchema = z.object({ account: z.string().default(firstAccountId) })
const revokeSchema = z.strictObject({ token: z.string(), client_id: z.string(), client_secret: z.string() })

/** Authorize, token and revoke; bodies are forms, as RFC 6749 has them. */
export function addOauthRoutes(app: FastifyInstance, book: Clientbook): void {
  const { client, tokens, accounts } = book
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  addClientbookFaults(app, book)
  addProblemAnswers(app)
  addCommonRoutes(app, {
    client,
    tokens,
    scopes: allScopes,
    accountOf: (query) => accounts.get(accountSchema.safeParse(query).data?.account ?? '')?.id,
  })
  app.post('/oauth/revoke', async (request, reply) => {
    const { data } = revokeSchema.safeParse(request.body)
    if (data?.client_id !== client.id || data.client_secret !== client.secret) {
      return reply.code(401).send({ error: 'invalid_client' })
    }
    tokens.revokeConsent(data.token)
    return {}
  })
}
