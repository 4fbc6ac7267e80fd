import type { Hello } from '@jumpring/contracts'
import { currentGeneration, inTenant, licensingOf } from '@jumpring/db'
import type { FastifyInstance } from 'fastify'
import { metAgent } from '../auth/agent.ts'
import type { AgentServices } from './services.ts'

/** `GET /agent/hello`: where the cloud stands with the agent. */
export function registerHello(app: FastifyInstance, { db }: AgentServices): void {
  app.get('/agent/hello', async (request): Promise<Hello> => {
    const { tenantId, epoch, acked, tenant, source } = await metAgent(app, db, request)
    const licensing = await inTenant(db, tenantId, (sql) => licensingOf(sql, tenantId))
    return { generation: await currentGeneration(db), epoch, acked, tenant, source, licensing }
  })
}
