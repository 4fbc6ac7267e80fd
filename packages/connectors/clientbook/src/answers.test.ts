import { describe, expect, test } from 'vitest'
import { open } from './testing/line.ts'

const problem = (status: number, code: string, errors: object[] = []) => ({
  status,
  body: { title: 'No', status, code, detail: 'Nora Lindqvist, +12035550117', errors },
})
const at = (pointer: string, code: string) => ({ pointer, code, detail: 'nora@example.com' })

describe('what an answer means', () => {
  const cases = [
    ['a value that is too long', problem(422, 'invalid', [at('/body', 'too_long')]), 'value_does_not_fit', /body/],
    [
      'a phone that is none',
      problem(422, 'invalid', [at('/phones/0/number', 'not_a_phone')]),
      'platform_refused',
      /phones\.number \(not a phone\)/,
    ],
    [
      'more than one reason',
      problem(422, 'invalid', [at('/body', 'too_long'), at('/title', 'required')]),
      'platform_refused',
      /title/,
    ],
    ['a preference that is gone', problem(422, 'unknown_preference'), 'configuration', /preference/],
    [
      'an unknown location',
      problem(422, 'invalid', [at('/home_location_id', 'value_not_allowed')]),
      'configuration',
      /location in the connection's settings/,
    ],
    ['a number that is taken', problem(409, 'pos_id_taken'), 'platform_refused', /POS ID/],
    ['an opt-out', problem(409, 'recipient_opted_out'), 'platform_refused', /opted out/],
    ['texts that are switched off', problem(409, 'sms_not_enabled'), 'configuration', /not enabled/],
    ['a suspended account', problem(403, 'account_suspended'), 'auth', /allow/],
    ['another API', problem(404, 'route_not_found'), 'configuration', /address/],
    ['a redirect', { status: 302, headers: { location: 'https://example.com' } }, 'configuration', /address/],
    ['a failure of theirs', problem(500, 'internal'), 'platform_unavailable', /500/],
    ['a page of a proxy', { status: 200, body: '<html>' }, 'platform_unavailable', /unreadable/],
    ['a refusal that nobody explains', { status: 400, body: 'no' }, 'platform_refused', /400/],
    ['a code that could be anything', problem(409, 'Nora Lindqvist'), 'platform_refused', /no reason given/],
  ] as const
  test.each(cases)('%s', async (_what, answer, code, message) => {
    await using line = await open(answer)
    const said = await line.session.ping().catch((error: unknown) => error)
    expect(said).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(String(said)).not.toMatch(/nora|2035550117/i)
  })

  test('an unknown location is named: it comes from the settings', async () => {
    const refused = problem(422, 'invalid', [at('/home_location_id', 'value_not_allowed')])
    await using line = await open(refused)
    const body = { first_name: 'Nora', home_location_id: 'lo-9' }
    await expect(
      line.session.write({ op: 'create', identifiers: [], route: '/v1/clients/by-pos-id/001-00017', body }),
    ).rejects.toMatchObject({ code: 'configuration', location: 'lo-9', message: expect.stringContaining('lo-9') })
  })

  test('a purchase with an unknown location names it, each its own', async () => {
    const rejected = {
      id: null,
      outcome: 'rejected',
      problem: problem(422, 'invalid', [at('/location_id', 'value_not_allowed')]).body,
    }
    await using line = await open({ status: 200, body: { results: [rejected, rejected] } })
    const sale = (location_id: string) =>
      ({ op: 'object', identifiers: [], route: '/v1/purchases/bulk', body: { location_id } }) as const
    expect(await line.session.writeObjects([sale('lo-8'), sale('lo-9')])).toMatchObject([
      { code: 'configuration', location: 'lo-8' },
      { code: 'configuration', location: 'lo-9' },
    ])
  })

  test('429 says how long', async () => {
    await using line = await open({ status: 429, headers: { 'retry-after': '7' }, body: {} })
    await expect(line.session.ping()).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 7_000 })
  })

  test('a cursor that has ended starts over', async () => {
    const page = { items: [], next_cursor: null }
    await using line = await open(problem(400, 'invalid_cursor'), { status: 200, body: page })
    expect(await line.session.listContacts({ cursor: 'old', updatedSince: '2026-03-01T10:00:00.000Z' })).toEqual({
      contacts: [],
      unreadable: 0,
    })
    expect(line.server.received[1]?.url).not.toContain('cursor')
    expect(line.server.received[1]?.url).toContain('updated_since')
  })

  test('a client that cannot be read does not hold up the others', async () => {
    await using line = await open({ status: 200, body: { items: [{ id: 'c-1' }, 7], next_cursor: 'n' } })
    expect(await line.session.listContacts({})).toEqual({ contacts: [], unreadable: 2, nextCursor: 'n' })
  })
})
