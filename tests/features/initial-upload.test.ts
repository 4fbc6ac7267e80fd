import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '../support/stack.ts'
import { counterOf } from './support/objects.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop
let forgetful: Shop

const perSecond = 15

beforeAll(async () => {
  stack = await startStack({ apps: ['api', 'worker'] })
  const [first, second] = await openShops(stack, [
    { name: 'first', agent: false, podium: { rateLimit: perSecond, rateWindowSeconds: 1 } },
    { name: 'forgetful', settings: { intervalMinutes: 1 }, podium: { webhookLoseNext: 1000 } },
  ])
  shop = first ?? expect.fail('the first shop did not open')
  forgetful = second ?? expect.fail('the second shop did not open')
})
afterAll(async () => {
  await Promise.all([shop?.close(), forgetful?.close()])
  await stack?.stop()
})

test.concurrent('[CO-01] the first upload matches who is there, shows how far it is, survives a crash and goes live by itself', async () => {
  await shop.post('/control/store/seed', { customers: 120, kind: 'plain' })
  const customers = await shop.customers()
  const [known, alsoKnown] = customers.filter(({ emails, phones }) => emails.length > 0 && phones.length > 0)
  if (!known || !alsoKnown) return expect.fail('the made-up customers have no e-mail and phone')
  const digits = alsoKnown.phones[0]?.replace(/\D/g, '').slice(-10) ?? ''
  const counter = counterOf(shop)
  // Of those who go up last.
  for (const { key } of customers.toSorted((a, b) => a.key.localeCompare(b.key)).slice(-2))
    await counter.job({ customer: key, type: 'Repair' })
  // Podium's own contacts: of no message comes a word, so that they must be read.
  await shop.post('/control/podium/settings', { webhookLoseNext: 3 })
  const byEmail = await shop.addContact({
    name: 'Known There',
    emails: [known.emails[0]?.toUpperCase() ?? ''],
    phoneNumbers: ['+12035551101'],
  })
  const byPhone = await shop.addContact({ name: 'Also Known', phoneNumbers: [`+1${digits}`] })
  const onlyThere = await shop.addContact({ name: 'Only There', emails: ['only@example.com'] })
  await shop.staff.runNow()
  await shop.post('/store/export', { full: true })
  const agentStart = performance.now()
  await shop.startAgent()

  const halfway = await stack.waitFor(
    async () => {
      const { phase, overview } = await shop.staff.connection()
      const { done, total, ratePerMinute, secondsLeft } = overview.progress
      const isHalfway = phase === 'initial' && done > 20 && done < total && ratePerMinute && secondsLeft
      const streamed = (name: string) => overview.progress.streams.find(({ stream }) => stream === name)
      return isHalfway
        ? {
            total,
            seconds: (done / ratePerMinute) * 60,
            customers: streamed('customers'),
            jobs: streamed('serviceJobs'),
          }
        : undefined
    },
    { what: 'the upload to be under way, with rate and time left' },
  )
  expect(halfway.total).toBeGreaterThanOrEqual(122)
  // Each stream for itself: customers go first, what is theirs comes after.
  const { customers: uploaded = expect.fail('no stream of customers'), jobs } = halfway
  expect(uploaded.total).toBeGreaterThanOrEqual(120)
  expect(uploaded.done).toBeGreaterThan(20)
  expect(uploaded.done).toBeLessThan(uploaded.total)
  expect(uploaded.ratePerMinute).toBeGreaterThan(0)
  expect(uploaded.secondsLeft).toBeGreaterThan(0)
  expect(jobs).toMatchObject({ done: 0, total: 2, secondsLeft: null })
  // The rate is that of the upload, not of the days that the connection may have waited for the store.
  expect(halfway.seconds).toBeLessThan((performance.now() - agentStart) / 1000)
  await stack.kill('worker')
  await stack.start('worker')
  await stack.waitFor(async () => (await shop.staff.connection()).phase === 'live', {
    what: 'to go live by itself',
    timeout: 60_000,
  })

  await shop.customerWhere('who was only in Podium', ({ name }) => name === 'Only There')
  await shop.customerWhere(
    'the phone of the matched one',
    ({ key, phones }) => key === known.key && phones.length > known.phones.length,
  )
  await shop.marker()
  const contacts = await shop.contacts()
  // Every customer once, the one who was only there, and the marker.
  expect(contacts).toHaveLength(122)
  expect(await shop.customers()).toHaveLength(122)
  const named = (uid: string) => contacts.find((contact) => contact.uid === uid)?.name
  expect([named(byEmail), named(byPhone), named(onlyThere)]).toEqual([known.name, alsoKnown.name, 'Only There'])
  const { progress } = (await shop.staff.connection()).overview
  expect(progress.done).toBe(progress.total)
  expect(progress.streams).toContainEqual(expect.objectContaining({ stream: 'serviceJobs', done: 2, total: 2 }))
}, 120_000)

test.concurrent('[CO-02] what Podium forgot to tell is found at the next interval, by itself', async () => {
  const email = 'untold@example.com'
  await forgetful.addContact({ name: 'Untold Person', emails: [email] })
  const customer = await stack.waitFor(
    async () => (await forgetful.customers()).find(({ emails }) => emails.includes(email)),
    { what: 'who was never told of', timeout: 90_000 },
  )
  expect(customer.name).toBe('Untold Person')
}, 120_000)
