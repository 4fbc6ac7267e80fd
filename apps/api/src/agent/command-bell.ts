import { type Database, listenForCommands } from '@jumpring/db'

/** Tells waiting requests that their source has a command. */
export interface CommandBell {
  readonly closed: boolean
  /** The next ring for a source, from now on. */
  next(sourceId: string): { within(ms: number): Promise<void>; forget(): void }
  /** Lets all that wait go on, and stops listening. */
  close(): Promise<void>
}

/** One listening connection for the whole process, however many agents wait. */
export function createCommandBell(db: Database): CommandBell {
  const waiting = new Map<string, Set<() => void>>()
  let closed = false
  const wake = (sourceId?: string) => {
    const woken = sourceId === undefined ? [...waiting.values()] : [waiting.get(sourceId) ?? []]
    for (const waiters of woken) for (const goOn of waiters) goOn()
  }
  const listener = listenForCommands(db, wake)
  return {
    get closed() {
      return closed
    },
    next: (sourceId) => {
      const rung = Promise.withResolvers<void>()
      const waiters = waiting.get(sourceId) ?? new Set()
      waiting.set(sourceId, waiters.add(rung.resolve))
      const forget = () => {
        waiters.delete(rung.resolve)
        if (waiters.size === 0 && waiting.get(sourceId) === waiters) waiting.delete(sourceId)
      }
      return {
        forget,
        within: async (ms) => {
          const timer = setTimeout(rung.resolve, ms)
          await rung.promise
          clearTimeout(timer)
          forget()
        },
      }
    },
    close: async () => {
      closed = true
      wake()
      await listener.close()
    },
  }
}
