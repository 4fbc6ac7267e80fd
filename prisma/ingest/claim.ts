import { JumpringError } from '@jumpring/contracts'
import pg from 'pg'
import { z } from 'zod'
import type { AgentIdentity } from '../agents.ts'
import type { Position } from './rounds.ts'

/**
 * The statement that begins a batch: it locks the agent, its source and the tenant's counter, in this order, notes the new position, and gives
 * back the one before. One batch of a source at a time, also when a source has two agents or an agent sends again while its
 * first request still runs. Whoever makes or opens a connection takes the counter's row as well, so a record that is written
 * while connections change is seen by one of the two.
 * @param last the batch's last number; a position is never set back within an epoch
 */
export function claimOf(agent: AgentIdentity, epoch: string, last: number): string {
  const [id, newEpoch] = [agent.agentId, epoch].map(pg.escapeLiteral)
  return `UPDATE agent SET epoch = ${newEpoch}, acked = CASE WHEN old.epoch = ${newEpoch} THEN greatest(old.acked, ${last}) ELSE ${last} END
    FROM (
      SELECT a.id, a.epoch, a.acked FROM agent a JOIN source s ON s.id = a.source_id JOIN tenant_counter c ON c.tenant_id = a.tenant_id
      WHERE a.id = ${id} AND a.revoked_at IS NULL FOR NO KEY UPDATE
    ) AS old
    WHERE agent.id = old.id RETURNING old.epoch, old.acked`
}

const positionSchema = z.object({ epoch: z.string().nullable(), acked: z.coerce.number() })

/**
 * The position before, from what the claim gave back.
 * @throws `agent_unknown`
 */
export function positionOf(rows: readonly unknown[]): Position {
  if (rows[0] === undefined) throw new JumpringError('agent_unknown')
  return positionSchema.parse(rows[0])
}
