import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Faults } from './faults.ts'
import type { RequestCounts } from './request-counts.ts'
import type { Settings } from './settings.ts'

const patchSchema = z.record(z.string(), z.unknown())

type Controlled<Values extends Record<string, unknown>, Part extends string> = {
  settings: Settings<Values>
  faults: Faults
  requests: RequestCounts
  /** What a reset can be limited to. */
  resettable: readonly Part[]
  reset: (only?: readonly Part[]) => void
}

/** What every stand-in for a platform has: settings, failures that one orders, a reset, and the counts of its requests. */
export function addCommonControlRoutes<Values extends Record<string, unknown>, Part extends string>(
  app: FastifyInstance,
  name: string,
  { settings, faults, requests, resettable, reset }: Controlled<Values, Part>,
): void {
  const resetSchema = z.strictObject({ only: z.array(z.enum(resettable)).optional() })
  const control = `/control/${name}`
  app.get(`${control}/settings`, async () => settings.current)
  app.post(`${control}/settings`, async (request) => {
    settings.change(patchSchema.parse(request.body))
    return settings.current
  })
  app.get(`${control}/faults`, async () => faults.all())
  app.post(`${control}/faults`, async (request) => {
    faults.add(request.body)
    return faults.all()
  })
  app.delete(`${control}/faults`, async () => {
    faults.reset()
    return []
  })
  app.post(`${control}/reset`, async (request) => {
    reset(resetSchema.parse(request.body ?? {}).only)
    return {}
  })
  app.get(`/state/${name}/requests`, async () => requests.all())
}
