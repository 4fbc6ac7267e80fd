import { renderGraphiQL } from '@graphql-yoga/render-graphiql'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createYoga } from 'graphql-yoga'
import { type Context, viewerOf } from './context.ts'
import { errorMask } from './errors.ts'
import { schema } from './schema.ts'
import type { GraphqlServices } from './services.ts'

export { ensureOperator } from './modules/people/operator.ts'
export type { GraphqlServices } from './services.ts'
export type { PersonClaims } from './viewer.ts'

const welcome = `# Sign in. Then put the token under "Headers":
# { "Authorization": "Bearer …" }
mutation {
  signIn(email: "", password: "") {
    ... on SignedIn { token }
    ... on Problem { code message }
  }
}
`

/** The admin API, for people: `POST /graphql`, and GraphiQL for a browser that opens it. */
export function registerGraphql(app: FastifyInstance, services: GraphqlServices): void {
  const yoga = createYoga<{ req: FastifyRequest; reply: FastifyReply }, Context>({
    schema,
    logging: false,
    renderGraphiQL,
    graphiql: { title: 'Jumpring', defaultQuery: welcome },
    maskedErrors: { maskError: errorMask(services.log) },
    context: async ({ req }) => ({
      ...services,
      viewer: await viewerOf(services, req.headers.authorization ?? null),
      address: req.ip,
    }),
  })
  app.route({
    url: yoga.graphqlEndpoint,
    method: ['GET', 'POST', 'OPTIONS'],
    handler: (req, reply) => yoga.handleNodeRequestAndResponse(req, reply, { req, reply }),
  })
}
