import { type Command, reportsBodySchema } from '@jumpring/contracts'
import { giveCommands, inTenant, reportCommands } from '@jumpring/db'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { metAgent } from '../auth/agent.ts'
import { parseInput, storable } from '../input.ts'
import { createCommandBell } from './command-bell.ts'
import type { AgentServices } from './services.ts'

const querySchema = z.object({ wait: z.coerce.number().int().min(0).max(60).default(0) })
/** How often a waiting request looks by itself, should a notification have been lost. */
const lookAgainMs = 5000

/** A thousand reports with the longest messages, in characters of four bytes. */
const maxReportsBytes = 5 * 1024 * 1024

/** `GET /agent/commands?wait=SECONDS` and `POST /agent/reports`: contracts/downlink.ts. */
export function registerCommands(app: FastifyInstance, { db, ring }: AgentServices): void {
  const bell = createCommandBell(db)
  // Before the server waits for its open requests, so that the long ones end.
  app.addHook('preClose', () => bell.close())

  app.get('/agent/commands', async (request, reply): Promise<{ commands: Command[] }> => {
    const { wait } = parseInput(querySchema, request.query)
    const agent = await metAgent(app, db, request)
    const until = Date.now() + wait * 1000
    for (;;) {
      // Listening begins before the look, so that a command made in between is not missed.
      const rung = bell.next(agent.sourceId)
      const commands = await inTenant(db, agent.tenantId, (sql) => giveCommands(sql, agent.sourceId))
      const left = until - Date.now()
      if (commands.length > 0 || left <= 0 || bell.closed || reply.raw.destroyed) {
        rung.forget()
        return { commands }
      }
      await rung.within(Math.min(left, lookAgainMs))
    }
  })

  app.post('/agent/reports', { bodyLimit: maxReportsBytes }, async (request, reply) => {
    const reports = parseInput(reportsBodySchema, request.body).reports.map((report) =>
      report.outcome === 'failed' ? { ...report, message: storable(report.message) } : report,
    )
    const agent = await metAgent(app, db, request)
    const connectionIds = await inTenant(db, agent.tenantId, (sql) => reportCommands(sql, agent.sourceId, reports))
    for (const connectionId of connectionIds) void ring({ tenantId: agent.tenantId, connectionId })
    return reply.code(204).send()
  })
}
