import { inTenant } from '@jumpring/db'
import { letWaitForContact, observationSchema, storeObservations, storeRead } from '@jumpring/db/engine'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { runLane } from './lane.ts'
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

test.each([
  [['customer', 'sale', 'note', 'wish']],
  [['sale', 'note', 'wish', 'customer']],
  [['wish', 'customer', 'note', 'sale']],
] as const)(
  '[CO-07] [CB-02] [CB-04] [CB-06] [CB-07] two merged in The Edge are one client with all of both, once, in the order %s',
  async (order) => {
    await store.twoCustomers()
    for (const step of order) {
      await store.steps[step]()
      await store.run(1)
    }
    await store.atRest([all])
    expect(await store.aside()).toEqual([])
    expect(await store.links()).toEqual([
      { key: gone, status: 'shared', shared_with: stays },
      { key: stays, status: 'active', shared_with: null },
    ])
    await store.showsNote(stays, 'N3')
    await store.atRest([{ ...all, notes: ['Note N1', 'Note N2', 'Note N3'] }])
  },
)

test('[CO-07] a merge whose answer is lost, at either of its calls, is made once', async () => {
  await store.twoCustomers()
  for (const method of ['PATCH', 'POST'])
    await store.podium.post('/control/clientbook/faults', {
      match: { method, path: method === 'POST' ? '/v1/clients/:client_id/merge' : '/v1/clients/:client_id' },
      action: '500',
    })
  for (const step of Object.values(store.steps)) await step()
  await store.run()
  await store.atRest([all])
  expect(await store.aside()).toEqual([])
  const requests = z.record(z.string(), z.unknown()).parse(await store.podium.get('/state/clientbook/requests'))
  expect(requests['POST /v1/clients/:client_id/merge']).toEqual({ 200: 1, 500: 1 })
  // The Edge has decided what the remaining one's fields are; the other's value is kept where a person finds it.
  const { rows } = await store.owner.query('SELECT customer, kind, value, won FROM conflict')
  expect(rows).toEqual([{ customer: stays, kind: 'customFields', value: '6', won: null }])
})

test('[CO-07] a second merge, into a third: all is at the third, also where the first was never seen by itself', async () => {
  await store.twoCustomers()
  await store.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind' } })
  await store.run()
  await store.comesUp({ [stays]: { ...tea, oldKey: gone } })
  await store.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind', phones: both, oldKey: stays } })
  await store.showsTheirs(third, 1)
  await store.showsTheirs(third, 2)
  await store.atRest([{ ...all, number: third, name: 'Ute' }])
  expect(await store.links()).toMatchObject([
    { status: 'shared', shared_with: third },
    { status: 'shared', shared_with: third },
    { key: third, status: 'active' },
  ])
})

test('one who takes over two numbers, one after the other while nobody looks, has the clients of both', async () => {
  await store.twoCustomers()
  await store.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind' } })
  await store.run()
  const { rows } = await store.owner.query('SELECT seq FROM identity_cursor')
  await store.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind', oldKey: gone } })
  await store.owner.query('UPDATE identity_cursor SET seq = $1', [rows[0].seq])
  await store.owner.query('DELETE FROM merger')
  await store.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind', phones: both, oldKey: stays } })
  await store.showsTheirs(third, 1)
  await store.showsTheirs(third, 2)
  await store.atRest([{ ...all, number: third, name: 'Ute' }])
})

test('a customer with a new number takes the client along, with what is theirs and what The Edge is still to be asked for', async () => {
  await store.comesUp({ [gone]: nora })
  await store.showsTheirs(gone, 1)
  await store.run()
  const [before] = await store.clients()
  await store.podium.post(`/control/clientbook/clients/${before?.id}/notes`, { body: 'Has a dog.' })
  await store.run()
  expect(await store.asked()).toMatchObject([{ do: 'putNote', customer: gone }])
  await store.comesUp({ [stays]: { ...nora, oldKey: gone } })
  await store.showsTheirs(stays, 1)
  await store.run()
  expect(await store.clients()).toMatchObject([{ id: before?.id, pos_id: stays }])
  expect(await store.book()).toMatchObject([
    { ringSize: '6', notes: ['Has a dog.', 'Note N1'], wishes: ['Wish W1'], purchases: ['001-00001'] },
  ])
  expect(await store.asked()).toMatchObject([{ do: 'putNote', customer: stays }])
  await store.comesUp({ [stays]: { ...nora, oldKey: gone, customFields: { '1': '7' } } })
  await store.run()
  expect(await store.book()).toMatchObject([{ number: stays, ringSize: '7' }])
  expect(await store.aside()).toEqual([])
})

test('[BY-01] a client whom an earlier integration gave a number that was merged away since is that of who remains', async () => {
  const { id } = z
    .object({ id: z.string() })
    .parse(
      await store.podium.post('/control/clientbook/clients', { first_name: 'Nora', last_name: 'Lind', pos_id: gone }),
    )
  await store.comesUp({ [stays]: { ...tea, oldKey: gone } })
  await store.run()
  expect(await store.clients()).toMatchObject([{ id, pos_id: stays, first_name: 'Tea' }])
  expect(await store.aside()).toEqual([])
})

test('what staff do at the remaining client while the merge is under way comes down, and what the other had does not', async () => {
  await store.twoCustomers()
  await store.podium.post('/control/clientbook/faults', {
    match: { method: 'POST', path: '/v1/clients/:client_id/merge' },
    action: 'timeoutAfterDone',
  })
  await store.steps.customer()
  const { deps, tenantId, connectionId } = store
  await runLane(deps, { tenantId, connectionId, lane: 'live' })
  const [kept] = await store.clients()
  await store.podium.patch(`/control/clientbook/clients/${kept?.id}`, {
    phones: [{ label: 'Mobile', number: '+12035550120', is_primary: true }],
  })
  await store.run()
  expect(await store.asked()).toMatchObject([{ do: 'addMethods', key: stays, phones: ['+12035550120'] }])
  expect(await store.book()).toMatchObject([{ number: stays, ringSize: null }])
})

test('a message about who is gone that comes after the merge, when nobody has their number any more, says nothing', async () => {
  await store.twoCustomers()
  await store.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind' } })
  await store.run()
  const former = await store.clientOf(gone)
  await store.comesUp({ [stays]: { ...tea, phones: both, oldKey: gone } })
  await store.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind', phones: both, oldKey: stays } })
  await store.run()
  const { connection } = await store.at()
  const late = { uid: former, name: 'Nora Lind', phones: ['+12035550117'], updatedAt: new Date().toISOString() }
  const contact = observationSchema.parse({ ...late, emails: [], addresses: [], optedOutPhones: [] })
  await inTenant(store.deps.db, store.tenantId, (sql) => storeObservations(sql, connection, [contact]))
  await store.run()
  expect(await store.aside()).toEqual([])
  expect(await store.links()).toEqual([
    { key: gone, status: 'shared', shared_with: third },
    { key: stays, status: 'shared', shared_with: third },
    { key: third, status: 'active', shared_with: null },
  ])
})

/** What the platform says of notes, fields, wishes and messages, as it is read. */
const said = async (feed: string, events: readonly ({ eventId: string } & Record<string, unknown>)[]) => {
  const { connection } = await store.at()
  await inTenant(store.deps.db, store.tenantId, (sql) => storeRead(sql, connection, feed, events))
}
const noteBy = (contactUid: string, text: string) => {
  const showing = { sheet: 'note', uid: text, contactUid, fields: { text }, updatedAt: new Date().toISOString() }
  return { eventId: text, type: 'sheet.changed', showing }
}
const unlooked = async () =>
  (await store.owner.query(`SELECT event_id, status FROM inbox WHERE status NOT IN ('done', 'quarantined')`)).rows

test('[CB-06] [CB-09] a note and a message of who is gone that are heard of after the merge, or waited for it, are of who remains', async () => {
  await store.twoCustomers()
  await store.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind' } })
  await store.run()
  const former = await store.clientOf(gone)
  const { connection } = await store.at()
  await said('note', [noteBy(former, 'Waits.')])
  await inTenant(store.deps.db, store.tenantId, (sql) => letWaitForContact(sql, connection.id, 'note:Waits.', former))
  await store.comesUp({ [stays]: { ...tea, phones: both, oldKey: gone } })
  await store.run()
  await store.comesUp({ [third]: { firstName: 'Ute', lastName: 'Lind', phones: both, oldKey: stays } })
  await store.run()
  const at = new Date().toISOString()
  await said('note', [noteBy(former, 'Late.')])
  await said('message', [
    {
      eventId: 'm',
      type: 'message',
      uid: 'm',
      contactUid: former,
      channel: 'text',
      at,
      subject: null,
      body: 'Hello',
      attachments: [],
    },
  ])
  await store.run()
  expect(await store.asked()).toMatchObject([
    { do: 'putNote', customer: third, text: 'Waits.' },
    { do: 'putNote', customer: third, text: 'Late.' },
    { do: 'addActivity', customer: third, body: 'Hello' },
  ])
  expect(await unlooked()).toEqual([])
})

test('[CB-03] [CB-04] the fields and the collection of who is gone, shown after the merge, are not those of who remains', async () => {
  await store.twoCustomers()
  const former = await store.clientOf(gone)
  for (const step of Object.values(store.steps)) await step()
  await store.run()
  const at = new Date().toISOString()
  const showing = {
    sheet: 'customFields',
    uid: former,
    contactUid: former,
    fields: { [store.ringSize]: '9' },
    updatedAt: at,
  }
  await said('customFields', [{ eventId: 'f', type: 'sheet.changed', showing }])
  await said('wish', [{ eventId: 'w', type: 'wishes.gone', contactUid: former, at }])
  await store.atRest([all])
  expect(await unlooked()).toEqual([])
  await store.showsWish(stays, 'W3')
  await store.atRest([{ ...all, wishes: ['Wish W1', 'Wish W2', 'Wish W3'] }])
})

test('[AD-07] an opt-out that the remaining client shows while the merge is under way reaches The Edge', async () => {
  await store.twoCustomers()
  const kept = await store.clientOf(stays)
  await store.podium.post('/control/clientbook/faults', {
    match: { method: 'POST', path: '/v1/clients/:client_id/merge' },
    action: '500',
    times: 3,
  })
  await store.steps.customer()
  const { deps, tenantId, connectionId } = store
  await runLane(deps, { tenantId, connectionId, lane: 'live' })
  const optedOutPhones = ['+12035550118']
  const shown = { uid: kept, externalId: stays, phones: optedOutPhones, emails: [], addresses: [], optedOutPhones }
  const { connection } = await store.at()
  const contact = observationSchema.parse({ ...shown, name: 'Tea Lind', updatedAt: new Date().toISOString() })
  await inTenant(deps.db, tenantId, (sql) => storeObservations(sql, connection, [contact]))
  await runLane(deps, { tenantId, connectionId, lane: 'live' })
  expect(await unlooked()).toMatchObject([{ status: 'waiting' }])
  await store.run(5)
  expect(await unlooked()).toEqual([])
  expect(await store.asked()).toMatchObject([{ do: 'optOut', key: stays, phones: optedOutPhones }])
})
