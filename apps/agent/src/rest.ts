/** However long the work took: it may be the computer that slept meanwhile. */
const longestRestMs = 600_000

/** How long to rest after work that is begun again and again, so that it never takes the store's machine for itself. Milliseconds. */
export function restAfter(tookMs: number, times = 1): number {
  return Math.min(longestRestMs, times * tookMs)
}
