import { createServer, type RequestListener, type Server } from 'node:http'
import { Readable } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import { send } from './http.ts'

let server: Server | undefined
afterEach(() => {
  vi.useRealTimers()
  server?.closeAllConnections()
  server?.close()
})

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener)
  server = started
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  const address = started.address()
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/base` : ''
}

const hello = { method: 'GET', path: '/agent/hello', timeoutMs: 200 } as const

test('an answer comes with its status and its JSON, under the base address', async () => {
  const base = await serve((request, response) => response.writeHead(409).end(JSON.stringify({ url: request.url })))
  expect(await send(base, hello)).toMatchObject({ status: 409, body: { url: '/base/agent/hello' } })
})

test('an answer that is no JSON has no body', async () => {
  const base = await serve((_, response) => response.writeHead(502).end('<html>'))
  expect(await send(base, hello)).toMatchObject({ status: 502, body: null })
})

test.each<[string, RequestListener]>([
  ['never comes', () => undefined],
  ['stops in the middle', (_, response) => response.write('{"a":')],
  ['is cut', (_, response) => response.writeHead(200, { 'content-length': 100 }).write('{}', () => response.destroy())],
])('an answer that %s is no answer', async (_, listener) => {
  const base = await serve(listener)
  await expect(send(base, hello)).rejects.toMatchObject({ code: 'platform_unavailable' })
})

test('a request ends when it is no longer wanted', async () => {
  const base = await serve(() => undefined)
  const stop = new AbortController()
  const asked = send(base, { ...hello, timeoutMs: 60_000, signal: stop.signal })
  stop.abort()
  await expect(asked).rejects.toMatchObject({ code: 'platform_unavailable' })
})

const uploads = { method: 'POST', path: '/agent/uplink', timeoutMs: 200 } as const
const megabyte = Buffer.alloc(1024 * 1024)

test('an upload may take as long as it goes on', async () => {
  const base = await serve((request, response) => request.resume().on('end', () => response.end('{}')))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let passedMs = 0
  async function* body() {
    for (let part = 0; part < 10; part += 1) {
      // The next is asked for when the line has taken those before, but for one that is ready.
      vi.advanceTimersByTime(80)
      passedMs += 80
      yield megabyte
    }
  }
  expect(await send(base, { ...uploads, body: () => Readable.from(body()) })).toMatchObject({ status: 200 })
  expect(passedMs).toBeGreaterThan(uploads.timeoutMs)
})

test('an upload that stands still is given up', async () => {
  const base = await serve((request) => request.pause())
  async function* body() {
    for (;;) yield megabyte
  }
  await expect(send(base, { ...uploads, body: () => Readable.from(body()) })).rejects.toMatchObject({
    code: 'platform_unavailable',
  })
})
