import { type ConnectionSettings, JumpringError, type Platform } from '@jumpring/contracts'
import type { ContactFields, MethodLabels, Observation, PlatformObject } from '@jumpring/sync'
import { z } from 'zod'
import type { ChangeFeed, ChangePage, PlatformEvent, SheetWrite, WrittenSheet } from './events.ts'

/** What the platform said about its limit in the headers of an answer. */
export interface RateLimit {
  readonly limit: number
  readonly remaining: number
  /** Milliseconds until the window starts anew. */
  readonly resetMs: number
}

/** The platform has no such location. A location is the one value of a write that comes from the settings, not from the record. */
export class UnknownLocation extends JumpringError {
  /** As a person reads it. */
  readonly platform: string
  /** The platform's id of it, as the settings have it; undefined where what was sent does not tell. */
  readonly location: string | undefined

  constructor(platform: string, location: string | undefined) {
    const named = location === undefined ? 'the location' : `the location ${location}`
    super('configuration', `${platform} does not know ${named} in the connection's settings.`)
    this.platform = platform
    this.location = location
  }
}

export const frozenSchema = z.object({
  op: z.enum(['create', 'update', 'merge', 'object', 'sheet']),
  /** Update: the contact's identifiers, the likeliest first; on "not found" the next is tried. Merge: of who remains. Empty for create. */
  identifiers: z.array(z.string()).readonly(),
  body: z.record(z.string(), z.unknown()).readonly(),
  /** Of an attribute: its field. Of an object: where it goes; those with one route may go in one call (Session.writeObjects). */
  route: z.string().optional(),
  /** Of an update: values of fields that have a call of their own, by the platform's id of the field. */
  attributes: z
    .array(z.object({ uid: z.string(), value: z.string() }))
    .readonly()
    .optional(),
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
  /**
   * Writes objects of one route in one call, at most `mostObjects` of them.
   * @returns per object, in order: null when it was accepted, else what became of it. Throws what befalls the call as a whole.
   */
  writeObjects(frozen: readonly Frozen[]): Promise<readonly (JumpringError | null)[]>
  /**
   * Sends a text message, once. With `platform_unavailable` nobody knows whether it went out (unless it says that it never arrived), so
   * it must not be repeated. With every other failure it did not go out; `platform_refused` (its receiver has opted out, say) is for good.
   * @returns the platform's id of the message, by which its delivery is told later
   */
  sendText(message: TextMessage, via: ConnectionSettings['texts']['via']): Promise<{ readonly id: string }>
  /** The cheapest call that shows whether the platform answers at all. */
  ping(): Promise<void>
  /**
   * Writes a sheet (Connector.freezeSheet). Repeating it makes nothing twice. Throws `contact_not_found` where the platform has no such
   * sheet or contact (any more).
   * @returns the platform's id of it, by which events name it, and the platform's stamp of this very write, on the clock of
   *   SheetShowing.updatedAt: what is shown with an older one, the write has overwritten
   */
  writeSheet?(frozen: Frozen): Promise<WrittenSheet>
  /**
   * What the platform holds of a feed, or what has changed since an instant, as the events that would have told of it, page by page:
   * for the first reading, and for what no webhook brought. Their ids are the same for the same state of the same thing.
   */
  listChanges?(page: {
    readonly feed: ChangeFeed
    readonly cursor?: string
    readonly updatedSince?: string
  }): Promise<ChangePage>
  /** Makes sure that exactly one webhook of ours exists for this URL, enabled, with the events we use and this secret. */
  ensureWebhook(webhook: WantedWebhook): Promise<void>
  /** Makes sure that contacts have a field for the Edge customer number, and gives the platform's id of it. Never makes a second one that it can see. */
  ensureExternalIdField(): Promise<string>
  /** The same for the acquisition (CO-06). */
  ensureAcquisitionField(): Promise<string>
}

export interface WantedWebhook {
  readonly url: string
  readonly secret: string
  /** How we send texts, so that their delivery is told; absent where we send none: staff's own texts are then none of our business. */
  readonly texts?: ConnectionSettings['texts']['via']
}

/** One write of an object that is no contact: a product, a purchase, an entry of the timeline. */
export interface ObjectWrite {
  /** Opaque, at most 120 characters, the same for the object's whole life and for no other of the connection. */
  readonly externalId: string
  /** The same whenever this very write is repeated. */
  readonly eventId: string
  readonly event: 'created' | 'updated' | 'archived'
  /** Whose it is; null for a product. `identifiers`: E.164 phones and e-mails, the likeliest first. */
  readonly contact: {
    readonly edgeKey: string
    readonly name: string | null
    readonly identifiers: readonly string[]
  } | null
  readonly object: PlatformObject
  /** When it happened in The Edge, as far as that is known, else when the store's agent saw it (momentOf); a UTC instant. */
  readonly at: string
}

/** A text message to one phone, E.164. `reference` is ours, unique to the message. */
export interface TextMessage {
  readonly to: string
  readonly body: string
  readonly location: string
  readonly reference: string
}

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
  /** Where the acquisition goes (Session.ensureAcquisitionField); null while that is not known. */
  readonly acquisitionField: string | null
}

/** A platform. This is what a new one implements; see CONTRIBUTING. */
export interface Connector {
  readonly platform: Platform
  /**
   * What makes two contacts one there. `methods`: a phone or an e-mail (a write upserts on them, and several customers may share one
   * contact). `externalId`: the Edge customer number; contacts share nothing, and one without phone and e-mail can be.
   */
  readonly identity: 'methods' | 'externalId'
  /** The payload of a first write (an upsert). Throws `configuration` where the store has no location. */
  freezeCreate(fields: ContactFields, source: FreezeSource): Frozen
  /**
   * The payload of a change. An acquisition is left out where there is no field for it.
   * @param identifiers the likeliest first: the contact's uid where `identity` is `externalId` and it is known, then its number;
   *   else its phones and e-mails
   */
  freezeUpdate(
    fields: ContactFields,
    identifiers: readonly string[],
    acquisitionField?: FreezeSource['acquisitionField'],
  ): Frozen
  /**
   * The payload that gives a contact its own values back after a wrong match, and takes away what it had none of.
   * Absent where the platform takes nothing away: then `freezeUpdate` does what can be done.
   * @param restore its own values in place of ours
   * @param written ours that stand there
   * @param labels what its own values were called there (Observation)
   */
  freezeRestore?(
    restore: ContactFields,
    written: ContactFields,
    identifiers: readonly string[],
    labels: MethodLabels,
  ): Frozen
  /**
   * The payload that makes one contact of two which The Edge has merged: who is gone comes to stand at who remains, with all that is
   * theirs, once. Repeating it, or having it done already, changes nothing. Absent where a write never makes two of them one.
   * @param kept of who remains: the contact's uid where it is known, then its number
   * @param gone the same of who is gone; one that is not there (any more) is merged
   */
  freezeMerge?(kept: readonly string[], gone: readonly string[]): Frozen
  /** The payload of an object's write. Throws `configuration` where the settings name no place for it. */
  freezeObject(write: ObjectWrite, settings: ConnectionSettings): Frozen
  /** The payload of a sheet's write. Throws `value_does_not_fit`. Absent where the platform has no two-way objects. */
  freezeSheet?(write: SheetWrite, settings: ConnectionSettings): Frozen
  /** How long the text of a custom field may be there, in characters. */
  readonly longestCustomField?: number
  /** What Session.listChanges can be asked for. */
  readonly changeFeeds: readonly ChangeFeed[]
  /** How many objects of one route one call may carry. */
  readonly mostObjects: number
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
