import { JumpringError, openStreams } from '@jumpring/contracts'
import type { Sql } from '@jumpring/db'
import {
  acquisitionLabels,
  decisionsOn,
  holderId,
  type Link,
  matesOf,
  mergersAround,
  notSelected,
  onContactsOfOthers,
  optedOut,
  type RecordHolder,
  reopenEvents,
  reopenUndone,
  resolveUndoneMatches,
  sharersOf,
  unmatchedAmong,
  type WorkItem,
} from '@jumpring/db/engine'
import { isKnownToPlatform, methodsOf, undecided } from '@jumpring/sync'
import type { At } from './context.ts'
import { decide, type Surroundings, type Verdict } from './decide.ts'
import { decideFormer, formersOnPlatform, noteUnsure } from './mergers.ts'
import { heirsOf, takeOver } from './owners.ts'
import { whereOf } from './unexpected.ts'

/** What is to be done with one record of a page. */
export interface Decided {
  readonly item: WorkItem
  readonly verdict: Verdict
}

/** What is to be done with a page. */
export interface Decisions {
  readonly decided: readonly Decided[]
  /** Links of customers who may now stand for a contact, or no longer do: to be looked at after this page. */
  readonly lookAt: readonly Link[]
  /** Left on the work list for a moment. */
  readonly waiting: readonly WorkItem[]
}

/** Decides a page of records, together with whom they share a contact. */
export async function decidePage(sql: Sql, at: At, items: readonly WorkItem[]): Promise<Decisions> {
  if (items.length === 0) return { decided: [], lookAt: [], waiting: [] }
  if (at.connector.identity === 'externalId') return decideNumberedPage(sql, at, items)
  const { connection } = at
  const alone = await sharersOf(sql, connection, items)
  const ids = items.map(({ sourceId, key }) => holderId(sourceId, key))
  const decisions = await decisionsOn(sql, connection.tenantId, [...ids, ...alone.map(({ id }) => id)])
  const allMates = await matesOf(sql, connection, ids, decisions)
  const outside = await notSelected(sql, connection, [...items, ...alone, ...allMates])
  const mates = standingBack(allMates, outside)
  const methods = [...items, ...mates].map(({ customer }) => methodsOf(customer, connection.region))
  const phones = methods.flatMap((each) => each.phones)
  const unmatched = await unmatchedAmong(sql, connection.id, [...phones, ...methods.flatMap((each) => each.emails)])
  const around = {
    identity: at.connector.identity,
    region: connection.region,
    streams: openStreams(connection.platform, connection.tier, connection.settings.streams),
    denied: await optedOut(sql, connection.tenantId, phones),
    sharers: standingBack(mates.length === 0 ? alone : await sharersOf(sql, connection, [...items, ...mates]), outside),
    // Without a place for it nothing is said of it, so that it goes up once there is one.
    labels: connection.acquisitionField === null ? new Map() : await acquisitionLabels(sql, connection, items),
    unmatched: unmatched.identifiers,
    decisions,
    mates,
    onContactsOfOthers: await onContactsOfOthers(sql, connection.id, decisions),
  }
  await followUndone(sql, at, items)
  // Something has changed with one of those whom the contact fits: it may fit only one by now.
  await reopenEvents(sql, connection.id, unmatched.eventIds)
  // CO-12: whatever stands on the work list, a stream that is closed is not synchronized.
  if (!around.streams.has('customers'))
    return { decided: items.map((item) => ({ item, verdict: { kind: 'skip' } })), lookAt: [], waiting: [] }
  const isOutside = ({ sourceId, key }: WorkItem) => outside.has(holderId(sourceId, key))
  const verdictOn = (item: WorkItem, known: Surroundings): Verdict =>
    isOutside(item) ? { kind: 'skip' } : decideOne(at, item, known)
  const decided = items.map((item) => ({ item, verdict: verdictOn(item, around) }))
  const lookAt = await heirsOf(sql, at, items, around)
  const changed = new Map<string, Link>()
  const waiting: WorkItem[] = []
  for (const { item, verdict } of decided) {
    const shares = verdict.kind === 'joined' || (verdict.kind === 'held' && verdict.code === 'shared_contact')
    if (!shares) continue
    const takeover = await takeOver(sql, at, item, around)
    if (takeover === 'wait') waiting.push(item)
    else if (takeover) {
      for (const link of takeover) changed.set(holderId(link.sourceId, link.key ?? ''), link)
      lookAt.push(...takeover.slice(1))
    }
  }
  if (changed.size === 0) return { decided: decided.filter(({ item }) => !waiting.includes(item)), lookAt, waiting }
  // Who stands for which contact is another now.
  const fresh = items
    .filter((item) => !waiting.includes(item))
    .map((item) => ({ ...item, link: changed.get(holderId(item.sourceId, item.key)) ?? item.link }))
  const anew = {
    ...around,
    sharers: standingBack(await sharersOf(sql, connection, [...fresh, ...mates]), outside),
    mates: standingBack(await matesOf(sql, connection, ids, decisions), outside),
  }
  return {
    decided: fresh.map((item) => ({ item, verdict: verdictOn(item, anew) })),
    lookAt,
    waiting,
  }
}

/** The same where nobody shares a contact: each for itself. */
async function decideNumberedPage(sql: Sql, at: At, items: readonly WorkItem[]): Promise<Decisions> {
  const { connection, connector } = at
  const outside = await notSelected(sql, connection, items)
  const phones = items.flatMap(({ customer }) => methodsOf(customer, connection.region).phones)
  const emails = items.flatMap(({ customer }) => methodsOf(customer, connection.region).emails)
  const around: Surroundings = {
    identity: connector.identity,
    region: connection.region,
    streams: openStreams(connection.platform, connection.tier, connection.settings.streams),
    denied: await optedOut(sql, connection.tenantId, phones),
    sharers: [],
    labels: connection.acquisitionField === null ? new Map() : await acquisitionLabels(sql, connection, items),
    unmatched: new Set(),
    decisions: undecided,
    mates: [],
    onContactsOfOthers: new Map(),
  }
  // A contact without a number that fitted several of them may fit only one by now; one with a number may have been ahead of its customer.
  const numbers = items.map(({ key }) => key)
  await followUndone(sql, at, items)
  const unmatched = await unmatchedAmong(sql, connection.id, [...phones, ...emails, ...numbers])
  await reopenEvents(sql, connection.id, unmatched.eventIds)
  const isOut = ({ sourceId, key }: WorkItem) =>
    !around.streams.has('customers') || outside.has(holderId(sourceId, key))
  const mergers = await mergersAround(sql, connection.tenantId, items)
  await noteUnsure(sql, at, items, mergers)
  const decided: Decided[] = []
  const lookAt: Link[] = []
  const waiting: WorkItem[] = []
  for (const item of items) {
    const heir = mergers.heirOf(item)
    const formers = await formersOnPlatform(sql, at, item, mergers.formersOf(item))
    lookAt.push(...formers)
    const isKnown = item.link !== null && isKnownToPlatform(item.link)
    if (isOut(item)) decided.push({ item, verdict: { kind: 'skip' } })
    else if (heir !== null) {
      const verdict = await decideFormer(sql, at, item, heir)
      if (verdict === 'wait') waiting.push(item)
      else decided.push({ item, verdict })
    }
    // The contact of a former number becomes this one's: there must be no other.
    else if (formers.length > 0 && !isKnown) waiting.push(item)
    else decided.push({ item, verdict: decideOne(at, item, around) })
  }
  return { decided, lookAt, waiting }
}

/** A customer whose wrong match was undone has changed: what is left of it for people may be done, and the contact may go on. */
async function followUndone(sql: Sql, { connection }: At, items: readonly WorkItem[]): Promise<void> {
  const customers = items.map(({ sourceId, key, customer }) => ({ id: holderId(sourceId, key), customer }))
  await resolveUndoneMatches(sql, connection, customers)
  await reopenUndone(
    sql,
    connection,
    customers.map(({ id }) => id),
  )
}

/** CB-01: who is not synchronized stands for a contact only where it is theirs already, as who is inactive. */
function standingBack<H extends RecordHolder>(holders: readonly H[], outside: ReadonlySet<string>): H[] {
  return holders.map((holder) => (outside.has(holder.id) ? { ...holder, inactive: true } : holder))
}

/** A fault of ours that one record brings out holds up that one only. */
function decideOne({ deps, connection }: At, item: WorkItem, around: Surroundings): Verdict {
  try {
    return decide(item, around)
  } catch (error) {
    deps.log.error({ connectionId: connection.id, ...whereOf(error) }, 'a record could not be decided')
    const { code, message } = new JumpringError('unexpected')
    return { kind: 'held', code, message }
  }
}
