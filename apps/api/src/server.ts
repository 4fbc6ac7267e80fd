import type { Database, Keyring } from '@jumpring/db'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { registerAgent } from './agent/index.ts'
import { registerTokens } from './auth/tokens.ts'
import { createDoorbell } from './doorbell.ts'
import { answerErrors } from './errors.ts'
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

/** Builds the api; the caller listens, or injects requests. */
export async function createApi(options: ApiOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    logger: {
      level: options.logLevel,
      // A URL and a method say enough; addresses, headers and bodies are nobody's business in a log.
      serializers: { req: ({ method, url }: FastifyRequest) => ({ method, path: url.split('?')[0] }) },
    },
    routerOptions: { ignoreTrailingSlash: true },
  })
  const doorbell = createDoorbell(options.temporal, app.log)
  app.addHook('onClose', () => doorbell.close())
  answerErrors(app)
  await registerTokens(app, options.keyring)
  registerHealth(app, options.db)
  registerAgent(app, { db: options.db, ring: doorbell.ring })
  registerWebhooks(app, { db: options.db, keyring: options.keyring, ring: doorbell.ring })
  return app
}
