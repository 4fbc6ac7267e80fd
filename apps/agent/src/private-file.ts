import { chmodSync, closeSync, existsSync, openSync } from 'node:fs'

/**
 * Makes an SQLite file that only the agent's own user may read: creates it empty where it is not there, closes it to others where an
 * earlier version left it open. SQLite gives what it puts beside a database (-wal, -shm, -journal) the mode of the database.
 */
export function keepPrivate(file: string): void {
  // Never opened where it exists: closing it would give back the locks that SQLite holds on it in this process.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
  for (const path of [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]) close(path)
}

/** What is not there, or goes just then because another process is done with it, needs no closing. */
function close(path: string): void {
  try {
    chmodSync(path, 0o600)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
