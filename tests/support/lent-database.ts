import { type Database, openDatabase } from '@jumpring/db'
import type pg from 'pg'
import { freshDatabase, ownerPool, type TestDatabase } from './database.ts'

/** A migrated database without a row that nobody else has meanwhile, opened through both doors. */
export interface LentDatabase {
  readonly db: Database
  /** Past row-level security. */
  readonly owner: pg.Pool
  /** Empties it for the next test of this process. */
  giveBack(): Promise<void>
}

const free: LentDatabase[] = []

/** For a test that begins with nothing and ends all it began: emptying a database costs a tenth of making one. */
export async function lendDatabase(): Promise<LentDatabase> {
  return free.pop() ?? open(await freshDatabase())
}

function open(database: TestDatabase): LentDatabase {
  // As the worker does.
  const db = openDatabase(database.appUrl, { keepsPlans: true })
  const owner = ownerPool(database, 4)
  const lent: LentDatabase = {
    db,
    owner,
    giveBack: async () => {
      try {
        await empty(owner)
        free.push(lent)
      } catch {
        // What the test left under way still holds a lock.
        await db.close()
        await owner.end()
        await database.drop()
      }
    },
  }
  return lent
}

/**
 * Deletes all rows but the migrations' books, and what a test added to the schema: a function that breaks something, with its trigger.
 * Tables are small: unlike TRUNCATE, this makes no new files.
 */
async function empty(owner: pg.Pool): Promise<void> {
  const { rows } = await owner.query<{ statement: string }>(
    `SELECT format('DELETE FROM %I', tablename) AS statement
     FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
     UNION ALL SELECT format('DROP FUNCTION %s CASCADE', p.oid::regprocedure)
     FROM pg_proc p, pg_database d WHERE p.pronamespace = 'public'::regnamespace AND d.datname = current_database() AND p.oid > d.oid`,
  )
  const statements = rows.map(({ statement }) => statement).join(';')
  // Without triggers, foreign keys among them: in any order.
  await owner.query(
    `BEGIN; SET LOCAL lock_timeout = '1s'; SET LOCAL session_replication_role = replica; ${statements}; COMMIT`,
  )
}
