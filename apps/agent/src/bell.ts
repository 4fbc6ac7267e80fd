/** Wakes one waiting loop. Rings while nobody waits are remembered as one. */
export class Bell {
  private rung = false
  private wake: (() => void) | undefined

  ring(): void {
    this.rung = true
    this.wake?.()
  }

  /** Resolves at the next ring, after `timeoutMs`, or when `signal` aborts. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (!this.rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs)
        this.wake = () => {
          clearTimeout(timer)
          resolve()
        }
        signal.addEventListener('abort', this.wake, { once: true })
      })
      if (this.wake) signal.removeEventListener('abort', this.wake)
      this.wake = undefined
    }
    this.rung = false
  }
}

/** Waits, or returns early when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Bell().wait(ms, signal)
}

const firstWaitMs = 250
const longestWaitMs = 30_000

/** How long to wait before try number `failures + 1`: doubling, with jitter, so that many agents do not return at once. */
export function backoff(failures: number): number {
  const ceiling = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 10))
  return ceiling * (0.5 + Math.random() / 2)
}
