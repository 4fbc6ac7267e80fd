import { connectionSettingsSchema } from '@jumpring/contracts'
import { expect, test } from 'vitest'
import { toClientWrite, toFirstWrite, toObservation } from './mapping.ts'
import type { Client } from './wire.ts'

const settings = connectionSettingsSchema.parse({ locations: { '002': 'lo-2' } })
const source = { edgeKey: '001-00017', settings, externalIdField: null, acquisitionField: null }

const client: Client = {
  id: 'c-1',
  pos_id: '001-00017',
  first_name: 'Nora',
  last_name: 'Lindqvist',
  phones: [
    { label: 'Mobile', number: '(203) 555-0117', sms_opted_out_at: '2026-03-01T10:00:00.000Z' },
    { label: 'Work', number: '+12035550117', sms_opted_out_at: null },
    { label: 'Note', number: 'ask Otto', sms_opted_out_at: null },
  ],
  emails: [
    { label: 'None', address: 'none' },
    { label: 'Home', address: 'Nora@Example.com ' },
  ],
  addresses: [
    {
      label: 'Home',
      line1: '12 Elm St',
      line2: null,
      city: 'Fairfield',
      region: 'CT',
      postal_code: '06824',
      country: null,
    },
    { label: 'Work', line1: null, line2: null, city: null, region: null, postal_code: null, country: 'US' },
  ],
  acquisition_source: ' Walk-in ',
  home_location_id: null,
  tags: ['vip'],
  created_at: '2026-03-01T10:00:00.000Z',
  updated_at: '2026-03-01T10:00:00.123Z',
}

test('a client is compared by what its values mean; what is no phone, e-mail or address is dropped', () => {
  expect(toObservation(client, 'US')).toEqual({
    uid: 'c-1',
    externalId: '001-00017',
    name: 'Nora Lindqvist',
    phones: ['+12035550117'],
    emails: ['nora@example.com'],
    addresses: [{ street: '12 Elm St', city: 'Fairfield', state: 'CT', zip: '06824' }],
    optedOutPhones: ['+12035550117'],
    locations: [],
    tags: ['vip'],
    labels: { phone: 'Mobile', email: 'Home', address: 'Home' },
    acquisition: 'Walk-in',
    source: 'Walk-in',
    createdAt: '2026-03-01T10:00:00.000Z',
    updatedAt: '2026-03-01T10:00:00.123Z',
  })
})

test('a client of whom nothing is known is nobody in particular', () => {
  const empty = { pos_id: null, first_name: null, last_name: null, phones: [], emails: [], addresses: [] }
  const observed = toObservation({ ...client, ...empty, acquisition_source: null }, 'US')
  for (const absent of ['externalId', 'name', 'acquisition', 'source']) expect(observed).not.toHaveProperty(absent)
})

test('a write names only what is given, and an address whole', () => {
  expect(toClientWrite({ name: 'Cher' })).toEqual({ first_name: null, last_name: 'Cher' })
  expect(toClientWrite({ address: { city: 'Fairfield' } }).addresses).toEqual([
    {
      label: 'POS',
      line1: null,
      line2: null,
      city: 'Fairfield',
      region: null,
      postal_code: null,
      country: null,
      is_primary: true,
    },
  ])
})

test('a written name comes back as it was', () => {
  for (const name of ['Nora Lindqvist', 'Cher', 'Anna Maria von Stein']) {
    const { first_name = null, last_name = null } = toClientWrite({ name })
    expect(toObservation({ ...client, first_name, last_name }, 'US').name).toBe(name)
  }
})

test('the first write has the location of the home store, where there is one', () => {
  expect(toFirstWrite({ name: 'Nora' }, { ...source, edgeKey: '002-00001' })).toMatchObject({
    home_location_id: 'lo-2',
  })
  expect(toFirstWrite({ name: 'Nora' }, source)).not.toHaveProperty('home_location_id')
})

test('whoever has no name goes by the e-mail, else by the phone', () => {
  const phone = '+12035550117'
  expect(toFirstWrite({ phone, email: 'nora@example.com' }, source)).toMatchObject({ last_name: 'nora@example.com' })
  expect(toFirstWrite({ phone }, source)).toMatchObject({ last_name: phone, phones: [{ number: phone }] })
})

test('the number stands in the path of a first write alone', () => {
  expect(toFirstWrite({ name: 'Nora', externalId: '001-00017' }, source)).not.toHaveProperty('pos_id')
})
