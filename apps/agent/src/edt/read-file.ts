import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { Intake } from '../store/intake.ts'
import { digestOf } from '../store/reading.ts'
import type { Store } from '../store/store.ts'
import { mappingVersion, readCustomer } from './customer.ts'
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
 * The result says whether the JSON had ended; what was read of an unfinished file stays.
 */
export async function scanFile(store: Store, path: string, options: ReadOptions = {}): Promise<ReadResult> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const fileName = basename(path)
    const many = size >= bigFileBytes && !options.taken
    const bulk = readExportName(fileName)?.full ?? false
    const intake = new Intake(store, 'customer', { ...options, mappingVersion, bulk, many })
    const scanner = new RecordScanner('Customers', (bytes) =>
      intake.take({
        digest: digestOf(bytes),
        read: () => readCustomer(bytes),
        where: () => `${fileName.slice(0, 250)}, record ${intake.records}`,
      }),
    )
    const chunk = Buffer.allocUnsafe(Math.max(1, Math.min(chunkBytes, size + 1)))
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length)
      if (bytesRead === 0) break
      intake.page(() => scanner.push(chunk.subarray(0, bytesRead)))
    }
    intake.finish()
    const { outcome } = scanner
    if (outcome === 'closed' && !options.taken) store.commands.countExport()
    const { records, changed, rejected } = intake
    return { outcome, records, changed, rejected }
  } finally {
    await file.close()
  }
}
