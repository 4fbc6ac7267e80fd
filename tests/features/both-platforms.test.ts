import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Stack, sharedStack } from '../support/stack.ts'
import { type Book, type BookClient, fromDatabase, openBook } from './support/book.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop
let book: Book
beforeAll(async () => {
  stack = await sharedStack()
  const [opened = expect.fail('the shop did not open')] = await openShops(stack, [{ name: 'both', sql: fromDatabase }])
  shop = opened
  const joined = await openBook(stack, shop)
  book = joined
  await joined.license()
})
afterAll(async () => {
  await shop?.close()
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

const countsSchema = z.record(z.string(), z.record(z.string(), z.number()))

/** Writes that the platforms have been asked for so far. */
async function writes(): Promise<number> {
  const counts = [await shop.get('/state/podium/requests'), await shop.get('/state/clientbook/requests')]
  return counts
    .flatMap((routes) => Object.entries(countsSchema.parse(routes)))
    .filter(([route]) =>
      /^(POST|PUT|PATCH|DELETE) \/v[14]\/(contacts|clients|client-|collection|activities)/.test(route),
    )
    .flatMap(([, byStatus]) => Object.values(byStatus))
    .reduce((sum, count) => sum + count, 0)
}

/** A change that passes through everything: what stood before it on any way has arrived when this returns. */
async function afterEverything(key: string, phone: string): Promise<void> {
  await shop.post(`/store/customers/${key}/phone`, { phone: phone.slice(2), type: 'Work' })
  await shop.post(`/store/customers/${key}/email`, { email: `m${phone.slice(2)}@example.com` })
  await shop.contactWith(`m${phone.slice(2)}@example.com`)
  await book.client(key, ({ emails }) => emails.some(({ address }) => address === `m${phone.slice(2)}@example.com`))
  await shop.marker()
}

test('[CO-04] [CO-05] [CO-07] a client new on Clientbook comes into The Edge and on to Podium, once; a phone added in Podium goes the other way', async () => {
  await book.addClient({
    first_name: 'Ida',
    last_name: 'Moreau',
    phones: ['+12035550161'],
    emails: ['ida@example.com'],
  })
  const ida = await shop.customerWhere('Ida', ({ name }) => name === 'Ida Moreau')
  const contact = await shop.contactWith('ida@example.com')
  expect(contact.name).toBe('Ida Moreau')

  await shop.changeContact(contact.uid, { emails: ['ida@example.com', 'ida.moreau@example.com'] })
  const customer = await shop.customerWhere(
    'the e-mail from Podium',
    ({ key, emails }) => key === ida.key && emails.includes('ida.moreau@example.com'),
  )
  expect(customer.emails).toEqual(['ida@example.com', 'ida.moreau@example.com'])

  await afterEverything(ida.key, '+12035550169')
  const before = await writes()
  await shop.staff.runNow()
  await book.staff.runNow()
  await shop.marker()
  // The marker itself is a contact, and a client, and a phone of each.
  expect((await writes()) - before).toBeLessThanOrEqual(6)
  expect((await shop.customers()).filter(({ name }) => name === 'Ida Moreau')).toHaveLength(1)
  expect((await shop.contacts()).filter(({ name }) => name === 'Ida Moreau')).toHaveLength(1)
  await clientNamed('Ida Moreau')
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
