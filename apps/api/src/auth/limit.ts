/** Counts attempts by address in one process, so that a secret cannot be guessed by trying. */
export function createLimit({
  attempts,
  windowMs,
}: {
  attempts: number
  windowMs: number
}): (address: string) => boolean {
  let counts = new Map<string, number>()
  let windowEnds = 0
  /** Whether one more attempt is allowed now; counts it. */
  return (address) => {
    const now = performance.now()
    if (now >= windowEnds) {
      counts = new Map()
      windowEnds = now + windowMs
    }
    const count = (counts.get(address) ?? 0) + 1
    counts.set(address, count)
    return count <= attempts
  }
}
