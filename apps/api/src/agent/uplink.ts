import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { JumpringError, type UplinkAnswer } from '@jumpring/contracts'
import { type Batch, currentGeneration, ingest, makeDurable } from '@jumpring/db'
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
        const batches = readBatches(request.body, encoding, () => services.precedence.areOthersLive(agent.sourceId))
        // Read ahead by one: while one is written, neither the reading nor the next writing waits for the other.
        const ahead = Readable.from(batches, { highWaterMark: 1 })
        for await (const acked of write(services, agent, epoch, ahead)) answer.acked = acked
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

/**
 * Writes one batch while the next is read. Yields the highest number after each; when it ends, all of them are durable. An upload of
 * several batches lets those of other stores go before it.
 */
async function* write(
  { db, ring, precedence }: AgentServices,
  agent: Met,
  epoch: string,
  batches: AsyncIterable<Batch>,
): AsyncGenerator<number> {
  const { sourceId, tenantId } = agent
  let isBulk = false
  const writeOne = async (batch: Batch) => {
    const begunAt = performance.now()
    // Live only while it is written: an upload that stands still slows nobody down.
    const ended = precedence.begin(sourceId, isBulk ? 'backfill' : 'live')
    const { acked, connectionIds } = await ingest(db, agent, epoch, batch).finally(ended)
    for (const connectionId of connectionIds) void ring({ tenantId, connectionId })
    return { acked, tookMs: performance.now() - begunAt }
  }
  let writing: ReturnType<typeof writeOne> | undefined
  try {
    for await (const batch of batches) {
      if (writing) {
        isBulk = true
        const { acked, tookMs } = await writing
        yield acked
        const restMs = precedence.restMs(sourceId, tookMs)
        if (restMs > 0) await wait(restMs)
      }
      writing = writeOne(batch)
      // A failure is met where the promise is awaited; until then it must not count as unhandled.
      writing.catch(() => {})
    }
    if (writing) yield (await writing).acked
  } finally {
    await writing?.catch(() => {})
    await makeDurable(db, agent)
  }
}
