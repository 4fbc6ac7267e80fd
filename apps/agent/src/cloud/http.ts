import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { pipeline, type Readable } from 'node:stream'
import { JumpringError } from '@jumpring/contracts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Record<string, string>
  /** Whole; or made anew for each try. */
  readonly body?: Buffer | (() => Buffer | Readable)
  /** How long it may take until the next part of the body is taken, after the last until the answer begins, and then until it is whole. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

export interface HttpAnswer {
  readonly status: number
  /** Parsed JSON, or null where the body is none. */
  readonly body: unknown
  /** When it was made, by the clock of the other side (UTC instant, in ms). */
  readonly date?: number
}

const maxAnswerBytes = 16 * 1024 * 1024
// Connections stay open between changes: a change must not wait for a new TLS handshake.
const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }

/** One request. Rejects with `platform_unavailable` when there is no whole answer. */
export async function send(base: string, asked: HttpRequest): Promise<HttpAnswer> {
  try {
    return await exchange(new URL(asked.path.slice(1), base.endsWith('/') ? base : `${base}/`), asked)
  } catch (cause) {
    throw new JumpringError('platform_unavailable', 'The cloud does not answer.', { cause })
  }
}

function exchange(url: URL, { method, headers, body: asked, timeoutMs, signal }: HttpRequest): Promise<HttpAnswer> {
  const body = typeof asked === 'function' ? asked() : asked
  const secure = url.protocol === 'https:'
  const options = {
    method,
    headers: { ...headers, ...(Buffer.isBuffer(body) && { 'content-length': String(body.length) }) },
    agent: secure ? agents.https : agents.http,
    ...(signal ? { signal } : {}),
  }
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(url, options, (response) => {
      deadline.refresh()
      readAnswer(response)
        .then(resolve, reject)
        .finally(() => clearTimeout(deadline))
    })
    const deadline = setTimeout(() => request.destroy(new Error('The time is up.')), timeoutMs)
    // A slow line takes its time over a long upload.
    for (const taken of ['drain', 'finish']) request.on(taken, () => deadline.refresh())
    request.on('error', (error) => {
      clearTimeout(deadline)
      reject(error)
    })
    if (body === undefined || Buffer.isBuffer(body)) request.end(body)
    // What breaks it is heard from the request.
    else pipeline(body, request, () => {})
  })
}

async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    const piece = Buffer.from(chunk)
    bytes += piece.length
    if (bytes > maxAnswerBytes) throw new Error('The answer is too long.')
    chunks.push(piece)
  }
  const date = Date.parse(response.headers.date ?? '')
  const body = parseOrNull(Buffer.concat(chunks).toString('utf8'))
  return { status: response.statusCode ?? 0, body, ...(Number.isNaN(date) ? {} : { date }) }
}

function parseOrNull(json: string): unknown {
  try {
    const body: unknown = JSON.parse(json)
    return body
  } catch {
    return null
  }
}
