import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Stack, sharedStack } from '../support/stack.ts'
import { type Book, type BookClient, fromDatabase, openBook } from './support/book.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop
let book: Book
let owner: pg.Pool
beforeAll(async () => {
  stack = await sharedStack()
  owner = new pg.Pool({ connectionString: stack.database.ownerUrl, max: 1 })
  const [opened = expect.fail('the shop did not open')] = await openShops(stack, [{ name: 'both', sql: fromDatabase }])
  shop = opened
  const joined = await openBook(stack, shop)
  book = joined
  await joined.license()
})
afterAll(async () => {
  await shop?.close()
  await owner?.end()
  await stack?.stop()
})

const numbers = (client: BookClient) => client.phones.map(({ number }) => number)
const clientNamed = (name: string, fits: (client: BookClient) => boolean = () => true) =>
  stack.waitFor(
    async () => {
      const found = (await book.clients()).filter(({ first_name, last_name }) => `${first_name} ${last_name}` === name)
      if (found.length > 1) throw new Error(`${name} is on Clientbook ${found.length} times.`)
      return found.find(fits)
    },
    { what: `${name} on Clientbook` },
  )

/** What has been written of a customer so far: to each platform, and to The Edge. */
async function writesOf(key: string): Promise<{ podium: number; clientbook: number; edge: number }> {
  const { rows } = await owner.query(
    `SELECT (SELECT count(*)::int FROM effect WHERE connection_id = $1 AND kind = 'customer' AND key = $3) AS podium,
       (SELECT count(*)::int FROM effect WHERE connection_id = $2 AND kind = 'customer' AND key = $3) AS clientbook,
       (SELECT count(*)::int FROM command WHERE connection_id IN ($1, $2) AND wish->>'do' = 'addMethods' AND wish->>'key' = $3 AND status <> 'dropped') AS edge`,
    [shop.tenant.connectionId, book.connectionId, key],
  )
  return z.object({ podium: z.number(), clientbook: z.number(), edge: z.number() }).parse(rows[0])
}

/** Both connections have looked at everything once more, and what came before has arrived. */
async function lookedAgain(): Promise<void> {
  await shop.staff.runNow()
  await book.staff.runNow()
  await shop.marker()
}

/** A change that passes through everything: what stood before it on any way has arrived when this returns. */
async function afterEverything(key: string, phone: string): Promise<void> {
  await shop.post(`/store/customers/${key}/phone`, { phone: phone.slice(2), type: 'Work' })
  await shop.post(`/store/customers/${key}/email`, { email: `m${phone.slice(2)}@example.com` })
  await shop.contactWith(`m${phone.slice(2)}@example.com`)
  await book.client(key, ({ emails }) => emails.some(({ address }) => address === `m${phone.slice(2)}@example.com`))
  await shop.marker()
}

test('[CO-05] [CO-07] a client new on Clientbook comes into The Edge and on to Podium, once', async () => {
  await book.addClient({
    first_name: 'Ida',
    last_name: 'Moreau',
    phones: ['+12035550161'],
    emails: ['ida@example.com'],
  })
  await shop.customerWhere('Ida', ({ name }) => name === 'Ida Moreau')
  const contact = await shop.contactWith('ida@example.com')
  expect(contact.name).toBe('Ida Moreau')
  await lookedAgain()
  expect((await shop.customers()).filter(({ name }) => name === 'Ida Moreau')).toHaveLength(1)
  expect((await shop.contacts()).filter(({ name }) => name === 'Ida Moreau')).toHaveLength(1)
  await clientNamed('Ida Moreau')
})

test('[CO-03] [CO-04] [CO-07] what staff add on one platform goes into The Edge and on to the other, each written once', async () => {
  const [max, ann] = [
    await shop.addCustomer('Max Over', { phone: '2035550191' }),
    await shop.addCustomer('Ann Back', { email: 'ann@example.com' }),
  ]
  const [maxOnPodium, annOnBook] = [await shop.contactWith('+12035550191'), await book.client(ann)]
  await book.client(max)
  await shop.contactWith('ann@example.com')
  await lookedAgain()
  const before = { max: await writesOf(max), ann: await writesOf(ann) }

  await shop.changeContact(maxOnPodium.uid, { emails: ['max@example.com'] })
  await book.client(max, ({ emails }) => emails.some(({ address }) => address === 'max@example.com'))
  await book.changeClient(annOnBook.id, { phones: ['+12035550192'] })
  await shop.contactWith('+12035550192', ({ emails }) => emails.includes('ann@example.com'))
  await lookedAgain()

  expect(await writesOf(max)).toEqual({
    podium: before.max.podium,
    clientbook: before.max.clientbook + 1,
    edge: before.max.edge + 1,
  })
  expect(await writesOf(ann)).toEqual({
    podium: before.ann.podium + 1,
    clientbook: before.ann.clientbook,
    edge: before.ann.edge + 1,
  })
  expect(await shop.customer(max)).toMatchObject({ emails: ['max@example.com'], phones: ['Cell 2035550191'] })
  const { emails, phones } = await shop.customer(ann)
  expect([emails, phones.map((phone) => phone.slice(-10))]).toEqual([['ann@example.com'], ['2035550192']])
})

test('[CO-03] [CO-07] a phone changed in The Edge is on both platforms, and comes back from neither', async () => {
  const jon = await shop.addCustomer('Jon Ferrer', { phone: '2035550171', email: 'jon@example.com' })
  await shop.contactWith('+12035550171')
  await book.client(jon)
  await shop.post(`/store/customers/${jon}/phone`, { phone: '2035550172' })
  await shop.contactWith('+12035550172')
  await book.client(jon, (client) => numbers(client).includes('+12035550172'))
  await afterEverything(jon, '+12035550179')
  const { phones } = await shop.customer(jon)
  expect(phones.filter((phone) => /20355501(71|72)$/.test(phone))).toHaveLength(1)
})

test('[CO-05] the same new person on both platforms at once is one customer in The Edge', async () => {
  await Promise.all([
    book.addClient({ first_name: 'Kim', last_name: 'Sol', emails: ['kim.sol@example.com'] }),
    shop.addContact({ name: 'Kim Sol', emails: ['kim.sol@example.com'] }),
  ])
  const { key } = await shop.customerWhere('Kim', ({ name }) => name === 'Kim Sol')
  await book.client(key, ({ emails }) => emails.length === 1)
  await afterEverything(key, '+12035550189')
  expect((await shop.customers()).filter(({ name }) => name === 'Kim Sol')).toHaveLength(1)
  expect((await shop.contacts()).filter(({ name }) => name === 'Kim Sol')).toHaveLength(1)
  await clientNamed('Kim Sol')
})
