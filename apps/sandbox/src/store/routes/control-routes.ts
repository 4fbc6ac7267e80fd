import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Store } from '../store.ts'

const exportSchema = z.strictObject({ full: z.boolean().default(false) }).default({ full: false })
const patchSchema = z.record(z.string(), z.unknown())
const seedSchema = z.strictObject({
  customers: z.number().int().min(0),
  seed: z.number().int().default(17),
  kind: z.enum(['mixed', 'plain']).default('mixed'),
  /** With items, sales, jobs and all that a shop has after some years. */
  history: z.boolean().default(false),
  /** The last day of the history; default: today. */
  until: z.iso.date().optional(),
})
const keys = z.array(z.string()).default([])
const trimSchema = z.strictObject({ keys, items: keys, sales: keys, jobs: keys })
const daySchema = z.strictObject({
  seed: z.number().int().default(1),
  events: z.number().int().min(1).max(100_000).default(100),
  /** Steps a second; without it the day is over when the answer comes. */
  speed: z.number().positive().max(1000).optional(),
})

/** What a test or a person behind the scenes does to the whole store. */
export function addControlRoutes(app: FastifyInstance, store: Store): void {
  /** Answers when the files are written. */
  app.post('/store/export', async (request) => {
    const { full } = exportSchema.parse(request.body ?? undefined)
    const files = await store.exporter.export(full ? 'all' : 'changed')
    return { file: files[0] ?? null, files }
  })

  app.get('/control/store/settings', async () => store.settings)
  app.post('/control/store/settings', async (request) => {
    store.change(patchSchema.parse(request.body))
    return store.settings
  })
  /** Replaces everything by what is made up. Exports nothing; `POST /store/export {"full": true}` does. */
  app.post('/control/store/seed', async (request) => {
    const { customers, seed, kind, history, until } = seedSchema.parse(request.body)
    store.seed(customers, seed, kind, history ? { until } : undefined)
    store.database.forgetImports()
    return store.counts()
  })
  app.post('/control/store/trim', async (request) => {
    store.trim(trimSchema.parse(request.body))
    return store.counts()
  })

  app.post('/control/store/day', async (request, reply) => {
    const { seed, events, speed } = daySchema.parse(request.body ?? {})
    if (speed === undefined) return { happenings: store.day.playAtOnce(seed, events) }
    store.day.play(seed, events, speed)
    return reply.code(202).send(store.day.state)
  })
  app.get('/control/store/day', async () => store.day.state)
  app.delete('/control/store/day', async () => {
    store.day.stop()
    return store.day.state
  })
}
