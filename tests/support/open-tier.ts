import type { Tier } from '@jumpring/contracts'
import { changeConnection, type Database, inTenant } from '@jumpring/db'

/** What installing a license does to a connection, for tests without a worker to sign one; null takes it away again. */
export async function openTier(
  db: Database,
  at: { tenantId: string; connectionId: string },
  tier: Tier | null,
): Promise<void> {
  await inTenant(db, at.tenantId, (sql) => changeConnection(sql, at, () => ({ licensedTier: tier })))
}
