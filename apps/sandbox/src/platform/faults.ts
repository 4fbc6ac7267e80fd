import { z } from 'zod'

const late = ['timeout', 'timeoutAfterDone', 'errorAfterDone'] as const

const faultSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']).optional(),
      /** A route (`/v4/contacts/:identifier`), a path (`/v4/contacts`), or with a star at its end what a path begins with. */
      path: z.string().optional(),
      /** The identifier in the path, or the phone, e-mail or an external id in the body. */
      identifier: z.string().optional(),
    })
    .default({}),
  /** A status, or `timeout`; `…AfterDone`: the work is done, only the answer is spoiled. */
  action: z.string(),
  times: z.union([z.number().int().min(1), z.literal('always')]).default(1),
})
export type Fault = z.infer<typeof faultSchema>

export type FaultTarget = { method: string; route: string; path: string; identifiers: string[] }

/** Failures that were ordered; the first that matches a request is used. One without a path meets no request for tokens. They are forgotten at a restart. */
export class Faults {
  readonly #schema: z.ZodType<Fault>
  #faults: Fault[] = []

  /** `statuses`: those that this platform can be made to answer with. */
  constructor(statuses: string[]) {
    this.#schema = faultSchema.extend({ action: z.enum([...late, ...statuses]) })
  }

  all(): Fault[] {
    return this.#faults
  }

  /** Throws a ZodError for what is no fault. */
  add(fault: unknown): void {
    this.#faults.push(this.#schema.parse(fault))
  }

  take(targetOf: () => FaultTarget): Fault['action'] | undefined {
    if (this.#faults.length === 0) return undefined
    const target = targetOf()
    const fault = this.#faults.find(({ match }) => matches(match, target))
    if (!fault) return undefined
    if (fault.times !== 'always') fault.times--
    this.#faults = this.#faults.filter(({ times }) => times !== 0)
    return fault.action
  }

  reset(): void {
    this.#faults = []
  }
}

function matches(match: Fault['match'], { method, route, path, identifiers }: FaultTarget): boolean {
  if (match.method !== undefined && match.method !== method) return false
  if (match.identifier !== undefined && !identifiers.includes(match.identifier)) return false
  if (match.path === undefined) return !path.startsWith('/oauth/')
  if (match.path.endsWith('*')) return path.startsWith(match.path.slice(0, -1))
  return match.path === route || match.path === path
}
