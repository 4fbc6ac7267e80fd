import { JumpringError } from '@jumpring/contracts'
import { lookAtCustomers } from '../engine/look-at.ts'
import { mergersAround } from '../engine/mergers.ts'
import type { Database } from '../scope.ts'
import { inTenantPastDeadlocks } from './deadlock.ts'
import { type Decider, lockConnections } from './duplicate-decisions.ts'

/** Two customers of a source of whom it is not clear whether The Edge has merged them. */
export interface UnclearMerge {
  readonly sourceId: string
  /** Whose number may have become the other's. */
  readonly former: string
  readonly remaining: string
}

/**
 * What a person says of an unclear merge. `merge`: on platforms that know a contact by its number the former's goes into the other's,
 * which nothing undoes. `apart`: they are two people; that may be changed to `merge` later.
 * @returns ids of the connections whose doorbell must be rung
 * @throws `not_found` where nothing says that they are one, `conflict` where it is clear or decided
 */
export function decideMerge(
  db: Database,
  tenantId: string,
  { sourceId, former, remaining }: UnclearMerge,
  decision: 'merge' | 'apart',
  by: Decider,
): Promise<readonly string[]> {
  return inTenantPastDeadlocks(db, tenantId, async (sql) => {
    const connections = await lockConnections(sql, tenantId)
    const place = [tenantId, sourceId, former, remaining]
    const { rows } = await sql.query<{ decision: string | null }>(
      'SELECT decision FROM merger WHERE tenant_id = $1 AND source_id = $2 AND old_key = $3 AND key = $4 FOR UPDATE',
      place,
    )
    const [known] = rows
    if (!known) throw new JumpringError('not_found', 'Nothing says that these two were merged.')
    const mergers = await mergersAround(sql, tenantId, [{ sourceId, key: remaining }])
    const isOpen = mergers.unsureOf({ sourceId, key: remaining }).some(({ key }) => key === former)
    if (!isOpen && !(known.decision === 'apart' && decision === 'merge'))
      throw new JumpringError('conflict', 'This merge is clear, or decided already.')
    await sql.query(
      `UPDATE merger SET decision = $5, decided_by = $6, decided_as = $7, decided_at = now()
       WHERE tenant_id = $1 AND source_id = $2 AND old_key = $3 AND key = $4`,
      [...place, decision, by.id, by.role],
    )
    await lookAtCustomers(sql, tenantId, connections, [
      { sourceId, key: former },
      { sourceId, key: remaining },
    ])
    return connections
  })
}
