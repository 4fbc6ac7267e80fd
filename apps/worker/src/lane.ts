import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { connectorFor } from '@jumpring/connectors'
import { JumpringError } from '@jumpring/contracts'
import { inTenant } from '@jumpring/db'
import {
  advancePhase,
  type Connection,
  type Due,
  dueNow,
  findConnection,
  followJournal,
  type Lane,
  noCounts,
  noteUploadBegun,
  outlook,
  type Run,
  type RunCounts,
  recordRun,
  untilNextTry,
} from '@jumpring/db/engine'
import type { ConnectionInput, LaneResult } from '@jumpring/workflows'
import { isBraked } from './brake.ts'
import { isBrakedDown } from './brake-down.ts'
import { type At, type Deps, isRunning } from './context.ts'
import { hearOptOuts } from './hear-opt-outs.ts'
import type { Lease } from './lease.ts'
import { prepareObjects } from './objects/page.ts'
import { settleObjects } from './objects/settle.ts'
import { preparePageOrOne } from './one-by-one.ts'
import { isOut } from './outage.ts'
import { type Call, contactCalls, type Outcome, perform } from './perform.ts'
import type { Settled } from './platform-state.ts'
import { preview } from './preview.ts'
import { eventsAtOnce, receiveEvents } from './receive.ts'
import { type Line, openLine } from './session.ts'
import { settle } from './settle.ts'
import { prepareSheets } from './sheets/page.ts'
import { settleSheets } from './sheets/settle.ts'
import { sendTexts } from './texts.ts'

/** How long one activity goes on before it gives the workflow a chance to look up. */
const longestPassMs = 20_000
const handsFullWaitMs = 100
/** So many changes are followed at once while other connections have live ones: soon over. */
const considerateFollowing = 50
/** The store rings when it has shown everything. */
const matchWaitMs = 1000

/** Works off what a lane of a connection has to do: the platform's events first, then pages of records, until nothing is due. */
export async function runLane(deps: Deps, input: ConnectionInput & { lane: Lane }): Promise<LaneResult> {
  const ended = deps.precedence.begin(input.connectionId, input.lane)
  try {
    return await passOf(deps, input)
  } finally {
    ended()
  }
}

async function passOf(deps: Deps, input: ConnectionInput & { lane: Lane }): Promise<LaneResult> {
  const { tenantId, connectionId, lane } = input
  const run: Run = { id: randomUUID(), lane, startedAt: new Date(), counts: noCounts() }
  const { counts } = run
  if (lane === 'backfill') await inTenant(deps.db, tenantId, (sql) => noteUploadBegun(sql, connectionId))
  for (;;) {
    const begunAt = performance.now()
    const found = await lookUp(deps, input, run)
    if (!found) return { state: 'gone', more: false, backfill: false, readPlatform: false, waitMs: null }
    const { connection, due } = found
    const at: At = { deps, connection, connector: connectorFor(connection.platform) }
    if (lane === 'live' && !isRunning(connection)) await hearOptOuts(at, counts)
    if (!isRunning(connection)) return end(deps, connection, run, { state: 'paused' })
    if (connection.preview !== null) return rehearse(at, lane)
    const isBehind = due === null
    const step = isBehind ? 'more' : await onePage(at, lane, due, counts)
    if (step === 'done' || typeof step === 'object' || Date.now() - run.startedAt.getTime() > longestPassMs)
      return end(deps, connection, run, typeof step === 'object' ? step : { isBehind })
    if (isBehind || lane === 'backfill') await rest(at, begunAt)
  }
}

/** Lets live changes of other connections go before what comes next of a bulk. */
async function rest({ deps, connection }: At, begunAt: number): Promise<void> {
  const ms = deps.precedence.restMs(connection.id, performance.now() - begunAt)
  if (ms > 0) await wait(ms)
}

/** BY-01: finds out what the connection would do, once both sides are known, and waits for a person. */
async function rehearse(at: At, lane: Lane): Promise<LaneResult> {
  const { connection } = at
  const isRead = connection.platformReadAt !== null
  if (lane === 'live' && connection.preview === 'wanted' && isRead && connection.storeComplete) await preview(at)
  const readPlatform = connection.preview === 'wanted' && isReadDue(connection)
  const waitMs = connection.preview === 'wanted' && !isRead ? untilRead(connection) : null
  return { state: 'active', more: false, backfill: false, readPlatform: readPlatform && !isRead, waitMs }
}

/** Where the number makes a contact, a write for somebody who is there already without one would make a second. */
const isNumbered = ({ platform }: Connection) => connectorFor(platform).identity === 'externalId'

/** CO-01: in the first upload nobody is numbered before the store has shown everything, for until then nobody who is there is matched. */
const isToMatchFirst = (connection: Connection) =>
  isNumbered(connection) && connection.phase === 'initial' && !connection.storeComplete

/** What stops a lane before its work is done. */
interface Stop {
  readonly state?: 'paused'
  readonly waitMs?: number
  /** The platform does not answer: found out now, or known before. */
  readonly outage?: 'found' | 'lasting'
  /** There is more in the journal than it has followed. */
  readonly isBehind?: boolean
  /** Nothing could be taken: what is due is in the other lane's hands. */
  readonly isEmptyHanded?: boolean
}

/** Keeps what was done until now. The connection as it is now and what of the lane is due; null, not known: it does not run, or there is more of the journal to follow first. */
async function lookUp(
  { db, precedence }: Deps,
  { tenantId, connectionId, lane }: ConnectionInput & { lane: Lane },
  run: Run,
): Promise<{ connection: Connection; due: Due | null } | null> {
  return inTenant(db, tenantId, async (sql) => {
    const connection = await findConnection(sql, connectionId)
    if (!connection) return null
    await recordRun(sql, connection, run)
    if (!isRunning(connection) || connection.preview !== null) return { connection, due: null }
    // A small page while other connections have live changes.
    const limit = precedence.areOthersLive(connectionId) ? considerateFollowing : undefined
    const { marked, more } = await followJournal(sql, connection, limit)
    run.counts.commanded += marked
    return { connection, due: more ? null : await dueNow(sql, connectionId, lane) }
  })
}

async function onePage(at: At, lane: Lane, due: Due, counts: RunCounts): Promise<'more' | 'done' | Stop> {
  const { connection } = at
  // Until the store has shown everything, whoever is missing there may only not have come up yet: what the platform says waits.
  // What a person has approved waits until the platform was asked: what was mended there does not come down wrong first.
  const isAsking = connection.approved === 'asking' && !connection.isAsked
  const receives =
    lane === 'live' && connection.storeComplete && !isAsking && (due.inbox || connection.approved !== null)
  if (receives && (await isBrakedDown(at))) return { state: 'paused' }
  const received = receives ? await receiveEvents(at, eventsAtOnce, counts) : 0
  if (received === eventsAtOnce) return 'more'
  const line = openLine(at)
  if (await isOut(at, line)) return { outage: 'lasting' }
  const texts = lane === 'live' && due.texts ? await sendTexts(at, line, counts) : null
  const stopTexts = texts && stopOf(texts)
  if (stopTexts) return stopTexts
  // New, paused or without a license until now: the platform is asked what changed there before anything is written.
  if (connection.lastPollAt === null) return 'done'
  if (isToMatchFirst(connection)) return { waitMs: matchWaitMs }
  const isAnyDue = due.contacts || due.objects || due.sheets
  if (isAnyDue && (await isBraked(at))) return { state: 'paused' }
  const page = due.contacts ? await preparePageOrOne(at, lane, counts) : null
  const stop = page && (await work(at, line, page, contactCalls(page.effects), settle, counts))
  if (stop) return stop
  // Customers first: what is theirs needs their contacts.
  const objects = due.objects && !page?.tookAny ? await prepareObjects(at, lane, counts) : null
  const stopObjects = objects && (await work(at, line, objects, objects.calls, settleObjects, counts))
  if (stopObjects) return stopObjects
  const sheets = due.sheets && !page?.tookAny && !objects?.tookAny ? await prepareSheets(at, lane, counts) : null
  const stopSheets = sheets && (await work(at, line, sheets, sheets.calls, settleSheets, counts))
  if (stopSheets) return stopSheets
  const tookAny = texts?.tookAny || page?.tookAny || objects?.tookAny || sheets?.tookAny || received > 0
  return tookAny ? 'more' : { isEmptyHanded: true }
}

/** Makes the calls of a page and settles what came of them. @returns what stops the lane */
async function work<Decision, Answer>(
  at: At,
  line: Line,
  page: { readonly lease: Lease; readonly waitMs: number },
  calls: readonly Call<Decision, Answer>[],
  settlePage: (
    at: At,
    line: Line,
    lease: Lease,
    came: readonly Outcome<Decision, Answer>[],
    counts: RunCounts,
  ) => Promise<Settled>,
  counts: RunCounts,
): Promise<Stop | null> {
  const settled = await page.lease.during(async () => {
    const outcomes = await perform(line.under(page.lease), calls, at.deps.log)
    return settlePage(at, line, page.lease, outcomes, counts)
  })
  // After calls the next page asks anew: their answers have told when the limit's window ends.
  return stopOf(settled) ?? (page.waitMs > 0 && calls.length === 0 ? { waitMs: page.waitMs } : null)
}

const stopOf = ({ paused, waitMs, outage }: Settled): Stop | null =>
  paused ? { state: 'paused' } : outage ? { outage: 'found' } : waitMs > 0 ? { waitMs } : null

async function end(deps: Deps, connection: Connection, run: Run, stop: Stop): Promise<LaneResult> {
  const { lane } = run
  return inTenant(deps.db, connection.tenantId, async (sql) => {
    await recordRun(sql, connection, run, stop.outage === 'found' ? outageError : undefined)
    if (connection.tier !== null) await advancePhase(sql, connection)
    const left = await outlook(sql, connection.id, lane)
    const readPlatform = stop.state === undefined && stop.outage === undefined && isReadDue(connection)
    const isLeft = left.live || (left.inboxDue && connection.storeComplete)
    const handsFull = lane === 'live' && stop.isEmptyHanded && isLeft ? handsFullWaitMs : undefined
    const waitMs = stop.outage ? await untilNextTry(sql, connection.id) : (stop.waitMs ?? handsFull)
    // The first upload waits until the platform's own contacts have been read and matched (CO-01). What it says later, of our own
    // writes above all, holds no upload up.
    const mayFill =
      (connection.settings.mode === 'B' && !isNumbered(connection)) ||
      (connection.platformReadAt !== null && !(left.unread && connection.storeComplete) && !isToMatchFirst(connection))
    // Of a bulk that is left some may be in the live lane's hands: it is looked at again after a second at the soonest.
    const rest =
      lane === 'backfill'
        ? Math.max(1000, left.nextDueMs ?? 0)
        : Math.min(left.nextDueMs ?? Number.POSITIVE_INFINITY, untilRead(connection))
    return {
      state: stop.state ?? 'active',
      more: stop.state === undefined && waitMs === undefined && (stop.isBehind || isLeft),
      backfill: left.backfill && mayFill,
      readPlatform,
      waitMs: waitMs ?? rest,
    }
  })
}

const outageError = new JumpringError('platform_unavailable')

function isReadDue(connection: Connection): boolean {
  return untilRead(connection) === 0
}

/** Milliseconds until the platform is asked for its changes again (CO-02). */
function untilRead(connection: Connection): number {
  if (connection.lastPollAt === null) return 0
  return Math.max(0, connection.lastPollAt.getTime() + connection.settings.intervalMinutes * 60_000 - Date.now())
}
