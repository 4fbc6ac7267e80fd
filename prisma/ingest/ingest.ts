import { JumpringError, workOf } from '@jumpring/contracts'
import type { AgentIdentity } from '../agents.ts'
import { offerWrittenAgain } from '../commands.ts'
import { type Database, inScope, inTenant, type Scope, type Sql } from '../scope.ts'
import { findChanges } from './changes.ts'
import type { IngestLine } from './line.ts'
import { quarantine } from './quarantine.ts'
import { writeRecords } from './records.ts'
import { newLines, type Position, type Round, splitIntoRounds } from './rounds.ts'
import { queueChanges, readConnections } from './worklist.ts'

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
export async function ingest(
  db: Database,
  agent: AgentIdentity,
  epoch: string,
  lines: readonly IngestLine[],
): Promise<Ingested> {
  const scope: Scope = { as: 'tenant', tenantId: agent.tenantId }
  for (let attempt = 1; ; attempt++) {
    try {
      return await inScope(db, scope, (sql) => ingestIn(sql, agent, epoch, lines), opening)
    } catch (error) {
      if (attempt === 5 || !isCrossed(error)) throw error
    }
  }
}

/** The commit does not wait for the disk, and no parameter becomes part of a plan: each copy of a batch that planning makes would cost. */
const opening = 'SET LOCAL synchronous_commit = off; SET LOCAL plan_cache_mode = force_generic_plan'

async function ingestIn(
  sql: Sql,
  agent: AgentIdentity,
  epoch: string,
  lines: readonly IngestLine[],
): Promise<Ingested> {
  const position = await lock(sql, agent)
  const fresh = newLines(position, epoch, lines)
  const last = fresh.at(-1)
  if (last === undefined) return { acked: position.epoch === epoch ? position.acked : 0, connectionIds: [] }
  const rung = new Set<string>()
  for (const round of splitIntoRounds(fresh)) {
    for (const connectionId of await writeRound(sql, agent, round)) rung.add(connectionId)
  }
  if (fresh.some((line) => line.op === 'complete' && line.kind === 'customer')) {
    await sql.query('UPDATE source SET complete_at = now() WHERE id = $1', [agent.sourceId])
    for (const { connectionId } of await readConnections(sql)) rung.add(connectionId)
  }
  if (position.epoch !== epoch) await offerWrittenAgain(sql, agent.sourceId)
  await sql.query('UPDATE agent SET epoch = $2, acked = $3 WHERE id = $1', [agent.agentId, epoch, last.n])
  return { acked: last.n, connectionIds: [...rung] }
}

/** Notes that the agent was here and waits until that is on the disk, and with it everything that was committed before. */
export async function makeDurable(db: Database, agent: AgentIdentity): Promise<void> {
  await inTenant(db, agent.tenantId, (sql) =>
    sql.query('UPDATE agent SET last_seen_at = now() WHERE id = $1', [agent.agentId]),
  )
}

/** One batch of a source at a time, also when a source has two agents or an agent sends again while its first request still runs. */
async function lock(sql: Sql, agent: AgentIdentity): Promise<Position> {
  const { rows } = await sql.query<{ epoch: string | null; acked: string }>(
    `SELECT a.epoch, a.acked FROM agent a JOIN source s ON s.id = a.source_id
     WHERE a.id = $1 AND a.revoked_at IS NULL FOR NO KEY UPDATE`,
    [agent.agentId],
  )
  if (!rows[0]) throw new JumpringError('agent_unknown')
  return { epoch: rows[0].epoch, acked: Number(rows[0].acked) }
}

async function writeRound(sql: Sql, agent: AgentIdentity, { upserts, rejects }: Round): Promise<readonly string[]> {
  await quarantine(sql, agent, rejects)
  const kind = upserts[0]?.kind
  if (kind === undefined) return []
  const { changes, someKnown, someWait } = await findChanges(sql, agent, kind, upserts)
  if (changes.length === 0) return []
  // From here on the tenant's counter is locked until the transaction ends.
  const before = await writeRecords(sql, agent, kind, changes, someKnown)
  const connections = await readConnections(sql)
  const rung = new Set<string>()
  for (const work of workOf(kind)) {
    const looking = connections.filter((connection) => connection.looksAt(work)).map(({ connectionId }) => connectionId)
    await queueChanges(sql, agent, work, looking, changes, before, someWait || work !== kind)
    for (const connectionId of looking) rung.add(connectionId)
  }
  // What an acquisition's key says reaches the contacts of those who have it when the journal is followed (CO-06).
  if (kind !== 'acquisition' && (kind !== 'customer' || rung.size > 0)) return [...rung]
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
