import { maxLineBytes, type RecordKind, type RejectLine } from '@jumpring/contracts'
import { beginningOf } from '@jumpring/sync'
import { noteSeen } from '../downlink/seen.ts'
import { rollBack } from './database.ts'
import type { HashSet } from './hash-set.ts'
import type { MirrorEntry } from './mirror.ts'
import type { ReadRecord, Shown, Unreadable } from './reading.ts'
import type { Store } from './store.ts'

export interface IntakeOptions {
  /** Of the mapping that makes the records: one that is not in the mirror with this number is read again. */
  readonly mappingVersion: number
  /** Whether what has never been shown before goes behind live changes: it comes with a full export, or with a first pass. */
  readonly bulk: boolean
  /** Keep all hashes at hand: pays where most of very many records are unchanged. */
  readonly many?: boolean
  /** Called after each page that changed something. */
  readonly onCommit?: () => void
  /**
   * For reading older states again, newest first: the keys that newer ones hold, which are passed over here. The keys that this pass
   * shows are added by `finish`.
   */
  readonly taken?: Set<string>
}

/**
 * One pass of a source over records of one kind. Compares what it shows with the mirror; only what differs goes into mirror and spool,
 * a page in one transaction. Each record is handled at most once however often it is shown, so a cut pass is repaired by another.
 * ```
 * const intake = new Intake(store, 'item', { mappingVersion, bulk })
 * intake.page(() => { for (const row of rows) intake.take(shownOf(row)) })
 * ```
 */
export class Intake {
  records = 0
  changed = 0
  rejected = 0
  private readonly store: Store
  private readonly kind: RecordKind
  private readonly options: IntakeOptions
  private readonly hashes: HashSet | undefined
  private readonly keys = new Set<string>()
  private dirty = false

  constructor(store: Store, kind: RecordKind, options: IntakeOptions) {
    this.store = store
    this.kind = kind
    this.options = options
    this.hashes = options.many ? store.mirror.currentHashes(kind, options.mappingVersion) : undefined
  }

  /** Runs `work`, which takes records and waits for nothing; what it changes is one transaction. */
  page(work: () => void): void {
    this.dirty = false
    try {
      work()
      if (this.dirty) this.store.db.exec('COMMIT')
    } catch (error) {
      if (this.dirty) rollBack(this.store.db)
      throw error
    }
    if (this.dirty) this.options.onCommit?.()
  }

  /** Takes one record. To be called inside `page`. */
  take(shown: Shown): void {
    this.records += 1
    const { digest } = shown
    if (this.hashes?.has(digest)) return
    const { mirror } = this.store
    const { mappingVersion, taken } = this.options
    const rawHash = Buffer.from(digest, 'latin1').toString('hex')
    const read = readAlone(shown)
    const mirrorKey = read.key ?? `unreadable:${rawHash}`
    if (taken?.has(mirrorKey)) return
    if (taken) this.keys.add(mirrorKey)
    const known = mirror.find(this.kind, mirrorKey)
    if (known?.rawHash === rawHash && known.mappingVersion === mappingVersion) return
    this.begin()
    const payload = 'record' in read ? JSON.stringify(read.record) : ''
    const problem =
      'message' in read
        ? read.message
        : Buffer.byteLength(payload) > maxLineBytes - 1024
          ? 'The record is larger than the cloud takes.'
          : null
    if ('record' in read && problem === null) this.keep(read, rawHash, payload, known)
    else {
      mirror.reject(this.kind, mirrorKey, { rawHash, mappingVersion })
      this.store.spool.append(rejectEntry('invalid_record', this.kind, read.key, problem ?? '', shown.where()))
      this.rejected += 1
    }
    if (known) this.hashes?.delete(Buffer.from(known.rawHash, 'hex').toString('latin1'))
    this.hashes?.add(digest)
  }

  /** The pass has ended. */
  finish(): void {
    for (const key of this.keys) this.options.taken?.add(key)
  }

  private keep(read: ReadRecord, rawHash: string, payload: string, known: MirrorEntry | undefined): void {
    const { mirror, spool } = this.store
    const { mappingVersion, bulk, taken } = this.options
    mirror.put(read, { rawHash, mappingVersion, payload })
    if (read.kind === 'customer') noteSeen(this.store, read)
    if (known?.payload === payload && !known.rejected) return
    const behind = taken !== undefined || (bulk && known === undefined)
    spool.append({ op: 'upsert', kind: this.kind, key: read.key, bulk: behind, payload })
    this.changed += 1
  }

  private begin(): void {
    if (this.dirty) return
    this.store.db.exec('BEGIN IMMEDIATE')
    this.dirty = true
  }
}

/** A fault of ours that one record brings out must not hold up the others. */
function readAlone(shown: Shown): ReadRecord | Unreadable {
  try {
    return shown.read()
  } catch {
    return {
      key: null,
      message: 'The record brings out a fault of the agent, and was set aside so that the others go on.',
    }
  }
}

/** A reject line before it has its number. */
export function rejectEntry(
  code: RejectLine['code'],
  kind: RecordKind,
  key: string | null,
  message: string,
  where: string,
): Omit<RejectLine, 'n' | 'at'> {
  return { op: 'reject', kind, key, code, message: beginningOf(message, 1000), where: beginningOf(where, 300) }
}
