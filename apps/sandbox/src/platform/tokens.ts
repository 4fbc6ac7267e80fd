import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Documents } from '../documents.ts'
import type { CommonSettings } from './settings.ts'

const kind = 'token'
const codeSeconds = 600

const answerSchema = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional(),
  token_type: z.literal('Bearer'),
  expires_in: z.number(),
  scope: z.string(),
})
/** The answer of the token endpoint. */
export type TokenAnswer = z.infer<typeof answerSchema>

const grantSchema = z.object({
  kind: z.enum(['code', 'access', 'refresh']),
  value: z.string(),
  account: z.string(),
  /** The same in all that came of one code. */
  consent: z.string(),
  scopes: z.array(z.string()),
  /** Milliseconds since 1970; a refresh token has none. */
  expiresAt: z.number().optional(),
  /** A code's redirect address; the token request must name the same. */
  redirectUri: z.string().optional(),
  /** Of a refresh token that was replaced. */
  used: z.object({ at: z.number(), answer: answerSchema }).optional(),
  revoked: z.boolean().default(false),
})
type Grant = z.infer<typeof grantSchema>
export type Access = Pick<Grant, 'account' | 'scopes'>

/** Authorization codes, access tokens and refresh tokens. */
export class Tokens {
  readonly #documents: Documents
  readonly #settings: CommonSettings
  readonly #grants = new Map<string, Grant>()

  constructor(documents: Documents, settings: CommonSettings) {
    this.#documents = documents
    this.#settings = settings
    for (const grant of documents.read(kind, grantSchema)) this.#grants.set(grant.value, grant)
  }

  /** A code for the authorization_code grant; good once, for ten minutes. */
  code(account: string, scopes: string[], redirectUri?: string): string {
    return this.#put({
      kind: 'code',
      value: randomBytes(24).toString('base64url'),
      account,
      consent: randomUUID(),
      scopes,
      expiresAt: Date.now() + codeSeconds * 1000,
      ...(redirectUri === undefined ? {} : { redirectUri }),
      revoked: false,
    })
  }

  /** Undefined: the code is unknown, used, expired, or made for another redirect address. */
  exchangeCode(value: string, redirectUri: string | undefined): TokenAnswer | undefined {
    const code = this.#live(value, 'code')
    if (!code) return undefined
    this.#remove(value)
    if (code.redirectUri !== undefined && code.redirectUri !== redirectUri) return undefined
    return this.#issue(code, true)
  }

  /** Undefined: the refresh token is unknown, revoked, or was replaced. */
  refresh(value: string): TokenAnswer | undefined {
    const refresh = this.#live(value, 'refresh')
    if (!refresh) return undefined
    const { refreshTokens, refreshReuseSeconds: reuse } = this.#settings.current
    if (refresh.used) {
      if (reuse !== null && Date.now() < refresh.used.at + reuse * 1000) return refresh.used.answer
      this.#revoke(({ consent }) => consent === refresh.consent)
      return undefined
    }
    if (refreshTokens === 'keep') return this.#issue(refresh, false)
    const answer = this.#issue(refresh, true)
    if (reuse === null) this.#remove(value)
    else this.#put({ ...refresh, used: { at: Date.now(), answer } })
    return answer
  }

  access(value: string): Access | undefined {
    return this.#live(value, 'access')
  }

  /** Why an access token is not good. */
  flaw(value: string): 'expired' | 'revoked' | 'unknown' {
    const grant = this.#grants.get(value)
    if (grant?.kind !== 'access') return 'unknown'
    return grant.revoked ? 'revoked' : 'expired'
  }

  /** As when a person removes the application on the platform: every token of the account dies. */
  revoke(account: string): void {
    this.#revoke((grant) => grant.account === account)
  }

  /** Every token that came of the same consent as this one dies. */
  revokeConsent(value: string): void {
    const consent = this.#grants.get(value)?.consent
    if (consent !== undefined) this.#revoke((grant) => grant.consent === consent)
  }

  reset(): void {
    this.#grants.clear()
    this.#documents.clear(kind)
  }

  #issue({ account, scopes, consent }: Grant, withRefresh: boolean): TokenAnswer {
    const seconds = this.#settings.current.accessTokenSeconds
    const expiresAt = Date.now() + seconds * 1000
    const common = { account, scopes, consent, revoked: false }
    const answer: TokenAnswer = {
      access_token: this.#put({ ...common, kind: 'access', value: jwt(account, expiresAt), expiresAt }),
      token_type: 'Bearer',
      expires_in: Math.floor(seconds),
      scope: scopes.join(' '),
    }
    if (!withRefresh) return answer
    const value = randomBytes(32).toString('base64url')
    return { ...answer, refresh_token: this.#put({ ...common, kind: 'refresh', value }) }
  }

  #live(value: string, wanted: Grant['kind']): Grant | undefined {
    const grant = this.#grants.get(value)
    if (grant?.kind !== wanted || grant.revoked) return undefined
    return grant.expiresAt === undefined || grant.expiresAt > Date.now() ? grant : undefined
  }

  #revoke(which: (grant: Grant) => boolean): void {
    for (const grant of this.#grants.values()) if (which(grant)) this.#put({ ...grant, revoked: true })
  }

  #put(grant: Grant): string {
    this.#grants.set(grant.value, grant)
    this.#documents.put(kind, grant.value, grant)
    return grant.value
  }

  #remove(value: string): void {
    this.#grants.delete(value)
    this.#documents.remove(kind, value)
  }
}

/** An access token that looks like a JWT; who holds one cannot verify it, so the key is thrown away. */
function jwt(subject: string, expiresAt: number): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: subject, exp: Math.floor(expiresAt / 1000), jti: randomUUID() })}`
  return `${body}.${createHmac('sha256', randomBytes(32)).update(body).digest('base64url')}`
}
