import jwt from '@fastify/jwt'
import type { AgentIdentity, Keyring } from '@jumpring/db'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { PersonClaims } from '../graphql/index.ts'

declare module '@fastify/jwt' {
  interface FastifyJWT {
    namespaces: 'agent' | 'person'
  }
}

const issuer = 'jumpring'
/** How long a token holds, in seconds. */
export const lifetimes = { agent: 15 * 60, person: 12 * 60 * 60 } as const

/** Lets the service sign and check its tokens: Ed25519, one key pair, agents and people apart by audience. */
export async function registerTokens(app: FastifyInstance, { tokens }: Keyring): Promise<void> {
  for (const audience of ['agent', 'person'] as const) {
    await app.register(jwt, {
      namespace: audience,
      decoratorName: `${audience}Claims`,
      secret: { private: tokens.privateKey, public: tokens.publicKey },
      sign: { algorithm: 'EdDSA', iss: issuer, aud: audience, expiresIn: lifetimes[audience] },
      verify: { algorithms: ['EdDSA'], allowedIss: issuer, allowedAud: audience, cache: true },
    })
  }
}

const agentClaimsSchema = z.object({ sub: z.uuid(), tenantId: z.uuid(), sourceId: z.uuid() })

export function signAgentToken(app: FastifyInstance, { agentId, tenantId, sourceId }: AgentIdentity): string {
  return app.jwt.agent.sign({ sub: agentId, tenantId, sourceId })
}

/** Whose token this is. @throws when it is not ours, over, or a person's */
export function readAgentToken(app: FastifyInstance, token: string): AgentIdentity {
  const { sub, tenantId, sourceId } = agentClaimsSchema.parse(app.jwt.agent.verify(token))
  return { agentId: sub, tenantId, sourceId }
}

export function signPersonToken(app: FastifyInstance, claims: PersonClaims): string {
  return app.jwt.person.sign(claims)
}

/** The claims of a person's token. @throws when it is not ours, over, or an agent's */
export function readPersonToken(app: FastifyInstance, token: string): unknown {
  return app.jwt.person.verify(token)
}
