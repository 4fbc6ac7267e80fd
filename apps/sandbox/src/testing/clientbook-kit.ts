import { expect } from 'vitest'
import { z } from 'zod'
import { contractProblem } from './clientbook-contract.ts'
import { type Answer, eventually, send, startReceiver, startSandbox } from './kit.ts'

const accountSchema = z.object({
  accountId: z.string(),
  locations: z.array(z.object({ id: z.string(), name: z.string() })),
  associates: z.array(z.object({ id: z.string(), first_name: z.string(), point_of_sale_id: z.string().nullable() })),
  preferences: z.array(z.object({ id: z.string(), name: z.string() })),
  clientId: z.string(),
  clientSecret: z.string(),
  authorizationCode: z.string(),
})
const tokenSchema = z.object({ access_token: z.string(), refresh_token: z.string() })
export const idSchema = z.object({ id: z.string() })

export type ClientbookAccount = z.infer<typeof accountSchema> & { token: string; refreshToken: string }

/** A sandbox whose Clientbook tells of changes at once and has a limit out of reach, unless told otherwise. */
export async function startClientbook(settings: object = {}) {
  const sandbox = await startSandbox({
    clientbook: { rateLimit: 100_000, webhookDelayMs: 0, webhookRetryFactor: 0.0001, ...settings },
  })
  return { ...sandbox, book: sandbox.clientbook }
}

/** A form to the token endpoint. */
export async function tokenRequest(url: string, fields: Record<string, string>, path = 'token'): Promise<Answer> {
  const body = new URLSearchParams({ client_id: 'jumpring-demo', client_secret: 'jumpring-demo-secret', ...fields })
  const response = await fetch(`${url}/clientbook/oauth/${path}`, { method: 'POST', body })
  const answer = { status: response.status, headers: response.headers, body: await response.json() }
  if (path === 'token') expect(contractProblem('POST', '/oauth/token', answer)).toBeUndefined()
  return answer
}

/** A new account, and tokens for it. */
export async function openClientbookAccount(url: string, scopes?: string[]): Promise<ClientbookAccount> {
  const made = await send(`${url}/control/clientbook/accounts`, 'POST', {
    name: `Elm Street Gems ${Math.random()}`,
    locations: ['Elm Street', 'Airport'],
    ...(scopes ? { scopes } : {}),
  })
  const account = accountSchema.parse(made.body)
  const { body } = await tokenRequest(url, { grant_type: 'authorization_code', code: account.authorizationCode })
  const { access_token: token, refresh_token: refreshToken } = tokenSchema.parse(body)
  return { ...account, token, refreshToken }
}

/** A caller of the API whose every answer is held against the contract. */
export function clientbookCaller(url: string, { token }: { token: string }) {
  return async (method: string, path: string, body?: unknown, headers = {}, signal?: AbortSignal): Promise<Answer> => {
    const all = { authorization: `Bearer ${token}`, ...headers }
    const answer = await send(`${url}/clientbook${path}`, method, body, all, signal)
    expect(contractProblem(method, path, answer), `${method} ${path} ${JSON.stringify(answer.body)}`).toBeUndefined()
    return answer
  }
}

const eventSchema = z.looseObject({
  id: z.string(),
  type: z.string(),
  account_id: z.string(),
  actor: z.object({ type: z.string(), associate_id: z.string().nullable(), point_of_sale_id: z.string().nullable() }),
  data: z.looseObject({ object: z.looseObject({ id: z.string().optional() }) }),
})
export type ClientbookEvent = z.infer<typeof eventSchema>

export const secret = 'a secret of sixteen'

/** An account whose events of these types arrive in `events`. */
export async function subscribed(events: string[], settings: object = {}, status?: (count: number) => number) {
  const sandbox = await startClientbook(settings)
  const account = await openClientbookAccount(sandbox.url)
  const call = clientbookCaller(sandbox.url, account)
  const receiver = await startReceiver(status)
  const made = await call('POST', '/v1/webhook-endpoints', { url: receiver.url, secret, events })
  const endpoint = idSchema.parse(made.body).id
  const control = async (method: string, path: string, body?: unknown) => {
    const answer = await send(`${sandbox.url}/control/clientbook/${path}`, method, body)
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
    return answer.body
  }
  return {
    ...sandbox,
    account,
    call,
    control,
    endpoint,
    received: receiver.received,
    told: (): ClientbookEvent[] => receiver.received.map(({ text }) => eventSchema.parse(JSON.parse(text))),
    /** As staff: a client with this POS ID, or none; their id. */
    addClient: async (fields: object) =>
      idSchema.parse(await control('POST', 'clients', { accountId: account.accountId, ...fields })).id,
    settled: () =>
      eventually(async () => (await send(`${sandbox.url}/state/clientbook/webhooks`)).body).toMatchObject({
        waiting: 0,
      }),
  }
}
