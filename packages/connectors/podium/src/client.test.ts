import type { Frozen } from '@jumpring/connector-kit'
import type { ScriptedAnswer } from '@jumpring/connector-kit/scripted-server'
import type { JumpringError } from '@jumpring/contracts'
import { describe, expect, test } from 'vitest'
import { podium } from './index.ts'
import { failure, open } from './testing/line.ts'

const create: Frozen = { op: 'create', identifiers: [], body: { name: 'Nora Lindqvist', email: 'nora@example.com' } }
const update: Frozen = {
  op: 'update',
  identifiers: ['+12035550117', 'nora@example.com'],
  body: { phoneNumber: '+12035550118' },
}
const accepted = { status: 202, body: { data: { identifier: 'nora@example.com' } } }
const notFound = { status: 404, body: { code: 'resource_not_found', message: 'No contact' } }
const rejected = { status: 401, body: { code: 'unauthenticated', message: 'Token expired' } }

describe('what an answer means', () => {
  const answers: readonly [string, ScriptedAnswer, JumpringError['code']][] = [
    ['500', { status: 500, body: { code: 'internal_server_error' } }, 'platform_unavailable'],
    ['a page of a proxy', { status: 502, body: '<html>Bad gateway</html>' }, 'platform_unavailable'],
    ['a success that is not Podium’s', { status: 202, body: '<html>Welcome</html>' }, 'platform_unavailable'],
    ['no answer', 'hang', 'platform_unavailable'],
    ['403', { status: 403, body: { code: 'unauthorized' } }, 'auth'],
    ['400', { status: 400, body: { code: 'invalid_request_values', message: 'email is invalid' } }, 'platform_refused'],
    ['400 with an integer code', { status: 400, body: { code: 400, message: 'email is invalid' } }, 'platform_refused'],
    ['another version of the API', { status: 400, body: { code: 'invalid_header_version' } }, 'configuration'],
    ['a route it does not have', { status: 404, body: { code: 'route_not_found' } }, 'configuration'],
    ['a redirect', { status: 302, headers: { location: 'https://example.com/' } }, 'configuration'],
    ['an unknown location', { status: 400, body: { message: 'locations[0] does not exist' } }, 'configuration'],
    ['429', { status: 429, body: { code: 'rate_limit' } }, 'rate_limited'],
  ]
  test.each(answers)('%s', async (_what, answer, code) => {
    await using line = await open(answer)
    const locations = ['b2f6a1de-9f53-4f7f-8a11-2f7d8f4f5a01']
    expect((await failure(line.session.write({ ...create, body: { ...create.body, locations } }))).code).toBe(code)
    expect(line.server.received).toHaveLength(1)
  })

  test('an unknown location is named: it comes from the settings', async () => {
    await using line = await open({ status: 400, body: { message: 'locations[0] does not exist' } })
    const body = { ...create.body, locations: ['l-9'] }
    expect(await failure(line.session.write({ ...create, body }))).toMatchObject({
      code: 'configuration',
      location: 'l-9',
      message: expect.stringContaining('l-9'),
    })
  })

  test('a refusal names the fields and repeats no value', async () => {
    const message = 'email nora@example.com is taken; phoneNumber +12035550117 is invalid'
    await using line = await open({ status: 400, body: { code: 'invalid_request_values', message } })
    const body = { name: 'Nora', email: 'nora@example.com', phoneNumber: '+12035550117' }
    const error = await failure(line.session.write({ ...create, body }))
    expect(error.message).toContain('email, phoneNumber')
    expect(error.message).not.toMatch(/nora@|2035550117|name/)
    expect(error.cause).toBeUndefined()
  })

  test('a server that is not there is unavailable, and the error says no more than that', async () => {
    const line = await open()
    await line[Symbol.asyncDispose]()
    const error = await failure(line.session.write(update))
    expect(error.code).toBe('platform_unavailable')
    expect(error.message).toContain('ECONNREFUSED')
    expect(JSON.stringify([error.message, error.cause])).not.toMatch(/2035550117|token/)
  })

  test('what is not answered in time says so', async () => {
    await using line = await open('hang')
    expect((await failure(line.session.ping())).message).toBe('Podium did not answer within 0.2 s.')
  })
})

describe('rate limit', () => {
  const waits: readonly [string, Record<string, string>, number][] = [
    ['ratelimit-reset', { 'ratelimit-reset': '17' }, 17_000],
    ['x-ratelimit-reset', { 'x-ratelimit-reset': '18' }, 18_000],
    ['Retry-After', { 'retry-after': '19', 'ratelimit-reset': '17' }, 19_000],
    ['nothing', {}, 60_000],
    ['a window that ends now', { 'ratelimit-reset': '0' }, 1_000],
  ]
  test.each(waits)('a 429 with %s says how long to wait', async (_what, headers, retryAfterMs) => {
    await using line = await open({ status: 429, headers, body: { code: 'rate_limit' } })
    expect(await failure(line.session.write(create))).toMatchObject({ code: 'rate_limited', retryAfterMs })
  })

  test('what is left is told after each answer that says it', async () => {
    const headers = { 'ratelimit-limit': '300', 'ratelimit-remaining': '12', 'ratelimit-reset': '33' }
    await using line = await open({ ...accepted, headers }, accepted)
    await line.session.write(create)
    await line.session.write(create)
    expect(line.limits).toEqual([{ limit: 300, remaining: 12, resetMs: 33_000 }])
  })
})

describe('token', () => {
  test('a rejected token is renewed once and the request repeated', async () => {
    await using line = await open(rejected, accepted)
    await line.session.write(create)
    expect(line.renewed).toEqual(['first-token'])
    expect(line.server.received.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first-token',
      'Bearer second-token',
    ])
    expect(line.server.received[1]?.body).toEqual(create.body)
  })

  test('a fresh token that is rejected too ends in auth', async () => {
    await using line = await open(rejected, rejected)
    expect((await failure(line.session.write(create))).code).toBe('auth')
    expect(line.server.received).toHaveLength(2)
  })
})

describe('contacts', () => {
  test('every request states the version of the API', async () => {
    await using line = await open(accepted)
    await line.session.write(create)
    expect(line.server.received[0]?.headers['podium-version']).toBe('2021.04.01')
  })

  test('an identifier that is not found gives way to the next', async () => {
    await using line = await open(notFound, accepted)
    await line.session.write(update)
    expect(line.server.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'PATCH /v4/contacts/%2B12035550117',
      'PATCH /v4/contacts/nora%40example.com',
    ])
  })

  test('a contact that no identifier finds is contact_not_found', async () => {
    await using line = await open(notFound, notFound)
    expect((await failure(line.session.write(update))).code).toBe('contact_not_found')
  })

  test('a failure that is no "not found" is not tried with another identifier', async () => {
    await using line = await open({ status: 500 })
    expect((await failure(line.session.write(update))).code).toBe('platform_unavailable')
    expect(line.server.received).toHaveLength(1)
  })

  test('an expired cursor starts the list over', async () => {
    const expired = { status: 400, body: { code: 'invalid_cursor', message: 'Cursor expired' } }
    const page = { status: 200, body: { data: [{ uid: 'c-1' }], metadata: { nextCursor: 'next' } } }
    await using line = await open(expired, page)
    const updatedSince = '2026-03-01T10:00:00.750Z'
    const got = await line.session.listContacts({ cursor: 'old', updatedSince })
    expect(got).toMatchObject({ contacts: [{ uid: 'c-1' }], nextCursor: 'next' })
    expect(line.server.received[1]?.url).toBe('/v4/contacts?limit=100&updated_at=2026-03-01T09%3A59%3A59Z')
  })

  test('[CO-11] a contact that cannot be read does not hold up its page', async () => {
    const data = [{ uid: 'c-1' }, { name: 'without a uid' }, { uid: 'c-3', emails: 'not a list' }]
    await using line = await open({ status: 200, body: { data, metadata: {} } })
    const { contacts, unreadable } = await line.session.listContacts({})
    expect(contacts.map(({ uid }) => uid)).toEqual(['c-1'])
    expect(unreadable).toBe(2)
  })
})

describe('acquisition', () => {
  const frozen = podium.freezeUpdate({ acquisition: 'Walk-in' }, ['+12035550117', 'nora@example.com'], 'a-7')
  const requests = async (...answers: ScriptedAnswer[]) => {
    await using line = await open(...answers)
    const outcome = await line.session.write(frozen).catch((error: JumpringError) => error.code)
    return { outcome, received: line.server.received.map(({ method, url, body }) => [method, url, body]) }
  }
  const byPhone = '/v4/contacts/%2B12035550117/attributes/a-7'
  const byEmail = '/v4/contacts/nora%40example.com/attributes/a-7'
  const value = { value: 'Walk-in' }

  test('[CO-06] that is there is changed', async () => {
    expect((await requests(accepted)).received).toEqual([['PATCH', byPhone, value]])
  })

  test('[CO-06] that is not there is added, to the contact by whichever identifier it is known', async () => {
    const { received } = await requests(notFound, notFound, notFound, accepted)
    expect(received).toEqual([
      ['PATCH', byPhone, value],
      ['POST', byPhone, value],
      ['PATCH', byEmail, value],
      ['POST', byEmail, value],
    ])
  })

  test('of a contact that nobody knows is contact_not_found, and another failure ends it', async () => {
    expect((await requests(notFound, notFound, notFound, notFound)).outcome).toBe('contact_not_found')
    expect(await requests({ status: 429 })).toMatchObject({ outcome: 'rate_limited', received: [expect.anything()] })
  })

  test('has a field of its own', async () => {
    const ours = { uid: 'a-7', label: 'Acquisition', dataType: 'STRING', createdAt: '2026-03-01T10:00:00Z' }
    const list = (...data: unknown[]) => ({ status: 200, body: { data } })
    await using line = await open(
      list({ ...ours, label: 'Edge customer' }),
      { status: 200, body: { data: ours } },
      list(ours),
    )
    expect(await line.session.ensureAcquisitionField()).toBe('a-7')
    expect(line.server.received[1]?.body).toMatchObject({ label: 'Acquisition', dataType: 'STRING' })
  })
})

describe('attribute for the Edge customer number', () => {
  const answers = (...data: unknown[]) => ({ status: 200, body: { data } })
  const attribute = { label: 'Edge customer', dataType: 'STRING', createdAt: '2026-03-01T10:00:00Z' }
  const ours = { uid: 'a-5', ...attribute }
  const made = { status: 200, body: { data: ours } }

  async function ensured(...script: ScriptedAnswer[]) {
    await using line = await open(...script)
    const uid = await line.session.ensureExternalIdField()
    return { uid, requests: line.server.received.map(({ method }) => method) }
  }

  test('is taken where it is', async () => {
    const others = [
      { ...ours, uid: 'a-1', label: 'Edge' },
      { ...ours, uid: 'a-2', dataType: 'INTEGER' },
    ]
    expect(await ensured(answers(...others, ours))).toEqual({ uid: 'a-5', requests: ['GET'] })
  })

  test('is made where there is none', async () => {
    expect(await ensured(answers(), made, answers(ours))).toEqual({ uid: 'a-5', requests: ['GET', 'POST', 'GET'] })
  })

  test('made by two at once is the older one, for both', async () => {
    const older = { ...ours, uid: 'a-9', createdAt: '2026-03-01T09:59:59Z' }
    expect((await ensured(answers(), made, answers(ours, older))).uid).toBe('a-9')
    const ofOneSecond = { ...ours, uid: 'a-3' }
    expect((await ensured(answers(), made, answers(ours, ofOneSecond))).uid).toBe('a-3')
  })

  test('that Podium no longer knows keeps no contact from being made', async () => {
    const unknown = { status: 404, body: { code: 'resource_not_found', message: 'The attribute was not found.' } }
    await using line = await open(unknown, accepted)
    const attributes = [{ uid: 'a-5', value: '001-00017' }]
    await line.session.write({ ...create, body: { ...create.body, attributes } })
    expect(line.server.received.map(({ body }) => body)).toEqual([{ ...create.body, attributes }, create.body])
  })

  test('is not what a refusal for another reason is put down to', async () => {
    const refused = { status: 400, body: { code: 'invalid_request_values', message: 'email is invalid' } }
    await using line = await open(refused)
    const attributes = [{ uid: 'a-5', value: '001-00017' }]
    const error = await failure(line.session.write({ ...create, body: { ...create.body, attributes } }))
    expect(error.code).toBe('platform_refused')
    expect(line.server.received).toHaveLength(1)
  })
})

describe('webhook', () => {
  const wanted = { url: 'https://example.com/hooks/1', secret: 'secret-1' }
  const eventTypes = ['contact.merged', 'contact.deleted', 'contact.updated', 'contact.created']
  const right = { uid: 'w-1', ...wanted, disabled: false, eventTypes }
  const foreign = { ...right, uid: 'w-9', url: 'https://example.com/other' }
  const list = (...data: unknown[]) => ({ status: 200, body: { data } })
  const one = { status: 200, body: { data: right } }

  async function ensured(...answers: ScriptedAnswer[]): Promise<string[]> {
    await using line = await open(...answers)
    await line.session.ensureWebhook(wanted)
    return line.server.received.map(({ method, url }) => `${method} ${url}`)
  }

  test('is made for the organization where there is none', async () => {
    await using line = await open(list(foreign), list({ organizationUid: 'o-1' }), one)
    await line.session.ensureWebhook(wanted)
    const made = line.server.received.at(-1)
    expect(made).toMatchObject({ method: 'POST', url: '/v4/webhooks' })
    expect(made?.body).toMatchObject({
      ...wanted,
      organizationUid: 'o-1',
      eventTypes: expect.arrayContaining(eventTypes),
    })
  })

  test('is left alone where it is right', async () => {
    expect(await ensured(list(foreign, right))).toEqual(['GET /v4/webhooks'])
  })

  test.each([
    ['disabled', { disabled: true }],
    ['signed with another secret', { secret: 'old' }],
    ['short of an event', { eventTypes: eventTypes.slice(1) }],
  ])('is repaired where it is %s', async (_what, fault) => {
    const requests = await ensured(list({ ...right, ...fault }), one)
    expect(requests).toEqual(['GET /v4/webhooks', 'PUT /v4/webhooks/w-1'])
  })

  test('[CO-10] tells of texts only where we send them, by the way we send them', async () => {
    const withMessages = { ...right, eventTypes: [...eventTypes, 'message.sent', 'message.failed'] }
    const calls = async (texts: 'partner' | 'public', ...answers: ScriptedAnswer[]) => {
      await using line = await open(...answers)
      await line.session.ensureWebhook({ ...wanted, texts })
      return line.server.received
    }
    const [, added] = await calls('public', list(right), one)
    expect(added).toMatchObject({ method: 'PUT', body: { eventTypes: expect.arrayContaining(['message.failed']) } })
    expect(await calls('public', list(withMessages))).toHaveLength(1)
    const [, told] = await calls('partner', list(right), one)
    expect(told).toMatchObject({
      method: 'PUT',
      url: '/partner/v1/webhooks',
      body: { ...wanted, eventTypes: ['text.status'] },
    })
    expect(await ensured(list(withMessages), one)).toEqual(['GET /v4/webhooks', 'PUT /v4/webhooks/w-1'])
  })

  test('has no double', async () => {
    const requests = await ensured(list(right, { ...right, uid: 'w-2' }), one)
    expect(requests).toEqual(['GET /v4/webhooks', 'DELETE /v4/webhooks/w-2'])
  })
})
