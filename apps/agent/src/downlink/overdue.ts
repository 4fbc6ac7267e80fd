import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Report } from '@jumpring/contracts'
import type { Logger } from 'pino'
import { type Bell, pause } from '../bell.ts'
import type { Gate } from '../edt/gate.ts'
import type { OverdueCommand } from '../store/commands.ts'
import { inTransaction } from '../store/database.ts'
import type { Store } from '../store/store.ts'

/**
 * How long a file for The Edge may go without showing. Nothing in EDT says that an import was refused: the change is just never
 * exported. EDT: an import takes two runs; a run comes every quarter of an hour (the usual "Minutes Between Transfers"). Where The Edge
 * exports nothing at all, a closed shop and a long weekend are no failure. Minutes are those in which the agent ran, so that
 * neither a machine that was off nor a clock that was set makes anything overdue. Our assumption.
 */
const usualPatience = { exports: 6, minutes: 120, minutesInSilence: 4 * 24 * 60 }
const minuteMs = 60_000

export interface OverdueParts {
  readonly store: Store
  readonly edtDir: string
  readonly gate: Gate
  readonly log: Logger
  /** Rung when there is something to report. */
  readonly reports: Bell
}

/** Reports what The Edge does not show, until `signal` aborts. */
export async function watchOverdue(parts: OverdueParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(minuteMs, signal)
    if (signal.aborted || parts.store.commands.count('written') === 0) continue
    parts.store.commands.countMinute()
    // What The Edge has exported meanwhile may show it.
    await parts.gate.passed()
    if (!signal.aborted) await reportOverdue(parts, usualPatience)
  }
}

/** Reports every written command that has not shown in time as failed. Should it show after all, that is reported then. */
export async function reportOverdue(
  { store, edtDir, log, reports }: Pick<OverdueParts, 'store' | 'edtDir' | 'log' | 'reports'>,
  patience: typeof usualPatience,
): Promise<void> {
  const failed: Extract<Report, { outcome: 'failed' }>[] = []
  for (const command of store.commands.overdue(patience)) failed.push(await failureOf(command, edtDir))
  if (failed.length === 0) return
  inTransaction(store.db, () => {
    for (const report of failed) store.commands.markUnseen(report)
  })
  log.error({ commands: failed.length }, 'The Edge does not show what was written for it.')
  reports.ring()
}

async function failureOf(
  { id, fileName }: OverdueCommand,
  edtDir: string,
): Promise<Extract<Report, { outcome: 'failed' }>> {
  if (fileName !== null && (await isThere(join(edtDir, 'Outbox', fileName)))) {
    const message = `The Edge has not taken the file ${fileName} from the folder Outbox. Look whether its data transfer (EDT) runs and imports customers, then try it again.`
    return { id, outcome: 'failed', code: 'not_taken_by_edge', message }
  }
  const file = fileName === null ? 'the file with this change' : `the file ${fileName}`
  const message = `The Edge took ${file} but has not shown the change since: it has probably refused it. Look at its import messages, then try it again.`
  return { id, outcome: 'failed', code: 'not_shown_by_edge', message }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
