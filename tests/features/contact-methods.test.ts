import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { openShops, readings, type Shop } from './support/shop.ts'

let stack: Stack
let shops: Shop[]

beforeAll(async () => {
  stack = await sharedStack()
  shops = await openShops(stack, readings)
})
afterAll(async () => {
  await Promise.all(shops.map((shop) => shop.close()))
  await stack?.stop()
})

describe.each(readings)('where Podium and The Edge take lists to $name', ({ name: reading }) => {
  const open = () => shops.find(({ agent }) => agent === `agent-${reading}`) ?? expect.fail('the shop did not open')
  /** What Podium shows after `before` was written over by `now`. */
  const shown = (before: string, now: string) => (reading === 'replace' ? [now] : [before, now])

  describe.concurrent('each with a customer of its own', () => {
    test('[CO-03] [PD-05] phone, e-mail and address changed in The Edge overwrite those in Podium', async () => {
      const shop = open()
      const key = await shop.addCustomer('Ines Halvorsen', { phone: '2035550101', email: 'ines@example.com' })
      await shop.post(`/store/customers/${key}/address`, { type: 'Home', street: '4 Elm Street', city: 'Fairhaven' })
      await shop.contactWith('+12035550101', ({ address }) => address?.addressLine1 === '4 Elm Street')

      await shop.post(`/store/customers/${key}/phone`, { phone: '(203) 555-0102' })
      await shop.post(`/store/customers/${key}/email`, { email: 'Ines.H@Example.com' })
      await shop.post(`/store/customers/${key}/address`, { type: 'Home', street: '9 Oak Lane', city: 'Fairhaven' })
      const contact = await shop.contactWith(
        '+12035550102',
        ({ emails, address }) => emails.includes('ines.h@example.com') && address?.addressLine1 === '9 Oak Lane',
      )
      expect(contact.phoneNumbers).toEqual(shown('+12035550101', '+12035550102'))
      expect(contact.emails).toEqual(shown('ines@example.com', 'ines.h@example.com'))
    })

    test('[CO-03] the name in The Edge overwrites the name in Podium, and never the other way', async () => {
      const shop = open()
      const key = await shop.addCustomer('Ruth Abara', { phone: '2035550103' })
      const { uid } = await shop.contactWith('+12035550103')
      await shop.changeContact(uid, { name: 'Ruthie' })
      await shop.marker()
      expect((await shop.customer(key)).name).toBe('Ruth Abara')

      await shop.patch(`/store/customers/${key}`, { CustomerLastName: 'Abara-Cole' })
      await shop.contactWith('+12035550103', ({ name }) => name === 'Ruth Abara-Cole')
    })

    test('[CO-04] [PD-05] phone, e-mail and address changed in Podium arrive as additional ones', async () => {
      const shop = open()
      const key = await shop.addCustomer('Tomas Brandt', { phone: '2035550104', email: 'tomas@example.com' })
      await shop.post(`/store/customers/${key}/address`, { type: 'Home', street: '1 Mill Road', city: 'Norwalk' })
      const { uid } = await shop.contactWith('+12035550104', ({ address }) => address !== null)

      await shop.changeContact(uid, {
        phoneNumbers: ['+12035550105'],
        emails: ['tb@example.com'],
        address: { addressLine1: '2 Pier Street', city: 'Norwalk', state: 'CT', postalCode: '06851', country: 'US' },
      })
      const customer = await shop.customerWhere('both phones, e-mails and addresses', ({ key: each, ...has }) => {
        return each === key && [has.phones, has.emails, has.streets].every((values) => values.length >= 2)
      })
      expect(customer.phones).toEqual(['Cell 2035550104', 'Podium 2035550105'])
      expect(customer.emails).toEqual(['tomas@example.com', 'tb@example.com'])
      expect(customer.streets).toEqual(['1 Mill Road', '2 Pier Street'])
    })

    test('[CO-04] a second change in Podium is added beside the first', async () => {
      const shop = open()
      const key = await shop.addCustomer('Amara Soto', { phone: '2035550106' })
      const { uid } = await shop.contactWith('+12035550106')
      await shop.changeContact(uid, { phoneNumbers: ['+12035550107'] })
      await shop.customerWhere('two phones', (customer) => customer.key === key && customer.phones.length === 2)
      await shop.changeContact(uid, { phoneNumbers: ['+12035550108'] })
      await shop.marker()
      expect((await shop.customer(key)).phones).toEqual(['Cell 2035550106', 'Podium 2035550107', 'Podium 2 2035550108'])
    })

    test('[CO-04] what The Edge has in another form is not added twice', async () => {
      const shop = open()
      const key = await shop.addCustomer('Lena Fischer', { phone: '(203) 555-0109', email: 'Lena@Example.com' })
      await shop.post(`/store/customers/${key}/phone`, { phone: '1-203-555-0110', type: 'Work' })
      await shop.post(`/store/customers/${key}/address`, { type: 'Home', street: '7 Bay St.', city: 'Milford' })
      const { uid } = await shop.contactWith('+12035550109', ({ address }) => address !== null)
      await shop.changeContact(uid, {
        phoneNumbers: ['+12035550109', '+12035550110'],
        emails: ['LENA@example.com'],
        address: { addressLine1: '7 bay st', city: 'Milford', state: null, postalCode: null, country: 'US' },
      })
      await shop.marker()
      const customer = await shop.customer(key)
      expect(customer.phones).toEqual(['Cell (203) 555-0109', 'Work 1-203-555-0110'])
      expect(customer.emails).toEqual(['Lena@Example.com'])
      expect(customer.streets).toEqual(['7 Bay St.'])
    })

    test('[CO-04] what Podium drops stays in The Edge', async () => {
      const shop = open()
      const key = await shop.addCustomer('Noor Haddad', { phone: '2035550111', email: 'noor@example.com' })
      const { uid } = await shop.contactWith('+12035550111')
      await shop.changeContact(uid, { phoneNumbers: [], address: null })
      await shop.marker()
      const customer = await shop.customer(key)
      expect([customer.phones, customer.emails]).toEqual([['Cell 2035550111'], ['noor@example.com']])
    })

    test('[CO-04] a phone deleted in The Edge does not return because Podium still shows it', async () => {
      const shop = open()
      const key = await shop.addCustomer('Petra Novak', { phone: '2035550112', email: 'petra@example.com' })
      const { uid } = await shop.contactWith('+12035550112')
      await shop.patch(`/store/customers/${key}`, { Phones: [] })
      await shop.changeContact(uid, { name: 'Petra N.' })
      await shop.marker()
      expect((await shop.customer(key)).phones).toEqual([])
    })

    test('[CO-03] a phone that staff changed in Podium stays until that phone is changed in The Edge', async () => {
      const shop = open()
      const key = await shop.addCustomer('Omar Reyes', { phone: '2035550113' })
      const { uid } = await shop.contactWith('+12035550113')
      await shop.changeContact(uid, { phoneNumbers: ['+12035550114'] })
      await shop.customerWhere('both phones', (customer) => customer.key === key && customer.phones.length === 2)

      await shop.patch(`/store/customers/${key}`, { CustomerLastName: 'Reyes-Lund' })
      const renamed = await shop.contactWith('+12035550114', ({ name }) => name === 'Omar Reyes-Lund')
      expect(renamed.phoneNumbers).toEqual(['+12035550114'])
      await shop.post(`/store/customers/${key}/phone`, { phone: '2035550115' })
      const overwritten = await shop.contactWith('+12035550115')
      expect(overwritten.phoneNumbers).toEqual(shown('+12035550114', '+12035550115'))
    })
  })

  test('[CO-07] changes made on both sides come to rest: one write for each, none for what comes back', async () => {
    const shop = open()
    const key = await shop.addCustomer('Greta Lindholm', { phone: '2035550116', email: 'greta@example.com' })
    const { uid } = await shop.contactWith('+12035550116')
    await shop.marker()
    const counts = async () => ({
      created: await shop.requests('POST /v4/contacts'),
      changed: await shop.requests('PATCH /v4/contacts/:identifier'),
    })
    const before = await counts()
    const contacts = (await shop.contacts()).length

    await shop.changeContact(uid, { phoneNumbers: ['+12035550117'], emails: ['greta@example.com', 'gl@example.com'] })
    await shop.customerWhere('both e-mails', (customer) => customer.key === key && customer.emails.length === 2)
    await shop.post(`/store/customers/${key}/email`, { email: 'greta.lindholm@example.com' })
    await shop.contactWith('greta.lindholm@example.com')
    await shop.marker()
    await shop.marker()

    // Each marker is a contact of its own whose phone is then written once; the e-mail is the one other write.
    expect(await counts()).toEqual({ created: before.created, changed: before.changed + 3 })
    expect(await shop.contacts()).toHaveLength(contacts + 2)
    const customer = await shop.customer(key)
    expect(customer.phones).toEqual(['Cell 2035550116', 'Podium 2035550117'])
    expect(customer.emails).toEqual(['greta.lindholm@example.com', 'gl@example.com'])
  })
})
