import { randomUUID } from 'node:crypto'
import { inTenant, type Sql } from '@jumpring/db'
import { type Effect, leaseEffects, leaseMs, renewLease } from '@jumpring/db/engine'
import type { At } from './context.ts'

const renewEveryMs = 1000
/** Before a lease ends nothing is sent any more: a call needs a moment to leave. */
const reserveMs = 500

/** Our lease has run out, or may have: the call was not made. */
export class LeaseLost extends Error {}

/**
 * The right to make the calls of a page. A worker that was stopped for a while (a frozen machine, a starved process) finds it gone
 * when it wakes, since another may have made these calls, and newer ones, meanwhile.
 */
export interface Lease {
  readonly id: string
  /** Takes the effects that nobody holds; gives them. Once, in the transaction that read them. */
  take<Decision>(sql: Sql, effects: readonly Effect<Decision>[]): Promise<Effect<Decision>[]>
  /** Right before a call. @throws LeaseLost */
  check(): void
  /** Renews it while `work` goes on. */
  during<T>(work: () => Promise<T>): Promise<T>
}

/**
 * Milliseconds from here on. Some machines stop the one clock while they sleep, and the other may be set: whichever went further is
 * believed.
 */
export function stopwatch(): () => number {
  const [monotonic, wall] = [performance.now(), Date.now()]
  return () => Math.max(performance.now() - monotonic, Date.now() - wall)
}

export function newLease({ deps, connection }: At): Lease {
  const id = randomUUID()
  // Since before the database was asked: so it ends here before it ends there.
  let since: (() => number) | null = null

  const isHeld = () => since !== null && since() < leaseMs - reserveMs
  const renew = async () => {
    const asked = stopwatch()
    const { id: connectionId, tenantId } = connection
    if (await inTenant(deps.db, tenantId, (sql) => renewLease(sql, connectionId, id))) since = asked
  }
  return {
    id,
    take: async (sql, effects) => {
      since = stopwatch()
      const ours = await leaseEffects(
        sql,
        id,
        effects.map((effect) => effect.id),
      )
      return effects.filter((effect) => ours.has(effect.id))
    },
    check: () => {
      if (!isHeld()) throw new LeaseLost('The lease has run out.')
    },
    during: async (work) => {
      // A renewal that fails leaves the lease to run out.
      const timer = setInterval(() => void renew().catch(() => {}), renewEveryMs)
      try {
        return await work()
      } finally {
        clearInterval(timer)
      }
    },
  }
}
