import { createServer } from 'node:net'

/** Whether nothing listens on this port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

/** The first free port from `wanted` on, none of `taken`; throws when 50 in a row are in use. */
export async function freePortFrom(wanted: number, taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = wanted; port < wanted + 50; port++) {
    if (!taken.has(port) && (await isFree(port))) return port
  }
  throw new Error(`ports ${wanted} to ${wanted + 49} of 127.0.0.1 are all in use: end what uses them and try again`)
}

const shareSize = 100
let handedOut = 0

/**
 * A free port below the range from which systems hand out ports of outgoing connections, so that none takes it. Each process has a
 * share of its own and goes through it in order: a port that is not listened on yet, or whose program was killed and will be started
 * again, is not soon given to another.
 */
export async function anyFreePort(): Promise<number> {
  const first = 20_000 + (process.pid % 100) * shareSize
  for (let tries = 0; tries < shareSize; tries++) {
    const port = first + (handedOut++ % shareSize)
    if (await isFree(port)) return port
  }
  throw new Error(`found no free port between ${first} and ${first + shareSize}`)
}
