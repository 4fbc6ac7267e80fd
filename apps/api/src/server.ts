import { createPrecedence, type Database, type Keyring } from '@jumpring/db'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { registerAgent } from './agent/index.ts'
import { createLimit } from './auth/limit.ts'
import { readPersonToken, registerTokens, signPersonToken } from './auth/tokens.ts'
import { createDoorbell } from './doorbell.ts'
import { answerErrors } from './errors.ts'
import { registerGraphql } from './graphql/index.ts'
import { registerHealth } from './health.ts'
import { registerWebhooks } from './webhooks/index.ts'

/** What an api is made of. The database stays the caller's to close. */
export interface ApiOptions {
  readonly db: Database
  readonly keyring: Keyring
  readonly temporal: { readonly address: string; readonly namespace: string }
  /** Where agents and platforms reach it, without a slash at the end. */
  readonly publicUrl: string
  /** A pino level. */
  readonly logLevel: string
}

/** How long open requests may go on once the api is told to end. */
const graceMs = 3000

/** Builds the api; the caller listens, or injects requests. */
export async function createApi(options: ApiOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    logger: {
      level: options.logLevel,
      // A URL and a method say enough; addresses, headers and bodies are nobody's business in a log.
      serializers: { req: ({ method, url }: FastifyRequest) => ({ method, path: url.split('?')[0] }) },
    },
    // A request must have come in whole within five minutes; answers may take longer.
    requestTimeout: 300_000,
    routerOptions: { ignoreTrailingSlash: true },
  })
  const { db, keyring, publicUrl } = options
  const { ring, ringSparingly, ringLicense, close } = createDoorbell(options.temporal, app.log)
  app.addHook('onClose', close)
  endWithin(app, graceMs)
  answerErrors(app)
  await registerTokens(app, keyring)
  registerHealth(app, db)
  registerAgent(app, { db, ring, ringLicense, precedence: createPrecedence() })
  registerWebhooks(app, { db, keyring, ringSparingly })
  registerGraphql(app, {
    db,
    keyring,
    ring,
    ringLicense,
    publicUrl,
    log: app.log,
    signToken: (claims) => signPersonToken(app, claims),
    verifyToken: (token) => readPersonToken(app, token),
    maySignIn: createLimit({ attempts: 20, windowMs: 60_000 }),
  })
  return app
}

/** Cuts what is still open some time after the end has begun: an upload that stands still must not hold it up. */
function endWithin(app: FastifyInstance, ms: number): void {
  let cut: NodeJS.Timeout | undefined
  app.addHook('preClose', async () => {
    cut = setTimeout(() => app.server.closeAllConnections(), ms)
  })
  app.addHook('onClose', async () => clearTimeout(cut))
}
