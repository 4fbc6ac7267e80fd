import { expect, it } from 'vitest'
import { eventually, send, startSandbox } from '../../testing/kit.ts'
import { Notification, tables } from '../schema/tables.ts'

const until = '2026-06-01'

async function shop(customers = 60) {
  const sandbox = await startSandbox({ customers: 0, store: { autoExport: false } })
  sandbox.store.seed(customers, 17, 'mixed', { until })
  const all = () => tables.map((table) => sandbox.store.database.find(table, '1 ORDER BY rowid'))
  return { ...sandbox, all }
}

it('the same seed makes the same history', async () => {
  const [one, other] = [await shop(), await shop()]
  expect(one.all()).toEqual(other.all())
})

it('a history has everything that a shop has, and what is odd in it', async () => {
  const { store } = await shop(400)
  const { database } = store
  for (const table of tables) expect(`${table.name}: ${database.count(table) > 0}`).toBe(`${table.name}: true`)
  const some = (name: string, condition: string) => {
    const table = tables.find((one) => one.name === name)
    expect([name, condition, (table ? database.count(table, condition) : 0) > 0]).toEqual([name, condition, true])
  }
  some('Saleline', 'SalelineAmount < 0')
  some('Saleline', "SalelineEnvKey <> ''")
  some('Saleline', "SalelineInstanceOf <> ''")
  some('Saleline', "typeof(SalelineAmount) = 'text'")
  some('Saleline', "SalelineCustKey <> '' AND SalelineCustKey NOT IN (SELECT CustomerKey FROM Customer)")
  some('Saleline', "SalelineItemKey <> '' AND SalelineItemKey NOT IN (SELECT ItemKey FROM Item)")
  for (const status of ['Open', 'Sold']) some('Envelope', `EnvStatus = '${status}'`)
  for (const type of ['Repair', 'Custom', 'Special Order', 'Appraisal']) some('Job', `JobType = '${type}'`)
  for (const status of ['Not Ready', 'Done', 'Picked Up', 'On hold']) some('Job', `JobStatus = '${status}'`)
  some('Job', "JobCustKey = ''")
  for (const status of ['Scheduled', 'Completed', 'Canceled', 'No Show'])
    some('Appointment', `AppointmentStatus = '${status}'`)
  some('Item', "ItemStatus = '?'")
  some('Item', "ItemInventoryType = 'Z'")
  some('Item', "ItemCurrentPrice = 'call for price'")
  some('Item', "ItemOldKey <> ''")
  some('Item', 'Quantity > 1')
  some('Wishlist', "WishlistItemKey = ''")
  expect(database.count(Notification, "NotificationStatus = 'Pending'")).toBe(0)
  const { saleLines, items } = store.counts()
  expect(saleLines / 400).toBeGreaterThan(2.4)
  expect(saleLines / 400).toBeLessThan(3.6)
  expect(items / 400).toBeLessThan(0.4)
})

it('a day is the same in the same store, and each step is exported', async () => {
  const [one, other] = [await shop(), await shop()]
  const texts = ({ store }: typeof one) => store.day.playAtOnce(5, 120).map(({ what, text }) => `${what}: ${text}`)
  const day = texts(one)
  expect(day).toHaveLength(120)
  // Appointments are made from today on, whose date may change between the two.
  const timeless = (lines: string[]) => lines.map((line) => line.replace(/\d{4}-\d\d-\d\dT[\d:]+/, ''))
  expect(timeless(texts(other))).toEqual(timeless(day))
  const { body } = await send(`${one.url}/store/export`, 'POST', {})
  expect(body).toMatchObject({ files: expect.arrayContaining([expect.stringMatching(/-Transaction\.json$/)]) })
})

it('a day played at a speed goes on by itself until it is over', async () => {
  const { url } = await shop()
  const started = await send(`${url}/control/store/day`, 'POST', { seed: 3, events: 10, speed: 500 })
  expect(started).toMatchObject({ status: 202, body: { playing: true } })
  await eventually(async () => (await send(`${url}/control/store/day`)).body).toMatchObject({ playing: false })
  const { body } = await send(`${url}/control/store/day`)
  expect(body).toMatchObject({ happenings: Array(10).fill({ text: expect.any(String) }) })
})
