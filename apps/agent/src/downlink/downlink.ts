import type { Logger } from 'pino'
import { type Bell, pause } from '../bell.ts'
import type { Cloud } from '../cloud/client.ts'
import type { Contact } from '../cloud/contact.ts'
import type { Gate } from '../edt/gate.ts'
import type { Store } from '../store/store.ts'
import { refuseCommands, takeCommands, writePrepared } from './apply.ts'

const maxReports = 1000
const heldWaitMs = 5000
const outboxWaitMs = 2000

export interface DownlinkParts {
  readonly store: Store
  /** What the store has exported is read before anything is composed from it. */
  readonly gate: Gate
  readonly edtDir: string
  readonly cloud: Cloud
  readonly contact: Contact
  readonly log: Logger
  /** Rung when there is something to report. */
  readonly reports: Bell
  /** Rung when the cloud was lost here: the uplink then says hello. */
  readonly lost: Bell
  /** Rung when there is something to write into The Edge's database; none where that is no source. */
  readonly statements?: Bell
}

/** Takes commands, writes them to the Outbox and reports, until `signal` aborts. */
export async function runDownlink(parts: DownlinkParts, signal: AbortSignal): Promise<void> {
  const { store, gate, cloud, contact, lost, statements } = parts
  while (!signal.aborted) {
    try {
      await write(parts, signal)
      await sendReports(parts)
      const { commands, notUnderstood } = await cloud.commands()
      contact.succeeded()
      if (commands.length > 0) await gate.passed()
      // The gate opens at the end as well, whatever lies unread.
      if (signal.aborted) return
      refuseCommands(store, notUnderstood)
      const results = takeCommands(store, commands, { statements: statements !== undefined })
      if (commands.length > 0) statements?.ring()
      // Held commands come again at once; the wait keeps that from turning in circles.
      if (results.includes('held')) await pause(heldWaitMs, signal)
    } catch (error) {
      lost.ring()
      await contact.failed(error, signal)
    }
  }
}

/** Sends reports that arise while the request for commands is open, until `signal` aborts. */
export async function runReports(parts: DownlinkParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await parts.reports.wait(60_000, signal)
    try {
      if (signal.aborted) return
      await sendReports(parts)
    } catch (error) {
      await parts.contact.failed(error, signal)
      parts.reports.ring()
    }
  }
}

async function sendReports({ store, cloud, contact, log }: DownlinkParts): Promise<void> {
  for (;;) {
    const reports = store.commands.unreported(maxReports)
    if (reports.length === 0) return
    await cloud.report(reports)
    contact.succeeded()
    for (const report of reports) store.commands.markReported(report)
    log.info({ reports: reports.length }, 'Reported.')
  }
}

/** An Outbox that cannot be written is no reason to lose a command: it is tried until it works. */
async function write({ store, edtDir, log }: DownlinkParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await writePrepared(store, edtDir)
      if (store.state.get('outboxTrouble') !== undefined) store.state.clear('outboxTrouble')
      return
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === undefined || code === 'ERR_SQLITE_ERROR') throw error
      const trouble =
        code === 'ENOSPC'
          ? 'The disk is full: what comes down cannot be written for The Edge until there is space.'
          : `The folder Outbox cannot be written (${String(code)}): what comes down waits until it can.`
      if (store.state.get('outboxTrouble') !== trouble) {
        store.state.set('outboxTrouble', trouble)
        log.error({ code }, trouble)
      }
      await pause(outboxWaitMs, signal)
    }
  }
}
