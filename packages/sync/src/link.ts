import type { Address } from '@jumpring/contracts'
import { type ContactField, type ContactFields, contactFields, type Observation } from './contact.ts'
import { sameAddress } from './normalize.ts'

/** A value written to the platform that the platform has not shown yet. */
export type Written = {
  readonly [F in ContactField]: { readonly field: F; readonly value: NonNullable<ContactFields[F]> }
}[ContactField]

/** What the platform last showed of the contact. */
export interface Seen {
  readonly name?: string
  readonly acquisition?: string
  readonly externalId?: string
  readonly phones: readonly string[]
  readonly emails: readonly string[]
  readonly addresses: readonly Address[]
  /** Those of the phones whose owner asked there not to be texted; absent: none. */
  readonly optedOutPhones?: readonly string[]
  /** The platform's stamp of it. */
  readonly updatedAt?: string
}

/**
 * What both sides last agreed on, per field. Field diffs, echo suppression and "what is new" all follow from these three.
 * Kept as JSON with the link.
 */
export interface LinkState {
  /** The Edge's values as last written, or as found equal. */
  readonly sent: ContactFields
  readonly seen: Seen
  /** Each absorbs one showing: a late event of an older write is no staff change. */
  readonly awaiting: readonly Written[]
}

export const unlinked: LinkState = { sent: {}, seen: { phones: [], emails: [], addresses: [] }, awaiting: [] }

/** What to write so that the platform has The Edge's changes, and nothing else. */
export interface UpDecision {
  /** Empty: nothing to write. */
  readonly write: ContactFields
  /** The state when nothing has to be written, or once the platform has accepted `write`. */
  readonly sent: ContactFields
}

/**
 * CO-03: a field is written when its Edge value has changed since it was last sent. A value that staff changed on the platform stays
 * until The Edge's own changes. CO-07: a value that the platform shows already (it came from there) is taken as sent.
 * @param desired from projectContact; a field that The Edge has no longer is not erased on the platform
 */
export function decideUp(desired: ContactFields, state: LinkState): UpDecision {
  const changed = contactFields.filter((field) => {
    const value = desired[field]
    if (value === undefined || settled(field, state, value)) return false
    return !sameValue(field, value, state.sent[field]) || isAstray(field, state)
  })
  return { write: pick(desired, changed), sent: desired }
}

/** "Force The Edge's values": every field, whatever was sent or seen. */
export function decideForced(desired: ContactFields): UpDecision {
  return { write: desired, sent: desired }
}

/** A link's written values are kept until shown, but not without end. */
const mostAwaiting = 40

/** The state from just before a write is made: the platform may show it at any time from now on. */
export function prepared(state: LinkState, decision: UpDecision): LinkState {
  return { ...state, awaiting: [...state.awaiting, ...writtenOf(decision.write)].slice(-mostAwaiting) }
}

/** The state once the platform has accepted the write. */
export function accepted(state: LinkState, decision: UpDecision): LinkState {
  return { ...state, sent: decision.sent }
}

/** The state once it is known that the write was not and will not be made. */
export function refused(state: LinkState, decision: UpDecision): LinkState {
  const never = writtenOf(decision.write)
  const isNever = (one: Written) =>
    never.some((written) => written.field === one.field && sameValue(one.field, one.value, written.value))
  return { ...state, awaiting: state.awaiting.filter((one) => !isNever(one)) }
}

/** The state of a link to a contact into which another's contact was merged: nothing that the other knew of is new. */
export function merged(state: LinkState, other: LinkState): LinkState {
  const { seen } = state
  const addresses = other.seen.addresses.filter((one) => !seen.addresses.some((known) => sameAddress(known, one)))
  return {
    ...state,
    seen: {
      ...seen,
      phones: [...new Set([...seen.phones, ...other.seen.phones])],
      emails: [...new Set([...seen.emails, ...other.seen.emails])],
      addresses: [...seen.addresses, ...addresses],
    },
    awaiting: [...state.awaiting, ...other.awaiting].slice(-mostAwaiting),
  }
}

/** The state of a customer who stands for the contact from now on: what the platform shows is known, nothing of the customer's was sent. */
export function takenOver(state: LinkState): LinkState {
  return { ...state, sent: {} }
}

/** Whether the platform has ever had this contact from us or shown it to us. Without that a write creates. */
export function isKnownToPlatform(link: { readonly uid: string | null; readonly state: LinkState }): boolean {
  return link.uid !== null || Object.keys(link.state.sent).length > 0
}

/** The phones and e-mails by which the platform may know the contact, the likeliest first: shown, then written. */
export function identifiersOf(state: LinkState): string[] {
  const written = state.awaiting.flatMap((one) => (one.field === 'phone' || one.field === 'email' ? [one.value] : []))
  const { phone, email } = state.sent
  return [
    ...new Set([
      ...state.seen.phones,
      ...state.seen.emails,
      ...(phone ? [phone] : []),
      ...(email ? [email] : []),
      ...written.reverse(),
    ]),
  ]
}

/** What an observation brings for The Edge: only what is new against what the platform showed before. */
export interface DownDecision {
  readonly phones: readonly string[]
  readonly emails: readonly string[]
  readonly addresses: readonly Address[]
  readonly state: LinkState
}

/**
 * CO-04: what staff added or changed on the platform, for The Edge to add; never something to change or erase. A name never comes down.
 * An observation older than what was seen brings nothing, except that it shows what was written.
 */
export function decideDown(observation: Observation, state: LinkState): DownDecision {
  const awaiting = state.awaiting.filter(
    (written, n) => !shows(observation, written) || isOfEarlierWrite(state, written, n),
  )
  if (isOlder(observation, state.seen)) return { phones: [], emails: [], addresses: [], state: { ...state, awaiting } }
  const isOurs = (written: Written) =>
    state.awaiting.some((one) => one.field === written.field && sameValue(one.field, one.value, written.value))
  const { name, acquisition, externalId, phones, emails, addresses, optedOutPhones, updatedAt } = observation
  return {
    phones: phones.filter((value) => !state.seen.phones.includes(value) && !isOurs({ field: 'phone', value })),
    emails: emails.filter((value) => !state.seen.emails.includes(value) && !isOurs({ field: 'email', value })),
    addresses: addresses.filter(
      (value) => !state.seen.addresses.some((seen) => sameAddress(seen, value)) && !isOurs({ field: 'address', value }),
    ),
    state: {
      sent: state.sent,
      seen: {
        phones,
        emails,
        addresses,
        ...(name !== undefined && { name }),
        ...(acquisition !== undefined && { acquisition }),
        ...(externalId !== undefined && { externalId }),
        ...(optedOutPhones.length > 0 && { optedOutPhones }),
        ...(updatedAt !== undefined && { updatedAt }),
      },
      awaiting,
    },
  }
}

/** The number is The Edge's alone: one that staff wrote over it on the platform gives way. */
function isAstray(field: ContactField, state: LinkState): boolean {
  return field === 'externalId' && state.seen.externalId !== undefined && !stillToBeShown(field, state)
}

/** Whether a write of this field is still to be shown: `seen` is older then than what the platform will show. */
export function stillToBeShown(field: ContactField, { awaiting }: Pick<LinkState, 'awaiting'>): boolean {
  return awaiting.some((written) => written.field === field)
}

function settled(field: ContactField, state: LinkState, value: NonNullable<ContactFields[ContactField]>): boolean {
  return !stillToBeShown(field, state) && seenValues(field, state.seen).some((seen) => sameValue(field, seen, value))
}

function shows(observation: Seen | Observation, written: Written): boolean {
  return seenValues(written.field, observation).some((value) => sameValue(written.field, value, written.value))
}

/**
 * Whether a showing of the n-th written value may well be of something earlier: the same value waits from an earlier write, or the
 * platform showed it before and does not yet show that an earlier write took its place.
 */
function isOfEarlierWrite({ awaiting, seen }: LinkState, written: Written, n: number): boolean {
  const { field, value } = written
  const earlier = awaiting.slice(0, n).filter((one) => one.field === field)
  return earlier.length > 0 && (shows(seen, written) || earlier.some((one) => sameValue(field, one.value, value)))
}

export function seenValues(field: ContactField, seen: Seen | Observation): readonly (string | Address)[] {
  switch (field) {
    case 'name':
      return seen.name === undefined ? [] : [seen.name]
    case 'phone':
      return seen.phones
    case 'email':
      return seen.emails
    case 'address':
      return seen.addresses
    case 'acquisition':
      return seen.acquisition === undefined ? [] : [seen.acquisition]
    case 'externalId':
      return seen.externalId === undefined ? [] : [seen.externalId]
  }
}

/**
 * Of two showings of a contact the later, by the platform's stamps. Where they do not tell (Podium's are whole seconds), both: nothing
 * that staff entered is lost by the order in which messages come.
 */
export function laterShowing(before: Observation | null, now: Observation): Observation {
  if (!before || isOlder(before, now)) return now
  if (isOlder(now, before)) return before
  return {
    ...now,
    phones: [...new Set([...before.phones, ...now.phones])],
    emails: [...new Set([...before.emails, ...now.emails])],
    addresses: [
      ...before.addresses,
      ...now.addresses.filter((one) => !before.addresses.some((b) => sameAddress(b, one))),
    ],
  }
}

/** Whether the platform's stamps say that the first is older. */
export function isOlder(observation: Pick<Seen, 'updatedAt'>, seen: Pick<Seen, 'updatedAt'>): boolean {
  return (
    observation.updatedAt !== undefined &&
    seen.updatedAt !== undefined &&
    Date.parse(observation.updatedAt) < Date.parse(seen.updatedAt)
  )
}

export function sameValue(
  field: ContactField,
  a: string | Address | undefined,
  b: string | Address | undefined,
): boolean {
  if (a === undefined || b === undefined) return a === b
  if (typeof a === 'object' && typeof b === 'object') return field === 'address' && sameAddress(a, b)
  return a === b
}

function writtenOf(fields: ContactFields): Written[] {
  const { name, phone, email, address, acquisition, externalId } = fields
  return [
    ...(name === undefined ? [] : [{ field: 'name' as const, value: name }]),
    ...(phone === undefined ? [] : [{ field: 'phone' as const, value: phone }]),
    ...(email === undefined ? [] : [{ field: 'email' as const, value: email }]),
    ...(address === undefined ? [] : [{ field: 'address' as const, value: address }]),
    ...(acquisition === undefined ? [] : [{ field: 'acquisition' as const, value: acquisition }]),
    ...(externalId === undefined ? [] : [{ field: 'externalId' as const, value: externalId }]),
  ]
}

function pick(fields: ContactFields, names: readonly ContactField[]): ContactFields {
  return Object.fromEntries(names.map((name) => [name, fields[name]]))
}
