import type { ConnectionSettings, Platform } from '@jumpring/contracts'
import type { ContactFields, Observation } from '@jumpring/sync'
import { z } from 'zod'

/** What the platform said about its limit in the headers of an answer. */
export interface RateLimit {
  readonly limit: number
  readonly remaining: number
  /** Milliseconds until the window starts anew. */
  readonly resetMs: number
}

export const frozenSchema = z.object({
  op: z.enum(['create', 'update']),
  /** Update: the contact's identifiers, the likeliest first; on "not found" the next is tried. Empty for create. */
  identifiers: z.array(z.string()).readonly(),
  body: z.record(z.string(), z.unknown()).readonly(),
})
/** One write to a platform, as it will be sent, however often it has to be sent. Plain JSON: it is stored before the call. */
export type Frozen = Readonly<z.infer<typeof frozenSchema>>

/** What a session needs from its surroundings. */
export interface SessionContext {
  /** The platform's API, without a slash at the end. */
  readonly baseUrl: string
  /** Region of phone numbers that come without a country code, an ISO 3166 alpha-2 code. */
  readonly region: string
  /** How long one call may take before it counts as unanswered. */
  readonly timeoutMs: number
  /** A token that is thought to be valid. */
  accessToken(): Promise<string>
  /** Called once after a 401: makes a new token (or returns the one another worker made meanwhile). Throws `auth`. */
  renewToken(rejected: string): Promise<string>
  onRateLimit(limit: RateLimit): void
}

/** A page of contacts as the platform shows them. */
export interface ContactPage {
  readonly contacts: readonly Observation[]
  /** How many contacts of this page could not be read; the others are not held up by them. */
  readonly unreadable: number
  readonly nextCursor?: string
}

/**
 * An open line to one account on a platform. Every method throws JumpringError:
 * `rate_limited` (with retryAfterMs), `platform_unavailable` (no answer, 5xx, time-out: the work may have been done),
 * `auth`, `configuration`, `platform_refused`, `contact_not_found`.
 */
export interface Session {
  /** Resolves when the platform has accepted the write; it may apply it later. */
  write(frozen: Frozen): Promise<{ readonly identifier: string }>
  /** All contacts, or those changed since an instant, page by page. A cursor that has expired starts over by itself. */
  listContacts(page: { readonly cursor?: string; readonly updatedSince?: string }): Promise<ContactPage>
  /** The cheapest call that shows whether the platform answers at all. */
  ping(): Promise<void>
  /** Makes sure that exactly one webhook of ours exists for this URL, enabled, with these events and this secret. */
  ensureWebhook(webhook: { readonly url: string; readonly secret: string }): Promise<void>
  /** Makes sure that contacts have a field for the Edge customer number, and gives the platform's id of it. Never makes a second one that it can see. */
  ensureExternalIdField(): Promise<string>
}

/** Something that happened on the platform. */
export type PlatformEvent =
  | { readonly type: 'contact.changed'; readonly eventId: string; readonly contact: Observation }
  | { readonly type: 'contact.deleted'; readonly eventId: string; readonly uid: string }
  | {
      readonly type: 'contact.merged'
      readonly eventId: string
      readonly goneUids: readonly string[]
      readonly contact: Observation
    }
  | { readonly type: 'ignored'; readonly eventId: string }

export interface Webhook {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly rawBody: Buffer
}

/** Secrets of an account on a platform, as JSON kept encrypted; only the connector reads it. */
export type Secrets = Readonly<Record<string, unknown>>

/** Whose first write it is, and where it goes. */
export interface FreezeSource {
  readonly edgeKey: string
  readonly settings: ConnectionSettings
  /** Where the number goes (Session.ensureExternalIdField); null while that is not known: the contact then goes without it. */
  readonly externalIdField: string | null
}

/** A platform. This is what a new one implements; see CONTRIBUTING. */
export interface Connector {
  readonly platform: Platform
  /** The payload of a first write (an upsert). Throws `configuration` where the store has no location. */
  freezeCreate(fields: ContactFields, source: FreezeSource): Frozen
  freezeUpdate(fields: ContactFields, identifiers: readonly string[]): Frozen
  openSession(context: SessionContext): Session
  /** Whether the platform signed this; compares in constant time. */
  verifyWebhook(webhook: Webhook, secret: string): boolean
  /** Reads a stored, verified event. Throws `unreadable_event`. */
  readEvent(rawBody: string, region: string): PlatformEvent
  /** Checks what a person entered as the account's secrets. Throws `configuration`. */
  parseSecrets(input: unknown): Secrets
  /** The token in the secrets, or null where there is none or it ends within a minute. */
  currentToken(secrets: Secrets, now: Date): string | null
  /** New secrets with a fresh token (keeps the old refresh token if no new one comes). Throws `auth`, `rate_limited`, `platform_unavailable`. */
  renewSecrets(secrets: Secrets, baseUrl: string, now: Date): Promise<Secrets>
}
