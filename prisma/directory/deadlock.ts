import { type Database, inTenant, type Sql } from '../scope.ts'

/**
 * `inTenant`, and again when PostgreSQL has ended the transaction to free another: workers take records off a work list in
 * another order than people's actions put them on.
 */
export async function inTenantPastDeadlocks<T>(
  db: Database,
  tenantId: string,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTenant(db, tenantId, work)
    } catch (error) {
      // PostgreSQL docs: 40P01 is deadlock_detected.
      const ended = error instanceof Error && 'code' in error && error.code === '40P01'
      if (!ended || attempt === 5) throw error
    }
  }
}
