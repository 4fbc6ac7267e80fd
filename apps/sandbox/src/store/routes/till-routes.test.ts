import { readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { send, startSandbox } from '../../testing/kit.ts'

const row = z.record(z.string(), z.unknown())
const saleSchema = z.looseObject({ SaleKey: z.string(), lines: z.array(row) })
const edtSchema = z.record(z.string(), z.array(z.object({ Key: z.string(), PairValue: row })))

async function opened(store = {}) {
  const { url } = await startSandbox({ customers: 40, store: { autoExport: false, ...store } })
  const ask = async (path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') => {
    const answer = await send(`${url}${path}`, method, body)
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const item = async (fields = {}) => String(row.parse(await ask('/control/store/items', { fields })).ItemKey)
  const sale = async (body: unknown) => saleSchema.parse(await ask('/control/store/sales', body))
  const state = async (list: string) => z.array(row).parse(await ask(`/state/store/${list}`))
  const one = async (list: string, column: string, key: string) =>
    (await state(list)).find((record) => record[column] === key)
  /** The next incremental export: its records by array. */
  const exported = async () => {
    const { files } = z.object({ files: z.array(z.string()) }).parse(await ask('/store/export', {}))
    return Object.assign({}, ...files.map((file) => edtSchema.parse(JSON.parse(readFileSync(file, 'utf8')))))
  }
  return { url, ask, item, sale, state, one, exported }
}

it('a sale takes its items off the shelf, and only what changed is exported', async () => {
  const { ask, item, sale, one, exported } = await opened()
  const ring = await item({ ItemCurrentPrice: 1250, ItemCost: 600 })
  expect(ring).toBe('001-150-00001')
  await exported()
  await ask('/control/store/rows/Wishlist', { WishlistKey: 'w1', WishlistCustKey: '001-00017', WishlistItemKey: ring })
  const sold = await sale({ customer: '001-00017', lines: [{ item: ring }, { description: 'Engraving', amount: 45 }] })
  expect(sold).toMatchObject({ SaleKey: '001-00001', SaleCustKey: '001-00017', SaleSubtotal: 1295 })
  expect(await one('items', 'ItemKey', ring)).toMatchObject({ ItemStatus: 'S', ItemSaleKey: '001-00001' })
  const files = await exported()
  expect(Object.keys(files).sort()).toEqual(['Items', 'SaleLines', 'Wishes'])
  expect(files.SaleLines).toMatchObject([
    { Key: '001-000011', PairValue: { SalelineSaleKey: '001-00001', SalelineLineNo: 1, SalelineItemKey: ring } },
    { Key: '001-000012', PairValue: { SalelineAmount: 45, SalelineItemKey: '' } },
  ])
  expect(files.Wishes[0].PairValue.WishlistFinalItkey).toBe(ring)
  expect(files.Items[0].PairValue).toMatchObject({ ItemNeverUpload: false, Stones: [], Vendors: [] })
  expect((await send(`${(await opened()).url}/control/store/sales`, 'POST', { lines: [{ item: ring }] })).status).toBe(
    404,
  )
})

it('what is sold cannot be sold again; a return is a negative line and puts it back; an exchange is both', async () => {
  const { url, ask, item, sale, one } = await opened()
  const [ring, chain] = [await item({ ItemCurrentPrice: 500 }), await item({ ItemCurrentPrice: 700 })]
  const { SaleKey } = await sale({ customer: '001-00016', lines: [{ item: ring }] })
  expect((await send(`${url}/control/store/sales`, 'POST', { lines: [{ item: ring }] })).status).toBe(409)
  const swap = saleSchema.parse(
    await ask(`/control/store/sales/${SaleKey}/return`, { lines: [1], exchange: [{ item: chain }] }),
  )
  expect(swap.lines.map(({ SalelineAmount }) => SalelineAmount)).toEqual([-500, 700])
  expect(await one('items', 'ItemKey', ring)).toMatchObject({ ItemStatus: 'I', ItemSaleKey: '' })
  expect(await one('items', 'ItemKey', chain)).toMatchObject({ ItemStatus: 'S', ItemSaleCustKey: '001-00016' })
})

it.each(['same', 'new'] as const)(
  'a layaway becomes a sale when it is paid off: lines of the %s sale',
  async (envelopeSale) => {
    const { ask, item, one, state, exported } = await opened({ envelopeSale })
    const ring = await item({ ItemCurrentPrice: 900 })
    const layaway = row.parse(await ask('/control/store/layaways', { customer: '001-00017', items: [ring], paid: 100 }))
    const key = String(layaway.EnvKey)
    expect((await exported()).SaleLines).toMatchObject([{ PairValue: { SalelineEnvKey: key, SalelineAmount: 900 } }])
    expect(await one('items', 'ItemKey', ring)).toMatchObject({ ItemStatus: 'L' })
    expect(await ask(`/control/store/envelopes/${key}/pay`, { amount: 300 })).toMatchObject({
      EnvStatus: 'Open',
      EnvPaid: 400,
    })
    expect(await ask(`/control/store/envelopes/${key}/pay`, {})).toMatchObject({ EnvStatus: 'Sold' })
    const sales = z.array(saleSchema).parse(await state('sales'))
    const envelopes = sales.flatMap(({ lines }) => lines.map(({ SalelineEnvKey }) => SalelineEnvKey))
    expect(envelopes).toEqual(envelopeSale === 'same' ? [''] : [key, ''])
    expect(await one('items', 'ItemKey', ring)).toMatchObject({ ItemStatus: 'S', ItemSaleKey: sales.at(-1)?.SaleKey })
  },
)

it('a special order is ordered, arrives as an item of its own, and is sold when it is picked up', async () => {
  const { ask, one, state } = await opened()
  const order = { customer: '001-00017', type: 'Special Order', summary: 'Platinum solitaire', price: 3200, paid: 1000 }
  const job = String(row.parse(await ask('/control/store/jobs', order)).JobKey)
  const arrived = row.parse(await ask(`/control/store/jobs/${job}/done`, {}))
  expect(arrived).toMatchObject({ JobStatus: 'Done', JobItemKey: expect.stringMatching(/^001-150-/) })
  expect(await one('items', 'ItemKey', String(arrived.JobItemKey))).toMatchObject({ ItemStatus: 'O' })
  const [open] = z.array(saleSchema).parse(await state('sales'))
  expect(open?.lines).toMatchObject([{ SalelineItemKey: arrived.JobItemKey, SalelineEnvKey: arrived.JobEnvKey }])
  expect(await ask(`/control/store/jobs/${job}/pick-up`, {})).toMatchObject({
    JobStatus: 'Picked Up',
    JobSaleKey: open?.SaleKey,
  })
  expect(await one('items', 'ItemKey', String(arrived.JobItemKey))).toMatchObject({ ItemStatus: 'S' })
})

it('a repair is paid for when it is picked up; EDT shows of a job its customer and its status only', async () => {
  const { ask, exported } = await opened()
  const repair = { customer: '001-00017', type: 'Repair', summary: 'Retip prongs', price: 140 }
  const job = String(row.parse(await ask('/control/store/jobs', repair)).JobKey)
  await ask(`/control/store/jobs/${job}/done`, {})
  await exported()
  await ask(`/control/store/jobs/${job}/pick-up`, {})
  const { Jobs, SaleLines } = await exported()
  expect(Jobs[0].PairValue).toMatchObject({ JobCustKey: '001-00017', JobStatus: 'Picked Up', JobUpdateSeq: 3 })
  expect(Object.keys(Jobs[0].PairValue)).not.toContain('JobSummary')
  expect(SaleLines).toMatchObject([{ PairValue: { SalelineAmount: 140, SalelineItemType: 'R' } }])
})

it('a merge consumes one number: all that was its own is the other’s, in new stamps', async () => {
  const { ask, sale, one, state } = await opened()
  const { SaleKey } = await sale({ customer: '001-00016', lines: [{ description: 'Battery', amount: 18 }] })
  await ask('/control/store/appointments', { AppointmentCustKey: '001-00016' })
  expect(await ask('/control/store/merge', { from: '001-00016', into: '001-00017' })).toEqual({ key: '001-00017' })
  const customers = z.array(z.object({ Key: z.string(), PairValue: row })).parse(await state('customers'))
  expect(customers.map(({ Key }) => Key)).not.toContain('001-00016')
  expect(customers.find(({ Key }) => Key === '001-00017')?.PairValue).toMatchObject({ CustomerOldCustKey: '001-00016' })
  expect(await one('sales', 'SaleKey', SaleKey)).toMatchObject({
    SaleCustKey: '001-00017',
    SaleUpdateSeq: 2,
    lines: [{ SalelineCustKey: '001-00017' }],
  })
  expect(await state('appointments')).toMatchObject([{ AppointmentCustKey: '001-00017' }])
})

it('notes are written, changed and locked; wishes are changed and taken off; custom fields have names', async () => {
  const { url, ask, state, one, exported } = await opened()
  await exported()
  const note = row.parse(await ask('/control/store/notes', { NotesCustKey: '001-00017', NotesText: 'Likes opals.' }))
  const path = `/control/store/notes/${note.NotesKey}`
  expect(await ask(path, { NotesText: 'Likes pearls.' }, 'PATCH')).toMatchObject({ NotesUpdateSeq: 2 })
  expect(await ask(`${path}/lock`, {})).toMatchObject({ NotesLocked: true, NotesText: 'Likes pearls.' })
  expect((await send(`${url}${path}`, 'PATCH', { NotesText: 'x' })).status).toBe(409)
  const wish = row.parse(
    await ask('/control/store/wishes', { WishlistCustKey: '001-00017', WishlistItemDesc: 'Opals' }),
  )
  expect((await exported()).Wishes).toMatchObject([{ Key: wish.WishlistKey, PairValue: { WishlistItemDesc: 'Opals' } }])
  await ask(`/control/store/wishes/${wish.WishlistKey}/remove`, {})
  expect((await exported()).Wishes).toMatchObject([{ PairValue: { WishlistDateRemoved: expect.any(String) } }])
  const activity = { ActivityCustKey: '001-00016', ActivityType: 'Text', ActivityDesc: 'Text message' }
  const { ActivityKey } = row.parse(await ask('/control/store/activities', activity))
  await ask('/control/store/other-keys/2', { name: 'Finger' }, 'PATCH')
  expect(await one('other-keys', 'OtherKeyName', 'Finger')).toMatchObject({ OtherKeyNo: 2 })
  await ask('/store/customers/001-00017/web-upload', { marked: true })
  const [nora] = (await exported()).Customers
  expect(nora).toMatchObject({ PairValue: { CustomerTransfer: { WebTransferRequiresWebUpload: true } } })
  await ask('/control/store/merge', { from: '001-00016', into: '001-00018' })
  expect(await one('activities', 'ActivityKey', String(ActivityKey))).toMatchObject({ ActivityCustKey: '001-00018' })
  expect(await state('notes')).toHaveLength(1)
})

it('who sends a text opens the file beside the store, and writes its status back', async () => {
  const { ask, one } = await opened()
  const text = { NotificationCustKey: '001-00017', NotificationMessage: 'Your ring is ready.' }
  const made = row.parse(await ask('/control/store/notifications', text))
  expect(made).toMatchObject({ NotificationStatus: 'Pending', NotificationPhone: '2035550117' })
  const { file } = z.object({ file: z.string() }).parse(await ask('/state/store/database'))
  const other = new DatabaseSync(file, { timeout: 5000 })
  const write =
    other.prepare(`UPDATE Notification SET NotificationStatus = 'Sent', NotificationStatusDetail = 'By text.',
    NotificationUpdateSeq = NotificationUpdateSeq + 1 WHERE NotificationKey = ?`)
  write.run(String(made.NotificationKey))
  other.close()
  expect(await one('notifications', 'NotificationKey', String(made.NotificationKey))).toMatchObject({
    NotificationStatus: 'Sent',
    NotificationUpdateSeq: 2,
  })
})

it('what another program changes in the file is exported like what the till changes', async () => {
  const { ask, exported } = await opened()
  await exported()
  const { file } = z.object({ file: z.string() }).parse(await ask('/state/store/database'))
  const other = new DatabaseSync(file, { timeout: 5000 })
  other.exec("UPDATE Customer SET CustomerLastName = 'Neu' WHERE CustomerKey = '001-00017'")
  other.close()
  expect((await exported()).Customers).toMatchObject([{ Key: '001-00017', PairValue: { CustomerLastName: 'Neu' } }])
})

it('a large history is exported in parts, every line once', async () => {
  const { ask } = await opened({ partLines: 20 })
  await ask('/control/store/seed', { customers: 40, history: true, until: '2026-06-01' })
  const { files } = z.object({ files: z.array(z.string()) }).parse(await ask('/store/export', { full: true }))
  const parts = files.filter((file) => file.includes('Transaction'))
  expect(parts.length).toBeGreaterThan(2)
  expect(parts.map((file) => file.split('/').at(-1))).toEqual(
    parts.map((_, index) => expect.stringMatching(new RegExp(`^${index + 1}-[\\d-]{19}-FULL-Transaction\\.json$`))),
  )
  const lines = parts.flatMap((file) => edtSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).SaleLines ?? [])
  const places = lines.map(({ PairValue }) => `${PairValue.SalelineSaleKey}/${PairValue.SalelineLineNo}`)
  expect(new Set(places).size).toBe(places.length)
  expect(places.length).toBe(
    z
      .array(saleSchema)
      .parse(await ask('/state/store/sales'))
      .flatMap(({ lines: all }) => all).length,
  )
  const folder = z.object({ inbox: z.string() }).parse(await ask('/state/store/folder')).inbox
  expect(readdirSync(folder).filter((name) => name.startsWith('~'))).toEqual([])
})
