import { type InstallAnswer, installBodySchema } from '@jumpring/contracts'
import { installLicense } from '@jumpring/db'
import type { FastifyInstance } from 'fastify'
import { metAgent } from '../auth/agent.ts'
import { parseInput } from '../input.ts'
import type { AgentServices } from './services.ts'

/** `POST /agent/license`: the store has installed a license; its streams open. Refused with the `license_…` code that says why. */
export function registerLicense(app: FastifyInstance, { db, ring, ringLicense }: AgentServices): void {
  app.post('/agent/license', async (request): Promise<InstallAnswer> => {
    const { file } = parseInput(installBodySchema, request.body)
    const agent = await metAgent(app, db, request)
    const { answer, connectionId, licenseIds } = await installLicense(db, agent, file, new Date())
    const { tenantId } = agent
    await Promise.all([
      ring({ tenantId, connectionId }),
      ...licenseIds.map((licenseId) => ringLicense({ tenantId, licenseId })),
    ])
    return answer
  })
}
