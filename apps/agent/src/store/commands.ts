import type { DatabaseSync } from 'node:sqlite'
import { type Command, type Report, reportSchema, type Wish, wishSchema } from '@jumpring/contracts'
import { z } from 'zod'

/** A file for The Edge, exactly as it is written. */
export interface OutboxFile {
  readonly name: string
  readonly content: string
}

const openSchema = z.object({ id: z.uuid(), wish: z.string(), key: z.string().nullable() })
/** A command that The Edge has not shown as done. `key` is null for a new customer. */
export interface OpenCommand {
  readonly id: string
  readonly wish: Wish
  readonly key: string | null
}

const fileRowSchema = z.object({ id: z.uuid(), file_name: z.string(), content: z.string() })

/**
 * Every command ever taken. States: `prepared` (its file may or may not be in the Outbox), `written`, `done`.
 * Each method is one statement or is called inside a transaction.
 */
export class Commands {
  private readonly statements

  constructor(db: DatabaseSync) {
    const open = `SELECT id, wish, key FROM command WHERE state <> 'done'`
    this.statements = {
      known: db.prepare('SELECT 1 FROM command WHERE id = ?'),
      add: db.prepare(`INSERT INTO command VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)`),
      written: db.prepare(`UPDATE command SET state = 'written', report = ? WHERE id = ? AND state = 'prepared'`),
      done: db.prepare(`UPDATE command SET state = 'done', content = NULL, report = ?, reported = 0 WHERE id = ?`),
      prepared: db.prepare(
        `SELECT id, file_name, content FROM command WHERE state = 'prepared' ORDER BY taken_at, file_name`,
      ),
      open: db.prepare(`${open} AND key = ? ORDER BY taken_at, file_name`),
      openById: db.prepare(`${open} AND id = ?`),
      countOpen: db.prepare(`SELECT count(*) AS n FROM command WHERE state <> 'done'`),
      reports: db.prepare(
        'SELECT report FROM command WHERE reported = 0 AND report IS NOT NULL ORDER BY taken_at LIMIT ?',
      ),
      reported: db.prepare('UPDATE command SET reported = 1 WHERE id = ? AND report = ?'),
      reportAgain: db.prepare('UPDATE command SET reported = 0 WHERE id = ?'),
    }
  }

  isKnown(id: string): boolean {
    return this.statements.known.get(id) !== undefined
  }

  /** Remembers a command that needs no file: its outcome is known. */
  addDone({ id, wish }: Command, report: Report): void {
    this.add({ id, wish }, null, 'done', null, report)
  }

  /** Remembers a command before its file is written. */
  addPrepared(command: Command, key: string | null, file: OutboxFile): void {
    this.add(command, key, 'prepared', file, null)
  }

  /** Remembers a command whose wish is already on its way in another command's file. */
  addUnderWay(command: Command, key: string): void {
    this.add(command, key, 'written', null, { id: command.id, outcome: 'written' })
  }

  private add(
    { id, wish }: Command,
    key: string | null,
    state: 'prepared' | 'written' | 'done',
    file: OutboxFile | null,
    report: Report | null,
  ): void {
    const reportJson = report === null ? null : JSON.stringify(report)
    const [name, content] = [file?.name ?? null, file?.content ?? null]
    this.statements.add.run(id, JSON.stringify(wish), key, state, name, content, reportJson, new Date().toISOString())
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

  markSeen(id: string, key: string): void {
    this.statements.done.run(JSON.stringify({ id, outcome: 'seen', key } satisfies Report), id)
  }

  /** Open commands for one customer, oldest first. */
  openFor(key: string): OpenCommand[] {
    return this.statements.open.all(key).map(readOpen)
  }

  openWithId(id: string): OpenCommand | undefined {
    const row = this.statements.openById.get(id)
    return row === undefined ? undefined : readOpen(row)
  }

  countOpen(): number {
    return z.object({ n: z.int() }).parse(this.statements.countOpen.get()).n
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
  const { id, wish, key } = openSchema.parse(row)
  return { id, wish: wishSchema.parse(JSON.parse(wish)), key }
}
