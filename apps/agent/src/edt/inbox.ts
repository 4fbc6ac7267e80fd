import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordKind } from '@jumpring/contracts'
import type { Logger } from 'pino'
import type { Bell } from '../bell.ts'
import { restAfter } from '../rest.ts'
import { sayComplete } from '../store/completeness.ts'
import { inTransaction } from '../store/database.ts'
import { rejectEntry } from '../store/intake.ts'
import type { Store } from '../store/store.ts'
import type { StoreSettings } from '../store-settings.ts'
import type { Gate } from './gate.ts'
import { type Beside, type ExportFile, freeName, listExports, moveTo, pruneProcessed } from './kept.ts'
import { countOf, type EdtList, edtLists } from './lists.ts'
import type { ListName } from './names.ts'
import { type ReadResult, scanFile } from './read-file.ts'
import { isReread, noteFullList, noteLast, reread } from './reread.ts'
import type { ScanOutcome } from './scanner.ts'
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
  readonly settings: StoreSettings
  readonly log: Logger
  /** Rung when the folder may have changed. */
  readonly files: Bell
  /** Called when something was spooled or a command was seen. */
  readonly onCommit: () => void
  readonly gate: Gate
  /** Kinds that another source brings: their files are put away unread. */
  readonly elsewhere: ReadonlySet<RecordKind>
  readonly patience?: Patience
}

/** A file whose JSON has not ended yet. The files of its list after it wait: they are newer. */
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
  private readonly unfinished = new Map<ListName, Unfinished>()
  /** Files that are done with but could not be moved yet: what they looked like, and where they belong. */
  private readonly unmoved = new Map<string, { shape: string; folder: Beside }>()

  constructor(parts: InboxParts) {
    this.parts = parts
    this.patience = parts.patience ?? usualPatience
    parts.store.state.clear('waitingFor')
  }

  /** Reads all that can be read. Says when to look again at the latest, and whether all customers' exports were read. */
  async work(signal: AbortSignal): Promise<{ nextLookMs: number; everythingWasRead: boolean }> {
    try {
      const { store, edtDir, settings, onCommit, log, elsewhere } = this.parts
      if (!isReread(store, settings)) {
        const files = await reread(store, edtDir, settings, onCommit, elsewhere)
        if (files > 0) log.info({ files }, 'Read the kept files again.')
      }
      const found = await listExports(join(edtDir, 'Inbox'))
      const names = new Set(found.map(({ fileName }) => fileName))
      for (const [list, { file }] of this.unfinished) if (!names.has(file.fileName)) this.forget(list)
      const waits = new Map<ListName, number>()
      for (const file of found) {
        if (signal.aborted) return { nextLookMs: rescanMs, everythingWasRead: false }
        if (waits.has(file.name.list)) continue
        const waitMs = await this.handle(file)
        if (waitMs !== undefined) waits.set(file.name.list, waitMs)
      }
      if (waits.size === 0) this.sayComplete()
      // What is written into The Edge is about customers.
      return { nextLookMs: Math.min(rescanMs, ...waits.values()), everythingWasRead: !waits.has('CustomerList') }
    } catch (error) {
      const code = errorCode(error)
      if (code === undefined || code === 'ERR_SQLITE_ERROR') throw error
      this.parts.log.warn({ code }, 'The EDT folder cannot be read; trying again.')
      return { nextLookMs: rescanMs, everythingWasRead: false }
    }
  }

  /** Handles one file. A number: the file is not finished, and those of its list after it wait so many ms. */
  private async handle(file: ExportFile): Promise<number | undefined> {
    const list = edtLists[file.name.list]
    if (this.parts.elsewhere.has(list.kind)) return this.putAway(file, 'Processed')
    const unmoved = this.unmoved.get(file.fileName)
    if (unmoved?.shape === shape(file)) return this.putAway(file, unmoved.folder)
    const unfinished = this.unfinished.get(file.name.list)
    const before = unfinished?.file.fileName === file.fileName ? unfinished : undefined
    const grown = before === undefined || shape(before.file) !== shape(file)
    const startedAt = performance.now()
    const dueAt = (grown ? before?.restUntil : before.lookAt) ?? startedAt
    if (dueAt > startedAt) return dueAt - startedAt

    const { store, settings, onCommit, log } = this.parts
    const { outcome, ...counts } = await scanFile(store, file.path, settings, { onCommit })
    const tookMs = performance.now() - startedAt
    if (outcome !== 'closed') {
      const looks = grown ? 1 : before.looks + 1
      return this.waitOrGiveUp(file, list, {
        looks,
        grownAt: grown ? startedAt : before.grownAt,
        tookMs,
        outcome,
        ...counts,
      })
    }
    this.forget(file.name.list)
    // A mishap at The Edge: the filled export that is kept must not be given up for an empty one.
    if (file.name.full && file.name.part === 0 && counts.records === 0 && store.mirror.holds(list.kind)) {
      const message = `This full export holds not a single ${list.noun[0]}, after one that held some. It was moved to the folder SetAside.`
      return this.setAside(file, list, `${message} Ask The Edge for a full export again.`)
    }
    inTransaction(store.db, () => {
      if (file.name.full) noteFullList(store, file.name.list)
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
    list: EdtList,
    look: Pick<Unfinished, 'looks' | 'grownAt'> &
      Pick<ReadResult, 'records'> & { readonly outcome: Exclude<ScanOutcome, 'closed'>; readonly tookMs: number },
  ): Promise<number | undefined> {
    const { looks, grownAt, tookMs, outcome, records } = look
    const patience = outcome === 'open' ? this.patience : patienceWithDamage
    const now = performance.now()
    if (looks < patience.looks || now - grownAt < patience.ms) {
      // A file that grows is read over and over.
      const rest = restAfter(tookMs)
      const restUntil = now + rest
      const lookAt = now + Math.max(rest, looks === 1 ? firstLookAgainMs : patience.ms / patience.looks)
      this.unfinished.set(file.name.list, { file, looks, grownAt, restUntil, lookAt })
      if (looks === 2) this.parts.store.state.set('waitingFor', file.fileName)
      return lookAt - now
    }
    this.forget(file.name.list)
    const read = countOf(list, records)
    const messages = { open: cut(read), malformed: damaged(read), other: other(list) }
    return this.setAside(file, list, messages[outcome])
  }

  private forget(list: ListName): void {
    const { state } = this.parts.store
    const fileName = this.unfinished.get(list)?.file.fileName
    this.unfinished.delete(list)
    if (fileName !== undefined && state.get('waitingFor') === fileName) state.clear('waitingFor')
  }

  /** Puts a file where a person finds it, and says why, to the cloud too. Noted before it is moved: a crash in between repeats both. */
  private async setAside(file: ExportFile, { kind }: EdtList, message: string): Promise<undefined> {
    const { store, edtDir, log, onCommit } = this.parts
    const fileName = await freeName(edtDir, 'SetAside', file)
    inTransaction(store.db, () => {
      if (!store.setAside.note(fileName, message)) return
      store.spool.append(rejectEntry('unreadable_file', kind, null, message, file.fileName))
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
      if (folder === 'Processed' && file.name.full) await pruneProcessed(edtDir, file.name.list)
    } catch (error) {
      // Windows: another program still has it open. It stays known by its shape until it can be moved.
      this.unmoved.set(file.fileName, { shape: shape(file), folder })
      log.debug({ code: errorCode(error) }, 'A file cannot be moved yet.')
    }
  }
}

const whatToDo =
  'It was moved to the folder SetAside. What stands before that place was taken over; for the rest, ask The Edge for a full export.'
const damaged = (read: string) => `The file from The Edge is damaged: after ${read} it is not readable. ${whatToDo}`
const cut = (read: string) =>
  `The file from The Edge stops in the middle, after ${read}, and no longer grows. ${whatToDo}`
const other = ({ noun: [, many] }: EdtList) =>
  `The file from The Edge holds no list of ${many}, but something else. It was moved to the folder SetAside; if The Edge wrote it, ask it for a full export.`

function shape({ size, changedAt }: Pick<ExportFile, 'size' | 'changedAt'>): string {
  return `${size}:${changedAt}`
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
