import { once } from 'node:events'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Webhook } from './connector.ts'

export interface WebhookReceiver extends AsyncDisposable {
  readonly url: string
  /** All deliveries so far, as they came. */
  readonly received: readonly Webhook[]
}

/** A server for tests that answers every delivery with 200 and keeps it. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: Webhook[] = []
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, rawBody: await buffer(request) })
    response.writeHead(200).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.')
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
