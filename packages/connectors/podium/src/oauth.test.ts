import { startScriptedServer } from '@jumpring/connector-kit/scripted-server'
import { describe, expect, test } from 'vitest'
import { currentToken, parseSecrets, renewSecrets } from './oauth.ts'

const client = { clientId: 'client', clientSecret: 'client-secret' }
const connected = {
  ...client,
  refreshToken: 'refresh-1',
  accessToken: 'access-1',
  expiresAt: '2026-03-01T10:00:00.000Z',
}
const now = new Date('2026-03-01T09:00:00.000Z')

describe('token in the secrets', () => {
  const cases: readonly [string, string, string | null][] = [
    ['before its end', '2026-03-01T09:58:00.000Z', 'access-1'],
    ['within the last minute', '2026-03-01T09:59:00.000Z', null],
    ['after its end', '2026-03-01T10:00:01.000Z', null],
  ]
  test.each(cases)('%s', (_when, at, token) => {
    expect(currentToken(connected, new Date(at))).toBe(token)
  })

  test('there is none before the first exchange', () => {
    expect(
      currentToken({ ...client, authorizationCode: 'code', redirectUri: 'https://example.com/cb' }, now),
    ).toBeNull()
  })
})

test('secrets that are not whole are a matter of configuration, and none is repeated', () => {
  expect(() => parseSecrets({ clientId: 'client', refreshToken: 'refresh-1' })).toThrow(
    expect.objectContaining({ code: 'configuration', message: expect.not.stringContaining('refresh-1') }),
  )
})

describe('renewal', () => {
  const token = { access_token: 'access-2', token_type: 'Bearer', expires_in: 36_000, scope: 'read_contacts' }
  const expiresAt = '2026-03-01T19:00:00.000Z'

  test('keeps a new refresh token', async () => {
    await using server = await startScriptedServer([{ status: 200, body: { ...token, refresh_token: 'refresh-2' } }])
    const renewed = await renewSecrets(connected, server.baseUrl, now)
    expect(renewed).toEqual({ ...client, refreshToken: 'refresh-2', accessToken: 'access-2', expiresAt })
    expect(server.received).toMatchObject([
      {
        method: 'POST',
        url: '/oauth/token',
        body: {
          client_id: 'client',
          client_secret: 'client-secret',
          grant_type: 'refresh_token',
          refresh_token: 'refresh-1',
        },
      },
    ])
  })

  test('keeps the old refresh token where no new one comes', async () => {
    await using server = await startScriptedServer([{ status: 200, body: token }])
    expect(await renewSecrets(connected, server.baseUrl, now)).toMatchObject({ refreshToken: 'refresh-1' })
  })

  test('exchanges an authorization code the first time, and drops it', async () => {
    await using server = await startScriptedServer([{ status: 200, body: { ...token, refresh_token: 'refresh-1' } }])
    const authorized = { ...client, authorizationCode: 'code', redirectUri: 'https://example.com/cb' }
    const renewed = await renewSecrets(authorized, server.baseUrl, now)
    expect(renewed).toEqual({ ...connected, accessToken: 'access-2', expiresAt })
    expect(server.received[0]?.body).toMatchObject({
      grant_type: 'authorization_code',
      code: 'code',
      redirect_uri: 'https://example.com/cb',
    })
  })

  const failures: readonly [string, number, unknown, string][] = [
    ['a dead refresh token', 400, { error: 'invalid_grant' }, 'auth'],
    ['a wrong client', 401, { error: 'invalid_client' }, 'auth'],
    ['an outage', 503, {}, 'platform_unavailable'],
    ['an answer without a token', 200, {}, 'platform_unavailable'],
    ['too many requests', 429, {}, 'rate_limited'],
  ]
  test.each(failures)('%s', async (_what, status, body, code) => {
    await using server = await startScriptedServer([{ status, body }])
    await expect(renewSecrets(connected, server.baseUrl, now)).rejects.toMatchObject({ code })
  })
})
