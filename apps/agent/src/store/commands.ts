import type { DatabaseSync } from 'node:sqlite'
import {
  addActivitySchema,
  type Command,
  notificationStatusSchema,
  putNoteSchema,
  putWishSchema,
  type Report,
  reportSchema,
  type Wish,
  wishSchema,
} from '@jumpring/contracts'
import { z } from 'zod'

const statementWishSchema = z.discriminatedUnion('do', [
  notificationStatusSchema,
  putNoteSchema,
  putWishSchema,
  addActivitySchema,
])
/** What is written into The Edge's database: EDT has no file for it. */
export type StatementWish = z.infer<typeof statementWishSchema>
export interface StatementCommand {
  readonly id: string
  readonly wish: StatementWish
}

/** A file for The Edge, exactly as it is written. */
export interface OutboxFile {
  readonly name: string
  readonly content: string
}

/**
 * Whom a command is about: a customer by its key, or one who is new by the WebTransferWebID under which The Edge will show it. That is
 * the command's own id, or that of an earlier one for the same person.
 */
export type Whom = { readonly key: string } | { readonly webId: string }

const openSchema = z.object({
  id: z.uuid(),
  wish: z.string(),
  key: z.string().nullable(),
  web_id: z.string().nullable(),
  state: z.string(),
})
/** A command that The Edge has not shown as done. `key` is null for a new customer, `webId` for one who is there. */
export interface OpenCommand {
  readonly id: string
  readonly wish: Wish
  readonly key: string | null
  readonly webId: string | null
  /** Whether The Edge may still be expected to show it. Not so once it was reported as never shown. */
  readonly underWay: boolean
}

/** A written command that has not shown in time. `fileName` is null where another command's file carried it. */
export interface OverdueCommand {
  readonly id: string
  readonly fileName: string | null
}
const overdueSchema = z
  .object({ id: z.uuid(), file_name: z.string().nullable() })
  .transform((row) => ({ id: row.id, fileName: row.file_name }))

const fileRowSchema = z.object({ id: z.uuid(), file_name: z.string(), content: z.string() })
const wishRowSchema = z.object({ id: z.uuid(), wish: z.string() })

/**
 * Every command ever taken. States: `prepared` (its file may or may not be in the Outbox, or it may or may not be in The Edge's database), `written`, `unseen` (reported as not shown
 * in time; it may show yet), `done`.
 * Each method is one statement or is called inside a transaction.
 */
export class Commands {
  private readonly statements

  constructor(db: DatabaseSync) {
    const open = `SELECT id, wish, key, web_id, state FROM command WHERE state <> 'done'`
    // As they were taken: a clock that was set back must not turn them round.
    const inOrder = 'ORDER BY rowid'
    this.statements = {
      known: db.prepare('SELECT 1 FROM command WHERE id = ?'),
      add: db.prepare(
        `INSERT INTO command (id, wish, key, web_id, state, file_name, content, report, reported, taken_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`,
      ),
      addIdentifier: db.prepare('INSERT OR IGNORE INTO command_identifier VALUES (?, ?)'),
      forgetIdentifiers: db.prepare('DELETE FROM command_identifier WHERE id = ?'),
      written: db.prepare(`UPDATE command SET state = 'written', report = ? WHERE id = ? AND state = 'prepared'`),
      done: db.prepare(`UPDATE command SET state = 'done', content = NULL, report = ?, reported = 0 WHERE id = ?`),
      prepared: db.prepare(
        `SELECT id, file_name, content FROM command WHERE state = 'prepared' AND content IS NOT NULL ${inOrder}`,
      ),
      preparedStatements: db.prepare(
        `SELECT id, wish FROM command WHERE state = 'prepared' AND content IS NULL ${inOrder}`,
      ),
      open: db.prepare(`${open} AND key = ? ${inOrder}`),
      openByWebId: db.prepare(`${open} AND web_id = ? ${inOrder}`),
      openByIdentifier: db.prepare(`${open} AND id IN (SELECT id FROM command_identifier WHERE value = ?) ${inOrder}`),
      count: db.prepare('SELECT count(*) AS n FROM command WHERE state = ?'),
      countExport: db.prepare(`UPDATE command SET exports = exports + 1 WHERE state = 'written'`),
      countMinute: db.prepare(`UPDATE command SET minutes = minutes + 1 WHERE state = 'written'`),
      overdue: db.prepare(
        `SELECT id, file_name FROM command WHERE state = 'written' AND (minutes >= ? AND exports >= ? OR minutes >= ?) ${inOrder}`,
      ),
      unseen: db.prepare(
        `UPDATE command SET state = 'unseen', report = ?, reported = 0 WHERE id = ? AND state = 'written'`,
      ),
      reports: db.prepare(
        'SELECT report FROM command WHERE reported = 0 AND report IS NOT NULL ORDER BY rowid LIMIT ?',
      ),
      reported: db.prepare('UPDATE command SET reported = 1 WHERE id = ? AND report = ?'),
      reportAgain: db.prepare('UPDATE command SET reported = 0 WHERE id = ?'),
    }
  }

  isKnown(id: string): boolean {
    return this.statements.known.get(id) !== undefined
  }

  /** Remembers a command that needs no file: its outcome is known. */
  addDone({ id, wish }: { readonly id: string; readonly wish?: unknown }, report: Report): void {
    this.insert(id, wish ?? null, null, 'done', null, report)
  }

  /** Remembers a command before its file is written. */
  addPrepared(command: Command, whom: Whom, file: OutboxFile): void {
    this.add(command, whom, 'prepared', file, null)
  }

  /** Remembers a command that is to be written into The Edge's database. */
  addForDatabase({ id, wish }: Command): void {
    this.insert(id, wish, null, 'prepared', null, null)
  }

  /** The commands that are to be written into The Edge's database, oldest first. */
  forDatabase(): StatementCommand[] {
    return z
      .array(wishRowSchema)
      .parse(this.statements.preparedStatements.all())
      .map(({ id, wish }) => ({ id, wish: statementWishSchema.parse(JSON.parse(wish)) }))
  }

  /** A command's outcome is known. */
  settle(report: Report): void {
    this.statements.done.run(JSON.stringify(report), report.id)
  }

  /** Remembers a command whose wish, or whose customer, is already on its way in another command's file. */
  addUnderWay(command: Command, whom: Whom): void {
    this.add(command, whom, 'written', null, { id: command.id, outcome: 'written' })
  }

  private add(
    { id, wish }: Command,
    whom: Whom,
    state: 'prepared' | 'written',
    file: OutboxFile | null,
    report: Report | null,
  ): void {
    this.insert(id, wish, whom, state, file, report)
    if (wish.do !== 'addMethods' && wish.do !== 'createCustomer') return
    for (const value of [...wish.phones, ...wish.emails]) this.statements.addIdentifier.run(value, id)
  }

  private insert(
    id: string,
    wish: unknown,
    whom: Whom | null,
    state: 'prepared' | 'written' | 'done',
    file: OutboxFile | null,
    report: Report | null,
  ): void {
    const reportJson = report === null ? null : JSON.stringify(report)
    const [name, content] = [file?.name ?? null, file?.content ?? null]
    const key = whom !== null && 'key' in whom ? whom.key : null
    const webId = whom !== null && 'webId' in whom ? whom.webId : null
    const takenAt = new Date().toISOString()
    this.statements.add.run(id, JSON.stringify(wish), key, webId, state, name, content, reportJson, takenAt)
  }

  /** The files that must be in the Outbox before anything else is done. */
  prepared(): { id: string; file: OutboxFile }[] {
    return z
      .array(fileRowSchema)
      .parse(this.statements.prepared.all())
      .map((row) => ({ id: row.id, file: { name: row.file_name, content: row.content } }))
  }

  markWritten(id: string): void {
    this.statements.written.run(JSON.stringify({ id, outcome: 'written' } satisfies Report), id)
  }

  /** The Edge shows what was wished, in the customer `key`: one that this command made, or that it was `matched` with. */
  markDone(id: string, outcome: 'seen' | 'matched', key: string): void {
    this.statements.done.run(JSON.stringify({ id, outcome, key } satisfies Report), id)
    this.statements.forgetIdentifiers.run(id)
  }

  /** Open commands for one customer, oldest first. */
  openFor(key: string): OpenCommand[] {
    return this.statements.open.all(key).map(readOpen)
  }

  /** Open commands for the new customer whom The Edge will show with this WebTransferWebID, oldest first. */
  openForNew(webId: string): OpenCommand[] {
    return this.statements.openByWebId.all(webId).map(readOpen)
  }

  /** Open commands that bring this phone (E.164) or e-mail (normalized) into The Edge, oldest first. */
  openWith(value: string): OpenCommand[] {
    return this.statements.openByIdentifier.all(value).map(readOpen)
  }

  count(state: 'prepared' | 'written' | 'unseen'): number {
    return z.object({ n: z.int() }).parse(this.statements.count.get(state)).n
  }

  /** Another export was read to its end. */
  countExport(): void {
    this.statements.countExport.run()
  }

  /** The agent has run for another minute. */
  countMinute(): void {
    this.statements.countMinute.run()
  }

  /** Commands written so long ago: after `minutes` if The Edge has exported `exports` times since, else after `minutesInSilence`. */
  overdue(patience: { minutes: number; exports: number; minutesInSilence: number }): OverdueCommand[] {
    const rows = this.statements.overdue.all(patience.minutes, patience.exports, patience.minutesInSilence)
    return z.array(overdueSchema).parse(rows)
  }

  /** Gives up waiting for it, with a report that says so. It is still done if it shows. */
  markUnseen(report: Extract<Report, { outcome: 'failed' }>): void {
    this.statements.unseen.run(JSON.stringify(report), report.id)
  }

  /** Reports the cloud does not have yet. */
  unreported(limit: number): Report[] {
    return this.statements.reports.all(limit).map((row) => reportSchema.parse(JSON.parse(String(row.report))))
  }

  /** The cloud has this report. A newer one of the same command stays unreported. */
  markReported(report: Report): void {
    this.statements.reported.run(report.id, JSON.stringify(report))
  }

  /** The cloud asks for a command we have taken: it has not got, or has lost, our report. */
  reportAgain(id: string): void {
    this.statements.reportAgain.run(id)
  }
}

function readOpen(row: unknown): OpenCommand {
  const { id, wish, key, web_id: webId, state } = openSchema.parse(row)
  return { id, wish: wishSchema.parse(JSON.parse(wish)), key, webId, underWay: state !== 'unseen' }
}
