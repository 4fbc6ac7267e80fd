import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'

/** What the server says to one request. `hang`: it takes the request and never answers. */
export type ScriptedAnswer =
  | 'hang'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }

export interface ReceivedRequest {
  readonly method: string
  /** Path and query, as sent. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** Parsed JSON; undefined where there was none. */
  readonly body: unknown
}

export interface ScriptedServer extends AsyncDisposable {
  readonly baseUrl: string
  readonly received: readonly ReceivedRequest[]
}

/**
 * A server for tests that gives these answers in order, for what a sandbox cannot be brought to say.
 * A string body is sent as it is; a request beyond the last answer gets a 599.
 */
export async function startScriptedServer(answers: readonly ScriptedAnswer[]): Promise<ScriptedServer> {
  const received: ReceivedRequest[] = []
  const server = createServer(async (request, response) => {
    const raw = await text(request)
    const answer = answers[received.length] ?? { status: 599 }
    const { method = '', url = '', headers } = request
    received.push({ method, url, headers, body: raw === '' ? undefined : JSON.parse(raw) })
    if (answer === 'hang') return
    const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {})
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.')
  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
