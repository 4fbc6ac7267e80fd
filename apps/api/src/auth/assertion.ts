import { createPublicKey } from 'node:crypto'
import { JumpringError } from '@jumpring/contracts'
import { createDecoder, createVerifier } from 'fast-jwt'
import { z } from 'zod'

const claimsSchema = z.object({ iss: z.uuid(), iat: z.int(), exp: z.int() })
const longestSeconds = 120
/** Clocks of machines in stores are off by minutes. */
const clockToleranceMs = 5 * 60 * 1000

const decode = createDecoder()

/** Which agent an assertion claims to be of, not yet verified. @throws `agent_unknown` */
export function claimedAgent(assertion: string): string {
  return refuseUnless(() => claimsSchema.parse(decode(assertion)).iss)
}

/**
 * Checks an assertion of contracts/enrollment.ts.
 * @param publicKey the agent's, SPKI PEM
 * @throws `agent_unknown`
 */
export function verifyAssertion(assertion: string, agentId: string, publicKey: string): void {
  const verify = createVerifier({
    key: publicKey,
    algorithms: ['EdDSA'],
    allowedIss: agentId,
    allowedAud: 'jumpring',
    requiredClaims: ['iss', 'aud', 'iat', 'exp'],
    clockTolerance: clockToleranceMs,
  })
  const { iat, exp } = refuseUnless(() => claimsSchema.parse(verify(assertion)))
  if (exp - iat > longestSeconds) throw new JumpringError('agent_unknown')
}

function refuseUnless<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new JumpringError('agent_unknown', undefined, { cause })
  }
}

/** Whether this is an Ed25519 public key in SPKI PEM. */
export function isAgentKey(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === 'ed25519'
  } catch {
    return false
  }
}
