import { expect, it } from 'vitest'
import { allContacts, caller, eventually, openAccount, send, startSandbox } from '../testing/kit.ts'

it('a request without a version header, without a token or without the scope is refused', async () => {
  const { url } = await startSandbox()
  const { token } = await openAccount(url, ['read_contacts'])
  const authorization = `Bearer ${token}`
  const contacts = `${url}/podium/v4/contacts`
  expect(await send(contacts, 'GET', undefined, { authorization })).toMatchObject({
    status: 400,
    body: { code: 'invalid_header_version' },
  })
  const version = { 'podium-version': '2021.04.01' }
  expect(await send(contacts, 'GET', undefined, version)).toMatchObject({
    status: 401,
    body: { code: 'unauthenticated' },
  })
  const refused = await caller(url, { token })('POST', '/v4/contacts', {})
  expect(refused).toMatchObject({ status: 403, body: { code: 'unauthorized' } })
  expect((await caller(url, { token })('GET', '/v4/nothing')).body).toMatchObject({ code: 'route_not_found' })
})

it('a body that is no JSON is a bad request', async () => {
  const { url } = await startSandbox()
  const { token } = await openAccount(url)
  const response = await fetch(`${url}/podium/v4/contacts`, {
    method: 'POST',
    body: '{"name":',
    headers: { authorization: `Bearer ${token}`, 'podium-version': '2021.04.01', 'content-type': 'application/json' },
  })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ code: 'bad_request' })
})

it('an organization has so many requests a window, whichever token it uses, and is told how many are left', async () => {
  const { url } = await startSandbox({ podium: { rateLimit: 3, rateWindowSeconds: 3600 } })
  const account = await openAccount(url)
  const call = caller(url, account)
  const left: (string | null)[] = []
  for (const _ of [1, 2, 3]) left.push((await call('GET', '/v4/locations')).headers.get('ratelimit-remaining'))
  expect(left).toEqual(['2', '1', '0'])
  const refused = await call('GET', '/v4/locations')
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limit' } })
  expect(Number(refused.headers.get('ratelimit-reset'))).toBeGreaterThan(0)
  expect(refused.headers.get('x-ratelimit-limit-minute')).toBe('3')
  expect(refused.headers.get('retry-after')).toBeNull()
  const other = caller(url, await openAccount(url))
  expect((await other('GET', '/v4/locations')).status).toBe(200)
})

it('a window ends, and without a limit there are no headers', async () => {
  const { url, podium } = await startSandbox({ podium: { rateLimit: 1, rateWindowSeconds: 0.2 } })
  const call = caller(url, await openAccount(url))
  await eventually(async () => (await call('GET', '/v4/locations')).status, { interval: 1 }).toBe(429)
  await eventually(async () => (await call('GET', '/v4/locations')).status).toBe(200)
  podium.settings.change({ rateLimit: 0 })
  expect((await call('GET', '/v4/locations')).headers.get('ratelimit-limit')).toBeNull()
})

it('ordered failures meet the request they were ordered for, as often as ordered', async () => {
  const { url } = await startSandbox()
  const account = await openAccount(url)
  const call = caller(url, account)
  const order = (fault: unknown) => send(`${url}/control/podium/faults`, 'POST', fault)
  const body = (last: number) => ({ name: 'Nora', phoneNumber: `+1203555011${last}`, locations: [account.location] })
  await order({ match: { method: 'POST', path: '/v4/contacts', identifier: '+12035550111' }, action: '500', times: 2 })
  await order({ match: { path: '/v4/contacts/:identifier' }, action: '429' })
  await order({ match: { path: '/v4/loc*' }, action: '400', times: 'always' })
  expect((await call('POST', '/v4/contacts', body(2))).status).toBe(202)
  for (const status of [500, 500, 202]) expect((await call('POST', '/v4/contacts', body(1))).status).toBe(status)
  for (const status of [429, 200]) expect((await call('GET', '/v4/contacts/%2B12035550111')).status).toBe(status)
  for (const status of [400, 400]) expect((await call('GET', '/v4/locations')).status).toBe(status)
  await send(`${url}/control/podium/faults`, 'DELETE')
  expect((await call('GET', '/v4/locations')).status).toBe(200)
})

it.each([
  ['timeout', 0],
  ['timeoutAfterDone', 1],
] as const)('a request with %s gets no answer, and %d contacts are made', async (action, made) => {
  const { url } = await startSandbox()
  const account = await openAccount(url)
  await send(`${url}/control/podium/faults`, 'POST', { match: { method: 'POST' }, action })
  const body = { name: 'Nora', phoneNumber: '+12035550117', locations: [account.location] }
  const call = caller(url, account)('POST', '/v4/contacts', body, AbortSignal.timeout(150))
  await expect(call).rejects.toThrow()
  await eventually(async () => (await send(`${url}/state/podium/requests`)).body).toMatchObject({
    'POST /v4/contacts': { timeout: 1 },
  })
  expect(await allContacts(url)).toHaveLength(made)
})

it('errorAfterDone does the work and says it failed', async () => {
  const { url } = await startSandbox()
  const account = await openAccount(url)
  await send(`${url}/control/podium/faults`, 'POST', { match: { method: 'POST' }, action: 'errorAfterDone' })
  const body = { name: 'Nora', phoneNumber: '+12035550117', locations: [account.location] }
  expect((await caller(url, account)('POST', '/v4/contacts', body)).status).toBe(500)
  expect(await allContacts(url)).toHaveLength(1)
  expect((await send(`${url}/state/podium/requests`)).body).toMatchObject({ 'POST /v4/contacts': { 500: 1 } })
})

it('a setting that does not exist is refused, and one change leaves the others', async () => {
  const { url, podium } = await startSandbox({ podium: { phonePatch: 'add' } })
  expect((await send(`${url}/control/podium/settings`, 'POST', { nope: 1 })).status).toBe(400)
  await send(`${url}/control/podium/settings`, 'POST', { emailPatch: 'add' })
  expect(podium.settings.current).toMatchObject({ phonePatch: 'add', emailPatch: 'add', rateLimit: 0 })
})
