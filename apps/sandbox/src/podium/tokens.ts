import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Documents } from '../documents.ts'
import type { Settings } from './settings.ts'

/** Podium docs: the scopes an application can ask for. */
export const allScopes = [
  'read_contacts',
  'write_contacts',
  'read_messages',
  'write_messages',
  'read_locations',
  'read_organizations',
  'read_users',
  'write_appointments',
  'read_products',
  'write_products',
  'write_data_feed_event',
  'read_templates',
]

const codeSeconds = 600

const grantSchema = z.object({
  kind: z.enum(['code', 'access', 'refresh']),
  value: z.string(),
  organizationUid: z.string(),
  scopes: z.array(z.string()),
  /** Milliseconds since 1970; a refresh token has none. */
  expiresAt: z.number().optional(),
  /** A code's redirect address; the token request must name the same. */
  redirectUri: z.string().optional(),
})
type Grant = z.infer<typeof grantSchema>
export type Access = Pick<Grant, 'organizationUid' | 'scopes'>

/** The answer of the token endpoint. */
export type TokenAnswer = {
  access_token: string
  refresh_token?: string
  token_type: 'Bearer'
  expires_in: number
  scope: string
}

/** Authorization codes, access tokens and refresh tokens. */
export class Tokens {
  readonly #documents: Documents
  readonly #settings: Settings
  readonly #grants = new Map<string, Grant>()

  constructor(documents: Documents, settings: Settings) {
    this.#documents = documents
    this.#settings = settings
    for (const grant of documents.read('grant', grantSchema)) this.#grants.set(grant.value, grant)
  }

  /** A code for the authorization_code grant; good once, for ten minutes. */
  code(organizationUid: string, scopes: string[], redirectUri?: string): string {
    return this.#add({
      kind: 'code',
      value: randomBytes(24).toString('base64url'),
      organizationUid,
      scopes,
      expiresAt: Date.now() + codeSeconds * 1000,
      ...(redirectUri === undefined ? {} : { redirectUri }),
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

  /** Undefined: the refresh token is unknown or was already replaced. */
  refresh(value: string): TokenAnswer | undefined {
    const refresh = this.#live(value, 'refresh')
    if (!refresh) return undefined
    const rotate = this.#settings.current.refreshTokens === 'rotate'
    if (rotate) this.#remove(value)
    return this.#issue(refresh, rotate)
  }

  access(value: string): Access | undefined {
    return this.#live(value, 'access')
  }

  /** As when a person removes the application in Podium: every token of the organization dies. */
  revoke(organizationUid: string): void {
    for (const grant of this.#grants.values()) if (grant.organizationUid === organizationUid) this.#remove(grant.value)
  }

  reset(): void {
    this.#grants.clear()
    this.#documents.clear('grant')
  }

  #issue({ organizationUid, scopes }: Access, withRefresh: boolean): TokenAnswer {
    const seconds = this.#settings.current.accessTokenSeconds
    const expiresAt = Date.now() + seconds * 1000
    const access = this.#add({
      kind: 'access',
      value: jwt(organizationUid, expiresAt),
      organizationUid,
      scopes,
      expiresAt,
    })
    const answer: TokenAnswer = {
      access_token: access,
      token_type: 'Bearer',
      expires_in: Math.floor(seconds),
      scope: scopes.join(' '),
    }
    if (!withRefresh) return answer
    const value = randomBytes(32).toString('base64url')
    return { ...answer, refresh_token: this.#add({ kind: 'refresh', value, organizationUid, scopes }) }
  }

  #live(value: string, kind: Grant['kind']): Grant | undefined {
    const grant = this.#grants.get(value)
    if (grant?.kind !== kind) return undefined
    if (grant.expiresAt === undefined || grant.expiresAt > Date.now()) return grant
    this.#remove(value)
    return undefined
  }

  #add(grant: Grant): string {
    this.#grants.set(grant.value, grant)
    this.#documents.put('grant', grant.value, grant)
    return grant.value
  }

  #remove(value: string): void {
    this.#grants.delete(value)
    this.#documents.remove('grant', value)
  }
}

/** Podium's access tokens are JWTs; who holds one cannot verify it, so the key is thrown away. */
function jwt(subject: string, expiresAt: number): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: subject, exp: Math.floor(expiresAt / 1000), jti: randomUUID() })}`
  return `${body}.${createHmac('sha256', randomBytes(32)).update(body).digest('base64url')}`
}
