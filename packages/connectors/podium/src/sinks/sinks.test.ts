import type { Frozen } from '@jumpring/connector-kit'
import { appointmentOf, itemOf, jobOf, saleOf, writeOf } from '@jumpring/connector-kit/made-up-objects'
import { connectionSettingsSchema } from '@jumpring/contracts'
import { describe, expect, test } from 'vitest'
import { podium } from '../index.ts'
import { failure, open } from '../testing/line.ts'

const product = itemOf()
const purchase = saleOf(1)
const appointment = appointmentOf('scheduled')
const serviceJob = jobOf('not_ready')
const feeds = { sales: 'f-sales', appointments: 'f-appointments', serviceJobs: 'f-jobs', items: 'f-items' }
const settings = {
  dataFeed: connectionSettingsSchema.parse({ sink: 'dataFeed', feeds }),
  partnerApi: connectionSettingsSchema.parse({ sink: 'partnerApi' }),
}
const objects = [product, purchase, appointment, serviceJob]
const accepted = { status: 202, body: { data: { uid: 'e-1', dataFeedUid: 'f-1' } } }
const refused = { status: 400, body: { code: 'invalid_request_values', message: 'fields is invalid' } }
const results = (...statuses: number[]) => ({
  status: 200,
  body: { data: { results: statuses.map((status) => ({ externalId: 'x', status })) } },
})

describe.each(['dataFeed', 'partnerApi'] as const)('%s', (sink) => {
  const freeze = (...write: Parameters<typeof writeOf>) => podium.freezeObject(writeOf(...write), settings[sink])

  test('[PD-10] a title and a description go with the first write only', () => {
    const first = freeze(product).body
    expect(first.fields).toMatchObject({ title: product.title, description: product.description })
    for (const event of ['updated', 'archived'] as const) {
      const { title: _title, description: _description, type: _type, ...others } = product
      expect(freeze(product, { event }).body).toMatchObject({ event, fields: others })
      expect(freeze(product, { event }).body.fields).toEqual(others)
    }
  })

  test.each(objects)('the whole of a $type goes, money in minor units', (object) => {
    const { type: _type, ...fields } = object
    const { body } = freeze(object, { event: 'updated', eventId: 'e-9', externalId: 'x-9' })
    expect(body).toMatchObject({ eventId: 'e-9', externalId: 'x-9', type: object.type, event: 'updated' })
    for (const [name, value] of Object.entries(fields))
      if (name !== 'title' && !(object.type === 'product' && name === 'description'))
        expect(body.fields).toHaveProperty(name, value)
  })

  test('nothing is sent where there is nothing', async () => {
    await using line = await open()
    expect(await line.session.writeObjects([])).toEqual([])
  })

  test.each([
    [429, 'rate_limited'],
    [500, 'platform_unavailable'],
    [403, 'auth'],
    [404, 'configuration'],
  ] as const)('what befalls the whole call is thrown: %s', async (status, code) => {
    await using line = await open({ status, body: { code: status === 404 ? 'resource_not_found' : '' } })
    expect((await failure(line.session.writeObjects([freeze(purchase), freeze(purchase)]))).code).toBe(code)
    expect(line.server.received).toHaveLength(1)
  })
})

describe('data feed', () => {
  const freeze = (...write: Parameters<typeof writeOf>) => podium.freezeObject(writeOf(...write), settings.dataFeed)
  const send = async (frozen: readonly Frozen[], ...answers: Parameters<typeof open>) => {
    await using line = await open(...answers)
    const outcome = await line.session.writeObjects(frozen)
    return { outcome, received: line.server.received }
  }

  test('each stream has a feed of its own, and one call takes many', async () => {
    expect(objects.map((object) => freeze(object).route)).toEqual(
      ['f-items', 'f-sales', 'f-appointments', 'f-jobs'].map((feed) => `/v4/dataFeeds/${feed}/events`),
    )
    const frozen = [freeze(purchase), freeze(purchase, { externalId: 'purchase-2' })]
    const { outcome, received } = await send(frozen, accepted)
    expect(outcome).toEqual([null, null])
    expect(received).toMatchObject([{ method: 'POST', url: '/v4/dataFeeds/f-sales/events' }])
    expect(received[0]?.body).toEqual(frozen.map(({ body }) => body))
  })

  test.each([
    [purchase, 'sales'],
    [appointment, 'appointments'],
    [serviceJob, 'service jobs'],
    [product, 'items'],
  ] as const)('a missing feed is named', (object, words) => {
    const none = connectionSettingsSchema.parse({ sink: 'dataFeed' })
    expect(() => podium.freezeObject(writeOf(object), none)).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringContaining(`feed for ${words}:`) }),
    )
  })

  test('[CO-11] one refused event of a list does not hold up the others', async () => {
    const frozen = [1, 2, 3].map((n) => freeze(purchase, { externalId: `purchase-${n}` }))
    const { outcome, received } = await send(frozen, refused, accepted, refused)
    // 1, 2, 3 refused; 1, 2 taken; 3 refused
    expect(outcome.map((result) => result?.code ?? null)).toEqual([null, null, 'platform_refused'])
    expect(received).toHaveLength(3)
  })
})

describe('partner API', () => {
  const freeze = (...write: Parameters<typeof writeOf>) => podium.freezeObject(writeOf(...write), settings.partnerApi)

  test('timeline entries share a route, whatever they are', () => {
    expect(objects.map((object) => freeze(object).route)).toEqual([
      '/partner/v1/products',
      '/partner/v1/purchases',
      '/partner/v1/timelineEntries',
      '/partner/v1/timelineEntries',
    ])
  })

  test('a contact that is not known by one identifier is tried by the next', async () => {
    const known = { edgeKey: '001-1', name: null, identifiers: ['+12035550118'] }
    await using line = await open(results(404, 201), results(200))
    expect(await line.session.writeObjects([freeze(purchase), freeze(purchase, { contact: known })])).toEqual([
      null,
      null,
    ])
    const identifiers = line.server.received.map(({ body }) => JSON.stringify(body).match(/"contact":\{[^}]*\}/g))
    expect(identifiers).toEqual([
      ['"contact":{"identifier":"+12035550117"}', '"contact":{"identifier":"+12035550118"}'],
      ['"contact":{"identifier":"nora@example.com"}'],
    ])
  })

  test('a contact that nobody knows is contact_not_found, for that object alone', async () => {
    await using line = await open(results(404, 200), results(404))
    const one = { edgeKey: '001-1', name: null, identifiers: ['+12035550118'] }
    const none = { edgeKey: '001-2', name: null, identifiers: [] }
    const contacts = [writeOf(purchase).contact, one, none]
    const outcome = await line.session.writeObjects(contacts.map((contact) => freeze(purchase, { contact })))
    expect(outcome.map((result) => result?.code ?? null)).toEqual(['contact_not_found', null, 'contact_not_found'])
  })

  test('[CO-11] a refused item names its fields and no value, and the others are taken', async () => {
    const bad = {
      externalId: 'x',
      status: 400,
      code: 'invalid_request_values',
      message: 'amount -4500 of Silver chain',
    }
    await using line = await open({ status: 200, body: { data: { results: [{ status: 200 }, bad] } } })
    const [first, second] = await line.session.writeObjects([freeze(purchase), freeze(purchase)])
    expect(first).toBeNull()
    expect(second).toMatchObject({
      code: 'platform_refused',
      message: 'Podium refused the object because of: amount (400).',
    })
  })

  test('an answer that does not speak of each item tells nothing', async () => {
    await using line = await open(results(200))
    expect((await failure(line.session.writeObjects([freeze(product), freeze(product)]))).code).toBe(
      'platform_unavailable',
    )
  })
})
