import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type DatabaseSyncOptions } from 'node:sqlite'

/**
 * Opens or creates an SQLite file that only this user may read: what it holds stands for people. SQLite gives what it puts beside
 * it (-wal, -shm) the same mode.
 */
export function openPrivateDatabase(file: string, options: DatabaseSyncOptions = {}): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true })
  // Never opened where it exists: closing it would give back the locks that SQLite holds on it in this process.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
  for (const path of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(path)) chmodSync(path, 0o600)
  return new DatabaseSync(file, options)
}
