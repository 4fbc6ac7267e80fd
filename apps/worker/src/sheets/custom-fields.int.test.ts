import { updateConnection } from '@jumpring/db'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { key, openTwoWayStore, type TwoWayStore } from '../testing/two-way-store.ts'

let store: TwoWayStore
beforeEach(async () => {
  store = await openTwoWayStore()
})
afterEach(() => store.close())

test('[CB-03] custom fields and preferences, each way, by the mapping; what does not fit is set aside by itself and goes through once it is mended', async () => {
  await store.hasCustomers({ [key]: { 1: '6', 2: '6/14/2010', 3: 'a lot' } })
  await store.run()
  expect((await store.client()).preferences).toMatchObject({ 'Ring size': '6', Anniversary: '2010-06-14' })
  expect(await store.aside()).toMatchObject([{ stage: 'up', kind: 'customFields', code: 'value_does_not_fit' }])
  await store.staff('PUT', `clients/${(await store.client()).id}/preferences`, {
    values: { 'Ring size': '7' },
  })
  await store.run()
  expect(store.fields.get(key)).toEqual({ 1: '7', 2: '6/14/2010', 3: 'a lot' })
  await store.hasCustomers({ [key]: { 1: '7'.repeat(256), 2: '6/14/2010', 3: '$1,200' } })
  await store.run()
  expect(await store.aside()).toMatchObject([
    { message: 'Custom field 1 is too long: its preference takes 255 characters. Shorten it in The Edge.' },
  ])
  await store.hasCustomers({ [key]: { 1: '7', 2: '6/14/2010', 3: '$1,200' } })
  await store.run()
  expect((await store.client()).preferences).toMatchObject({ 'Ring size': '7', Budget: 1200 })
  expect(await store.aside()).toEqual([])
  expect(await store.conflicts()).toEqual([])
})

test('[CB-03] another mapping has all customers looked at: Edge’s values go to the new preference, what only that has comes down', async () => {
  await store.hasCustomers({ [key]: { 1: '6', 2: '6/14/2010' } })
  await store.run()
  await store.staff('PUT', `clients/${(await store.client()).id}/preferences`, { values: { Budget: 500 } })
  await updateConnection(store.deps.db, store, ({ name, settings }) => ({
    name,
    settings: {
      ...settings,
      customFields: [
        { field: '4', preference: store.preferences.Budget ?? '', type: 'number', choices: [] },
        { field: '1', preference: store.preferences['Ring size'] ?? '', type: 'text', choices: [] },
      ],
    },
  }))
  await store.hasCustomers({ [key]: { 1: '6½', 2: '7/1/2011' } })
  await store.run()
  expect(store.fields.get(key)).toEqual({ 1: '6½', 2: '7/1/2011', 4: '500' })
  expect((await store.client()).preferences).toMatchObject({
    'Ring size': '6½',
    Anniversary: '2010-06-14',
    Budget: 500,
  })
})

test('[CB-03] what does not fit is mended where it was entered; over one of The Edge that does not fit the platform’s gives way once that is mended', async () => {
  const sets = async (values: Record<string, unknown>) => {
    await store.staff('PUT', `clients/${(await store.client()).id}/preferences`, { values })
    await store.run()
  }
  await updateConnection(store.deps.db, store, ({ name, settings }) => ({
    name,
    settings: {
      ...settings,
      customFields: [
        // On the platform a text: what staff enter may be no number.
        { field: '1', preference: store.preferences['Ring size'] ?? '', type: 'number', choices: [] },
        { field: '3', preference: store.preferences.Budget ?? '', type: 'number', choices: [] },
      ],
    },
  }))
  await store.hasCustomers({ [key]: { 3: 'a lot' } })
  await store.run()
  await sets({ 'Ring size': 'six' })
  expect(store.fields.get(key)).toEqual({ 3: 'a lot' })
  expect((await store.aside()).map(({ stage }) => stage).toSorted()).toEqual(['down', 'up'])
  await sets({ 'Ring size': '6' })
  expect(store.fields.get(key)).toEqual({ 1: '6', 3: 'a lot' })
  expect(await store.aside()).toMatchObject([{ stage: 'up', code: 'value_does_not_fit' }])
  expect(await store.conflicts()).toEqual([])

  await sets({ Budget: 100 })
  expect(store.fields.get(key)).toEqual({ 1: '6', 3: 'a lot' })
  expect((await store.client()).preferences).toMatchObject({ Budget: 100 })
  expect(await store.aside()).toMatchObject([{ stage: 'up', code: 'value_does_not_fit' }])
  expect(await store.conflicts()).toMatchObject([{ field: '3', value: '100', won: 'a lot' }])
  await store.hasCustomers({ [key]: { 1: '6', 3: '200' } })
  await store.run()
  expect((await store.client()).preferences).toMatchObject({ Budget: 200 })
  expect(await store.aside()).toEqual([])
})
