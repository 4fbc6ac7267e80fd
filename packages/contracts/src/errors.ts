/** Who must act when an error with this code is seen. */
export type Actor = 'nobody' | 'store' | 'vendor' | 'operator' | 'developer'

/** How the engine treats it: `never` repeats by itself, `backoff` repeats with growing waits, `wait` repeats when the other side said. */
export type Retry = 'never' | 'backoff' | 'wait'

interface ErrorEntry {
  readonly meaning: string
  readonly actor: Actor
  readonly retry: Retry
}

/**
 * Every expected failure of the system: what it means, who must act, whether it is retried.
 * The page docs/errors.md is printed from this table.
 */
export const errorCodes = {
  // a record cannot go on as it is
  invalid_record: { meaning: 'The record does not have the form it should have.', actor: 'store', retry: 'never' },
  unreadable_file: {
    meaning: 'A file from The Edge could not be read, or not to its end.',
    actor: 'store',
    retry: 'never',
  },
  incomplete_record: {
    meaning: 'The record lacks something that the platform needs; it goes through once that is mended in The Edge.',
    actor: 'store',
    retry: 'never',
  },
  unknown_customer: {
    meaning:
      'The record names a customer whom the store has not shown, or who was refused; it goes through once the customer comes.',
    actor: 'store',
    retry: 'never',
  },
  needs_identifier: {
    meaning: 'The customer needs a phone or an e-mail before a platform can hold it; on Clientbook a name will do.',
    actor: 'store',
    retry: 'never',
  },
  shared_contact: {
    meaning: 'The customer shares its only phone or e-mail with another, who holds the contact.',
    actor: 'store',
    retry: 'never',
  },
  value_does_not_fit: {
    meaning: 'A value does not fit the field on the other side: its type, its choices or its length.',
    actor: 'store',
    retry: 'never',
  },
  ambiguous_match: {
    meaning: 'More than one customer fits this contact; none was chosen.',
    actor: 'store',
    retry: 'never',
  },
  unclear_merge: {
    meaning:
      'Whether The Edge has merged two customers is not clear; nothing was merged on the platform until a person says so.',
    actor: 'store',
    retry: 'never',
  },
  wrong_match: {
    meaning: 'A wrong match was undone; what it had brought to the other side is still there.',
    actor: 'store',
    retry: 'never',
  },
  still_contactable: {
    meaning:
      'A contact has a phone that must not be contacted, and the platform does not know that; people opt it out there.',
    actor: 'store',
    retry: 'never',
  },
  deleted_on_platform: {
    meaning: 'The contact was deleted on the platform and is not made again by itself.',
    actor: 'store',
    retry: 'never',
  },
  platform_refused: { meaning: 'The platform refused the record as invalid.', actor: 'store', retry: 'never' },
  record_keeps_failing: {
    meaning: 'The platform failed on this record again and again while others went through.',
    actor: 'operator',
    retry: 'never',
  },
  command_failed: { meaning: 'The Edge did not take a change.', actor: 'store', retry: 'never' },
  not_taken_by_edge: {
    meaning: 'The Edge does not take the files that are written for it.',
    actor: 'store',
    retry: 'never',
  },
  not_shown_by_edge: {
    meaning: 'The Edge took a change and does not show it in its exports: it has probably refused it.',
    actor: 'store',
    retry: 'never',
  },
  unreadable_event: {
    meaning: 'The platform sent an event that could not be understood.',
    actor: 'developer',
    retry: 'never',
  },
  unexpected: {
    meaning: 'A fault of ours that this one brings out; it was set aside so that the others go on.',
    actor: 'developer',
    retry: 'never',
  },
  // the other side
  rate_limited: { meaning: 'The platform asked to wait.', actor: 'nobody', retry: 'wait' },
  platform_unavailable: {
    meaning: 'The platform does not answer, or answers with an error of its own.',
    actor: 'nobody',
    retry: 'backoff',
  },
  contact_not_found: {
    meaning: 'The platform does not know the contact by any of its identifiers.',
    actor: 'nobody',
    retry: 'backoff',
  },
  auth: {
    meaning: 'The platform no longer accepts our credentials; the account must be connected again.',
    actor: 'vendor',
    retry: 'never',
  },
  mass_change: {
    meaning: 'Unusually many records would change at once; a person has to approve it first.',
    actor: 'store',
    retry: 'never',
  },
  configuration: { meaning: 'A setting of the connection is missing or wrong.', actor: 'vendor', retry: 'never' },
  // agent and cloud
  enrollment_refused: { meaning: 'The enrollment code is unknown, used or expired.', actor: 'vendor', retry: 'never' },
  agent_unknown: {
    meaning: 'The cloud does not know this agent; it must be enrolled again.',
    actor: 'store',
    retry: 'never',
  },
  snapshot_needed: { meaning: 'The cloud needs every record once more.', actor: 'nobody', retry: 'wait' },
  malformed_upload: {
    meaning: 'The upload was cut or is not of the agreed form.',
    actor: 'developer',
    retry: 'backoff',
  },
  too_large: { meaning: 'The upload is larger than allowed.', actor: 'developer', retry: 'never' },
  // licenses
  license_unreadable: { meaning: 'This is no license file.', actor: 'store', retry: 'never' },
  license_forged: { meaning: 'The license was not signed by this service.', actor: 'store', retry: 'never' },
  license_altered: {
    meaning: 'The license does not fit its signature: it was altered after it was issued.',
    actor: 'store',
    retry: 'never',
  },
  license_foreign: { meaning: 'The license is for another business or store.', actor: 'store', retry: 'never' },
  license_platform: { meaning: 'The license is for another platform.', actor: 'store', retry: 'never' },
  license_early: { meaning: 'The license does not hold yet.', actor: 'store', retry: 'never' },
  license_expired: { meaning: 'The license has ended.', actor: 'vendor', retry: 'never' },
  license_revoked: { meaning: 'The license was revoked.', actor: 'vendor', retry: 'never' },
  license_superseded: { meaning: 'A newer license is installed.', actor: 'store', retry: 'never' },
  license_unknown: {
    meaning: 'The service has no license of this number; ask for a new one.',
    actor: 'operator',
    retry: 'never',
  },
  // people
  not_signed_in: { meaning: 'Sign in first.', actor: 'nobody', retry: 'never' },
  not_found: { meaning: 'There is no such thing, or it is not yours to see.', actor: 'nobody', retry: 'never' },
  not_allowed: { meaning: 'Your role does not allow this.', actor: 'nobody', retry: 'never' },
  invalid_input: { meaning: 'A value is missing or not of the form it should have.', actor: 'nobody', retry: 'never' },
  conflict: { meaning: 'This exists already or has changed meanwhile.', actor: 'nobody', retry: 'never' },
  not_entitled: { meaning: 'The tier does not include this.', actor: 'vendor', retry: 'never' },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorCodes

/** An expected failure. `message` is a plain sentence for a person and holds no personal data. */
export class JumpringError extends Error {
  readonly code: ErrorCode
  /** For `rate_limited`: how long the other side asked to wait. */
  readonly retryAfterMs: number | undefined
  /** For `platform_unavailable`: the other side was not reached at all, so nothing was done there. */
  readonly neverArrived: boolean

  constructor(
    code: ErrorCode,
    message: string = errorCodes[code].meaning,
    options: { retryAfterMs?: number; neverArrived?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'JumpringError'
    this.code = code
    this.retryAfterMs = options.retryAfterMs
    this.neverArrived = options.neverArrived ?? false
  }
}
