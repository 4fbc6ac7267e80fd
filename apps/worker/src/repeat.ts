import type { Logger } from 'pino'

/**
 * Does `work` now, and again each time this long after its end. A failure is logged, and the next time tries again.
 * @returns stops it, once what is under way has ended
 */
export function repeat(everyMs: number, work: () => Promise<void>, log: Logger, failed: string): () => Promise<void> {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let round = Promise.resolve()
  const once = async () => {
    try {
      await work()
    } catch (error) {
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, failed)
    }
    if (!stopped) timer = setTimeout(next, everyMs)
  }
  const next = () => {
    round = once()
  }
  next()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await round
  }
}
