import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import type { RecordKind } from '@jumpring/contracts'
import { Intake } from '../store/intake.ts'
import { digestOf } from '../store/reading.ts'
import type { Store } from '../store/store.ts'
import type { StoreSettings } from '../store-settings.ts'
import { edtLists } from './lists.ts'
import { readExportName } from './names.ts'
import { noRecord, RecordScanner, type ScanOutcome } from './scanner.ts'

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

/** Keys of each kind that newer files hold. */
export type TakenKeys = Map<RecordKind, Set<string>>

export interface ReadOptions {
  /** Called after each transaction that changed something. */
  readonly onCommit?: () => void
  /**
   * Reading kept files again, newest first: the keys that newer files hold, which are passed over here.
   * This file's keys are added at its end.
   */
  readonly taken?: TakenKeys
}

/**
 * Reads one export as a stream into mirror and spool: only records that differ from the mirror are spooled.
 * The result says whether the JSON had ended; what was read of an unfinished file stays.
 */
export async function scanFile(
  store: Store,
  path: string,
  settings: StoreSettings,
  { onCommit, taken }: ReadOptions = {},
): Promise<ReadResult> {
  const fileName = basename(path)
  const name = readExportName(fileName)
  const list = name && edtLists[name.list]
  if (!list) throw new Error('No export that is read has such a name.')
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const intake = new Intake(store, list.kind, {
      mappingVersion: list.mappingVersion(settings),
      bulk: name.full,
      many: size >= bigFileBytes && !taken,
      ...(onCommit && { onCommit }),
      ...(taken && { taken: keysOf(taken, list.kind) }),
    })
    const scanner = new RecordScanner(list.array, (bytes) =>
      intake.take({
        // Of what is no record the first is told, of each file: a list of a million numbers is one mistake.
        digest: bytes === noRecord ? digestOf(`no record: ${fileName}`) : digestOf(bytes),
        read: () => list.read(bytes, settings),
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
    // What was written for The Edge is about customers, and shows in their exports.
    if (outcome === 'closed' && list.kind === 'customer' && !taken) store.commands.countExport()
    const { records, changed, rejected } = intake
    return { outcome, records, changed, rejected }
  } finally {
    await file.close()
  }
}

function keysOf(taken: TakenKeys, kind: RecordKind): Set<string> {
  const keys = taken.get(kind) ?? new Set()
  taken.set(kind, keys)
  return keys
}
