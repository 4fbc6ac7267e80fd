import type { RecordKind, Report } from '@jumpring/contracts'
import { beginningOf } from '@jumpring/sync'
import type { Logger } from 'pino'
import { type Bell, pause } from '../bell.ts'
import type { Gate } from '../edt/gate.ts'
import { restAfter } from '../rest.ts'
import type { StatementCommand } from '../store/commands.ts'
import type { Store } from '../store/store.ts'
import type { StoreSettings } from '../store-settings.ts'
import type { EdgeDatabase, OpenDatabase } from './database.ts'
import type { Mapping } from './mapping-file.ts'
import { StreamReader } from './stream-reader.ts'
import { WriteBack } from './write-back.ts'

/** Labels before those who carry them, customers before what names them. */
const order: readonly RecordKind[] = [
  'acquisition',
  'customer',
  'notification',
  'item',
  'saleLine',
  'job',
  'appointment',
  'wish',
  'note',
]
/** After a failure a kind rests so long; the others go on. */
const restMs = 15_000
const longestWaitMs = 5000
/** A statement that is refused so often, by a database that answers, will not be taken. Our assumption. */
const mostRefusals = 4
/** A look that takes long (a mass change put one stamp on everything) is not repeated before so many times as long. */
const restPerWork = 4

export interface SqlParts {
  readonly store: Store
  readonly settings: StoreSettings
  readonly mapping: Mapping
  /** The kinds that come from here. */
  readonly kinds: ReadonlySet<RecordKind>
  readonly open: OpenDatabase
  readonly log: Logger
  /** Rung when the database may have changed, or when there is something to write. */
  readonly changes: Bell
  readonly onCommit: () => void
  /** Opened by a look at the customers: what is written for The Edge is composed from them. */
  readonly gate: Gate
  /** Called once the labels of acquisitions were read, or cannot be. */
  readonly onLabels: () => void
}

/** What trouble is kept by: a kind, what is written, or the connection itself. */
export type Troubled = RecordKind | 'database' | 'writes'

/** Reads The Edge's database until `signal` aborts. A kind that cannot be read holds up no other. */
export async function runSql(parts: SqlParts, signal: AbortSignal): Promise<void> {
  const source = new SqlSource(parts)
  try {
    while (!signal.aborted) {
      const waitMs = await source.work(signal)
      if (waitMs > 0) await parts.changes.wait(waitMs, signal)
      // Between pages the others have their turn.
      else await new Promise(setImmediate)
    }
  } finally {
    parts.onLabels()
    parts.gate.close()
    await source.close()
  }
}

/** The readers of the kinds that come from the database, in the order of their first reading. */
export function readersOf(parts: Omit<SqlParts, 'open' | 'log' | 'changes' | 'gate' | 'onLabels'>): StreamReader[] {
  return order.flatMap((kind) => {
    const stream = parts.kinds.has(kind) ? parts.mapping.streams[kind] : undefined
    return stream ? [new StreamReader(kind, stream, parts)] : []
  })
}

class SqlSource {
  private readonly parts: SqlParts
  private readonly readers: readonly StreamReader[]
  private readonly writer: WriteBack
  /** How often The Edge's database has refused a command since this agent was started. */
  private readonly refusals = new Map<string, number>()
  /** Until when a kind rests after a failure. */
  private readonly resting = new Map<RecordKind | 'writes', number>()
  private database: EdgeDatabase | undefined
  /** After a failure: it may be the connection that is gone. */
  private reopen = false

  constructor(parts: SqlParts) {
    this.parts = parts
    this.readers = readersOf(parts)
    this.writer = new WriteBack(parts)
    parts.store.state.set('sqlTrouble', {})
  }

  /** Does what is due. Gives how many ms nothing will be. */
  async work(signal: AbortSignal): Promise<number> {
    if (this.reopen) await this.close().catch(() => undefined)
    this.reopen = false
    const database = await this.connect(signal)
    if (database === undefined) return 0
    await this.writeBack(database)
    for (const reader of this.awake()) await this.lookWith(reader, database, signal)
    const reader = this.awake().find((one) => one.fullDue())
    if (reader) await this.guarded(reader.kind, () => reader.readOn(database))
    if (!this.awake().some((one) => one.kind === 'acquisition' && one.fullDue())) this.parts.onLabels()
    if (reader) return 0
    const next = Math.min(...this.awake().map(({ nextLook }) => nextLook)) - performance.now()
    return Math.max(1, Math.min(longestWaitMs, next))
  }

  private async lookWith(reader: StreamReader, database: EdgeDatabase, signal: AbortSignal): Promise<void> {
    if (reader.nextLook > performance.now() || signal.aborted) return
    const looked = reader.kind === 'customer' ? this.parts.gate.lookBegins() : undefined
    const startedAt = performance.now()
    const went = await this.guarded(reader.kind, () => reader.look(database))
    const now = performance.now()
    reader.nextLook = now + Math.max(reader.everyMs, restAfter(now - startedAt, restPerWork))
    looked?.(went && reader.wasRead())
  }

  async close(): Promise<void> {
    const { database } = this
    this.database = undefined
    await database?.close()
  }

  /** Writes what came down, in its order; what cannot be written is tried again, and the others go on. */
  private async writeBack(database: EdgeDatabase): Promise<void> {
    const { store } = this.parts
    if ((this.resting.get('writes') ?? 0) > performance.now()) return
    await this.guarded('writes', async () => {
      let refused: unknown
      for (const { id, wish } of store.commands.forDatabase()) {
        try {
          await this.writeOne(database, { id, wish })
        } catch (error) {
          if (!(await answers(database))) throw error
          refused = error
          this.countRefusal(id)
        }
      }
      if (refused !== undefined) throw refused
    })
  }

  private async writeOne(database: EdgeDatabase, command: StatementCommand): Promise<void> {
    const { report, shows } = await this.writer.apply(database, command)
    this.settle(report)
    // What it changed is to come up without waiting for its turn.
    this.readers.find(({ kind }) => kind === shows)?.lookAtOnce()
  }

  private countRefusal(id: string): void {
    const times = (this.refusals.get(id) ?? 0) + 1
    this.refusals.set(id, times)
    if (times < mostRefusals) return
    const message = "The Edge's database refuses this change; the status of the agent in the store says why."
    this.settle({ id, outcome: 'failed', message })
  }

  private settle(report: Report): void {
    this.parts.store.commands.settle(report)
    this.refusals.delete(report.id)
    this.parts.onCommit()
  }

  private awake(): StreamReader[] {
    return this.readers.filter(({ kind }) => (this.resting.get(kind) ?? 0) <= performance.now())
  }

  private async connect(signal: AbortSignal): Promise<EdgeDatabase | undefined> {
    try {
      this.database ??= await this.parts.open()
      this.note('database', undefined)
      return this.database
    } catch (error) {
      this.note('database', `The Edge's database cannot be opened: ${reasonOf(error)}`)
      this.parts.onLabels()
      await pause(longestWaitMs, signal)
      return undefined
    }
  }

  /** Whether it went well; what went wrong is noted, and rests. */
  private async guarded(who: RecordKind | 'writes', work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      this.note(who, undefined)
      return true
    } catch (error) {
      // The agent's own database: what nobody expected.
      if (this.parts.store.db.isTransaction) throw error
      for (const reader of this.readers) if (reader.kind === who) reader.giveUp()
      this.resting.set(who, performance.now() + restMs)
      this.note(who, sentenceFor(who, error))
      this.reopen = true
      return false
    }
  }

  private note(who: Troubled, sentence: string | undefined): void {
    const { state } = this.parts.store
    const { [who]: before, ...others } = state.get('sqlTrouble') ?? {}
    if (before === sentence) return
    state.set('sqlTrouble', sentence === undefined ? others : { ...others, [who]: sentence })
    // The sentence itself may quote a value: it is for the people of the store, not for the log.
    if (sentence !== undefined) this.parts.log.error({ who }, 'The Edge’s database cannot be read; "status" says why.')
    else this.parts.log.info({ who }, 'The Edge’s database can be read again.')
  }
}

function answers(database: EdgeDatabase): Promise<boolean> {
  return database
    .read((session) => session.query('SELECT 1 AS one', []))
    .then(
      () => true,
      () => false,
    )
}

/** Why a kind cannot be read, or nothing be written, and what to do. */
export function sentenceFor(kind: RecordKind | 'writes', error: unknown): string {
  if (kind === 'writes') return `What came down cannot be written into The Edge's database: ${reasonOf(error)}`
  return `"${kind}" cannot be read from The Edge's database: ${reasonOf(error)} Look at its query in the mapping file.`
}

/** What a driver says, as a sentence. */
export function reasonOf(error: unknown): string {
  const said = odbcMessage(error) ?? (error instanceof Error ? error.message : String(error))
  const line = beginningOf(said.replace(/\s+/g, ' ').trim(), 300)
  return /[.!?]$/.test(line) ? line : `${line}.`
}

/** The npm package `odbc` says only that there was an error; why is in a list beside it. */
function odbcMessage(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('odbcErrors' in error) || !Array.isArray(error.odbcErrors)) return undefined
  const [first]: unknown[] = error.odbcErrors
  return typeof first === 'object' && first !== null && 'message' in first ? String(first.message) : undefined
}
