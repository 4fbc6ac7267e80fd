import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { keepPrivate } from './private-file.ts'

/** Held while an agent runs on a data folder. Given back by the operating system even after a crash. */
export interface Lock {
  release(): void
}

/** Takes the lock of a data folder, or returns undefined when an agent runs there already. */
export function takeLock(dataDir: string, waitMs = 0): Lock | undefined {
  const file = join(dataDir, 'running.lock')
  keepPrivate(file)
  const db = new DatabaseSync(file, { timeout: waitMs })
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch {
    db.close()
    return undefined
  }
  return { release: () => db.close() }
}
