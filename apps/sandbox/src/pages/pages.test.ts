import { expect, it } from 'vitest'
import { Item, Notes, Wishlist } from '../store/schema/tables.ts'
import { allContacts, send, startSandbox } from '../testing/kit.ts'

async function submit(url: string, fields: Record<string, string>) {
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
}

it('staff adds, edits and opts out a contact in Podium by forms', async () => {
  const { url } = await startSandbox()
  const added = await submit(`${url}/podium/app/contacts`, { name: '<Nora>', phone: '(203) 555-0117', email: '' })
  expect(added.status).toBe(303)
  const path = `${url}${added.headers.get('location')}`
  expect((await send(path)).body).toContain('&#60;Nora&#62;')
  await submit(path, { name: 'Nora', phones: '2035550117\r\n2035550118', emails: 'nora@example.com' })
  await submit(`${path}/consent`, { identifier: '+12035550117', out: 'yes' })
  expect(await allContacts(url)).toMatchObject([
    {
      name: 'Nora',
      phoneNumbers: ['+12035550117', '+12035550118'],
      emails: ['nora@example.com'],
      channels: [{ transactionalOptedOutAt: expect.any(String) }, { transactionalOptedOutAt: null }, {}],
    },
  ])
  expect((await send(`${url}/podium/app?search=0118`)).body).toContain('Nora')
  expect((await send(`${url}/podium/app?search=nobody`)).body).not.toContain('Nora')
  const twice = await submit(`${url}/podium/app/contacts`, { name: 'Max', phone: '2035550118', email: '' })
  expect(twice.status).toBe(409)
  await submit(`${path}/delete`, {})
  expect(await allContacts(url)).toEqual([])
})

it("the till's forms change a name, a phone and an e-mail, and add a customer", async () => {
  const { url, store } = await startSandbox({ customers: 40 })
  const nora = `${url}/store/app/customers/001-00017`
  await submit(`${nora}/name`, { first: 'Eleonora', last: 'Lindqvist' })
  await submit(`${nora}/phone`, { type: '', phone: '2035550100', doNotContact: 'yes' })
  await submit(`${nora}/phone`, { type: '', phone: '2035550200' })
  await submit(`${nora}/email`, { type: 'Work', email: 'work@example.com' })
  const customer = store.customers.find('001-00017')
  expect(customer?.fields.CustomerFirstName).toBe('Eleonora')
  expect(customer?.Phones.map(({ PairValue }) => PairValue)).toMatchObject([
    { PhonePhone: '2035550200', PhoneDoNotContact: true },
  ])
  expect(customer?.Emails.map(({ Key }) => Key)).toEqual(['Home', 'Work'])
  const added = await submit(`${url}/store/app/customers`, {
    first: 'Max',
    last: 'Neu',
    phone: '',
    email: 'max@example.com',
  })
  expect(added.headers.get('location')).toBe('/store/app/customers/001-00041')
  expect((await send(`${url}/store/app?search=Eleonora`)).body).toContain('001-00017')
})

it('staff fill in custom fields, write, change and lock notes and make wishes on a customer’s page', async () => {
  const { url, store } = await startSandbox({ customers: 40 })
  const nora = `${url}/store/app/customers/001-00017`
  await submit(`${nora}/custom-fields`, { CustomerKey3: '2015-06-20' })
  await submit(`${nora}/web-upload`, { marked: 'yes' })
  await submit(`${nora}/notes`, { text: 'Likes <opals>.' })
  await submit(`${nora}/wishes`, { item: '', description: 'A brooch' })
  store.till.diary.activity({ ActivityCustKey: '001-00017', ActivityType: 'Text', ActivityDetail: 'See you!' })
  const [note] = store.database.find(Notes)
  await submit(`${nora}/notes/${note?.NotesKey}`, { text: 'Likes <pearls>.' })
  const page = async () => String((await send(nora)).body)
  for (const part of ['Anniversary', '2015-06-20', 'Do not upload', 'Likes &#60;pearls&#62;.', 'A brooch', 'See you!'])
    expect(await page()).toContain(part)
  await submit(`${nora}/notes/${note?.NotesKey}/lock`, { text: 'x' })
  const [wish] = store.database.find(Wishlist)
  await submit(`${nora}/wishes/${wish?.WishlistKey}/remove`, {})
  expect(await page()).toContain('<span class="out">locked</span>')
  expect(await page()).toContain('removed 20')
  expect((await submit(`${nora}/notes/${note?.NotesKey}`, { text: 'x' })).status).toBe(409)
})

it('the index leads to both, and health says ok', async () => {
  const { url } = await startSandbox()
  expect((await send(`${url}/`)).body).toContain('/podium/app')
  expect((await send(`${url}/health`)).body).toEqual({ status: 'ok' })
})

async function withObjects() {
  const sandbox = await startSandbox()
  const { podium, url } = sandbox
  const organizationUid = podium.accounts.first.uid
  const nora = await submit(`${url}/podium/app/contacts`, { name: 'Nora', phone: '2035550117', email: '' })
  const give = (
    n: number,
    type: 'product' | 'purchase' | 'appointment' | 'serviceJob',
    externalId: string,
    fields: object,
  ) =>
    podium.objects.apply({
      organizationUid,
      externalId,
      type,
      sink: 'dataFeed',
      identifiers: type === 'product' ? [] : ['+12035550117'],
      eventId: `e-${n}`,
      event: 'updated',
      occurredAt: `2026-03-0${n}T10:00:00Z`,
      fields: { ...fields },
    })
  give(1, 'appointment', 'a-1', { status: 'scheduled', startsAt: '2026-03-05T15:00:00Z', subject: 'Ring fitting' })
  give(2, 'appointment', 'a-1', {
    status: 'completed',
    startsAt: '2026-03-05T15:00:00Z',
    subject: 'Ring fitting',
    note: '<b>size 6</b>',
  })
  give(3, 'serviceJob', 'j-1', {
    number: '10233',
    status: 'not_ready',
    summary: 'Size ring',
    description: 'Two sizes down',
  })
  const sale = { sale: '001-00031', line: 1, purchasedAt: '2026-03-01T17:30:00Z', itemNumber: '001-150-00004' }
  give(4, 'purchase', 'p-1', {
    ...sale,
    amount: { minor: -4_500, currency: 'USD' },
    isReturn: true,
    description: 'Chain',
  })
  const item = { itemNumber: '001-150-00004', category: 'Rings', price: { minor: 129_900, currency: 'USD' } }
  give(5, 'product', 'item/1', { ...item, title: 'Diamond ring', description: 'A ring.', archived: 'sold' })
  return { ...sandbox, contact: `${url}${nora.headers.get('location')}`, give, item }
}

it("[PD-06] [PD-07] [PD-08] a contact's page shows timeline and purchases, each with all its details", async () => {
  const { contact } = await withObjects()
  const { body } = await send(contact)
  for (const text of [
    'Ring fitting',
    'Completed',
    'updated: scheduled',
    'Two sizes down',
    'Not ready',
    '-$45.00',
    'Returned',
    '001-150-00004',
  ])
    expect(body, text).toContain(text)
  expect(body).not.toContain('<b>size 6</b>')
})

it('[PD-09] [PD-10] [PD-11] items are found by their Edge number, archived ones are marked, and the AI has the last word on their title', async () => {
  const { url, give, item } = await withObjects()
  expect((await send(`${url}/podium/app/items?search=150-00004`)).body).toMatch(/Diamond ring[\s\S]*Archived: sold/)
  expect((await send(`${url}/podium/app/items?search=150-00005`)).body).not.toContain('Diamond ring')
  const path = /href="([^"]*item%2F1)"/.exec(String((await send(`${url}/podium/app/items`)).body))?.[1]
  const rewritten = await submit(`${url}${path}/rewrite`, {})
  expect(rewritten.headers.get('location')).toBe(path)
  give(6, 'product', 'item/1', { ...item, title: 'Diamond ring', archived: null })
  const { body } = await send(`${url}${path}`)
  expect(body).toContain('A timeless ring')
  expect(body).not.toMatch(/Diamond ring|Archived/)
})

it('the store shows its items, sales, jobs, appointments and texts, and plays a day', async () => {
  const { url, store } = await startSandbox({ customers: 40, history: true, store: { autoExport: false } })
  const body = async (path: string) => String((await send(`${url}/store/app/${path}`)).body)
  const day = await submit(`${url}/store/app/day`, { seed: '7', events: '60', speed: '' })
  expect(day.status).toBe(303)
  expect(await body('day')).toContain('buys')
  const text = store.till.diary.notification({
    NotificationCustKey: '001-00017',
    NotificationMessage: 'Your ring <is> ready.',
  })
  store.till.diary.changeNotification(String(text.NotificationKey), {
    NotificationStatus: 'Failed',
    NotificationStatusDetail: 'No such number.',
  })
  expect(await body('notifications?status=Failed')).toMatch(
    /Failed[\s\S]*No such number\.[\s\S]*Your ring &#60;is&#62; ready/,
  )
  expect(await body('notifications?status=Sent')).not.toContain('No such number.')
  const [item] = store.database.values(Item, 'ItemKey', "ItemStatus = 'S' LIMIT 1")
  expect(await body(`items?search=${item}`)).toContain(item)
  expect(await body('sales')).toContain('/store/app/sales/')
  expect(await body('sales/001-00001')).toContain('total')
  expect(await body('jobs?status=Picked+Up')).toContain('Picked Up')
  expect(await body('appointments')).toMatch(/\d+ appointments/)
  expect(await body('customers/001-00017')).toContain('Your ring')
})
