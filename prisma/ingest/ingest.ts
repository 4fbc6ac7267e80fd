import type { AgentIdentity } from '../agents.ts'
import { offerWrittenAgain } from '../commands.ts'
import { type Database, inScope, inTenant, type Scope, type Sql } from '../scope.ts'
import { type Batch, batchOf } from './batch.ts'
import { findChanges } from './changes.ts'
import { claimOf, positionOf } from './claim.ts'
import { quarantine } from './quarantine.ts'
import { newLines, type Position, type Round } from './rounds.ts'
import { listsOf, readConnections } from './worklist.ts'
import { writeChanges } from './write.ts'

/** What a batch left behind. */
export interface Ingested {
  /** The highest number of the epoch that is written. */
  readonly acked: number
  /** Connections that have something to do now. */
  readonly connectionIds: readonly string[]
}

/**
 * Writes a batch of an upload in one transaction: records, journal, work lists, quarantine and the acknowledged number.
 * Lines that were acknowledged before are passed over, so sending again is harmless. The commit does not wait for the disk: before
 * the number is told to anybody, `makeDurable`.
 * @throws `snapshot_needed`, `agent_unknown`; nothing is written then
 */
export async function ingest(db: Database, agent: AgentIdentity, epoch: string, batch: Batch): Promise<Ingested> {
  const last = batch.lines.at(-1)
  if (last === undefined) return { acked: 0, connectionIds: [] }
  const scope: Scope = { as: 'tenant', tenantId: agent.tenantId }
  const opening = `${settings}; ${claimOf(agent, epoch, last.n)}`
  for (let attempt = 1; ; attempt++) {
    try {
      return await inScope(db, scope, (sql, claimed) => write(sql, agent, epoch, positionOf(claimed), batch), opening)
    } catch (error) {
      if (attempt === 5 || !isCrossed(error)) throw error
    }
  }
}

/** The commit does not wait for the disk, and no parameter becomes part of a plan: each copy of a batch that planning makes would cost. */
const settings = 'SET LOCAL synchronous_commit = off; SET LOCAL plan_cache_mode = force_generic_plan'

async function write(
  sql: Sql,
  agent: AgentIdentity,
  epoch: string,
  position: Position,
  batch: Batch,
): Promise<Ingested> {
  const fresh = newLines(position, epoch, batch.lines)
  const last = fresh.at(-1)
  if (last === undefined) return { acked: position.acked, connectionIds: [] }
  const rung = new Set<string>()
  const { rounds } = fresh.length === batch.lines.length ? batch : batchOf(fresh)
  for (const round of rounds) {
    for (const connectionId of await writeRound(sql, agent, round)) rung.add(connectionId)
  }
  if (fresh.some((line) => line.op === 'complete' && line.kind === 'customer')) {
    await sql.query('UPDATE source SET complete_at = now() WHERE id = $1', [agent.sourceId])
    for (const { connectionId } of await readConnections(sql)) rung.add(connectionId)
  }
  if (position.epoch !== epoch) await offerWrittenAgain(sql, agent.sourceId)
  return { acked: last.n, connectionIds: [...rung] }
}

/** Notes that the agent was here and waits until that is on the disk, and with it everything that was committed before. */
export async function makeDurable(db: Database, agent: AgentIdentity): Promise<void> {
  await inTenant(db, agent.tenantId, (sql) =>
    sql.query('UPDATE agent SET last_seen_at = now() WHERE id = $1', [agent.agentId]),
  )
}

async function writeRound(sql: Sql, agent: AgentIdentity, { upserts, rejects }: Round): Promise<readonly string[]> {
  await quarantine(sql, agent, rejects)
  if (!upserts) return []
  const { changed, ...before } = await findChanges(sql, agent, upserts)
  if (!changed) return []
  const { kind } = changed
  const connections = await readConnections(sql)
  const lists = listsOf(connections, kind)
  await writeChanges(sql, agent, changed, before, lists)
  // What an acquisition's key says reaches the contacts of those who have it when the journal is followed (CO-06).
  if (kind !== 'acquisition' && (kind !== 'customer' || lists.length > 0)) return lists.map((list) => list.connectionId)
  // Whom nobody looks at may have a phone that opted out on a platform: the journal is followed all the same (guarantee 6).
  return connections.map(({ connectionId }) => connectionId)
}

/**
 * Whether another transaction came in between. A worker may take records off the work list in another order than they are put on,
 * and PostgreSQL ends one of the two (deadlock_detected); or put one on that was not there a moment before (unique_violation).
 */
function isCrossed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40P01' || error.code === '23505')
}
