import { z } from 'zod'
import type { Documents } from '../documents.ts'

const countsSchema = z.record(z.string(), z.record(z.string(), z.number()))

/** How many requests each route answered with each status. */
export class RequestCounts {
  readonly #documents: Documents
  #counts: z.infer<typeof countsSchema>

  constructor(documents: Documents) {
    this.#documents = documents
    this.#counts = documents.read('requestCounts', countsSchema)[0] ?? {}
  }

  /** `{"POST /v4/contacts": {"202": 12, "timeout": 1}}` */
  all(): Record<string, Record<string, number>> {
    return this.#counts
  }

  count(route: string, status: number | 'timeout'): void {
    const byStatus = this.#counts[route] ?? {}
    byStatus[status] = (byStatus[status] ?? 0) + 1
    this.#counts[route] = byStatus
    this.#documents.put('requestCounts', 'all', this.#counts)
  }

  reset(): void {
    this.#counts = {}
    this.#documents.put('requestCounts', 'all', this.#counts)
  }
}
