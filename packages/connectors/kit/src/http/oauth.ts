import { JumpringError } from '@jumpring/contracts'
import { z } from 'zod'
import type { Connector } from '../connector.ts'
import { exchange, parseAnswer, succeeded } from './exchange.ts'
import { commonFailureOf } from './failures.ts'

const client = { clientId: z.string().min(1), clientSecret: z.string().min(1) }

/** An account whose owner has just agreed: the code is good for one exchange. */
const authorizedSchema = z.strictObject({
  ...client,
  authorizationCode: z.string().min(1),
  redirectUri: z.url(),
})

/** A connected account. Without `expiresAt` the access token is used until the platform rejects it. */
const connectedSchema = z.strictObject({
  ...client,
  refreshToken: z.string().min(1),
  accessToken: z.string().min(1).optional(),
  expiresAt: z.iso.datetime().optional(),
})

const secretsSchema = z.union([connectedSchema, authorizedSchema])

/** RFC 6749, 5.1. */
const tokenAnswerSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullish(),
  expires_in: z.number().nonnegative(),
})

/** A token that ends sooner may end on its way. */
const reserveMs = 60_000
const tokenTimeoutMs = 30_000

/** What is a platform's own about its sign-in. */
export interface SignIn {
  /** As a person reads it. */
  readonly platform: string
  /** How the request goes; RFC 6749 says as a form. */
  readonly sends: 'json' | 'form'
}

/** The part of a connector that holds an account's OAuth 2 secrets: an authorization code or a refresh token, at `/oauth/token`. */
export function oauthOf({
  platform,
  sends,
}: SignIn): Pick<Connector, 'parseSecrets' | 'currentToken' | 'renewSecrets'> {
  function parse(input: unknown): z.infer<typeof secretsSchema> {
    const parsed = secretsSchema.safeParse(input)
    if (parsed.success) return parsed.data
    throw new JumpringError(
      'configuration',
      `${platform} needs clientId, clientSecret and either refreshToken or authorizationCode with redirectUri.`,
    )
  }

  return {
    parseSecrets: parse,

    currentToken(secrets, now) {
      const held = parse(secrets)
      if (!('refreshToken' in held) || held.accessToken === undefined) return null
      const endsAt = held.expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(held.expiresAt)
      return endsAt - now.getTime() > reserveMs ? held.accessToken : null
    },

    async renewSecrets(secrets, baseUrl, now) {
      const held = parse(secrets)
      const { clientId, clientSecret } = held
      const grant =
        'refreshToken' in held
          ? { grant_type: 'refresh_token', refresh_token: held.refreshToken }
          : { grant_type: 'authorization_code', code: held.authorizationCode, redirect_uri: held.redirectUri }
      const fields = { client_id: clientId, client_secret: clientSecret, ...grant }
      const body = sends === 'form' ? new URLSearchParams(fields) : fields
      const answer = await exchange(platform, { method: 'POST', url: `${baseUrl}/oauth/token`, body }, tokenTimeoutMs)
      if ([400, 401, 403].includes(answer.status))
        throw new JumpringError(
          'auth',
          `${platform} does not accept the credentials; the account must be connected again.`,
        )
      if (!succeeded(answer)) throw commonFailureOf(platform, answer) ?? notTheAddress(platform, answer.status)

      const token = parseAnswer(platform, answer, tokenAnswerSchema)
      const refreshToken = token.refresh_token ?? ('refreshToken' in held ? held.refreshToken : undefined)
      if (refreshToken === undefined) throw new JumpringError('auth', `${platform} gave no refresh token.`)
      return {
        clientId,
        clientSecret,
        refreshToken,
        accessToken: token.access_token,
        expiresAt: new Date(now.getTime() + token.expires_in * 1000).toISOString(),
      } satisfies z.infer<typeof connectedSchema>
    },
  }
}

function notTheAddress(platform: string, status: number): JumpringError {
  return new JumpringError('configuration', `This is not the address of ${platform}'s API (${status}).`)
}
