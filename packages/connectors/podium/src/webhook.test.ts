import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readEvent, verifyWebhook } from './webhook.ts'

const secret = 'shared-secret'
const body = Buffer.from('{"data":{"after":{"uid":"c-1","name":"Zoë"}}}')
const stamp = '1772000000000'
const signed = (key: string, over: Buffer) => ({
  'podium-timestamp': stamp,
  'podium-signature': createHmac('sha256', key).update(`${stamp}.`).update(over).digest('hex'),
})

describe('signature', () => {
  test('Podium’s own is accepted, however old the stamp', () => {
    expect(verifyWebhook({ headers: signed(secret, body), rawBody: body }, secret)).toBe(true)
  })

  const good = signed(secret, body)
  const forged: readonly [string, Parameters<typeof verifyWebhook>[0]][] = [
    ['another secret', { headers: signed('other-secret', body), rawBody: body }],
    ['a tampered body', { headers: good, rawBody: Buffer.from(body.toString().replace('c-1', 'c-2')) }],
    ['another stamp', { headers: { ...good, 'podium-timestamp': '1772000000001' }, rawBody: body }],
    ['no signature', { headers: { 'podium-timestamp': stamp }, rawBody: body }],
    ['no stamp', { headers: { 'podium-signature': good['podium-signature'] }, rawBody: body }],
    [
      'something appended',
      { headers: { ...good, 'podium-signature': `${good['podium-signature']}zz` }, rawBody: body },
    ],
    ['a repeated header', { headers: { ...good, 'podium-signature': [good['podium-signature']] }, rawBody: body }],
  ]
  test.each(forged)('%s is refused', (_what, webhook) => {
    expect(verifyWebhook(webhook, secret)).toBe(false)
  })
})

describe('event', () => {
  const read = (data: unknown, metadata: Record<string, string>) => readEvent(JSON.stringify({ data, metadata }), 'US')
  const contact = { uid: 'c-1', emails: ['nora@example.com'] }
  const observed = { uid: 'c-1', emails: ['nora@example.com'], phones: [], addresses: [], optedOutPhones: [] }
  const eventUid = 'e-1'

  test.each(['contact.created', 'contact.updated'])('%s shows the contact as it is now', (eventType) => {
    const before = { uid: 'c-1', emails: ['old@example.com'] }
    const event = read({ before, after: contact, errors: [] }, { eventType, eventUid })
    expect(event).toEqual({ type: 'contact.changed', eventId: 'e-1', contact: observed })
  })

  test('event_type is read as eventType', () => {
    const event = read({ after: contact }, { event_type: 'contact.created', eventUid })
    expect(event.type).toBe('contact.changed')
  })

  test('a deletion names who is gone', () => {
    const event = read({ before: contact }, { eventType: 'contact.deleted', eventUid })
    expect(event).toEqual({ type: 'contact.deleted', eventId: 'e-1', uid: 'c-1' })
  })

  test('a merge names who is gone and who remains', () => {
    const event = read({ before: { uid: 'c-2' }, after: contact }, { eventType: 'contact.merged', eventUid })
    expect(event).toEqual({ type: 'contact.merged', eventId: 'e-1', goneUids: ['c-2'], contact: observed })
  })

  const text = { uid: 'm-1', body: 'Your ring is ready.', contactName: 'Nora' }
  const status = { type: 'text.status', eventId: 'e-1', id: 'm-1' }

  test.each([
    ['message.sent', text, { ...status, status: 'sent' }],
    ['message.sent', { ...text, items: [{ deliveryStatus: 'DELIVERED' }] }, { ...status, status: 'delivered' }],
    ['message.failed', { ...text, failureReason: null }, { ...status, status: 'failed' }],
    [
      'message.failed',
      { ...text, failureReason: 'Landline +1 203-555-0117, see nora@example.com' },
      { ...status, status: 'failed', reason: 'Landline …, see …' },
    ],
    ['text.status', { id: 'm-1', status: 'delivered' }, { ...status, status: 'delivered' }],
    [
      'text.status',
      { id: 'm-1', status: 'failed', failureReason: 'No route' },
      { ...status, status: 'failed', reason: 'No route' },
    ],
    ['message.sent', { ...text, uid: null }, { type: 'ignored', eventId: 'e-1' }],
  ])('[CO-10] %s tells the delivery of a text, without phone or e-mail', (eventType, data, expected) => {
    expect(read(data, { eventType, eventUid })).toEqual(expected)
  })

  test('what we have no use for is ignored', () => {
    expect(read({}, { eventType: 'review.created', eventUid })).toEqual({ type: 'ignored', eventId: 'e-1' })
  })

  const unreadable: readonly [string, string][] = [
    ['no JSON', 'hello'],
    ['no id', JSON.stringify({ data: { after: contact }, metadata: { eventType: 'contact.created' } })],
    ['no contact', JSON.stringify({ data: {}, metadata: { eventType: 'contact.updated', eventUid } })],
    [
      'no uid',
      JSON.stringify({ data: { after: { name: 'Nora' } }, metadata: { eventType: 'contact.updated', eventUid } }),
    ],
  ]
  test.each(unreadable)('an event with %s is unreadable, and its values are not repeated', (_what, raw) => {
    expect(() => readEvent(raw, 'US')).toThrow(
      expect.objectContaining({ code: 'unreadable_event', message: expect.not.stringMatching(/Nora|nora@|hello/) }),
    )
  })
})
