import { type Database, databaseAnswers } from '@jumpring/db'
import type { FastifyInstance } from 'fastify'

/** `GET /health`: 200 while the database answers, else 503. Temporal may be away: what its doorbell misses, the sweep rings again. */
export function registerHealth(app: FastifyInstance, db: Database): void {
  app.get('/health', { logLevel: 'warn' }, async (_request, reply) => {
    if (await databaseAnswers(db)) return { status: 'ok' }
    return reply.code(503).send({ code: 'unavailable', message: 'The database does not answer.' })
  })
}
