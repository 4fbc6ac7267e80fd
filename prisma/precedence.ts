import type { Lane } from './engine/work.ts'

/** A page of a bulk is followed by a rest this many times as long as it took. */
const restFactor = 5
const longestRestMs = 5000
/** Whoever changed something this recently is taken to change more. */
const recentMs = 1000

/** Lets live changes of others go before a bulk: they share processors and database. Known by an id: a connection, or a source that uploads. */
export interface Precedence {
  /** A pass begins. @returns what ends it */
  begin(id: string, lane: Lane): () => void
  /** Whether others have live changes, now or a moment ago. */
  areOthersLive(id: string): boolean
  /** How long a bulk rests after a page that took so long: not at all while no other has live changes. */
  restMs(id: string, tookMs: number): number
}

/** @param now milliseconds */
export function createPrecedence(now: () => number = () => performance.now()): Precedence {
  const bulks = new Set<string>()
  const livePasses = new Map<string, number>()
  const lastLive = new Map<string, number>()
  const areOthersLive = (id: string): boolean => {
    for (const [other, at] of lastLive) if (now() - at > recentMs) lastLive.delete(other)
    // What is live of whoever has a bulk is that bulk's echo for the most part.
    return [...livePasses.keys(), ...lastLive.keys()].some((other) => other !== id && !bulks.has(other))
  }
  return {
    begin(id, lane) {
      if (lane === 'backfill') {
        bulks.add(id)
        return () => bulks.delete(id)
      }
      livePasses.set(id, (livePasses.get(id) ?? 0) + 1)
      return () => {
        const left = (livePasses.get(id) ?? 1) - 1
        if (left > 0) livePasses.set(id, left)
        else livePasses.delete(id)
        lastLive.set(id, now())
      }
    },
    areOthersLive,
    restMs: (id, tookMs) => (areOthersLive(id) ? Math.min(tookMs * restFactor, longestRestMs) : 0),
  }
}
