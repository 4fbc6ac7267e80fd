import { JumpringError } from '@jumpring/contracts'
import { approveFiltered } from '../engine/brake.ts'
import { askAnew } from '../engine/connections.ts'
import { giveKeptEntries } from '../engine/inbox.ts'
import { openStreamsOf } from '../licensing/entitled.ts'
import { type Database, inTenant } from '../scope.ts'
import { type ConnectionAt, lockConnection } from './connections.ts'
import { inTenantPastDeadlocks } from './deadlock.ts'
import { addAllRecords, openKinds } from './worklist.ts'

/** A person pauses: no code. @throws `not_found` */
export function pauseConnection(db: Database, at: ConnectionAt, reason: string): Promise<void> {
  return inTenant(db, at.tenantId, async (sql) => {
    await lockConnection(sql, at)
    await sql.query(`UPDATE connection SET status = 'paused', paused_code = NULL, paused_reason = $2 WHERE id = $1`, [
      at.connectionId,
      reason,
    ])
  })
}

/** The platform is asked first for what changed there meanwhile: a message may be lost, or on its way. @throws `not_found` */
export function resumeConnection(db: Database, at: ConnectionAt): Promise<void> {
  return inTenantPastDeadlocks(db, at.tenantId, async (sql) => {
    await lockConnection(sql, at)
    await sql.query(
      `UPDATE connection SET status = 'active', paused_code = NULL, paused_reason = NULL, next_try_at = NULL, ${askAnew} WHERE id = $1`,
      [at.connectionId],
    )
    await giveKeptEntries(sql, at.connectionId)
  })
}

/** A person does not want to wait for the next try of a platform that did not answer. */
export function tryNow(db: Database, at: ConnectionAt): Promise<void> {
  return inTenant(db, at.tenantId, async (sql) => {
    await sql.query('UPDATE connection SET next_try_at = NULL WHERE id = $1', [at.connectionId])
  })
}

/** BY-04: lets everything through that waits now, either way, and goes on. @throws `not_found`, `conflict` where nothing waits for approval */
export function approveMassChange(db: Database, at: ConnectionAt): Promise<void> {
  return inTenantPastDeadlocks(db, at.tenantId, async (sql) => {
    await lockConnection(sql, at)
    await giveKeptEntries(sql, at.connectionId)
    const { rowCount } = await sql.query(
      `UPDATE connection SET status = 'active', paused_code = NULL, paused_reason = NULL, ${askAnew},
         approved_seq = (SELECT journal_seq FROM tenant_counter WHERE tenant_id = $2),
         approving_inbox_n = 0
       WHERE id = $1 AND status = 'paused' AND paused_code = 'mass_change'`,
      [at.connectionId, at.tenantId],
    )
    if (rowCount === 0) throw new JumpringError('conflict', 'Nothing waits for approval.')
    await approveFiltered(sql, at.connectionId)
  })
}

/** Puts all records of the open streams on the work list. @throws `not_found` */
export function resyncConnection(db: Database, at: ConnectionAt): Promise<void> {
  return inTenantPastDeadlocks(db, at.tenantId, async (sql) => {
    await addAllRecords(sql, at, [...openKinds(openStreamsOf(await lockConnection(sql, at)))], 'resync')
  })
}
