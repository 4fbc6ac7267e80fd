import type { Database, Keyring } from '@jumpring/db'
import type { ConnectionInput, LicenseInput } from '@jumpring/workflows'
import type { FastifyBaseLogger } from 'fastify'
import type { PersonClaims } from './viewer.ts'

/** What the people's side of the api needs from the rest of it. */
export interface GraphqlServices {
  readonly db: Database
  readonly keyring: Keyring
  /** Rings a connection's doorbell. Does not reject: what is not heard is left to the sweep. */
  ring(connection: ConnectionInput, bell: 'ring' | 'runNow'): Promise<void>
  /** Rings a license's workflow. Does not reject either. */
  ringLicense(license: LicenseInput): Promise<void>
  /** A token of audience `person`, good for 12 hours. */
  signToken(claims: PersonClaims): string | Promise<string>
  /** The claims of a token of audience `person`. Throws when it is not ours, or over, or of another audience. */
  verifyToken(token: string): unknown
  /** Whether this address may try to sign in once more now. */
  maySignIn(address: string): boolean | Promise<boolean>
  /** Where the platforms reach us, without a slash at the end. */
  readonly publicUrl: string
  readonly log: FastifyBaseLogger
}
