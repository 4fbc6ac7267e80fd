import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Stack, sharedStack } from '../support/stack.ts'
import { type PodiumStaff, podiumStaff } from './support/podium-staff.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop
let filtered: Shop
let podium: PodiumStaff

beforeAll(async () => {
  stack = await sharedStack()
  const [first, second] = await openShops(stack, [
    { name: 'acquired', settings: { defaultAcquisition: 'From Podium' }, sql: ['acquisition'] },
    { name: 'filtered', settings: { downloadFilter: { hasEmail: true } } },
  ])
  shop = first ?? expect.fail('the first shop did not open')
  filtered = second ?? expect.fail('the second shop did not open')
  podium = await podiumStaff(shop)
})
afterAll(async () => {
  await Promise.all([shop?.close(), filtered?.close()])
  await stack?.stop()
})

test('[CO-06] who is new from Podium comes with the acquisition that they have there', async () => {
  await podium.addAcquired({ name: 'Jan Walk-In', email: 'jan@example.com', acquisition: 'Radio spot' })
  const jan = await shop.customerWhere('Jan', ({ name }) => name === 'Jan Walk-In')
  expect(jan.acquisition).toBe('Radio spot')

  // Another one in Podium later does not come down.
  await podium.setAcquisition('jan@example.com', 'Web site')
  const { uid } = await shop.contactWith('jan@example.com')
  await shop.changeContact(uid, { phoneNumbers: ['+12035551301'] })
  await shop.customerWhere('Jan with the phone', ({ key, phones }) => key === jan.key && phones.length === 1)
  expect((await shop.customer(jan.key)).acquisition).toBe('Radio spot')
})

test('[CO-06] who gets one in Podium before The Edge has taken them comes with that, not with the default', async () => {
  await stack.kill(shop.agent)
  await shop.addContact({ name: 'Mia Later', emails: ['mia@example.com'] })
  await podium.setAcquisition('mia@example.com', 'Bridal fair')
  const waiting = z.object({ waiting: z.number() })
  await stack.waitFor(
    async () =>
      waiting.parse(await shop.get('/state/podium/webhooks')).waiting === 0 &&
      (await shop.staff.connection()).overview.lag.messages === 0,
    { what: 'the cloud to know of it' },
  )
  await stack.start(shop.agent)
  const mia = await shop.customerWhere('Mia', ({ name }) => name === 'Mia Later')
  expect(mia.acquisition).toBe('Bridal fair')
})

test('[CO-06] who has none there comes with the default of the settings', async () => {
  await shop.addContact({ name: 'Kit Texter', phoneNumbers: ['+12035551302'] })
  const kit = await shop.customerWhere('Kit', ({ name }) => name === 'Kit Texter')
  expect(kit.acquisition).toBe('From Podium')
  await stack.waitFor(async () => (await podium.acquisitionOf('+12035551302')) === 'From Podium', {
    what: 'the default on the contact',
  })
})

test('[CO-06] what is a why-in of the store comes down as that why-in', async () => {
  const fair = '190718-093958-01-22-900003'
  await shop.post('/control/store/rows/WhyIn', { WhyInKey: fair, WhyInDesc: 'Bridal Show' })
  await shop.addCustomer('Ada Before', { phone: '2035551304' }, { CustomerAcquisition: fair })
  await stack.waitFor(async () => (await podium.acquisitionOf('+12035551304')) === 'Bridal Show', {
    what: 'the why-in to be known',
  })
  await podium.addAcquired({ name: 'Bea Bride', email: 'bea@example.com', acquisition: ' bridal show ' })
  const bea = await shop.customerWhere('Bea', ({ name }) => name === 'Bea Bride')
  expect(bea.acquisition).toBe(fair)
})

test('[CO-06] The Edge’s acquisition goes up as what its key says, once the store has shown that, and a changed one too', async () => {
  const [radio, friend] = ['190718-093958-01-22-900001', '190718-093958-01-22-900002']
  const lea = await shop.addCustomer('Lea Upward', { phone: '2035551303' }, { CustomerAcquisition: radio })
  await shop.contactWith('+12035551303')
  expect(await podium.acquisitionOf('+12035551303')).toBeNull()
  const isThere = (label: string) =>
    stack.waitFor(async () => (await podium.acquisitionOf('+12035551303')) === label, {
      what: `${label} on the contact`,
    })
  await shop.post('/control/store/rows/WhyIn', { WhyInKey: friend, WhyInDesc: 'Friend or family' })
  await shop.post('/control/store/rows/WhyIn', { WhyInKey: radio, WhyInDesc: 'Radio' })
  await isThere('Radio')
  await shop.patch(`/store/customers/${lea}`, { CustomerAcquisition: friend })
  await isThere('Friend or family')
})

const names = async () =>
  (await filtered.customers()).map(({ name }) => name).filter((name) => !name.includes('Marker'))
const came = (name: string) => filtered.customerWhere(name, (customer) => customer.name === name)

test('[BY-05] an unknown texter stays in Podium until the contact fits the filter', async () => {
  const una = await filtered.addContact({ name: 'Una Texter', phoneNumbers: ['+12035551311'] })
  await filtered.addContact({ name: 'Ona Mail', emails: ['ona@example.com'] })
  await came('Ona Mail')
  await filtered.marker()
  expect(await names()).toEqual(['Ona Mail'])
  await filtered.changeContact(una, { emails: ['una@example.com'] })
  await came('Una Texter')
})

test('[BY-05] the filter keeps out only who is new: what is changed of a customer comes down all the same', async () => {
  const key = await filtered.addCustomer('Pia Counter', { phone: '2035551312' })
  const { uid } = await filtered.contactWith('+12035551312')
  await filtered.changeContact(uid, { phoneNumbers: ['+12035551313'] })
  await filtered.customerWhere('Pia with both', (customer) => customer.key === key && customer.phones.length === 2)
})

test('[BY-05] of one location only; once the filter is opened, who was kept out comes', async () => {
  const [main, harbor] = filtered.tenant.account.locations
  await filtered.staff.change({ settings: { downloadFilter: { hasEmail: false, locations: [harbor?.uid ?? ''] } } })
  const { organizationUid } = filtered.tenant.account
  const add = (name: string, email: string, location: string | undefined) =>
    filtered.post('/control/podium/contacts', { organizationUid, name, emails: [email], locations: [location] })
  await add('Rex Main', 'rex@example.com', main?.uid)
  await add('Sue Harbor', 'sue@example.com', harbor?.uid)
  await came('Sue Harbor')
  expect(await names()).not.toContain('Rex Main')
  await filtered.staff.change({ settings: { downloadFilter: { locations: [] } } })
  await came('Rex Main')
})

test('[BY-05] with a tag only; who is given it later comes then', async () => {
  await filtered.staff.change({ settings: { downloadFilter: { tags: ['VIP'] } } })
  await filtered.addContact({ name: 'Tom Plain', emails: ['tom@example.com'] })
  await filtered.addContact({ name: 'Vera Guest', emails: ['vera@example.com'] })
  const staff = await podiumStaff(filtered)
  await staff.tag('vera@example.com', 'vip')
  await came('Vera Guest')
  expect(await names()).not.toContain('Tom Plain')
})
