import type { RecordKind, Report } from '@jumpring/contracts'
import { normalizeKey } from '@jumpring/sync'
import type { StatementCommand } from '../store/commands.ts'
import type { Store } from '../store/store.ts'
import type { StoreSettings } from '../store-settings.ts'
import { type Change, changeOf, type Decision, type Refusal } from './changes.ts'
import type { EdgeDatabase, Session } from './database.ts'
import type { Mapping } from './mapping-file.ts'
import { rowAt } from './paging.ts'
import { positional } from './statements.ts'

/** What became of a command, and the kind of record in which it shows, if any. */
export interface Written {
  readonly report: Report
  readonly shows: RecordKind | null
}

export interface WriteBackParts {
  readonly store: Pick<Store, 'mirror'>
  readonly settings: StoreSettings
  readonly mapping: Mapping
}

/**
 * Writes what came down into The Edge's database: each command once, in one transaction with the note that says so. What stands there is
 * looked at first: what is neither expected nor wished is left alone. Where this database may not get a table of ours
 * (`bookkeeping: "agent"`), that look is all there is.
 */
export class WriteBack {
  private readonly parts: WriteBackParts
  private hasTable = false

  constructor(parts: WriteBackParts) {
    this.parts = parts
  }

  /** Applies a command. Throws what the database says, or where the row changed while it was written: to be tried again. */
  async apply(database: EdgeDatabase, { id, wish }: StatementCommand): Promise<Written> {
    const { store, settings, mapping } = this.parts
    const change = changeOf(wish, { store, settings, writes: mapping.writes })
    if (!('decide' in change)) return { report: failed(id, change), shows: null }
    if (mapping.writes.bookkeeping === 'store') await this.ensureTable(database)
    const report = await database.write((session) => this.write(session, id, change))
    return { report, shows: change.shows }
  }

  private async write(session: Session, id: string, change: Change): Promise<Report> {
    const keepsBooks = this.parts.mapping.writes.bookkeeping === 'store'
    if (keepsBooks && (await isNoted(session, id))) return { id, outcome: 'already' }
    const { sql, parameters } = positional(change.current, { key: change.key })
    const [row] = await session.query(sql, parameters)
    const decision = change.decide(row)
    if (decision === 'done') return { id, outcome: 'already' }
    if (decision === 'changed') return { id, outcome: 'changed' }
    if (decision === 'missing') return failed(id, { message: change.missing })
    const refusal = await this.perform(session, decision)
    if (refusal) return failed(id, refusal)
    if (keepsBooks) {
      const at = new Date().toISOString().slice(0, 19)
      await session.change('INSERT INTO jumpring_command (id, at) VALUES (?, ?)', [id, at])
    }
    return { id, outcome: 'already' }
  }

  private async perform(
    session: Session,
    { statement, values, customer }: Exclude<Decision, string>,
  ): Promise<Refusal | undefined> {
    const owner = customer === undefined ? undefined : await this.customerNow(session, customer)
    if (owner === null) return { message: 'The store has no customer of this number any more.' }
    const { sql, parameters } = positional(statement, owner === undefined ? values : { ...values, customer: owner })
    if ((await session.change(sql, parameters)) === 0) throw new Error('The row was changed while it was written.')
    return undefined
  }

  /** The number under which a customer stands in the database: after a merge it is the remaining one's. Null where there is none. */
  private async customerNow(session: Session, rawKey: string): Promise<string | null> {
    const stream = this.parts.mapping.streams.customer
    const [column] = stream?.key ?? []
    if (stream === undefined || column === undefined) return rawKey
    for (const key of [rawKey, this.parts.store.mirror.successorOf(normalizeKey(rawKey) ?? rawKey)]) {
      if (key === undefined) continue
      const { sql, parameters } = rowAt(stream.query, [column], [key])
      if ((await session.query(sql, parameters)).length > 0) return key
    }
    return null
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
}

async function isNoted(session: Session, id: string): Promise<boolean> {
  return (await session.query('SELECT id FROM jumpring_command WHERE id = ?', [id])).length > 0
}

const failed = (id: string, refusal: Refusal): Report => ({ id, outcome: 'failed', ...refusal })
