import type { Connector } from '@jumpring/connector-kit'
import type { ErrorCode, OpenStream } from '@jumpring/contracts'
import {
  type ContactDecision,
  holderId,
  type Link,
  type Mate,
  type RecordHolder,
  referTo,
  type WorkItem,
} from '@jumpring/db/engine'
import {
  type ContactFields,
  contactOwner,
  type DuplicateDecisions,
  decideUp,
  identifiersOf,
  isKeptApart,
  isKnownToPlatform,
  methodsOf,
  personsOf,
  projectContact,
  type UpDecision,
} from '@jumpring/sync'

/** What to do with one record. */
export type Verdict =
  | { readonly kind: 'create' | 'update'; readonly decision: UpDecision }
  /** Where the number makes a contact: The Edge has merged the customer into another, `into` is that one's link. */
  | { readonly kind: 'merge'; readonly decision: ContactDecision & { readonly into: string }; readonly into: Link }
  | { readonly kind: 'unchanged'; readonly decision: UpDecision }
  /** Inactive and not on the platform: nothing to do. */
  | { readonly kind: 'skip' }
  /** One person with another customer, who stands for both: nothing to do, and nobody need know. */
  | { readonly kind: 'joined'; readonly sharedWith: string }
  | { readonly kind: 'held'; readonly code: ErrorCode; readonly message: string; readonly sharedWith?: string }

/** What the platform has to be told. */
export type Write = Extract<Verdict, { kind: 'create' | 'update' | 'merge' }>
export const isWrite = (verdict: Verdict): verdict is Write =>
  verdict.kind === 'create' || verdict.kind === 'update' || verdict.kind === 'merge'

/** What is known around a page of records. */
export interface Surroundings {
  /** What makes two contacts one (Connector.identity). */
  readonly identity: Connector['identity']
  readonly region: string
  readonly streams: ReadonlySet<OpenStream>
  readonly denied: ReadonlySet<string>
  /** Everyone who shares a phone or an e-mail with a customer of the page, the page's customers included. */
  readonly sharers: readonly RecordHolder[]
  /** Of an acquisition in a source: what its key says; by `source/key`. */
  readonly labels: ReadonlyMap<string, string>
  /** Phones and e-mails of contacts that the platform had and that fit several customers: nobody's first write goes by them (ADR 0013). */
  readonly unmatched: ReadonlySet<string>
  /** BY-08: what people have decided of customers who look like one. */
  readonly decisions: DuplicateDecisions
  /** Everyone who is one person with a customer of the page. */
  readonly mates: readonly Mate[]
  /** Phones and e-mails on contacts of those from whom a customer is kept apart, by holder's id. */
  readonly onContactsOfOthers: ReadonlyMap<string, ReadonlySet<string>>
}

/** Decides what the platform gets of one record. Pure. */
export function decide(item: WorkItem, around: Surroundings): Verdict {
  return around.identity === 'externalId' ? decideNumbered(item, around) : decideByMethods(item, around)
}

/**
 * Where contacts are known by the number of The Edge: each customer has one of its own, with a name, a phone or an e-mail. The
 * number is a field like others: a contact that had none gets it, and a customer with a new number takes the contact along.
 */
function decideNumbered(item: WorkItem, around: Surroundings): Verdict {
  const { customer, link, sourceId, key } = item
  if (link?.status === 'gone') return heldAsDeleted
  // Staff merged two contacts: who stands for the one that remains alone writes to it.
  if (link?.status === 'shared' && link.uid !== null)
    return customer.inactive ? { kind: 'skip' } : heldAsShared(link.sharedWith)
  const known = link !== null && isKnownToPlatform(link)
  if (customer.inactive && !known) return { kind: 'skip' }
  const labelOf = (acquisition: string) => around.labels.get(`${sourceId}/${acquisition}`)
  const shown = projectContact(customer, around.region, { denied: around.denied, others: new Set() }, labelOf)
  const desired = { ...shown, externalId: key }
  // Nobody there could tell who it is: a client called by the number alone says nothing to staff.
  if (!known && (shown.name ?? shown.phone ?? shown.email) === undefined) return heldAsNobody
  if (!known) return { kind: 'create', decision: { write: desired, sent: desired } }
  const decision = onlyOpen(decideUp(desired, link.state), around.streams, link.state.sent)
  return { kind: Object.keys(decision.write).length === 0 ? 'unchanged' : 'update', decision }
}

const heldAsDeleted: Verdict = {
  kind: 'held',
  code: 'deleted_on_platform',
  message: 'The contact was deleted on the platform and is not made again by itself.',
}

const heldAsNobody: Verdict = {
  kind: 'held',
  code: 'needs_identifier',
  message: 'The customer has no name, no company, and neither a phone nor an e-mail that can be used; one is needed.',
}

function decideByMethods(item: WorkItem, around: Surroundings): Verdict {
  const { customer, link } = item
  if (link?.status === 'gone') return heldAsDeleted
  const sharesContact = link?.status === 'shared' && link.uid !== null
  const known = link !== null && isKnownToPlatform(link)
  if (customer.inactive && (!known || sharesContact)) return { kind: 'skip' }
  // Merged on the platform, and merged it stays: who stands for the contact alone writes to it.
  if (sharesContact)
    return isJoinedWith(item, link.sharedWith, around) ? joined(link.sharedWith) : heldAsShared(link.sharedWith)
  const standing = known ? null : whoStandsForPerson(item, around)
  if (standing && standing.id !== holderId(item.sourceId, item.key)) return joined(referTo(standing, item))

  const owners = ownersOfSharedValues(item, around.sharers)
  const others = new Set(
    [...owners].filter(([, owner]) => owner.id !== holderId(item.sourceId, item.key)).map(([value]) => value),
  )
  const barred = known ? others : new Set([...others, ...around.unmatched, ...barredFor(item, around)])
  const desired = projectContact(customer, around.region, { denied: around.denied, others: barred }, (acquisition) =>
    around.labels.get(`${item.sourceId}/${acquisition}`),
  )
  if (!known && desired.phone === undefined && desired.email === undefined)
    return withoutIdentifier(item, around, owners, others)

  // What The Edge never had, it cannot have changed: an empty link writes all.
  if (!known) return { kind: 'create', decision: { write: desired, sent: desired } }
  const decision = onlyOpen(decideUp(desired, link.state), around.streams, link.state.sent)
  if (Object.keys(decision.write).length === 0) return { kind: 'unchanged', decision }
  return identifiersOf(link.state).length === 0
    ? { kind: 'create', decision: { write: desired, sent: desired } }
    : { kind: 'update', decision }
}

/** Per value that this customer shares with others: who stands for the contact. */
function ownersOfSharedValues(item: WorkItem, sharers: readonly RecordHolder[]): Map<string, RecordHolder> {
  const id = holderId(item.sourceId, item.key)
  const owners = new Map<string, RecordHolder>()
  for (const value of new Set(sharers.filter((holder) => holder.id === id).map((holder) => holder.value))) {
    const candidates = sharers.filter((holder) => holder.value === value && (!holder.inactive || holder.linked))
    const owner = contactOwner(candidates)
    const found = candidates.find((candidate) => candidate.id === owner?.id)
    if (found) owners.set(value, found)
  }
  return owners
}

/** BY-08: of those who are one person with the customer, who stands for all; null where nobody is. */
function whoStandsForPerson(item: WorkItem, around: Surroundings): Mate | null {
  if (around.mates.length === 0) return null
  const person = personsOf(around.decisions.joins)
  const own = person(holderId(item.sourceId, item.key))
  const mates = around.mates.filter(({ id, left, linked }) => person(id) === own && (!left || linked))
  const reachable = mates.filter((mate) => mate.linked || canBeReached(mate, around, person))
  const candidates = reachable.length > 0 ? reachable : mates
  const owner = contactOwner(candidates)
  return candidates.find(({ id }) => id === owner?.id) ?? null
}

/** Whether the customer has a phone or an e-mail for a contact that would be this person's. */
function canBeReached(mate: Mate, around: Surroundings, person: (id: string) => string): boolean {
  const { phones, emails } = methodsOf(mate.customer, around.region)
  return [...phones.filter((phone) => !around.denied.has(phone)), ...emails].some((value) => {
    const owner = contactOwner(around.sharers.filter((each) => each.value === value && (!each.inactive || each.linked)))
    return !around.unmatched.has(value) && (owner === null || person(owner.id) === person(mate.id))
  })
}

const isJoinedWith = (item: WorkItem, ref: string | null, { decisions, mates }: Surroundings): ref is string => {
  const person = personsOf(decisions.joins)
  const own = person(holderId(item.sourceId, item.key))
  return mates.some((mate) => referTo(mate, item) === ref && person(mate.id) === own)
}

const joined = (sharedWith: string): Verdict => ({ kind: 'joined', sharedWith })

const barredFor = (item: WorkItem, { onContactsOfOthers }: Surroundings): ReadonlySet<string> =>
  onContactsOfOthers.get(holderId(item.sourceId, item.key)) ?? new Set()

function withoutIdentifier(
  item: WorkItem,
  around: Surroundings,
  owners: ReadonlyMap<string, RecordHolder>,
  others: ReadonlySet<string>,
): Verdict {
  const methods = methodsOf(item.customer, around.region)
  if ([...methods.phones, ...methods.emails].some((value) => around.unmatched.has(value) && !around.denied.has(value)))
    return {
      kind: 'held',
      code: 'ambiguous_match',
      message:
        'The platform has a contact with this phone or e-mail that is not taken for theirs: it fits several customers, or a person keeps the two apart.',
    }
  const shared = [...methods.phones, ...methods.emails].find((value) => others.has(value) && !around.denied.has(value))
  const owner = shared === undefined ? undefined : owners.get(shared)
  const id = holderId(item.sourceId, item.key)
  if (owner && shared !== undefined && !isKeptApart(around.decisions, shared, [id, owner.id]))
    return heldAsShared(referTo(owner, item))
  if (owner || [...methods.phones, ...methods.emails].some((value) => barredFor(item, around).has(value)))
    return {
      kind: 'held',
      code: 'needs_identifier',
      message: `The customer has no phone or e-mail but what stands on the contact of ${owner?.key ?? 'another'}, from whom it is kept apart; one of its own is needed.`,
    }
  const reason =
    methods.phones.length > 0
      ? 'has no phone that may be contacted, and no e-mail'
      : 'has neither a phone nor an e-mail that can be used'
  return { kind: 'held', code: 'needs_identifier', message: `The customer ${reason}; one is needed.` }
}

function heldAsShared(owner: string | null): Verdict {
  return {
    kind: 'held',
    code: 'shared_contact',
    message: `Shares the contact of ${owner?.split('/').at(-1) ?? 'another customer'}; goes up once it has a phone or an e-mail of its own.`,
    ...(owner !== null && { sharedWith: owner }),
  }
}

/** CO-13: with the contact methods switched off only the name, the acquisition and the number follow The Edge. */
function onlyOpen(decision: UpDecision, streams: ReadonlySet<OpenStream>, sent: ContactFields): UpDecision {
  if (streams.has('contactMethods')) return decision
  const ofCustomers = ({ name, acquisition, externalId }: ContactFields): ContactFields => ({
    ...(name !== undefined && { name }),
    ...(acquisition !== undefined && { acquisition }),
    ...(externalId !== undefined && { externalId }),
  })
  return { write: ofCustomers(decision.write), sent: { ...sent, ...ofCustomers(decision.sent) } }
}
