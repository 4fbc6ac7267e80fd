import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { type Book, fromDatabase, openBook } from './support/book.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop
let book: Book
let anna: string
beforeAll(async () => {
  stack = await sharedStack()
  const [opened = expect.fail('the shop did not open')] = await openShops(stack, [
    { name: 'clients', sql: fromDatabase, licensed: false, agent: false },
  ])
  shop = opened
  anna = await shop.addCustomer('Anna Vale', { phone: '2035550101', email: 'anna@example.com' })
  const joined = await openBook(stack, shop, (account) => ({
    defaultAcquisition: 'Clientbook',
    defaultAssociate: account.associates[1]?.point_of_sale_id ?? expect.fail('no second associate'),
  }))
  book = joined
  // Whom Clientbook had before: one without a number, one whose number is another customer's.
  await book.addClient({ first_name: 'ANNA', last_name: 'Vale', emails: ['Anna@Example.com'] })
  await shop.startAgent()
  await joined.license()
})
afterAll(async () => {
  await shop?.close()
  await stack?.stop()
})

const numbers = (client: { phones: { number: string }[] }) => client.phones.map(({ number }) => number)

test('[CB-02] [CO-01] [CO-05] a client who was there before is matched by e-mail, gets the number, and is not doubled', async () => {
  const client = await book.client(anna, (one) => numbers(one).includes('+12035550101'))
  expect(client.emails.map(({ address }) => address.toLowerCase())).toEqual(['anna@example.com'])
  expect((await book.clients()).filter(({ last_name }) => last_name === 'Vale')).toHaveLength(1)
})

test('[CB-02] [CO-03] a phone changed in The Edge takes the place of the client’s', async () => {
  await shop.post(`/store/customers/${anna}/phone`, { phone: '2035550102' })
  const client = await book.client(anna, (one) => numbers(one).includes('+12035550102'))
  expect(numbers(client)).not.toContain('+12035550101')
})

test('[CB-02] [CO-04] a phone that staff add is added in The Edge, and what was there stays', async () => {
  const { id, phones } = await book.client(anna)
  await book.changeClient(id, {
    phones: [...phones.map(({ number }) => number), '+12035550103'],
  })
  const customer = await shop.customerWhere(
    'the phone of staff',
    ({ key, phones: all }) => key === anna && all.some((phone) => phone.endsWith('2035550103')),
  )
  expect(customer.phones.join()).toContain('2035550102')
})

test('[CB-02] neither phone nor e-mail is needed, and an e-mail in common makes nobody one', async () => {
  const bare = await shop.addCustomer('Bo Without', {})
  const [one, other] = [
    await shop.addCustomer('Cleo One', { email: 'both@example.com' }),
    await shop.addCustomer('Cyril Other', { email: 'both@example.com' }),
  ]
  await book.client(bare, ({ last_name }) => last_name === 'Without')
  const [first, second] = [await book.client(one), await book.client(other)]
  expect(first.id).not.toBe(second.id)
  expect(await book.staff.quarantine(one)).toEqual([])
  expect(await book.staff.quarantine(other)).toEqual([])
})

test('[CB-02] [CO-05] [CO-06] [CB-11] a client new on Clientbook is a customer in The Edge, under the associate who made it', async () => {
  const id = await book.addClient({
    first_name: 'Dora',
    last_name: 'Newman',
    phones: ['+12035550150'],
    emails: ['dora@example.com'],
    associateId: book.associate('Harriet'),
  })
  const dora = await shop.customerWhere('Dora', ({ name }) => name === 'Dora Newman')
  expect(dora.acquisition).toBe('Clientbook')
  expect(dora.fields.CustomerUpdateUser).toBe('1')
  const client = await book.client(dora.key, ({ acquisition_source }) => acquisition_source === 'Clientbook')
  expect(client.id).toBe(id)
  const later = await book.addClient({
    first_name: 'Emil',
    last_name: 'Newman',
    emails: ['emil@example.com'],
    associateId: book.associate('Maya'),
  })
  const emil = await shop.customerWhere('Emil', ({ name }) => name === 'Emil Newman')
  expect(emil.fields.CustomerUpdateUser).toBe('2')
  expect((await book.client(emil.key)).id).toBe(later)
})

test('[CB-02] [CO-06] a client new on Clientbook comes with the acquisition that staff gave', async () => {
  await book.addClient({ first_name: 'Finn', last_name: 'Newman', acquisition_source: 'Bridal fair' })
  expect((await shop.customerWhere('Finn', ({ name }) => name === 'Finn Newman')).acquisition).toBe('Bridal fair')
})

test('[CB-02] [CO-06] the acquisition goes up as what its key says, a changed one too; staff’s never overwrites it', async () => {
  const [radio, friend] = ['190718-093958-01-22-900001', '190718-093958-01-22-900002']
  await shop.post('/control/store/rows/WhyIn', { WhyInKey: radio, WhyInDesc: 'Radio' })
  await shop.post('/control/store/rows/WhyIn', { WhyInKey: friend, WhyInDesc: 'Friend or family' })
  await shop.patch(`/store/customers/${anna}`, { CustomerAcquisition: radio })
  const { id } = await book.client(anna, ({ acquisition_source }) => acquisition_source === 'Radio')
  await book.changeClient(id, { acquisition_source: 'Web site', emails: ['anna@example.com', 'anna2@example.com'] })
  await shop.customerWhere(
    'what came with it',
    ({ key, emails }) => key === anna && emails.includes('anna2@example.com'),
  )
  expect((await shop.customer(anna)).acquisition).toBe(radio)
  await shop.patch(`/store/customers/${anna}`, { CustomerAcquisition: friend })
  await book.client(anna, ({ acquisition_source }) => acquisition_source === 'Friend or family')
  // What the store knows by now comes down as its why-in.
  await book.addClient({ first_name: 'Rae', last_name: 'Newman', acquisition_source: 'radio' })
  expect((await shop.customerWhere('Rae', ({ name }) => name === 'Rae Newman')).acquisition).toBe(radio)
})

test('[BY-05] [CB-02] of new clients only those of a source, or with a tag; once the filter is opened, who was kept out comes', async () => {
  const filter = (downloadFilter: object) => book.staff.change({ settings: { downloadFilter } })
  const came = (name: string) => shop.customerWhere(name, (customer) => customer.name === name)
  const isHere = async (name: string) => (await shop.customers()).some((customer) => customer.name === name)
  const add = (first_name: string, more: object) =>
    book.addClient({ first_name, last_name: 'Filter', emails: [`${first_name}.filter@example.com`], ...more })
  await filter({ sources: ['walk-in'] })
  await add('Gail', { acquisition_source: 'Web site' })
  await add('Hugo', { acquisition_source: 'Walk-In' })
  await came('Hugo Filter')
  expect(await isHere('Gail Filter')).toBe(false)
  await filter({ sources: [], tags: ['VIP'] })
  await add('Ivo', { tags: ['vip'] })
  await came('Ivo Filter')
  expect(await isHere('Gail Filter')).toBe(false)
  await filter({ tags: [] })
  await came('Gail Filter')
})

test('[CB-11] associates are not uploaded, and who is assigned to a customer stays each side’s own', async () => {
  const associates = await book.state('associates')
  await shop.post('/control/store/rows/Associate', {
    AssociateKey: 7,
    AssociateFirstName: 'Gina',
    AssociateLastName: 'Till',
  })
  const gus = await shop.addCustomer('Gus Assigned', { phone: '2035550161' }, { CustomerAsKey: 7 })
  const client = await book.client(gus)
  expect(client.assigned_associate_id).toBeNull()
  const assigned_associate_id = book.associate('Maya')
  await book.changeClient(client.id, { assigned_associate_id, emails: ['gus@example.com'] })
  const customer = await shop.customerWhere('his e-mail', ({ key, emails }) => key === gus && emails.length === 1)
  expect(Number(customer.fields.CustomerAsKey)).toBe(7)
  await shop.patch(`/store/customers/${gus}`, { CustomerAsKey: 2, CustomerFirstName: 'Gustav' })
  expect(await book.client(gus, ({ first_name }) => first_name === 'Gustav')).toMatchObject({ assigned_associate_id })
  expect(await book.state('associates')).toEqual(associates)
})

test('[CB-02] [CO-07] a client with another POS ID is another client, and both sides come to rest', async () => {
  await book.addClient({
    first_name: 'Anna',
    last_name: 'Twin',
    pos_id: '999-00001',
    emails: ['anna@example.com'],
  })
  await shop.post(`/store/customers/${anna}/email`, { email: 'anna.vale@example.com' })
  await book.client(anna, ({ emails }) => emails.some(({ address }) => address === 'anna.vale@example.com'))
  const twin = (await book.clients()).find(({ pos_id }) => pos_id === '999-00001')
  expect(twin?.emails.map(({ address }) => address)).toEqual(['anna@example.com'])
})
