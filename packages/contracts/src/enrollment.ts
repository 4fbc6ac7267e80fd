import { z } from 'zod'
import { licensingSchema } from './license.ts'

/** `POST /agent/enroll`. Repeating it with the same code and key is harmless (the answer may have been lost). */
export const enrollBodySchema = z.strictObject({
  code: z.string().min(8).max(64),
  /** Ed25519 public key, SPKI PEM. */
  publicKey: z.string().startsWith('-----BEGIN PUBLIC KEY-----').max(500),
  name: z.string().min(1).max(100),
  version: z.string().max(50),
})
export const enrollAnswerSchema = z.object({
  agentId: z.uuid(),
  tenant: z.string(),
  source: z.string(),
  licensing: licensingSchema,
})
export type EnrollAnswer = z.infer<typeof enrollAnswerSchema>

/**
 * `POST /agent/token`: `assertion` is a compact JWS (EdDSA, the agent's key) with claims
 * `{ iss: agentId, aud: 'jumpring', iat, exp }` (iat and exp in seconds, at most 120 s apart).
 */
export const tokenBodySchema = z.strictObject({ assertion: z.string().max(2000) })
export const tokenAnswerSchema = z.object({ token: z.string(), expiresInSeconds: z.int() })

/** Every error answer of the HTTP API. */
export const errorAnswerSchema = z.object({ code: z.string(), message: z.string() })
