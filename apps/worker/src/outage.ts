import { JumpringError } from '@jumpring/contracts'
import { inTenant } from '@jumpring/db'
import { noteAnswer, noteOutage, untilNextTry } from '@jumpring/db/engine'
import type { At } from './context.ts'
import type { Line } from './session.ts'

/**
 * Whether nothing is to be sent because the platform does not answer. While an outage lasts it is asked once, when the next try's time
 * has come, whoever rings meanwhile.
 */
export async function isOut({ deps, connection }: At, line: Line): Promise<boolean> {
  const { id, tenantId, outageSince } = connection
  if (outageSince === null) return false
  if ((await inTenant(deps.db, tenantId, (sql) => untilNextTry(sql, id))) > 0) return true
  const isWell = await answersPing(line)
  await inTenant(deps.db, tenantId, (sql) => (isWell ? noteAnswer(sql, id) : noteOutage(sql, id)))
  return !isWell
}

/** Whether the platform answers at all, be it with a refusal. */
export async function answersPing(line: Line): Promise<boolean> {
  try {
    await line.session.ping()
    return true
  } catch (error) {
    if (error instanceof JumpringError) return error.code !== 'platform_unavailable'
    throw error
  }
}
