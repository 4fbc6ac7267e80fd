import { connectionSettingsSchema, JumpringError } from '@jumpring/contracts'
import { describe, expect, test } from 'vitest'
import { podium } from './index.ts'
import { toObservation } from './mapping.ts'

const settings = connectionSettingsSchema.parse({ locations: { '001': 'location-of-001' }, defaultLocation: 'main' })
const create = podium.freezeCreate

describe('first write', () => {
  test('carries all values and the location of the customer’s store', () => {
    const fields = {
      name: 'Nora Lindqvist',
      phone: '+12035550117',
      email: 'nora@example.com',
      address: { street: '12 Elm St', city: 'Fairfield', zip: '06824' },
    }
    expect(create(fields, { edgeKey: '001-00017', settings, externalIdField: null, acquisitionField: null })).toEqual({
      op: 'create',
      identifiers: [],
      body: {
        name: 'Nora Lindqvist',
        phoneNumber: '+12035550117',
        email: 'nora@example.com',
        address: {
          addressLine1: '12 Elm St',
          addressLine2: null,
          city: 'Fairfield',
          state: null,
          postalCode: '06824',
          country: null,
        },
        locations: ['location-of-001'],
      },
    })
  })

  test('carries the Edge customer number once its attribute is known', () => {
    const source = { edgeKey: '001-00017', settings, externalIdField: 'a-5', acquisitionField: null }
    expect(create({ name: 'N' }, source).body.attributes).toEqual([{ uid: 'a-5', value: '001-00017' }])
    expect(create({ name: 'N' }, { ...source, externalIdField: null }).body).not.toHaveProperty('attributes')
  })

  test('a store without a location of its own gets the default', () => {
    expect(
      create({ name: 'N' }, { edgeKey: '002-00001', settings, externalIdField: null, acquisitionField: null }).body
        .locations,
    ).toEqual(['main'])
  })

  test('a store without any location is a matter of configuration, and named', () => {
    const none = connectionSettingsSchema.parse({})
    const attempt = () =>
      create({ name: 'N' }, { edgeKey: '002-00001', settings: none, externalIdField: null, acquisitionField: null })
    expect(attempt).toThrow(JumpringError)
    expect(attempt).toThrow(expect.objectContaining({ code: 'configuration', message: expect.stringContaining('002') }))
  })

  test('a customer without a name goes by e-mail, else by phone', () => {
    const source = { edgeKey: '001-00017', settings, externalIdField: null, acquisitionField: null }
    expect(create({ phone: '+12035550117', email: 'nora@example.com' }, source).body.name).toBe('nora@example.com')
    expect(create({ phone: '+12035550117' }, source).body.name).toBe('+12035550117')
  })
})

test('[CO-06] a create carries the acquisition, as a label, beside the number', () => {
  const source = { edgeKey: '001-00017', settings, externalIdField: 'a-1', acquisitionField: 'a-2' }
  const attributes = [
    { uid: 'a-1', value: '001-00017' },
    { uid: 'a-2', value: 'Walk-in' },
  ]
  expect(create({ email: 'nora@example.com', acquisition: 'Walk-in' }, source).body.attributes).toEqual(attributes)
})

test('[CO-03] an update carries only the fields it was given', () => {
  const frozen = podium.freezeUpdate({ phone: '+12035550118' }, ['+12035550117'])
  expect(frozen).toEqual({
    op: 'update',
    identifiers: ['+12035550117'],
    body: { phoneNumber: '+12035550118' },
    attributes: [],
  })
})

describe('what Podium shows', () => {
  test('is normalized, without doubles, from lists and channels alike', () => {
    const contact = {
      uid: 'c-1',
      name: '  Nora   Lindqvist ',
      phoneNumbers: ['+12035550117', '(203) 555-0117', 'none'],
      emails: ['Nora@Example.com', 'nobody'],
      address: { addressLine1: ' 12 Elm St ', addressLine2: '', city: null },
      channels: [
        { type: 'PHONE', identifier: '+12035550119', transactionalOptedOutAt: null },
        { type: 'phone', identifier: '+12035550117', transactionalOptedOutAt: '2026-03-01T10:00:00Z' },
        { type: 'EMAIL', identifier: 'NORA@example.com' },
        { type: 'EMAIL', identifier: 'second@example.com', transactionalOptedOutAt: '2026-03-01T10:00:00Z' },
      ],
      locations: [{ uid: 'l-1' }, null],
      tags: [{ label: 'VIP' }, { label: null }],
      attributes: [
        { label: 'Acquisition', value: ' Walk-in ' },
        { label: 'Source', value: 'Webchat' },
      ],
      createdAt: '2026-02-01T12:00:00Z',
      updatedAt: '2026-03-01T12:00:00+02:00',
    }
    expect(toObservation(contact, 'US')).toEqual({
      uid: 'c-1',
      name: 'Nora Lindqvist',
      phones: ['+12035550117', '+12035550119'],
      emails: ['nora@example.com', 'second@example.com'],
      addresses: [{ street: '12 Elm St' }],
      optedOutPhones: ['+12035550117'],
      locations: ['l-1'],
      tags: ['VIP'],
      acquisition: 'Walk-in',
      source: 'Webchat',
      createdAt: '2026-02-01T12:00:00.000Z',
      updatedAt: '2026-03-01T10:00:00.000Z',
    })
  })

  test('[BY-05] came to be as its source says, else its acquisition', () => {
    const source = (...attributes: { label: string; value: unknown }[]) =>
      toObservation({ uid: 'c-1', attributes, updatedAt: null }, 'US').source
    const acquisition = { label: 'Acquisition', value: 'Walk-in' }
    expect(source(acquisition, { label: 'Source', value: 'Webchat' })).toBe('Webchat')
    expect(source(acquisition)).toBe('Walk-in')
    expect(source()).toBeUndefined()
  })

  test('has the Edge customer number where one stands on it', () => {
    const number = (...attributes: { label: string; value: unknown }[]) =>
      toObservation({ uid: 'c-1', attributes: [null, ...attributes], updatedAt: null }, 'US').externalId
    expect(number({ label: 'Ring size', value: '6' }, { label: 'Edge customer', value: ' 001-00017 ' })).toBe(
      '001-00017',
    )
    expect(number({ label: 'Edge customer', value: '' }, { label: 'Edge customer', value: 17 })).toBeUndefined()
    expect(number()).toBeUndefined()
  })

  test('may be next to nothing', () => {
    const lists = { phoneNumbers: null, emails: null, channels: null, attributes: null, locations: null, tags: null }
    const nothing = { ...lists, address: null, name: null, createdAt: null, updatedAt: null }
    const bare = { uid: 'c-1', phones: [], emails: [], addresses: [], optedOutPhones: [] }
    expect(toObservation({ uid: 'c-1', ...nothing }, 'US')).toEqual(bare)
    expect(toObservation({ uid: 'c-1', address: { city: '' }, updatedAt: 'yesterday' }, 'US')).toEqual(bare)
  })
})
