import { describe, expect, test } from 'vitest'
import { failure, open } from './testing/line.ts'

const text = { to: '+12035550117', body: 'Your ring is ready.', location: 'l-1', reference: 'notification-7' }

const ways = {
  partner: { status: 202, body: { data: { id: 't-1' } } },
  public: { status: 200, body: { data: { uid: 't-1' } } },
} as const

describe.each(['partner', 'public'] as const)('[CO-10] a text by the %s way', (via) => {
  test('is sent once and gives an id', async () => {
    await using line = await open(ways[via])
    expect(await line.session.sendText(text, via)).toEqual({ id: 't-1' })
    expect(line.server.received).toHaveLength(1)
  })

  test.each([
    [{ status: 500 }, 'platform_unavailable'],
    ['hang', 'platform_unavailable'],
    [{ status: 200, body: {} }, 'platform_unavailable'],
    [{ status: 429 }, 'rate_limited'],
    [{ status: 404, body: { code: 'resource_not_found' } }, 'configuration'],
    [{ status: 400, body: { code: 'invalid_request_values', message: 'identifier is invalid' } }, 'platform_refused'],
  ] as const)('is never repeated after %j', async (answer, code) => {
    await using line = await open(answer)
    expect((await failure(line.session.sendText(text, via))).code).toBe(code)
    expect(line.server.received).toHaveLength(1)
  })

  test('from a location that Podium does not know names it', async () => {
    await using line = await open({ status: 400, body: { message: 'locationUid does not exist' } })
    expect(await failure(line.session.sendText(text, via))).toMatchObject({ code: 'configuration', location: 'l-1' })
  })

  test.each(['recipient_opted_out', 'bad_request'])(
    'to someone who opted out is refused, and the reason is plain (%s)',
    async (code) => {
      const message = 'The contact +12035550117 has opted out of messages.'
      await using line = await open({ status: 400, body: { code, message } })
      expect(await failure(line.session.sendText(text, via))).toMatchObject({
        code: 'platform_refused',
        message: 'The owner of this phone has opted out of text messages.',
      })
    },
  )

  test('that is refused quotes neither phone nor words', async () => {
    const message = `body ${text.body} for ${text.to} is too long`
    await using line = await open({ status: 400, body: { code: 'invalid_request_values', message } })
    expect((await failure(line.session.sendText(text, via))).message).not.toMatch(/ring|2035550117/)
  })
})

test('[CO-10] the partner way says which text it is, and neither way names the contact', async () => {
  await using line = await open(ways.partner, ways.public)
  await line.session.sendText(text, 'partner')
  await line.session.sendText(text, 'public')
  const [partner, open4] = line.server.received
  expect(partner).toMatchObject({ url: '/partner/v1/texts', headers: { 'idempotency-key': 'notification-7' } })
  expect(partner?.body).toEqual({ to: text.to, body: text.body, locationUid: 'l-1', reference: 'notification-7' })
  expect(open4?.url).toBe('/v4/messages')
  expect(open4?.body).toEqual({
    channel: { type: 'phone', identifier: text.to },
    body: text.body,
    locationUid: 'l-1',
    setOpenInbox: false,
  })
})
