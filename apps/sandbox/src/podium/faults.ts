import { z } from 'zod'

export const faultSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']).optional(),
      /** A route (`/v4/contacts/:identifier`), a path (`/v4/contacts`), or with a star at its end what a path begins with. */
      path: z.string().optional(),
      /** The identifier in the path, or the phone, e-mail or an external id in the body. */
      identifier: z.string().optional(),
    })
    .default({}),
  /** `…AfterDone`: the work is done, only the answer is spoiled. */
  action: z.enum(['400', '429', '500', 'timeout', 'timeoutAfterDone', 'errorAfterDone']),
  times: z.union([z.number().int().min(1), z.literal('always')]).default(1),
})
export type Fault = z.infer<typeof faultSchema>
export type FaultAction = Fault['action']

export type FaultTarget = { method: string; route: string; path: string; identifiers: string[] }

/** Failures that were ordered; the first that matches a request is used. They are forgotten at a restart. */
export class Faults {
  #faults: Fault[] = []

  all(): Fault[] {
    return this.#faults
  }

  add(fault: Fault): void {
    this.#faults.push({ ...fault })
  }

  take(targetOf: () => FaultTarget): FaultAction | undefined {
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
  if (match.path === undefined) return true
  if (match.path.endsWith('*')) return path.startsWith(match.path.slice(0, -1))
  return match.path === route || match.path === path
}
