import { type DuplicateDecisions, isKeptApart, personsOf, undecided } from './duplicates.ts'

/** A customer who holds a phone or an e-mail that others hold as well. */
export interface Holder {
  /** Names the customer within the tenant: two sources may hold the same number. */
  readonly id: string
  /** The couple's primary customer, where there is a couple (EDT CustomerAccountKey); an id of the same form. */
  readonly accountId?: string
  /** EDT CustomerDateEntered. */
  readonly enteredAt?: string
  /** Whether the platform's contact with this value is this customer's already. */
  readonly linked: boolean
  /** Inactive, or its number has become another's. */
  readonly left?: boolean
  /** The phone or e-mail by which the customer was found. */
  readonly value?: string
}

/** Why one of several customers stands for a contact. */
export type Because = 'linked' | 'primary' | 'oldest'

/**
 * Who stands for the platform's contact when several customers hold the value it is known by: whoever does already (stable),
 * else the couple's primary, else the oldest, else the lowest number.
 * @returns null when nobody holds it
 */
export function contactOwner(holders: readonly Holder[]): Holder | null {
  return ownerAndReason(holders)?.owner ?? null
}

/** The same, with the reason. */
export function ownerAndReason<H extends Holder>(holders: readonly H[]): { owner: H; because: Because } | null {
  const linked = holders.filter((holder) => holder.linked)
  const candidates = linked.length > 0 ? linked : holders
  const primary = candidates.find((one) => candidates.every((other) => (other.accountId ?? other.id) === one.id))
  const owner = primary ?? candidates.toSorted(byAge)[0]
  return owner ? { owner, because: owner.linked ? 'linked' : primary ? 'primary' : 'oldest' } : null
}

function byAge(a: Holder, b: Holder): number {
  // "~" sorts behind every digit: a customer without a date counts as new.
  return compare(a.enteredAt ?? '~', b.enteredAt ?? '~') || compare(a.id, b.id)
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** How a contact that is new from the platform fits the customers there are. */
export type Match =
  | { readonly kind: 'one'; readonly id: string; readonly by: 'number' | 'webId' | 'email' | 'phone' }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly ids: readonly string[]; readonly by: 'email' | 'phone' }

/** The customers that a contact may be. */
export interface Candidates {
  /** Ids of those whose number stands on the contact: two sources of a tenant may hold the same number. */
  readonly byNumber: readonly string[]
  /** Ids of those on whom the contact's own id stands (EDT WebTransferWebID, as an earlier integration left it). */
  readonly byWebId?: readonly string[]
  readonly byEmail: readonly Holder[]
  readonly byPhone: readonly Holder[]
}

/**
 * CO-05: by the number that stands on the contact, where only one customer has it: it outlives a link that was lost and methods that
 * staff changed. Else by the contact's own id, if one customer has it (BY-01). Else by e-mail; a contact without a known e-mail by phone, because the platform would take an upsert with that
 * phone for this very contact. Of several those count who are still there, and of them the one who has both; else they are never
 * guessed among, unless they are one couple, or one person by what people decided (BY-08). A value that customers share whom people
 * keep apart decides nothing; should nothing else tell whose the contact is, it still is one of theirs.
 */
export function matchContact(
  { byNumber, byWebId = [], byEmail, byPhone }: Candidates,
  decisions: DuplicateDecisions = undecided,
): Match {
  const [numbered, ...namesakes] = byNumber
  if (numbered !== undefined && namesakes.length === 0) return { kind: 'one', id: numbered, by: 'number' }
  const [linked, ...others] = byWebId
  if (linked !== undefined && others.length === 0) return { kind: 'one', id: linked, by: 'webId' }
  let unsaid: Match = { kind: 'none' }
  const telling = tellingOf(byPhone, decisions)
  for (const [by, holders] of [
    ['email', byEmail],
    ['phone', byPhone],
  ] as const) {
    const distinct = narrowed(distinctOf(tellingOf(holders, decisions)), telling)
    if (distinct.length === 0) {
      if (unsaid.kind === 'none' && holders.length > 0)
        unsaid = { kind: 'several', ids: distinctOf(holders).map(({ id }) => id), by }
      continue
    }
    const owner = contactOwner(distinct)
    if (owner && (areOne(distinct, decisions) || owner.linked)) return { kind: 'one', id: owner.id, by }
    return { kind: 'several', ids: distinct.map((holder) => holder.id), by }
  }
  return unsaid
}

const distinctOf = (holders: readonly Holder[]) => [...new Map(holders.map((holder) => [holder.id, holder])).values()]

/** Those whose value tells something: it is not one that people keep apart share. */
function tellingOf(holders: readonly Holder[], decisions: DuplicateDecisions): readonly Holder[] {
  const idsOf = (value: string) => holders.filter((holder) => holder.value === value).map(({ id }) => id)
  return holders.filter(({ value }) => value === undefined || !isKeptApart(decisions, value, idsOf(value)))
}

/** One couple, or one person, or both in turn. */
function areOne(holders: readonly Holder[], { joins }: DuplicateDecisions): boolean {
  const couples = holders.flatMap(({ id, accountId }) => (accountId === undefined ? [] : [[id, accountId]]))
  return new Set(holders.map(({ id }) => id).map(personsOf([...joins, ...couples]))).size === 1
}

/** Those who are still there, if any is; of them the only one who has the phone as well, if there is one. */
function narrowed(holders: readonly Holder[], byPhone: readonly Holder[]): readonly Holder[] {
  const present = holders.filter(({ left }) => !left)
  const candidates = present.length > 0 ? present : holders
  const withPhone = candidates.filter(({ id }) => byPhone.some((holder) => holder.id === id))
  return withPhone.length === 1 ? withPhone : candidates
}
