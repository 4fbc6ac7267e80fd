import { connect, createServer, type Socket } from 'node:net'

/** A line to a server that can be down. */
export interface Line {
  readonly url: string
  /** Nothing gets through from now on; what is open is cut. */
  cut(): void
  mend(): void
  close(): void
}

/** Lays a line to the server at `target`. It is up. */
export async function layLine(target: string): Promise<Line> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let isUp = true
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => sockets.delete(one) && other.destroy())
    }
    if (!isUp) near.destroy()
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The line has no port.')
  const cut = () => {
    isUp = false
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut,
    mend: () => (isUp = true),
    close: () => {
      cut()
      server.close()
    },
  }
}
