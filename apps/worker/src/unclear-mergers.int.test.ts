import { randomUUID } from 'node:crypto'
import type { Customer } from '@jumpring/contracts'
import { decideMerge } from '@jumpring/db'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  all,
  both,
  gone,
  type MergingStore,
  nora,
  openMergingStore,
  stays,
  tea,
  third,
} from './testing/merging-store.ts'

let store: MergingStore
beforeEach(async () => {
  store = await openMergingStore()
})
afterEach(() => store.close())

test('where the old number still changes nothing is merged, and a person is told', async () => {
  await store.twoCustomers()
  await store.comesUp({ [stays]: { ...tea, oldKey: gone } })
  await store.comesUp({ [gone]: { ...nora, firstName: 'Norah' } })
  await store.run()
  expect(await store.book()).toMatchObject([
    { number: gone, name: 'Norah', notes: ['Note N1'] },
    { number: stays, name: 'Tea', notes: ['Note N2'] },
  ])
  expect(await store.aside()).toEqual([{ code: 'unclear_merge', kind: 'customer', key: stays }])
  // That was a slip of the store's.
  await store.comesUp({ [stays]: tea })
  await store.run()
  expect(await store.aside()).toEqual([])
})

test('a source that shows both at once is not sure', async () => {
  await store.comesUp({ [stays]: { ...tea, oldKey: gone }, [gone]: nora })
  await store.run()
  expect((await store.book()).map(({ number }) => number)).toEqual([gone, stays])
  expect(await store.aside()).toEqual([{ code: 'unclear_merge', kind: 'customer', key: stays }])
})

/** Two merges between two looks of the store's: EDT shows who remains, with the last of the numbers. */
async function twoMergesAtOnce(): Promise<void> {
  await store.twoCustomers()
  await store.comesUp({ [third]: ute })
  await store.run()
  await store.comesUp({ [third]: { ...ute, phones: both, oldKey: stays } })
}
const ute: Partial<Customer> = { firstName: 'Ute', lastName: 'Lind' }
const unclear = [{ code: 'unclear_merge', kind: 'customer', key: third }]

const says = (decision: 'merge' | 'apart', former: string, remaining: string) =>
  decideMerge(store.deps.db, store.tenantId, { sourceId: store.sourceId, former, remaining }, decision, {
    id: randomUUID(),
    role: 'store',
  })

test('[CO-07] two merges that are shown as one: what is known is merged, of the other a person is asked', async () => {
  await twoMergesAtOnce()
  await store.showsTheirs(third, 1)
  await store.showsTheirs(third, 2)
  await store.run()
  expect(await store.book()).toMatchObject([
    { number: gone, name: 'Nora', notes: ['Note N1'], wishes: ['Wish W1'], purchases: [] },
    { number: third, name: 'Ute', notes: ['Note N2'], wishes: ['Wish W2'], purchases: ['001-00001', '001-00002'] },
  ])
  expect(await store.aside()).toEqual(unclear)
  const { rows } = await store.owner.query('SELECT message FROM quarantine WHERE resolved_at IS NULL')
  expect(rows[0].message).toContain(`Sales, notes, phones or the like of ${gone} are those of ${third} by now`)

  await says('merge', gone, third)
  await store.atRest([{ ...all, number: third, name: 'Ute' }])
  expect(await store.aside()).toEqual([])
  await expect(says('apart', gone, third)).rejects.toMatchObject({ code: 'conflict' })
})

test('of who had nothing but a phone a person is asked too; kept apart they stay two, until somebody says otherwise', async () => {
  await store.comesUp({ [gone]: nora, [stays]: tea, [third]: ute })
  await store.run()
  await store.comesUp({ [third]: { ...ute, phones: both, oldKey: stays } })
  await store.run()
  expect(await store.aside()).toEqual(unclear)
  await says('apart', gone, third)
  await store.run()
  expect(await store.aside()).toEqual([])
  expect((await store.book()).map(({ number }) => number)).toEqual([gone, third])
  await says('merge', gone, third)
  await store.run()
  expect((await store.book()).map(({ number }) => number)).toEqual([third])
})

test('nobody is asked of a sale that was put right, of who shares the phone of who is gone, or of who is shown again', async () => {
  await store.twoCustomers()
  // Of one household with who is going to be merged.
  await store.comesUp({ [third]: ute, '001-00020': { ...tea, firstName: 'Una' } })
  await store.run()
  // A sale that was the other's all the time, without any merge.
  await store.showsSale(third, '001-00001')
  await store.run()
  expect(await store.aside()).toEqual([])
  await store.comesUp({ [gone]: { ...nora, firstName: 'Norah' } })
  await store.comesUp({ [third]: { ...ute, phones: both, oldKey: stays } })
  await store.run()
  expect(await store.aside()).toEqual(unclear)
  await store.comesUp({ [gone]: { ...nora, firstName: 'Nora' } })
  await store.run()
  expect(await store.aside()).toEqual([])
  await expect(says('merge', gone, third)).rejects.toMatchObject({ code: 'not_found' })
})

test('a merge of one who is still shown goes on once a person says so', async () => {
  await store.twoCustomers()
  await store.comesUp({ [stays]: { ...tea, phones: both, oldKey: gone } })
  await store.comesUp({ [gone]: { ...nora, firstName: 'Norah' } })
  await store.run()
  expect(await store.aside()).toEqual([{ code: 'unclear_merge', kind: 'customer', key: stays }])
  await says('merge', gone, stays)
  await store.atRest([all])
  expect(await store.aside()).toEqual([])
  // Whatever comes for the former number still is the remaining one's.
  await store.comesUp({ [gone]: { ...nora, firstName: 'Nora' } })
  await store.showsSale(gone, '001-00003')
  await store.showsNote(gone, 'N3')
  await store.atRest([{ ...all, notes: [...all.notes, 'Note N3'], purchases: [...all.purchases, '001-00003'] }])
  expect(await store.aside()).toEqual([])
})
