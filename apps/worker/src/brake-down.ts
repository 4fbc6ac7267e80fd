import { inTenant } from '@jumpring/db'
import {
  approveInboxUpTo,
  countAskedChanges,
  countLinked,
  countUnapproved,
  holdConnection,
  pauseForPerson,
} from '@jumpring/db/engine'
import { mostChanges } from './brake.ts'
import type { At } from './context.ts'
import { rehearseEvents, undone } from './rehearsal.ts'

/** So many events are rehearsed before it is counted what they would change. */
const chunk = 100

/**
 * BY-04 on the way down: pauses a connection whose platform would have unusually many records of The Edge changed, before it receives what
 * waits. Counted with what was changed within the last hour, for it comes in messages, one by one.
 */
export async function isBrakedDown(at: At): Promise<boolean> {
  const { deps, connection } = at
  const { id, tenantId, settings } = connection
  if (connection.phase === 'initial' || settings.mode === 'B') return false
  const much = await inTenant(deps.db, tenantId, async (sql) => {
    const { atLeast } = settings.brake
    const { waiting } = await countUnapproved(sql, id, atLeast)
    if (waiting === 0) return null
    const asked = await countAskedChanges(sql, id)
    if (asked + waiting < atLeast) return null
    const linked = await countLinked(sql, id)
    const limit = mostChanges(settings, linked)
    const { waiting: all, upTo } = await countUnapproved(sql, id, limit)
    return asked + all < limit ? null : { linked, limit, upTo }
  })
  if (much === null) return false
  const changes = await countChanges(at, much.limit)
  return inTenant(deps.db, tenantId, async (sql) => {
    await holdConnection(sql, id)
    if (changes < much.limit) {
      await approveInboxUpTo(sql, id, much.upTo)
      return false
    }
    const share = Math.round((100 * changes) / Math.max(1, much.linked))
    await pauseForPerson(
      sql,
      id,
      'mass_change',
      `At least ${changes} records in The Edge would change at once (${share} % of the ${much.linked} that the platform has). If that is a mistake, mend it on the platform; then approve.`,
    )
    return true
  })
}

/** How many records of The Edge have been and would be changed, as far as `enough`. Nothing of this look remains. */
async function countChanges(at: At, enough: number): Promise<number> {
  let changes = 0
  await undone(at, async (sql) => {
    const connection = await holdConnection(sql, at.connection.id)
    if (!connection) return
    const now: At = { ...at, connection, rehearsal: true }
    for (let received = chunk; received > 0 && changes < enough; ) {
      received = await rehearseEvents(sql, now, chunk)
      changes = await countAskedChanges(sql, connection.id)
    }
  })
  return changes
}
