import { expect, it } from 'vitest'
import { z } from 'zod'
import { caller, openAccount, send, startSandbox } from '../testing/kit.ts'

const objectsSchema = z.array(z.looseObject({ externalId: z.string(), title: z.string().nullable() }))
const feedsSchema = z.object({ sales: z.string(), items: z.string() })

const purchase = (n: number) => ({
  eventId: `e-${n}`,
  event: 'created',
  type: 'purchase',
  externalId: `sale-${n}`,
  occurredAt: '2026-03-01T10:00:00Z',
  contact: { identifier: '+12035550117' },
  fields: {
    sale: '001-00031',
    line: n,
    purchasedAt: null,
    amount: { minor: 4_500, currency: 'USD' },
    isReturn: false,
    description: null,
    itemNumber: null,
    associate: null,
  },
})
const asEvent = ({ contact: _, ...item }: ReturnType<typeof purchase>) => ({
  ...item,
  contact: { name: 'Nora', identifiers: ['+12035550117', 'nora@example.com'], edgeCustomer: '001-00017' },
})

async function start() {
  const sandbox = await startSandbox()
  const account = await openAccount(sandbox.url)
  const call = caller(sandbox.url, account)
  const { organizationUid } = account
  const codes = await send(`${sandbox.url}/control/podium/codes`, 'POST', { organizationUid })
  const { feeds } = z.object({ feeds: feedsSchema }).parse(codes.body)
  const objects = async () => objectsSchema.parse((await send(`${sandbox.url}/state/podium/objects`)).body)
  const addNora = () =>
    call('POST', '/v4/contacts', { name: 'Nora', locations: [account.location], phoneNumber: '+12035550117' })
  return { ...sandbox, call, feeds, objects, addNora }
}

it('a data feed takes one event or a list, each event once', async () => {
  const { call, feeds, objects } = await start()
  const path = `/v4/dataFeeds/${feeds.sales}/events`
  expect((await call('POST', path, asEvent(purchase(1)))).status).toBe(202)
  expect((await call('POST', path, [asEvent(purchase(1)), asEvent(purchase(2))])).status).toBe(202)
  expect(await objects()).toMatchObject([
    { externalId: 'sale-1', history: [{ eventId: 'e-1' }] },
    { externalId: 'sale-2', history: [{ eventId: 'e-2' }] },
  ])
})

it('a data feed takes what it cannot use, and only says so to its owner', async () => {
  const { url, call, feeds, objects } = await start()
  expect((await call('POST', `/v4/dataFeeds/${feeds.sales}/events`, { hello: 1 })).status).toBe(202)
  expect(await objects()).toEqual([])
  const shown = z.array(z.looseObject({ uid: z.string() })).parse((await send(`${url}/state/podium/feeds`)).body)
  expect(shown.find(({ uid }) => uid === feeds.sales)).toMatchObject({ received: 1, unfit: 1 })
})

it("another account's data feed is not found", async () => {
  const { url, call } = await start()
  const first = await send(`${url}/control/podium/codes`, 'POST', {})
  const { feeds } = z.object({ feeds: feedsSchema }).parse(first.body)
  expect((await call('POST', `/v4/dataFeeds/${feeds.items}/events`, [])).status).toBe(404)
})

it('the partner API says of each item what became of it', async () => {
  const { url, call, objects, addNora } = await start()
  await addNora()
  await send(`${url}/control/podium/settings`, 'POST', { refuseObjects: ['sale-3'] })
  const invalid = { ...purchase(2), fields: { ...purchase(2).fields, amount: { minor: 45.5, currency: 'USD' } } }
  const stranger = { ...purchase(4), contact: { identifier: '+12035550199' } }
  const items = [purchase(1), invalid, purchase(3), stranger]
  const { body } = await call('POST', '/partner/v1/purchases', { items })
  expect(body).toMatchObject({
    data: { results: [{ status: 201 }, { status: 400 }, { status: 400 }, { status: 404, code: 'contact_not_found' }] },
  })
  expect((await objects()).map(({ externalId }) => externalId)).toEqual(['sale-1'])
  const again = await call('POST', '/partner/v1/purchases', { items: [purchase(1)] })
  expect(again.body).toMatchObject({ data: { results: [{ status: 200 }] } })
  expect(await objects()).toMatchObject([{ history: [{ eventId: 'e-1' }] }])
})

it('what came before its contact stands on the page of the contact when it comes', async () => {
  const { call, feeds, objects, addNora } = await start()
  await call('POST', `/v4/dataFeeds/${feeds.sales}/events`, asEvent(purchase(1)))
  expect(await objects()).toMatchObject([{ contact: null }])
  await addNora()
  expect(await objects()).toMatchObject([{ contact: { name: 'Nora' } }])
})

it('what the AI wrote stays, even when the item is told of as new again', async () => {
  const { url, call, feeds, objects } = await start()
  const organization = z
    .array(z.object({ uid: z.string(), organizationUid: z.string() }))
    .parse((await send(`${url}/state/podium/feeds`)).body)
    .find(({ uid }) => uid === feeds.items)?.organizationUid
  const event = (n: number, fields: object) => ({
    ...asEvent(purchase(n)),
    externalId: 'item-1',
    type: 'product',
    contact: null,
    fields,
  })
  const path = `/v4/dataFeeds/${feeds.items}/events`
  await call('POST', path, event(1, { itemNumber: '001-150-00004', title: 'Ring', description: null, archived: null }))
  const words = `${url}/control/podium/products/item-1/words?organizationUid=${organization}`
  await send(words, 'POST', { title: 'A timeless ring' })
  await call('POST', path, event(2, { itemNumber: '001-150-00004', title: 'Ring', description: 'x', archived: 'sold' }))
  expect(await objects()).toMatchObject([
    { title: 'A timeless ring', description: null, rewrites: 1, archived: true, fields: { archived: 'sold' } },
  ])
})
