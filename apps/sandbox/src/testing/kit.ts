import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { createSandbox, type Sandbox, type SandboxOptions } from '../server.ts'
import { openApiProblem } from './openapi.ts'

export type Answer = { status: number; headers: Headers; body: unknown }

const accountSchema = z.object({
  organizationUid: z.string(),
  locations: z.array(z.object({ uid: z.string(), name: z.string() })),
  clientId: z.string(),
  clientSecret: z.string(),
  authorizationCode: z.string(),
})
const tokenSchema = z.object({ access_token: z.string(), refresh_token: z.string() })

export type Account = {
  organizationUid: string
  location: string
  otherLocation: string
  token: string
  refreshToken: string
}

// Patience costs nothing where it is not needed, and machines are sometimes busy.
vi.setConfig({ testTimeout: 30_000 })

/** Asks again until the answer is as expected. */
export function eventually<T>(ask: () => T, options: { interval?: number } = {}) {
  return expect.poll(ask, { timeout: 15_000, ...options })
}

/** A folder of the test's own, gone when it ends. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jumpring-sandbox-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A sandbox on a port of its own that ends with the test. Unless told otherwise it writes at once and has no limit. */
export async function startSandbox(options: Partial<SandboxOptions> = {}): Promise<Sandbox & { url: string }> {
  const podium = { applyDelayMs: { min: 0, max: 0 }, rateLimit: 0, ...options.podium }
  const sandbox = await createSandbox({ directory: testFolder(), customers: 0, ...options, podium })
  const url = await sandbox.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(async () => sandbox.app.close())
  return { ...sandbox, url }
}

/** Any request; a body is sent as JSON. */
export async function send(
  url: string,
  method = 'GET',
  body?: unknown,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Answer> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(url, {
    method,
    headers: { ...json, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
    redirect: 'manual',
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}

/** A new account with two locations, and a token for it. */
export async function openAccount(url: string, scopes?: string[]): Promise<Account> {
  const made = await send(`${url}/control/podium/accounts`, 'POST', {
    name: 'Elm Street Gems',
    locations: ['Elm Street', 'Airport'],
    ...(scopes ? { scopes } : {}),
  })
  const account = accountSchema.parse(made.body)
  const token = await send(`${url}/podium/oauth/token`, 'POST', {
    client_id: account.clientId,
    client_secret: account.clientSecret,
    grant_type: 'authorization_code',
    code: account.authorizationCode,
    redirect_uri: 'https://example.com/connected',
  })
  const { access_token, refresh_token } = tokenSchema.parse(token.body)
  const [first, second] = account.locations
  return {
    organizationUid: account.organizationUid,
    location: first?.uid ?? '',
    otherLocation: second?.uid ?? '',
    token: access_token,
    refreshToken: refresh_token,
  }
}

/** A caller of the API whose every answer is held against Podium's OpenAPI files, where they are present. */
export function caller(url: string, { token }: Pick<Account, 'token'>) {
  return async (method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> => {
    const headers = { authorization: `Bearer ${token}`, 'podium-version': '2021.04.01' }
    const answer = await send(`${url}/podium${path}`, method, body, headers, signal)
    expect(openApiProblem(method, path, answer.status, answer.body), `${method} ${path}`).toBeUndefined()
    return answer
  }
}

export const contactSchema = z.object({
  uid: z.string(),
  name: z.string().nullable(),
  phoneNumbers: z.array(z.string()),
  emails: z.array(z.string()),
  channels: z.array(
    z.object({
      identifier: z.string(),
      marketingOptedInLocationUids: z.array(z.string()),
      transactionalOptedOutAt: z.string().nullable(),
    }),
  ),
  attributes: z.array(z.object({ uid: z.string(), value: z.string() })),
  tags: z.array(z.object({ uid: z.string() })),
  locations: z.array(z.object({ uid: z.string() })),
  conversations: z.array(z.object({ uid: z.string() })),
})
export type ContactAnswer = z.infer<typeof contactSchema>

/** All contacts of the sandbox, as anyone may see them. */
export async function allContacts(url: string): Promise<ContactAnswer[]> {
  return z.array(contactSchema).parse((await send(`${url}/state/podium/contacts`)).body)
}

export type Received = {
  headers: http.IncomingHttpHeaders
  text: string
  type: string
  eventUid: string
  data: unknown
}

const eventSchema = z.object({
  data: z.unknown(),
  metadata: z.object({ eventType: z.string(), eventUid: z.string() }).default({ eventType: '', eventUid: '' }),
})

/** Someone who receives webhooks. `status` is asked before each answer. */
export async function startReceiver(
  status: (count: number) => number = () => 200,
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = []
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const { data, metadata } = eventSchema.parse(JSON.parse(text))
      received.push({ headers: request.headers, text, type: metadata.eventType, eventUid: metadata.eventUid, data })
      response.statusCode = status(received.length)
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = z.object({ port: z.number() }).parse(server.address())
  return { url: `http://127.0.0.1:${port}/hook`, received }
}
