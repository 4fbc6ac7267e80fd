import { expect, it } from 'vitest'
import { z } from 'zod'
import { caller, eventually, openAccount, send, startSandbox } from '../testing/kit.ts'

const client = { client_id: 'jumpring-demo', client_secret: 'jumpring-demo-secret' }
const answerSchema = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional(),
  expires_in: z.number(),
})

it('a person approves at once, and the code can be exchanged once', async () => {
  const { url } = await startSandbox()
  const redirect = 'http://127.0.0.1:9/connected'
  const query = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: redirect,
    response_type: 'code',
    scope: 'read_contacts write_contacts',
    state: 'abc',
  })
  const approved = await send(`${url}/podium/oauth/authorize?${query}`)
  expect(approved.status).toBe(302)
  const target = new URL(approved.headers.get('location') ?? '')
  expect(target.searchParams.get('state')).toBe('abc')
  const body = {
    ...client,
    grant_type: 'authorization_code',
    code: target.searchParams.get('code'),
    redirect_uri: redirect,
  }
  const first = await send(`${url}/podium/oauth/token`, 'POST', body)
  expect(first.body).toMatchObject({ token_type: 'Bearer', scope: 'read_contacts write_contacts', expires_in: 36_000 })
  const second = await send(`${url}/podium/oauth/token`, 'POST', body)
  expect(second).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
})

it('a refresh token dies when it is used, and its successor lives', async () => {
  const { url } = await startSandbox()
  const { refreshToken } = await openAccount(url)
  const refresh = (token: string | undefined) =>
    send(`${url}/podium/oauth/token`, 'POST', { ...client, grant_type: 'refresh_token', refresh_token: token })
  const first = answerSchema.parse((await refresh(refreshToken)).body)
  expect((await refresh(refreshToken)).status).toBe(400)
  expect((await refresh(first.refresh_token)).status).toBe(200)
})

it('told to keep refresh tokens, it gives no new one and the old one goes on', async () => {
  const { url } = await startSandbox({ podium: { refreshTokens: 'keep' } })
  const { refreshToken } = await openAccount(url)
  const body = { ...client, grant_type: 'refresh_token', refresh_token: refreshToken }
  for (const _ of [1, 2]) {
    const answer = answerSchema.parse((await send(`${url}/podium/oauth/token`, 'POST', body)).body)
    expect(answer.refresh_token).toBeUndefined()
  }
})

it('an access token that is expired or revoked is refused', async () => {
  const { url, podium } = await startSandbox({ podium: { accessTokenSeconds: 0.001 } })
  const expired = caller(url, await openAccount(url))
  await eventually(async () => (await expired('GET', '/v4/locations')).status).toBe(401)
  podium.settings.change({ accessTokenSeconds: 60 })
  const account = await openAccount(url)
  expect((await caller(url, account)('GET', '/v4/locations')).status).toBe(200)
  await send(`${url}/control/podium/revoke`, 'POST', { organizationUid: account.organizationUid })
  expect((await caller(url, account)('GET', '/v4/locations')).body).toMatchObject({ code: 'unauthenticated' })
})

it('a wrong client secret gets no token', async () => {
  const { url } = await startSandbox()
  const body = { ...client, client_secret: 'wrong', grant_type: 'refresh_token', refresh_token: 'x' }
  expect((await send(`${url}/podium/oauth/token`, 'POST', body)).status).toBe(401)
})
