import type { Readable } from 'node:stream'
import { JumpringError, type UplinkAnswer } from '@jumpring/contracts'
import { currentGeneration, ingest, makeDurable } from '@jumpring/db'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type Met, metAgent } from '../auth/agent.ts'
import { statusOf } from '../errors.ts'
import { parseInput } from '../input.ts'
import { readBatches } from './batches.ts'
import type { AgentServices } from './services.ts'

const querySchema = z.object({ epoch: z.uuid(), generation: z.uuid() })

/** `POST /agent/uplink`: contracts/uplink.ts. */
export function registerUplink(app: FastifyInstance, services: AgentServices): void {
  app.register(async (scope) => {
    // The body stays a stream; its size is counted where it is read.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload))

    scope.post<{ Body: Readable }>('/agent/uplink', async (request, reply) => {
      const { epoch, generation } = parseInput(querySchema, request.query)
      const agent = await metAgent(app, services.db, request)
      const now = await currentGeneration(services.db)
      const answer: UplinkAnswer = { generation: now, epoch, acked: agent.epoch === epoch ? agent.acked : 0 }
      try {
        if (generation !== now) throw new JumpringError('snapshot_needed')
        const encoding = request.headers['content-encoding'] ?? 'identity'
        for await (const acked of write(services, agent, epoch, readBatches(request.body, encoding)))
          answer.acked = acked
        return answer
      } catch (error) {
        // What is left of the body is read and dropped, so that the agent gets to see the answer.
        request.body.unpipe()
        request.body.resume()
        if (!(error instanceof JumpringError) || error.code !== 'snapshot_needed') throw error
        return reply.code(statusOf(error.code)).send({ code: error.code, message: error.message, ...answer })
      }
    })
  })
}

/** Writes one batch while the next is read. Yields the highest number after each; when it ends, all of them are durable. */
async function* write(
  { db, ring }: AgentServices,
  agent: Met,
  epoch: string,
  batches: AsyncIterable<Parameters<typeof ingest>[3]>,
): AsyncGenerator<number> {
  let writing: Promise<number> | undefined
  try {
    for await (const batch of batches) {
      if (writing) yield await writing
      writing = ingest(db, agent, epoch, batch).then(({ acked, connectionIds }) => {
        for (const connectionId of connectionIds) void ring({ tenantId: agent.tenantId, connectionId })
        return acked
      })
      // A failure is met where the promise is awaited; until then it must not count as unhandled.
      writing.catch(() => {})
    }
    if (writing) yield await writing
  } finally {
    await writing?.catch(() => {})
    await makeDurable(db, agent)
  }
}
