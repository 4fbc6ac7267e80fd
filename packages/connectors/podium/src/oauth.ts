import type { Secrets } from '@jumpring/connector-kit'
import { JumpringError } from '@jumpring/contracts'
import { z } from 'zod'
import { exchange, failureOf, succeeded } from './http.ts'
import { tokenAnswerSchema } from './wire.ts'

const client = { clientId: z.string().min(1), clientSecret: z.string().min(1) }

/** An account whose owner has just agreed: the code is good for one exchange. */
const authorizedSchema = z.strictObject({
  ...client,
  authorizationCode: z.string().min(1),
  redirectUri: z.url(),
})

/** A connected account. Without `expiresAt` the access token is used until Podium rejects it. */
const connectedSchema = z.strictObject({
  ...client,
  refreshToken: z.string().min(1),
  accessToken: z.string().min(1).optional(),
  expiresAt: z.iso.datetime().optional(),
})

const secretsSchema = z.union([connectedSchema, authorizedSchema])

/** Checks what a person entered. Throws `configuration`, which names fields and never a value. */
export function parseSecrets(input: unknown): z.infer<typeof secretsSchema> {
  const parsed = secretsSchema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new JumpringError(
    'configuration',
    'Podium needs clientId, clientSecret and either refreshToken or authorizationCode with redirectUri.',
  )
}

/** A token that ends sooner may end on its way. */
const reserveMs = 60_000

/** The access token in the secrets, or null where there is none or it ends within a minute. */
export function currentToken(secrets: Secrets, now: Date): string | null {
  const parsed = parseSecrets(secrets)
  if (!('refreshToken' in parsed) || parsed.accessToken === undefined) return null
  const endsAt = parsed.expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(parsed.expiresAt)
  return endsAt - now.getTime() > reserveMs ? parsed.accessToken : null
}

const tokenTimeoutMs = 30_000

/**
 * New secrets with a fresh access token, by the refresh token or, the first time, by the authorization code.
 * Podium docs do not say whether refresh tokens rotate: a new one replaces the old, none leaves it.
 * Throws `auth` where Podium rejects what we hold, `rate_limited`, `platform_unavailable`.
 */
export async function renewSecrets(secrets: Secrets, baseUrl: string, now: Date): Promise<Secrets> {
  const held = parseSecrets(secrets)
  const { clientId, clientSecret } = held
  const grant =
    'refreshToken' in held
      ? { grant_type: 'refresh_token', refresh_token: held.refreshToken }
      : { grant_type: 'authorization_code', code: held.authorizationCode, redirect_uri: held.redirectUri }
  const body = { client_id: clientId, client_secret: clientSecret, ...grant }
  const answer = await exchange({ method: 'POST', url: `${baseUrl}/oauth/token`, body }, tokenTimeoutMs)
  if ([400, 401, 403].includes(answer.status))
    throw new JumpringError('auth', 'Podium does not accept the credentials; the account must be connected again.')
  if (!succeeded(answer)) throw failureOf(answer)

  const token = tokenAnswerSchema.safeParse(answer.body)
  if (!token.success) throw new JumpringError('platform_unavailable', 'Podium answered without a token.')
  const refreshToken = token.data.refresh_token ?? ('refreshToken' in held ? held.refreshToken : undefined)
  if (refreshToken === undefined) throw new JumpringError('auth', 'Podium gave no refresh token.')
  return {
    clientId,
    clientSecret,
    refreshToken,
    accessToken: token.data.access_token,
    expiresAt: new Date(now.getTime() + token.data.expires_in * 1000).toISOString(),
  } satisfies z.infer<typeof connectedSchema>
}
