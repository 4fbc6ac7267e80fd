import http from 'node:http'

/** Stands before another server and passes everything on, unless told to lose an answer. */
export interface LossyProxy {
  url: string
  /** The next answer to a request of this path is lost on its way; the work is done. Settles when that has happened. */
  loseAnswer(path: string): Promise<void>
  close(): Promise<void>
}

/** Starts a proxy for the server at `target`. */
export async function startLossyProxy(target: string): Promise<LossyProxy> {
  const losing = new Map<string, () => void>()
  const server = http.createServer((request, answer) => {
    const { method, headers, url = '/' } = request
    const onward = http.request(new URL(url, target), { method, headers }, (back) => {
      const lost = losing.get(url)
      if (lost) {
        losing.delete(url)
        back.resume().once('end', () => request.socket.destroy())
        lost()
        return
      }
      answer.writeHead(back.statusCode ?? 502, back.headers)
      back.pipe(answer)
    })
    onward.once('error', () => request.socket.destroy())
    request.once('close', () => request.errored && onward.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    loseAnswer: (path) => new Promise((resolve) => losing.set(path, resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
