import type { Lane } from '@jumpring/db/engine'

/** A page of a bulk is followed by a rest this many times as long as it took. */
const restFactor = 3
const longestRestMs = 5000
/** Whoever changed something this recently is taken to change more. */
const recentMs = 1000

/** Lets live changes of other connections go before a bulk: they share processors and database. */
export interface Precedence {
  /** A pass begins. @returns what ends it */
  begin(connectionId: string, lane: Lane): () => void
  /** Whether others than this connection have live changes, now or a moment ago. */
  areOthersLive(connectionId: string): boolean
  /** How long a bulk rests after a page that took so long: not at all while no other connection has live changes. */
  restMs(connectionId: string, tookMs: number): number
}

/** @param now milliseconds */
export function createPrecedence(now: () => number = () => performance.now()): Precedence {
  const bulks = new Set<string>()
  const livePasses = new Map<string, number>()
  const lastLive = new Map<string, number>()
  const areOthersLive = (connectionId: string): boolean => {
    for (const [id, at] of lastLive) if (now() - at > recentMs) lastLive.delete(id)
    // What is live of a connection with a bulk of its own is that bulk's echo for the most part.
    return [...livePasses.keys(), ...lastLive.keys()].some((id) => id !== connectionId && !bulks.has(id))
  }
  return {
    begin(connectionId, lane) {
      if (lane === 'backfill') {
        bulks.add(connectionId)
        return () => bulks.delete(connectionId)
      }
      livePasses.set(connectionId, (livePasses.get(connectionId) ?? 0) + 1)
      return () => {
        const left = (livePasses.get(connectionId) ?? 1) - 1
        if (left > 0) livePasses.set(connectionId, left)
        else livePasses.delete(connectionId)
        lastLive.set(connectionId, now())
      }
    },
    areOthersLive,
    restMs: (connectionId, tookMs) => (areOthersLive(connectionId) ? Math.min(tookMs * restFactor, longestRestMs) : 0),
  }
}
