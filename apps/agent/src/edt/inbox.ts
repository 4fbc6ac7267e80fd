import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Bell } from '../bell.ts'
import { isFullyRead, noteFull, sayComplete } from '../store/completeness.ts'
import { inTransaction } from '../store/database.ts'
import { rejectEntry } from '../store/intake.ts'
import type { Store } from '../store/store.ts'
import { mappingVersion } from './customer.ts'
import type { Gate } from './gate.ts'
import { type Beside, byAge, type ExportFile, freeName, listExports, moveTo, pruneProcessed } from './kept.ts'
import { type ReadResult, scanFile } from './read-file.ts'
import { Watcher } from './watcher.ts'

/** When an unfinished file is given up: after so many looks that saw no growth, and so long without growth. */
export interface Patience {
  readonly looks: number
  readonly ms: number
}
const usualPatience: Patience = { looks: 10, ms: 30_000 }
/** A damaged file is looked at once more: it may have been read in the middle of being written. */
const patienceWithDamage: Patience = { looks: 2, ms: 0 }
/** The folder is looked through this often even without an event: network folders lose events. */
const rescanMs = 5000
const firstLookAgainMs = 200

export interface InboxParts {
  readonly store: Store
  readonly edtDir: string
  readonly log: Logger
  /** Rung when the folder may have changed. */
  readonly files: Bell
  /** Called when something was spooled or a command was seen. */
  readonly onCommit: () => void
  readonly gate: Gate
  readonly patience?: Patience
}

/** A file whose JSON has not ended yet. The files after it wait: they are newer. */
interface Unfinished {
  readonly file: ExportFile
  /** Looks since it last grew. */
  readonly looks: number
  readonly grownAt: number
  /** When to look again if it grows, and if it does not. */
  readonly restUntil: number
  readonly lookAt: number
}

/** Reads what arrives in the Inbox, in order, until `signal` aborts. */
export async function runInbox(parts: InboxParts, signal: AbortSignal): Promise<void> {
  const watcher = new Watcher(join(parts.edtDir, 'Inbox'), parts.files)
  const inbox = new Inbox(parts)
  try {
    while (!signal.aborted) {
      watcher.ensure()
      const looked = parts.gate.lookBegins()
      const { nextLookMs, everythingWasRead } = await inbox.work(signal)
      looked(everythingWasRead)
      await parts.files.wait(nextLookMs, signal)
    }
  } finally {
    watcher.close()
    parts.gate.close()
  }
}

class Inbox {
  private readonly parts: InboxParts
  private readonly patience: Patience
  private unfinished: Unfinished | undefined
  /** Files that are done with but could not be moved yet: what they looked like, and where they belong. */
  private readonly unmoved = new Map<string, { shape: string; folder: Beside }>()

  constructor(parts: InboxParts) {
    this.parts = parts
    this.patience = parts.patience ?? usualPatience
    this.forget()
  }

  /** Reads all that can be read. Says when to look again at the latest, and whether anything was left. */
  async work(signal: AbortSignal): Promise<{ nextLookMs: number; everythingWasRead: boolean }> {
    try {
      if (this.parts.store.state.get('rereadVersion') !== mappingVersion) await this.reread()
      const found = await listExports(join(this.parts.edtDir, 'Inbox'))
      if (this.unfinished && !found.some(({ fileName }) => fileName === this.unfinished?.file.fileName)) this.forget()
      for (const file of found) {
        if (signal.aborted) return { nextLookMs: rescanMs, everythingWasRead: false }
        const waitMs = await this.handle(file)
        if (waitMs !== undefined) return { nextLookMs: Math.min(waitMs, rescanMs), everythingWasRead: false }
      }
      this.sayComplete()
      return { nextLookMs: rescanMs, everythingWasRead: true }
    } catch (error) {
      const code = errorCode(error)
      if (code === undefined || code === 'ERR_SQLITE_ERROR') throw error
      this.parts.log.warn({ code }, 'The EDT folder cannot be read; trying again.')
      return { nextLookMs: rescanMs, everythingWasRead: false }
    }
  }

  /** Handles one file. A number: the file is not finished, and all after it wait so many ms. */
  private async handle(file: ExportFile): Promise<number | undefined> {
    const unmoved = this.unmoved.get(file.fileName)
    if (unmoved?.shape === shape(file)) return this.putAway(file, unmoved.folder)
    const before = this.unfinished?.file.fileName === file.fileName ? this.unfinished : undefined
    const grown = before === undefined || shape(before.file) !== shape(file)
    const startedAt = performance.now()
    const dueAt = (grown ? before?.restUntil : before.lookAt) ?? startedAt
    if (dueAt > startedAt) return dueAt - startedAt

    const { store, onCommit, log } = this.parts
    const { outcome, ...counts } = await scanFile(store, file.path, { onCommit })
    const tookMs = performance.now() - startedAt
    if (outcome !== 'closed') {
      const looks = grown ? 1 : before.looks + 1
      return this.waitOrGiveUp(file, { looks, grownAt: grown ? startedAt : before.grownAt, tookMs, outcome, ...counts })
    }
    this.forget()
    // A mishap at The Edge: the filled export that is kept must not be given up for an empty one.
    if (file.name.full && counts.records === 0 && isFullyRead(store, 'customer')) {
      const message =
        'This full export holds not a single customer, after one that held some. It was moved to the folder SetAside.'
      return this.setAside(file, `${message} Ask The Edge for a full export again.`)
    }
    inTransaction(store.db, () => {
      if (file.name.full) noteFull(store, 'customer')
      noteLast(store, file)
    })
    log.info({ file: file.fileName, ...counts, ms: Math.round(tookMs) }, 'Read a file.')
    return this.putAway(file, 'Processed')
  }

  /**
   * Says that everything was shown, once nothing that lay in the Inbox is unread: of two full exports the first may be of a store
   * that had not been filled yet, and a connection that goes live on it would take every customer for missing.
   */
  private sayComplete(): void {
    if (sayComplete(this.parts.store)) this.parts.onCommit()
  }

  private async waitOrGiveUp(
    file: ExportFile,
    look: Pick<Unfinished, 'looks' | 'grownAt'> & Pick<ReadResult, 'outcome' | 'records'> & { readonly tookMs: number },
  ): Promise<number | undefined> {
    const { looks, grownAt, tookMs, outcome, records } = look
    const patience = outcome === 'malformed' ? patienceWithDamage : this.patience
    const now = performance.now()
    if (looks < patience.looks || now - grownAt < patience.ms) {
      // A file that grows is read over and over: rest as long as reading it takes.
      const restUntil = now + tookMs
      const lookAt = now + Math.max(tookMs, looks === 1 ? firstLookAgainMs : patience.ms / patience.looks)
      this.unfinished = { file, looks, grownAt, restUntil, lookAt }
      if (looks === 2) this.parts.store.state.set('waitingFor', file.fileName)
      return lookAt - now
    }
    this.forget()
    return this.setAside(file, outcome === 'malformed' ? damaged(records) : cut(records))
  }

  private forget(): void {
    this.unfinished = undefined
    if (this.parts.store.state.get('waitingFor') !== undefined) this.parts.store.state.clear('waitingFor')
  }

  /** Puts a file where a person finds it, and says why, to the cloud too. Noted before it is moved: a crash in between repeats both. */
  private async setAside(file: ExportFile, message: string): Promise<undefined> {
    const { store, edtDir, log, onCommit } = this.parts
    const fileName = await freeName(edtDir, 'SetAside', file)
    inTransaction(store.db, () => {
      if (!store.setAside.note(fileName, message)) return
      store.spool.append(rejectEntry('unreadable_file', 'customer', null, message, file.fileName))
    })
    log.error({ file: file.fileName }, message)
    onCommit()
    return this.putAway(file, 'SetAside')
  }

  /** Moves a file that is done with to its folder, unless it has been written to since. */
  private async putAway(file: ExportFile, folder: Beside): Promise<undefined> {
    const { edtDir, files, log } = this.parts
    const now = await stat(file.path)
    if (shape({ size: now.size, changedAt: now.mtimeMs }) !== shape(file)) {
      files.ring()
      return
    }
    try {
      await moveTo(edtDir, folder, file)
      this.unmoved.delete(file.fileName)
      if (folder === 'Processed' && file.name.full) await pruneProcessed(edtDir)
    } catch (error) {
      // Windows: another program still has it open. It stays known by its shape until it can be moved.
      this.unmoved.set(file.fileName, { shape: shape(file), folder })
      log.debug({ code: errorCode(error) }, 'A file cannot be moved yet.')
    }
  }

  /**
   * Reads the kept files again, newest first so that an older value never passes over a newer one: with a new database,
   * a new mapping, or a database that turned out to be an old copy. Of those set aside too, what could be read of them.
   */
  private async reread(): Promise<void> {
    const { store, edtDir, onCommit, log } = this.parts
    const taken = new Set<string>()
    const kept = await listExports(join(edtDir, 'Processed'))
    const all = [...kept, ...(await listExports(join(edtDir, 'SetAside')))].sort(byAge)
    for (const file of all.toReversed()) await scanFile(store, file.path, { onCommit, taken })
    inTransaction(store.db, () => {
      if (kept.some((file) => file.name.full)) noteFull(store, 'customer')
      const newest = kept.at(-1)
      if (newest) noteLast(store, newest)
      store.state.set('rereadVersion', mappingVersion)
    })
    onCommit()
    if (kept.length > 0) log.info({ files: kept.length, customers: taken.size }, 'Read the kept files again.')
  }
}

const whatToDo =
  'It was moved to the folder SetAside. What stands before that place was taken over; for the rest, ask The Edge for a full export.'
const damaged = (records: number) =>
  `The file from The Edge is damaged: after ${customers(records)} it is not readable. ${whatToDo}`
const cut = (records: number) =>
  `The file from The Edge stops in the middle, after ${customers(records)}, and no longer grows. ${whatToDo}`
const customers = (count: number) => (count === 1 ? '1 customer' : `${count} customers`)

/** For people: the newest file that was read. */
function noteLast({ state }: Store, file: ExportFile): void {
  state.set('lastFile', file.fileName)
  state.set('lastFileAt', new Date().toISOString())
}

function shape({ size, changedAt }: Pick<ExportFile, 'size' | 'changedAt'>): string {
  return `${size}:${changedAt}`
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
