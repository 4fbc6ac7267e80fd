import { randomUUID } from 'node:crypto'
import type { Command, Wish } from '@jumpring/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { add, type CommandedShop, nora, openCommandedShop } from '../../tests/downlink.ts'
import { edtRecord } from '../../tests/store.ts'
import { takeCommands } from './apply.ts'

let shop: CommandedShop
beforeEach(() => {
  shop = openCommandedShop()
})
afterEach(() => shop.close())

const fieldsOf = (fields: Record<string, string>) => ({
  ...nora,
  more: Object.fromEntries(Object.entries(fields).map(([field, value]) => [`CustomerKey${field}`, value])),
})
const set = (fields: Extract<Wish, { do: 'setCustomFields' }>['fields'], more: { associate?: string } = {}): Wish => ({
  do: 'setCustomFields',
  key: '001-00017',
  fields,
  ...more,
})

test('[CB-03] [CB-11] custom fields are written with the lists as they are, under the associate, and seen', async () => {
  await shop.exports(edtRecord(fieldsOf({ 1: '6 1/2', 2: 'Gold' })))
  await shop.take(add({ phones: ['+12035550199'] }))
  const fields = { '1': { expected: '6 1/2', value: '7' }, '2': { expected: 'Gold', value: null } }
  const id = await shop.take(set(fields, { associate: '12' }))
  const [, record] = shop.imports()
  expect(record).toMatchObject({
    Key: '001-000017',
    PairValue: { CustomerKey1: '7', CustomerKey2: '', CustomerUpdateUser: '12' },
  })
  expect(record?.PairValue.Phones.map((phone) => phone.PairValue.PhonePhone)).toEqual([
    '2035550117',
    '(203) 555-0118',
    '2035550199',
  ])
  await shop.exports(edtRecord({ ...fieldsOf({ 1: '6 1/2', 2: 'Gold' }), last: 'Berg' }))
  expect(shop.reportOf(id)).toEqual({ id, outcome: 'written' })
  await shop.exports(edtRecord(fieldsOf({ 1: '7' })))
  expect(shop.reportOf(id)).toEqual({ id, outcome: 'seen', key: '001-00017' })
})

test('[CB-03] where one of the custom fields is another by now none is written; what is so already is not written again', async () => {
  await shop.exports(edtRecord(fieldsOf({ 1: '6 1/2', 2: 'Gold' })))
  const one = { expected: '6 1/2', value: '7' }
  const changed = await shop.take(set({ '1': one, '2': { expected: null, value: 'Silver' } }))
  const already = await shop.take(set({ '2': { expected: 'Silver', value: 'Gold' } }))
  const long = await shop.take(set({ '1': { expected: '6 1/2', value: 'x'.repeat(256) } }))
  expect([changed, already].map((id) => shop.reportOf(id)?.outcome)).toEqual(['changed', 'already'])
  expect(shop.reportOf(long)).toMatchObject({ outcome: 'failed', code: 'value_does_not_fit' })
  expect(shop.folder.list('Outbox')).toEqual([])
})

test('[CB-03] a change of a field waits for the one before; what staff put in between is left, and said', async () => {
  await shop.exports(edtRecord(fieldsOf({ 1: '6 1/2' })))
  const first = await shop.take(set({ '1': { expected: '6 1/2', value: '7' } }))
  const second: Command = { id: randomUUID(), wish: set({ '1': { expected: '7', value: '8' } }) }
  expect(takeCommands(shop.memory(), [second])).toEqual(['held'])
  expect(shop.reportOf(await shop.take(set({ '2': { expected: null, value: 'Gold' } })))?.outcome).toBe('written')
  await shop.exports(edtRecord(fieldsOf({ 1: '9' })))
  expect(shop.reportOf(first)).toEqual({ id: first, outcome: 'changed' })
  expect(takeCommands(shop.memory(), [second])).toEqual(['taken'])
  expect(shop.reportOf(second.id)?.outcome).toBe('changed')
})
