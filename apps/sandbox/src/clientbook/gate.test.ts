import { expect, it } from 'vitest'
import { z } from 'zod'
import { operations } from '../testing/clientbook-contract.ts'
import {
  clientbookCaller,
  openClientbookAccount,
  startClientbook,
  subscribed,
  tokenRequest,
} from '../testing/clientbook-kit.ts'
import { eventually, send } from '../testing/kit.ts'

const tokenSchema = z.object({ access_token: z.string(), refresh_token: z.string() })
const client = { first_name: 'Nora' }

async function start(settings = {}) {
  const sandbox = await startClientbook(settings)
  const account = await openClientbookAccount(sandbox.url)
  const call = clientbookCaller(sandbox.url, account)
  const control = (path: string, body: unknown) => send(`${sandbox.url}/control/clientbook/${path}`, 'POST', body)
  const refresh = async (refresh_token: string) =>
    tokenRequest(sandbox.url, { grant_type: 'refresh_token', refresh_token })
  return { ...sandbox, account, call, control, refresh }
}

it('a person approves at once; the code is good once, in a form only', async () => {
  const { url } = await start()
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'jumpring-demo',
    redirect_uri: 'https://example.com/connected',
    scope: 'clients:read webhooks',
    state: 's-1',
  })
  const { status, headers } = await send(`${url}/clientbook/oauth/authorize?${query}`)
  const target = new URL(headers.get('location') ?? '')
  expect([status, target.searchParams.get('state')]).toEqual([302, 's-1'])
  const code = target.searchParams.get('code') ?? ''
  const grant = { grant_type: 'authorization_code', code, redirect_uri: 'https://example.com/connected' }
  const asJson = { ...grant, client_id: 'jumpring-demo', client_secret: 'jumpring-demo-secret' }
  expect((await send(`${url}/clientbook/oauth/token`, 'POST', asJson)).status).toBe(400)
  const { body } = await tokenRequest(url, grant)
  expect(body).toMatchObject({ scope: 'clients:read webhooks', expires_in: 3600 })
  expect(await tokenRequest(url, grant)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  const call = clientbookCaller(url, { token: tokenSchema.parse(body).access_token })
  expect((await call('GET', '/v1/account')).body).toMatchObject({ name: 'Lindqvist Jewelers' })
  expect(await call('GET', '/v1/products')).toMatchObject({ status: 403, body: { code: 'scope_missing' } })
})

it('a replaced refresh token gives the same tokens for a while; used later it ends the consent', async () => {
  const { account, call, control, refresh } = await start()
  const first = tokenSchema.parse((await refresh(account.refreshToken)).body)
  expect(tokenSchema.parse((await refresh(account.refreshToken)).body)).toEqual(first)
  await control('settings', { refreshReuseSeconds: 0 })
  expect(await refresh(account.refreshToken)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  expect((await refresh(first.refresh_token)).status).toBe(400)
  expect(await call('GET', '/v1/account')).toMatchObject({ status: 401, body: { code: 'token_revoked' } })
})

it('a token request that is never answered can be made again', async () => {
  const { url, account, control, refresh } = await start()
  await control('faults', { match: { path: '/oauth/token' }, action: 'timeoutAfterDone' })
  const form = { grant_type: 'refresh_token', refresh_token: account.refreshToken }
  const client = { client_id: 'jumpring-demo', client_secret: 'jumpring-demo-secret' }
  const body = new URLSearchParams({ ...form, ...client })
  const lost = fetch(`${url}/clientbook/oauth/token`, { method: 'POST', body, signal: AbortSignal.timeout(200) })
  await expect(lost).rejects.toThrow()
  const { access_token: token } = tokenSchema.parse((await refresh(account.refreshToken)).body)
  expect((await clientbookCaller(url, { token })('GET', '/v1/account')).status).toBe(200)
})

it('a token that is unknown, expired or revoked, and an account that is suspended, are refused', async () => {
  const { url, account, control, refresh } = await start({ accessTokenSeconds: 0.2 })
  const code = async (token: string) =>
    z.object({ code: z.string() }).parse((await clientbookCaller(url, { token })('GET', '/v1/account')).body).code
  expect(await code('nobody')).toBe('token_unknown')
  await eventually(() => code(account.token).catch(() => '')).toBe('token_expired')
  await control('settings', { accessTokenSeconds: 3600 })
  const { access_token } = tokenSchema.parse((await refresh(account.refreshToken)).body)
  const path = `${url}/control/clientbook/accounts/${account.accountId}`
  await send(path, 'PATCH', { suspended: true })
  expect(await code(access_token)).toBe('account_suspended')
  await send(path, 'PATCH', { suspended: false })
  await control('revoke', { accountId: account.accountId })
  expect(await code(access_token)).toBe('token_revoked')
})

it('a consent that is revoked by its token has no tokens any more', async () => {
  const { url, account, call } = await start()
  expect((await tokenRequest(url, { token: account.refreshToken }, 'revoke')).status).toBe(200)
  expect((await call('GET', '/v1/account')).status).toBe(401)
})

it('an account has so many requests a window, and is told when to come back', async () => {
  const { call } = await start({ rateLimit: 2, rateWindowSeconds: 3600 })
  const left: (string | null)[] = []
  for (const _ of [1, 2]) left.push((await call('GET', '/v1/account')).headers.get('ratelimit-remaining'))
  expect(left).toEqual(['1', '0'])
  const refused = await call('GET', '/v1/account')
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60)
})

it('ordered failures meet the request they were ordered for', async () => {
  const { call, control } = await start()
  const put = (posId: string) => call('PUT', `/v1/clients/by-pos-id/${posId}`, client)
  await control('faults', { match: { method: 'PUT', identifier: '001-00017' }, action: '422', times: 2 })
  for (const [posId, status] of [
    ['001-00018', 201],
    ['001-00017', 422],
    ['001-00017', 422],
    ['001-00017', 201],
  ] as const) {
    expect((await put(posId)).status).toBe(status)
  }
  for (const action of ['400', '403', '429', '500'] as const) {
    await control('faults', { match: { path: '/v1/clients' }, action })
    expect((await call('GET', '/v1/clients')).status).toBe(Number(action))
  }
  await control('faults', { match: { method: 'PUT' }, action: 'errorAfterDone' })
  expect((await put('001-00019')).status).toBe(500)
  expect((await call('GET', '/v1/clients?pos_id=001-00019')).body).toMatchObject({ items: [{}] })
})

it.each([
  ['timeout', 0],
  ['timeoutAfterDone', 1],
] as const)('a write with %s gets no answer, and %d clients are made', async (action, made) => {
  const { url, call, control } = await start()
  await control('faults', { match: { method: 'PUT' }, action })
  const lost = call('PUT', '/v1/clients/by-pos-id/1', client, {}, AbortSignal.timeout(200))
  await expect(lost).rejects.toThrow()
  await eventually(async () => (await send(`${url}/state/clientbook/requests`)).body).toMatchObject({
    'PUT /v1/clients/by-pos-id/:pos_id': { timeout: 1 },
  })
  expect((await send(`${url}/state/clientbook/clients`)).body).toHaveLength(made)
})

it('switched on, answers and events carry fields that nobody has heard of', async () => {
  const { url, book, account, addClient, received } = await subscribed(['client.created'])
  book.settings.change({ extraFields: true })
  await addClient(client)
  const { body } = await send(`${url}/clientbook/v1/clients`, 'GET', undefined, {
    authorization: `Bearer ${account.token}`,
  })
  expect(body).toMatchObject({ items: [{ x_rollout: {}, updated_by: { x_rollout: {} } }] })
  await eventually(() => JSON.parse(received[0]?.text ?? '{}')).toMatchObject({ data: { object: { x_rollout: {} } } })
})

it('has every route of the contract', async () => {
  const { url, account } = await start()
  const missing: string[] = []
  for (const operation of operations) {
    const [method = '', path = ''] = operation.split(' ')
    const headers = { authorization: `Bearer ${account.token}` }
    const { body } = await send(`${url}/clientbook${path.replace(/\{\w+\}/g, 'x')}`, method, undefined, headers)
    if (z.object({ code: z.literal('route_not_found') }).safeParse(body).success) missing.push(operation)
  }
  expect(missing).toEqual([])
  expect(operations.length).toBeGreaterThan(30)
})
