import { setTimeout as delay } from 'node:timers/promises'
import type { App } from './apps.ts'
import { type Child, type ChildFolders, startChild, whenReady } from './child.ts'

/** What is started again whenever it ends. */
export interface Supervised {
  /** Ends it for good. */
  stop(): Promise<void>
}

/** A server that may be gone: killed, say. */
export interface Server extends Supervised {
  isUp(): Promise<boolean>
}

const shortestWaitMs = 500
const longestWaitMs = 10_000
const healthyAfterMs = 30_000

/**
 * Starts the app, waits until it is ready, and from then on starts it again when it ends, with growing waits while it
 * ends soon after its start. Throws if it does not become ready the first time, or when `interrupted` meanwhile.
 */
export async function supervise(
  app: App,
  folders: ChildFolders,
  say: (line: string) => void,
  interrupted: AbortSignal,
): Promise<Supervised> {
  const stopping = new AbortController()
  let child: Child = startChild(app, folders)
  try {
    await Promise.race([whenReady(app, child, folders), rejectWhen(interrupted)])
  } catch (error) {
    await child.stop()
    throw error
  }
  const kept = keepAlive()

  async function keepAlive(): Promise<void> {
    let waitMs = shortestWaitMs
    for (;;) {
      const since = performance.now()
      const how = await child.ended
      if (stopping.signal.aborted) return
      waitMs = performance.now() - since > healthyAfterMs ? shortestWaitMs : Math.min(waitMs * 2, longestWaitMs)
      say(`${app.name} ended (${how}); starting it again`)
      await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
      child = startChild(app, folders)
    }
  }

  return {
    stop: async () => {
      stopping.abort()
      await child.stop()
      await kept
    },
  }
}

/**
 * Looks after a server that is up: whenever it is gone, `restart` brings it back, at the same address, for as long as it
 * takes.
 */
export function keepServer(
  name: string,
  server: Server,
  restart: () => Promise<Server>,
  say: (line: string) => void,
): Supervised {
  const stopping = new AbortController()
  let current: Server = server
  const kept = keepUp()

  async function keepUp(): Promise<void> {
    for (;;) {
      await delay(shortestWaitMs, undefined, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
      if (await current.isUp()) continue
      say(`${name} is gone; starting it again`)
      await restart().then(
        (again) => {
          current = again
        },
        (error) => say(`${name} does not start: ${error instanceof Error ? error.message : error}`),
      )
    }
  }

  return {
    stop: async () => {
      stopping.abort()
      await kept
      await current.stop()
    },
  }
}

function rejectWhen(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}
