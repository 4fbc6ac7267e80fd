import type { Database } from './scope.ts'

/** Whether the database takes a statement now. */
export async function databaseAnswers(db: Database): Promise<boolean> {
  try {
    await db.pool.query('SELECT')
    return true
  } catch {
    return false
  }
}
