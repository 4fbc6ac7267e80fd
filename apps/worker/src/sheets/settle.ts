import type { WrittenSheet } from '@jumpring/connector-kit'
import { inTenant, type Sql } from '@jumpring/db'
import {
  correctBudget,
  finishEffects,
  finishWork,
  holdConnection,
  lockSheetsByKey,
  pauseForPerson,
  postponeEffects,
  putWork,
  type RunCounts,
  resolveQuarantine,
  type SheetLink,
  type SheetWritten,
  saveSheets,
  sheetIdOf,
  subjectOf,
} from '@jumpring/db/engine'
import { due } from '@jumpring/sync'
import type { At } from '../context.ts'
import type { Lease } from '../lease.ts'
import { settleFailure } from '../objects/settle.ts'
import type { Outcome } from '../perform.ts'
import { noteState, ownOutcomes, platformState, type Settled } from '../platform-state.ts'
import type { Line } from '../session.ts'
import { after } from './sheet.ts'

/** Writes what came of a page's calls: effect, link, work list and quarantine in one transaction. */
export async function settleSheets(
  at: At,
  line: Line,
  lease: Pick<Lease, 'id'>,
  came: readonly Outcome<SheetWritten, WrittenSheet>[],
  counts: RunCounts,
): Promise<Settled> {
  if (came.length === 0) return { paused: false, waitMs: 0, outage: false }
  const state = await platformState(line, came)
  const { connection } = at
  await inTenant(at.deps.db, connection.tenantId, async (sql) => {
    await holdConnection(sql, connection.id)
    const links = await linksOf(sql, at, came)
    const outcomes = await ownOutcomes(sql, lease, came)
    for (const outcome of outcomes) {
      const link = links.get(subjectOf(outcome.effect))
      if (outcome.kind === 'untried')
        await postponeEffects(sql, [{ id: outcome.effect.id, seconds: state.waitMs / 1000, counts: false }])
      else if (outcome.kind === 'accepted') await accept(sql, at, link, outcome, counts)
      else {
        const { effect, error } = outcome
        const isOver = await settleFailure(sql, at, effect, error, state.isWell, counts)
        if (!isOver || !link) continue
        const refused = after({ link, lost: [] }, { type: 'platformRefused' }).link
        // It is not there any more: the next try makes it.
        const isLost = error.code === 'contact_not_found' && link.kind !== 'customFields'
        await saveSheets(sql, [isLost ? { ...refused, uid: null } : refused])
      }
    }
    if (state.answered) await correctBudget(sql, connection, line.limit())
    await noteState(sql, connection, state.isWell)
    if (state.refusedUs) await pauseForPerson(sql, connection.id, state.refusedUs.code, state.refusedUs.message)
  })
  return { paused: state.refusedUs !== null, waitMs: state.waitMs, outage: !state.isWell }
}

async function accept(
  sql: Sql,
  { connection }: At,
  link: SheetLink | undefined,
  { effect, answer }: Extract<Outcome<SheetWritten, WrittenSheet>, { kind: 'accepted' }>,
  counts: RunCounts,
): Promise<void> {
  await finishEffects(sql, [{ id: effect.id, status: 'done' }])
  await finishWork(sql, connection.id, [effect])
  await resolveQuarantine(sql, connection.id, 'up', [subjectOf(effect)])
  if (!link) return
  counts[link.sheet.platform.shown === null ? 'created' : 'updated'] += 1
  const taken = after(
    { link: { ...link, uid: answer.uid }, lost: [] },
    { type: 'platformTook', at: answer.updatedAt },
  ).link
  await saveSheets(sql, [taken])
  // Something has happened to it while it was written.
  const left = due(taken.kind, taken.sheet)
  const { sourceId, kind, key } = taken
  if (left.write !== null || left.wish !== null)
    await putWork(sql, { connectionId: connection.id, sourceId, kind, key, reason: 'follows' })
}

async function linksOf(
  sql: Sql,
  { connection }: At,
  outcomes: readonly Outcome<SheetWritten, WrittenSheet>[],
): Promise<ReadonlyMap<string, SheetLink>> {
  const sheets = outcomes.flatMap(({ effect: { sourceId, kind, key } }) =>
    kind === 'customFields' || kind === 'wish' || kind === 'note' ? [{ sourceId, kind, key }] : [],
  )
  return new Map((await lockSheetsByKey(sql, connection.id, sheets)).map((link) => [sheetIdOf(link), link]))
}
