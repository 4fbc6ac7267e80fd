import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { clientbook } from './index.ts'

const actor = { type: 'associate', associate_id: 'as-1', point_of_sale_id: ' 7 ' }
const stamp = '2026-03-01T10:00:00.123Z'
const read = (type: string, object: object, more: object = {}) =>
  clientbook.readEvent(JSON.stringify({ id: 'e-1', type, actor, data: { object, ...more } }), 'US')

const item = {
  id: 'i-1',
  external_id: null,
  client_id: 'c-1',
  collection: { name: 'Edge' },
  product: null,
  note: 'A watch.',
  updated_at: stamp,
  updated_by: actor,
  removed_at: null,
  removed_reason: null,
}
const product = { external_id: 'x-1', sku: '1-150-4', title: 'Diamond ring', kind: 'stock' }
const activity = {
  id: 'a-1',
  external_id: 's-1',
  client_id: 'c-1',
  type: 'note',
  body: 'A note.',
  updated_at: stamp,
  updated_by: actor,
  deleted_at: null,
}

describe('a wish', () => {
  const cases = [
    ['something written down', {}, { item: null, description: 'A watch.' }],
    ['an item of The Edge', { product }, { item: '001-150-00004', description: 'A watch.' }],
    ['an item without a word', { product, note: null }, { item: '001-150-00004', description: null }],
    [
      'a product of Clientbook’s own',
      { product: { ...product, sku: 'RING' } },
      { item: null, description: 'Diamond ring: A watch.' },
    ],
    [
      'the same without a word',
      { product: { ...product, sku: null }, note: null },
      { item: null, description: 'Diamond ring' },
    ],
    [
      'a wish of ours for no item',
      { product: { ...product, sku: null, kind: 'wish' } },
      { item: null, description: 'A watch.' },
    ],
  ] as const
  test.each(cases)('[CB-04] %s', (_what, other, fields) => {
    expect(read('collection_item.added', { ...item, ...other })).toEqual({
      type: 'sheet.changed',
      eventId: 'e-1',
      associate: '7',
      showing: {
        sheet: 'wish',
        uid: 'i-1',
        contactUid: 'c-1',
        updatedAt: stamp,
        fields: { present: 'yes', ...fields },
      },
    })
  })

  test('[CB-04] that went with its collection was not taken off the list', () => {
    const removed = { ...item, removed_at: stamp, removed_reason: 'collection_deleted' }
    expect(read('collection_item.removed', removed)).toMatchObject({
      type: 'wishes.gone',
      contactUid: 'c-1',
      at: stamp,
    })
  })

  test('[CB-04] a collection that becomes the one, or was never it, takes nobody’s wishes away', () => {
    const collection = { id: 'co-1', client_id: 'c-1', updated_at: stamp }
    const gone = [
      read('collection.updated', { ...collection, name: 'Old' }, { previous: { name: 'Edge' } }),
      read('collection.deleted', { ...collection, name: 'Edge' }),
    ]
    const others = [
      read('collection.updated', { ...collection, name: 'Edge' }, { previous: { name: 'Old' } }),
      read('collection.deleted', { ...collection, name: 'edge' }),
    ]
    expect(gone.map(({ type }) => type)).toEqual(['wishes.gone', 'wishes.gone'])
    expect(others.map(({ type }) => type)).toEqual(['ignored', 'ignored'])
  })
})

describe('[CB-11] who did it', () => {
  const by = (point_of_sale_id: string | null, type = 'associate') =>
    read('activity.updated', { ...activity, updated_by: { type, point_of_sale_id } })
  test.each([null, '', '1234', 'Ingrid'])('nobody of The Edge: %j', (id) => {
    expect(by(id)).not.toHaveProperty('associate')
  })
  test('an associate', () => expect(by('12')).toMatchObject({ associate: '12' }))
  test('not an integration that names one', () => expect(by('12', 'integration')).not.toHaveProperty('associate'))
})

test('[CB-06] a deleted note is told by its id', () => {
  const deleted = { ...activity, body: null, deleted_at: stamp }
  expect(read('activity.deleted', deleted)).toEqual({
    type: 'sheet.removed',
    eventId: 'e-1',
    sheet: 'note',
    uid: 'a-1',
    at: stamp,
    associate: '7',
  })
})

test('[CB-09] what a client wrote is not asked for', () => {
  const message = { id: 'm-1', client_id: 'c-1', channel: 'sms', direction: 'inbound', subject: null, body: 'Hi' }
  const whole = { ...message, attachments: [], sent_at: stamp, sent_by: actor, updated_at: stamp }
  expect(read('message.sent', whole)).toEqual({ type: 'ignored', eventId: 'e-1' })
})

test('what nobody knows yet is passed over', () => {
  for (const type of ['loyalty.earned', 'toString', 'product.updated'])
    expect(read(type, {})).toEqual({ type: 'ignored', eventId: 'e-1' })
})

test('a known event that is not whole is unreadable, and says only where', () => {
  expect(() => read('activity.created', { ...activity, id: '', body: { of: 'Nora' } })).toThrow(
    expect.objectContaining({ code: 'unreadable_event', message: expect.not.stringContaining('Nora') }),
  )
  expect(() => clientbook.readEvent('{', 'US')).toThrow(expect.objectContaining({ code: 'unreadable_event' }))
})

test('the signature is that of stamp and body', () => {
  const rawBody = Buffer.from('{"a":1}')
  const signed = (stampSent: string, prefix: string) => ({
    rawBody,
    headers: {
      'x-clientbook-timestamp': '1770000000',
      'x-clientbook-signature': prefix + createHmac('sha256', 'secret').update(`${stampSent}.{"a":1}`).digest('hex'),
    },
  })
  expect(clientbook.verifyWebhook(signed('1770000000', 'sha256='), 'secret')).toBe(true)
  expect(clientbook.verifyWebhook(signed('1770000001', 'sha256='), 'secret')).toBe(false)
  expect(clientbook.verifyWebhook(signed('1770000000', ''), 'secret')).toBe(false)
})
