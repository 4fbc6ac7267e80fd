import {
  type EnrollAnswer,
  enrollBodySchema,
  JumpringError,
  type tokenAnswerSchema,
  tokenBodySchema,
} from '@jumpring/contracts'
import { enrollAgent, findAgent, hashEnrollmentCode } from '@jumpring/db'
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { claimedAgent, isAgentKey, verifyAssertion } from '../auth/assertion.ts'
import { createLimit } from '../auth/limit.ts'
import { lifetimes, signAgentToken } from '../auth/tokens.ts'
import { parseInput, storable } from '../input.ts'
import type { AgentServices } from './services.ts'

/** `POST /agent/enroll` and `POST /agent/token`: how an agent gets in. */
export function registerEnroll(app: FastifyInstance, { db }: AgentServices): void {
  const mayTry = createLimit({ attempts: 60, windowMs: 60_000 })

  app.post('/agent/enroll', async (request): Promise<EnrollAnswer> => {
    if (!mayTry(request.ip)) throw new JumpringError('rate_limited', 'Too many attempts. Wait a minute.')
    const { code, ...agent } = parseInput(enrollBodySchema, request.body)
    if (!isAgentKey(agent.publicKey)) throw new JumpringError('invalid_input', 'The key must be an Ed25519 public key.')
    return enrollAgent(db, {
      codeHash: hashEnrollmentCode(code),
      publicKey: agent.publicKey,
      name: storable(agent.name),
      version: storable(agent.version),
    })
  })

  app.post('/agent/token', async (request): Promise<z.infer<typeof tokenAnswerSchema>> => {
    const { assertion } = parseInput(tokenBodySchema, request.body)
    const agent = await findAgent(db, claimedAgent(assertion))
    if (agent === null) throw new JumpringError('agent_unknown')
    verifyAssertion(assertion, agent.agentId, agent.publicKey)
    return { token: signAgentToken(app, agent), expiresInSeconds: lifetimes.agent }
  })
}
