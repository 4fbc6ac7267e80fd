import type { Report, Wish } from '@jumpring/contracts'
import { DateTime } from 'luxon'
import { columnValue } from './columns.ts'
import type { EdgeDatabase, Parameter, Session } from './database.ts'
import type { Mapping } from './mapping-file.ts'

type StatusWish = Extract<Wish, { do: 'notificationStatus' }>

/** What became of a text message, on its way into The Edge's database. */
export interface StatusCommand {
  readonly id: string
  readonly wish: StatusWish
  /** The notification's key as The Edge wrote it. */
  readonly rawKey: string
}

/** Room of NotificationStatusDetail (EDT: short texts have 255 characters). */
const longestReason = 255

/**
 * Writes what became of text messages into The Edge's database: each command once, in one transaction with the note that says so.
 * Where this database may not get a table of ours (`bookkeeping: "agent"`), what stands there already is not written again.
 */
export class StatusWriter {
  private readonly mapping: Mapping
  private readonly timeZone: string
  private hasTable = false

  constructor(mapping: Mapping, timeZone: string) {
    this.mapping = mapping
    this.timeZone = timeZone
  }

  /** Applies a command; gives what to report. Throws what the database says. */
  async apply(database: EdgeDatabase, { id, wish, rawKey }: StatusCommand): Promise<Report> {
    const { notificationStatus: statement, bookkeeping } = this.mapping.writes
    if (statement === undefined)
      return {
        id,
        outcome: 'failed',
        message: 'The mapping file does not say how the state of a text message is written.',
      }
    const values = {
      key: rawKey,
      status: statement.statuses[wish.status],
      at: this.localTime(wish.at),
      now: this.localTime(new Date().toISOString()),
      reason: (wish.reason ?? '').slice(0, longestReason),
    }
    if (bookkeeping === 'store') await this.ensureTable(database)
    const written = await database.write(async (session) => {
      const done =
        bookkeeping === 'store' ? await isNoted(session, id) : await stands(session, statement.current, values)
      if (done) return true
      const { sql, parameters } = positional(statement.update, values)
      if ((await session.change(sql, parameters)) === 0) return false
      if (bookkeeping === 'store')
        await session.change('INSERT INTO jumpring_command (id, at) VALUES (?, ?)', [id, values.now])
      return true
    })
    if (written) return { id, outcome: 'already' }
    return { id, outcome: 'failed', message: 'The store has no text message of this number.' }
  }

  private async ensureTable(database: EdgeDatabase): Promise<void> {
    if (this.hasTable) return
    const look = () => database.read((session) => session.query('SELECT id FROM jumpring_command WHERE id = ?', ['']))
    try {
      await look()
    } catch {
      await database
        .write((session) =>
          session.change(
            'CREATE TABLE jumpring_command (id VARCHAR(36) NOT NULL PRIMARY KEY, at VARCHAR(19) NOT NULL)',
            [],
          ),
        )
        .catch((cause: unknown) => {
          const message =
            'The table jumpring_command is missing and cannot be made. Have it made, or set "bookkeeping" to "agent" in the mapping file.'
          throw new Error(message, { cause })
        })
    }
    this.hasTable = true
  }

  private localTime(instant: string): string {
    return DateTime.fromISO(instant).setZone(this.timeZone).toFormat("yyyy-MM-dd'T'HH:mm:ss")
  }
}

type Values = Readonly<Record<'key' | 'status' | 'at' | 'now' | 'reason', string>>

async function isNoted(session: Session, id: string): Promise<boolean> {
  return (await session.query('SELECT id FROM jumpring_command WHERE id = ?', [id])).length > 0
}

async function stands(session: Session, current: string, values: Values): Promise<boolean> {
  const { sql, parameters } = positional(current, values)
  const [row] = await session.query(sql, parameters)
  return (
    row !== undefined && columnValue(row, 'status') === values.status && columnValue(row, 'detail') === values.reason
  )
}

/** `:name` → `?`, which every driver knows. */
function positional(statement: string, values: Values): { sql: string; parameters: readonly Parameter[] } {
  const parameters: Parameter[] = []
  const sql = statement.replace(/(?<!:):(key|status|at|now|reason)\b/g, (_, name: keyof Values) => {
    parameters.push(values[name])
    return '?'
  })
  return { sql, parameters }
}
