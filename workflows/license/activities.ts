import type { LicenseInput } from '../doorbell.ts'

/** Where a license stands, as its workflow has to know it: no names, no addresses. Instants in milliseconds since 1970, UTC. */
export interface LicenseState {
  /** `gone`: there is no such license (any more). */
  readonly status: 'requested' | 'signing' | 'issued' | 'active' | 'expired' | 'revoked' | 'superseded' | 'gone'
  /** Null while it has not been issued. */
  readonly until: number | null
  /** The store has it in its mail. */
  readonly mailed: boolean
  /** Days before the end of which the store has been reminded. */
  readonly remindedDays: readonly number[]
  /** The store has been told of its end. */
  readonly told: boolean
}

/** What the license's workflow has done for it. All of it can be repeated; a mail may then go out twice, never not at all. */
export interface LicenseActivities {
  readLicense(input: LicenseInput): Promise<LicenseState>
  /** Tells the operator that a license is asked for: an alert, and a mail. */
  alertOperator(input: LicenseInput): Promise<void>
  signLicense(input: LicenseInput): Promise<void>
  /** Mails the file to the store, with the steps that install it. */
  mailLicense(input: LicenseInput): Promise<void>
  /** Tells store, vendor and operator that so many days are left. */
  remindOfLicense(input: LicenseInput & { days: number }): Promise<void>
  /** Ends it: its streams close. */
  expireLicense(input: LicenseInput): Promise<void>
  /** Tells the store that it has ended or was revoked. */
  tellLicenseEnd(input: LicenseInput): Promise<void>
}
