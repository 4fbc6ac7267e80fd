import { JumpringError } from '@jumpring/contracts'
import { type AgentIdentity, type AgentPosition, type Database, meetAgent } from '@jumpring/db'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { readAgentToken } from './tokens.ts'

/** An agent whose token was checked, and where the cloud stands with it. */
export type Met = AgentIdentity & AgentPosition

/**
 * Who is asking.
 * @throws `not_signed_in` without a good token: take a new one; `agent_unknown` when the agent was revoked or is not known: enroll again
 */
export async function metAgent(app: FastifyInstance, db: Database, request: FastifyRequest): Promise<Met> {
  const agent = identify(app, request)
  return { ...agent, ...(await meetAgent(db, agent)) }
}

function identify(app: FastifyInstance, request: FastifyRequest): AgentIdentity {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) throw new JumpringError('not_signed_in')
  try {
    return readAgentToken(app, token)
  } catch (cause) {
    throw new JumpringError('not_signed_in', 'The token is over or not ours: take a new one.', { cause })
  }
}
