import { type ConnectionSettings, JumpringError, openStreams, settingsIn } from '@jumpring/contracts'
import { inTenant, type Sql } from '@jumpring/db'
import {
  claimText,
  finishWork,
  giveUpClaims,
  noteOutage,
  optedOut,
  pauseForPerson,
  putWork,
  quarantine,
  type RunCounts,
  releaseText,
  reserveCalls,
  resolveQuarantine,
  settleText,
  subjectOf,
  type TextWork,
  takeTexts,
  unknownReason,
} from '@jumpring/db/engine'
import { decideText, normalizePhone, type TextDecision } from '@jumpring/sync'
import type { At } from './context.ts'
import { onConnection } from './hold.ts'
import { LeaseLost, stopwatch } from './lease.ts'
import { reasonOf, type Settled } from './platform-state.ts'
import type { Line } from './session.ts'

const atOnce = 20
/** Longer than a call may take: a claim that is older belongs to a sender who is gone. */
const claimSeconds = 60
/** A call is made this soon after its claim, or not at all. */
const freshMs = 5000

/** What a pass over the texts left. */
export interface TextsDone extends Settled {
  readonly tookAny: boolean
}

interface Claimed {
  readonly work: TextWork
  readonly to: string
  readonly body: string
  readonly location: string
  /** How long ago it was claimed, in milliseconds. */
  since(): number
}

/**
 * CO-10: sends the text notifications that are due. Each is claimed right before its call, by what is known then: whoever opted out
 * while others were sent gets none, and one that is cut off leaves one text without an answer, which is never repeated.
 */
export async function sendTexts(at: At, line: Line, counts: RunCounts): Promise<TextsDone> {
  const { due, granted, waitMs } = (await onConnection(at, reserve)) ?? { due: 0, granted: 0, waitMs: 0 }
  for (let calls = 0; calls < granted; calls += 1) {
    const next = await onConnection(at, (sql, now) => claimNext(sql, now, counts))
    if (next === null) break
    const settled = next === 'none' ? fine : await send(at, line, next, counts)
    if (settled.paused || settled.outage || settled.waitMs > 0) return { ...settled, tookAny: true }
  }
  return { ...fine, waitMs, tookAny: due > 0 }
}

async function reserve(sql: Sql, { connection }: At) {
  await giveUpClaims(sql, connection, claimSeconds)
  const { length: due } = await takeTexts(sql, connection.id, atOnce)
  return { due, ...(await reserveCalls(sql, connection.id, due, () => 0)) }
}

/** Takes the next text off the work list. @returns it, claimed; `none`: it is not to be sent; null: there is no other */
async function claimNext(sql: Sql, at: At, counts: RunCounts): Promise<Claimed | 'none' | null> {
  const { connection } = at
  const [work] = await takeTexts(sql, connection.id, 1)
  if (!work) return null
  await finishWork(sql, connection.id, [work])
  // CO-12: what was asked for while nothing may be sent is left; what is not too old by then comes again when the stream is opened (CO-13).
  if (!openStreams(connection.platform, connection.tier, connection.settings.streams).has('notifications'))
    return 'none'
  const decision = await decide(sql, at, work)
  if (decision.kind === 'held') {
    counts.held += 1
    const { sourceId, kind, key } = work
    const { code, message } = decision
    await quarantine(sql, connection, [{ stage: 'up', subject: subjectOf(work), sourceId, kind, key, code, message }])
    return 'none'
  }
  await resolveQuarantine(sql, connection.id, 'up', [subjectOf(work)])
  const since = stopwatch()
  if (!(await claimText(sql, connection, work))) return 'none'
  if (decision.kind === 'send') return { ...decision, work, since }
  await settleText(sql, connection, work, { status: 'not_sent', reason: decision.reason })
  return 'none'
}

async function decide(
  sql: Sql,
  { connection }: At,
  { record, sourceId }: TextWork,
): Promise<Exclude<TextDecision, { kind: 'send' }> | { kind: 'send'; to: string; body: string; location: string }> {
  if (record === null)
    return { kind: 'held', code: 'invalid_record', message: 'The text message is not of the form it should have.' }
  const phone = normalizePhone(record.phone, connection.region)
  const decision = decideText(record, {
    now: new Date().toISOString(),
    maxAgeMinutes: connection.settings.texts.maxAgeMinutes,
    region: connection.region,
    denied: phone === null ? new Set() : await optedOut(sql, connection.tenantId, [phone]),
  })
  if (decision.kind !== 'send') return decision
  const location = locationOf(record.customer, settingsIn(sourceId, connection.settings))
  if (location === undefined)
    return { kind: 'held', code: 'configuration', message: 'No location is set from which the text could be sent.' }
  return { ...decision, location }
}

function locationOf(customer: string | undefined, { locations, defaultLocation }: ConnectionSettings) {
  const store = customer?.slice(0, customer.indexOf('-'))
  return (store === undefined ? undefined : locations[store]) ?? defaultLocation ?? Object.values(locations)[0]
}

async function send(
  at: At,
  line: Line,
  { work, since, to, body, location }: Claimed,
  counts: RunCounts,
): Promise<Settled> {
  const { connection } = at
  const session = line.under({
    check: () => {
      if (since() > freshMs) throw new LeaseLost('It was claimed too long ago.')
    },
  })
  const settle = (outcome: Parameters<typeof settleText>[3]) =>
    inTenant(at.deps.db, connection.tenantId, (sql) => settleText(sql, connection, work, outcome))
  try {
    const reference = `${work.sourceId}/${work.key}`
    const { id } = await session.sendText({ to, body, location, reference }, connection.settings.texts.via)
    counts.created += 1
    await settle({ status: 'sent', platformId: id })
    return fine
  } catch (error) {
    // A worker that was frozen sends nothing old: it is decided anew, unless another has given the claim up meanwhile.
    if (error instanceof LeaseLost) return giveBack(at, work)
    if (!(error instanceof JumpringError)) throw error
    switch (error.code) {
      case 'platform_refused':
        counts.failed += 1
        await settle({ status: 'failed', reason: error.message })
        return fine
      case 'rate_limited':
        await giveBack(at, work, error.retryAfterMs)
        return { ...fine, waitMs: error.retryAfterMs ?? 1000 }
      case 'auth':
      case 'configuration':
        await giveBack(at, work)
        await inTenant(at.deps.db, connection.tenantId, (sql) =>
          pauseForPerson(sql, connection.id, error.code, reasonOf(error, connection.settings)),
        )
        return { ...fine, paused: true }
      default:
        if (error.neverArrived) {
          await giveBack(at, work, 2000)
          await inTenant(at.deps.db, connection.tenantId, (sql) => noteOutage(sql, connection.id))
          return { ...fine, waitMs: 2000, outage: true }
        }
        counts.failed += 1
        await settle({ status: 'unknown', reason: unknownReason })
        return fine
    }
  }
}

const fine: Settled = { paused: false, waitMs: 0, outage: false }

/** Known not to have been sent: back on the work list, for as long as it is not too old. */
async function giveBack(at: At, work: TextWork, afterMs = 0): Promise<Settled> {
  const { connection, deps } = at
  const { sourceId, kind, key } = work
  await inTenant(deps.db, connection.tenantId, async (sql) => {
    await releaseText(sql, work)
    await putWork(sql, { connectionId: connection.id, sourceId, kind, key, reason: 'not sent', afterMs })
  })
  return fine
}
