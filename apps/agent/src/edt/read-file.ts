import { hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { maxLineBytes, type RejectLine } from '@jumpring/contracts'
import { noteSeen } from '../downlink/seen.ts'
import { rollBack } from '../store/database.ts'
import type { HashSet } from '../store/hash-set.ts'
import type { Store } from '../store/store.ts'
import { mappingVersion, type ReadCustomer, readCustomer } from './mapping.ts'
import { readExportName } from './names.ts'
import { RecordScanner, type ScanOutcome } from './scanner.ts'

/** A chunk holds about 500 records; what changed among them is one transaction. */
const chunkBytes = 1024 * 1024
/** From this size on it pays to have all hashes at hand: most records of a big file are unchanged. */
const bigFileBytes = 4 * 1024 * 1024

export interface ReadResult {
  readonly outcome: ScanOutcome
  readonly records: number
  readonly changed: number
  readonly rejected: number
}

export interface ReadOptions {
  /** Called after each transaction that changed something. */
  readonly onCommit?: () => void
  /**
   * Reading kept files again, newest first: the keys that newer files hold, which are passed over here.
   * This file's keys are added at its end.
   */
  readonly taken?: Set<string>
}

/**
 * Reads one customer export as a stream into mirror and spool: only records that differ from the mirror are spooled.
 * Each record is handled at most once however often the file is read, so a cut run is repaired by reading again.
 * The result says whether the JSON had ended; what was read of an unfinished file stays.
 */
export async function scanFile(store: Store, path: string, options: ReadOptions = {}): Promise<ReadResult> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const reading = new Reading(store, basename(path), options, size >= bigFileBytes)
    const chunk = Buffer.allocUnsafe(Math.max(1, Math.min(chunkBytes, size + 1)))
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length)
      if (bytesRead === 0) return reading.finish()
      reading.push(chunk.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}

class Reading {
  private readonly store: Store
  private readonly fileName: string
  private readonly options: ReadOptions
  private readonly full: boolean
  private readonly scanner: RecordScanner
  private readonly hashes: HashSet | undefined
  private readonly keys = new Set<string>()
  private dirty = false
  private records = 0
  private changed = 0
  private rejected = 0

  constructor(store: Store, fileName: string, options: ReadOptions, big: boolean) {
    this.store = store
    this.fileName = fileName
    this.options = options
    this.full = readExportName(fileName)?.full ?? false
    this.hashes = big && !options.taken ? store.mirror.currentHashes() : undefined
    this.scanner = new RecordScanner('Customers', (bytes) => this.take(bytes))
  }

  /** Takes what the chunk completes, in one transaction if anything changed. Waits for nothing in between. */
  push(chunk: Buffer): void {
    this.dirty = false
    try {
      this.scanner.push(chunk)
      if (this.dirty) this.store.db.exec('COMMIT')
    } catch (error) {
      if (this.dirty) rollBack(this.store.db)
      throw error
    }
    if (this.dirty) this.options.onCommit?.()
  }

  finish(): ReadResult {
    for (const key of this.keys) this.options.taken?.add(key)
    const { records, changed, rejected } = this
    const { outcome } = this.scanner
    if (outcome === 'closed' && !this.options.taken) this.store.commands.countExport()
    return { outcome, records, changed, rejected }
  }

  private take(bytes: Buffer): void {
    this.records += 1
    const digest = hash('sha1', bytes, 'binary')
    if (this.hashes?.has(digest)) return
    const rawHash = Buffer.from(digest, 'latin1').toString('hex')
    const read = readCustomer(bytes)
    const mirrorKey = read.key ?? `unreadable:${rawHash}`
    if (this.options.taken?.has(mirrorKey)) return
    if (this.options.taken) this.keys.add(mirrorKey)
    const known = this.store.mirror.find(mirrorKey)
    if (known?.rawHash === rawHash && known.mappingVersion === mappingVersion) return
    this.begin()
    if ('customer' in read) {
      const payload = JSON.stringify(read.customer)
      if (Buffer.byteLength(payload) > maxLineBytes - 1024) {
        this.reject(mirrorKey, read.key, rawHash, 'The record is larger than the cloud takes.')
      } else {
        this.keep(read, rawHash, payload, known)
      }
    } else this.reject(mirrorKey, read.key, rawHash, read.message)
    if (known) this.hashes?.delete(Buffer.from(known.rawHash, 'hex').toString('latin1'))
    this.hashes?.add(digest)
  }

  private keep(
    read: ReadCustomer,
    rawHash: string,
    payload: string,
    known: { payload: string | null; rejected: boolean } | undefined,
  ): void {
    this.store.mirror.put(read, rawHash, payload)
    noteSeen(this.store, read)
    if (known?.payload === payload && !known.rejected) return
    const bulk = this.options.taken !== undefined || (this.full && known === undefined)
    this.store.spool.append({ op: 'upsert', kind: 'customer', key: read.key, bulk, payload })
    this.changed += 1
  }

  private reject(mirrorKey: string, key: string | null, rawHash: string, message: string): void {
    this.store.mirror.reject(mirrorKey, rawHash)
    const where = `${this.fileName.slice(0, 250)}, record ${this.records}`
    this.store.spool.append(rejectEntry('invalid_record', key, message, where))
    this.rejected += 1
  }

  private begin(): void {
    if (this.dirty) return
    this.store.db.exec('BEGIN IMMEDIATE')
    this.dirty = true
  }
}

/** A reject line before it has its number. */
export function rejectEntry(
  code: RejectLine['code'],
  key: string | null,
  message: string,
  where: string,
): Omit<RejectLine, 'n' | 'at'> {
  return { op: 'reject', kind: 'customer', key, code, message, where }
}
