import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { openShops, readings, type Shop } from './support/shop.ts'

let stack: Stack
let shops: Shop[]

beforeAll(async () => {
  stack = await sharedStack()
  shops = await openShops(
    stack,
    readings.map((reading) => ({ ...reading, settings: { defaultAcquisition: 'From Podium' } })),
  )
})
afterAll(async () => {
  await Promise.all(shops.map((shop) => shop.close()))
  await stack?.stop()
})

describe.each(readings)('where Podium and The Edge take lists to $name', ({ name: reading }) => {
  const open = () => shops.find(({ agent }) => agent === `agent-${reading}`) ?? expect.fail('the shop did not open')

  describe.concurrent('each with a contact of its own', () => {
    test('[CO-05] [PD-03] a contact new in Podium becomes a customer, and synchronizes from then on', async () => {
      const shop = open()
      await shop.addContact({
        name: 'Maren Okafor',
        phoneNumbers: ['+12035550201'],
        emails: ['maren@example.com'],
        address: { addressLine1: '3 Dock Street', city: 'Norwalk' },
      })
      const customer = await shop.customerWhere('Maren', ({ name }) => name === 'Maren Okafor')
      expect(customer.webId).toMatch(/^[0-9a-f-]{36}$/)
      expect(customer).toMatchObject({
        phones: ['Podium 2035550201'],
        emails: ['maren@example.com'],
        streets: ['3 Dock Street'],
      })

      await shop.post(`/store/customers/${customer.key}/phone`, { phone: '2035550202' })
      await shop.contactWith('+12035550202', ({ emails }) => emails.includes('maren@example.com'))
      await shop.marker()
      const hers = (await shop.contacts()).filter(({ emails }) => emails.includes('maren@example.com'))
      expect(hers).toHaveLength(1)
      expect((await shop.customers()).filter(({ name }) => name === 'Maren Okafor')).toHaveLength(1)
    })

    test('[CO-06] a customer who came from Podium has the acquisition of the settings', async () => {
      const shop = open()
      await shop.addContact({ name: 'Silas Quist', emails: ['silas@example.com'] })
      const customer = await shop.customerWhere('Silas', ({ name }) => name === 'Silas Quist')
      expect(customer.acquisition).toBe('From Podium')
    })

    test('[CO-06] [PD-05] a change in Podium never touches the acquisition that The Edge has', async () => {
      const shop = open()
      const acquisition = '190718-093958-01-22-248843'
      const key = await shop.addCustomer('Vera Lang', { phone: '2035550206' }, { CustomerAcquisition: acquisition })
      const { uid } = await shop.contactWith('+12035550206')
      await shop.changeContact(uid, { phoneNumbers: ['+12035550207'] })
      const customer = await shop.customerWhere('both phones', (each) => each.key === key && each.phones.length === 2)
      expect(customer.acquisition).toBe(acquisition)
    })
  })

  test('[CO-05] a contact is joined to the customer with its e-mail, letter case aside, or else its phone', async () => {
    const shop = open()
    await shop.staff.pause()
    const byEmail = await shop.addCustomer('Jonas Weber', { email: 'Jonas.Weber@Example.com' })
    const byPhone = await shop.addCustomer('Dana Whitfield', { phone: '(203) 555-0203' })
    await stack.waitFor(async () => (await shop.staff.connection()).overview.lag.live === 2, {
      what: 'the cloud to have both customers',
    })
    const jonas = await shop.addContact({
      name: 'J. Weber',
      emails: ['jonas.weber@example.com'],
      phoneNumbers: ['+12035550204'],
    })
    const dana = await shop.addContact({ name: 'Dana', phoneNumbers: ['+12035550203'], emails: ['dana@example.com'] })
    await shop.staff.resume()

    await shop.customerWhere('Jonas with the phone', (each) => each.key === byEmail && each.phones.length === 1)
    await shop.customerWhere('Dana with the e-mail', (each) => each.key === byPhone && each.emails.length === 1)
    await shop.contactWith('jonas.weber@example.com', ({ name, uid }) => name === 'Jonas Weber' && uid === jonas)
    await shop.contactWith('+12035550203', ({ name, uid }) => name === 'Dana Whitfield' && uid === dana)
    await shop.marker()
    const names = (await shop.customers()).map(({ name }) => name).filter((name) => /Weber|Dana/.test(name))
    expect(names.toSorted()).toEqual(['Dana Whitfield', 'Jonas Weber'])
  })

  test('[CO-05] a customer entered while the agent was away is not created again', async () => {
    const shop = open()
    await shop.marker()
    await stack.kill(shop.agent)
    const key = await shop.addCustomer('Nils Aaberg', { email: 'nils@example.com' })
    await shop.addContact({ name: 'Nils', phoneNumbers: ['+12035550211'], emails: ['Nils@Example.com'] })
    await stack.waitFor(
      async () => (await shop.staff.connection()).overview.links.some(({ status }) => status === 'creating'),
      { what: 'the cloud to want the customer in The Edge' },
    )
    await stack.start(shop.agent)
    const nils = await shop.customerWhere('Nils with the phone', (each) => each.key === key && each.phones.length === 1)
    expect(nils).toMatchObject({ phones: ['Podium 2035550211'], emails: ['nils@example.com'] })
    await shop.contactWith('+12035550211', ({ name }) => name === 'Nils Aaberg')
    await shop.marker()
    expect((await shop.customers()).filter(({ name }) => name.startsWith('Nils'))).toHaveLength(1)
  })

  test('[CO-05] a contact of which no message came is found by asking [CO-02]', async () => {
    const shop = open()
    await shop.marker()
    await shop.post('/control/podium/settings', { webhookLoseNext: 1 })
    await shop.addContact({ name: 'Iris Dahl', emails: ['iris@example.com'] })
    await shop.staff.runNow()
    await shop.customerWhere('Iris', ({ name }) => name === 'Iris Dahl')
  })

  test('[CO-05] messages that come twice and in the wrong order make one customer', async () => {
    const shop = open()
    await shop.post('/control/podium/settings', { webhookDouble: true, webhookOutOfOrder: true })
    const uid = await shop.addContact({ name: 'Felix Moreau', emails: ['felix@example.com'] })
    await shop.changeContact(uid, { phoneNumbers: ['+12035550208'] })
    await shop.changeContact(uid, { phoneNumbers: ['+12035550208', '+12035550209'] })
    await shop.customerWhere('Felix', ({ phones }) => phones.some((phone) => phone.endsWith('2035550209')))
    await shop.marker()
    const felixes = (await shop.customers()).filter(({ name }) => name === 'Felix Moreau')
    expect(felixes.map(({ phones }) => phones.map((phone) => phone.split(' ').at(-1)))).toEqual([
      ['2035550208', '2035550209'],
    ])
    await shop.post('/control/podium/settings', { webhookDouble: false, webhookOutOfOrder: false })
  })

  test('[CO-06] no file for a customer who is there names the acquisition', async () => {
    const shop = open()
    const key = await shop.addCustomer('Hugo Lindqvist', { phone: '2035550210' })
    const { uid } = await shop.contactWith('+12035550210')
    await shop.changeContact(uid, { emails: ['hugo@example.com'] })
    await shop.customerWhere('e-mail of Hugo', (each) => each.key === key && each.emails.length === 1)
    const outbox = join(shop.edtFolder, 'Outbox')
    const names = (await readdir(outbox, { recursive: true })).filter((name) => name.endsWith('.json'))
    const files = await Promise.all(names.map((name) => readFile(join(outbox, name), 'utf8')))
    const changes = files.filter((file) => file.includes(`"Key": "${key}"`))
    expect(changes).toHaveLength(1)
    expect(changes.filter((file) => file.includes('Acquisition'))).toEqual([])
  })

  test('[PD-03] in the end both sides have the same people', async () => {
    const shop = open()
    await shop.marker()
    const methods = ({ phones, emails }: { phones: string[]; emails: string[] }) => [
      ...phones.map((phone) => phone.replace(/\D/g, '').slice(-10)),
      ...emails.map((email) => email.toLowerCase()),
    ]
    const customers = (await shop.customers()).filter((each) => each.phones.length + each.emails.length > 0)
    for (const { phoneNumbers, emails } of await shop.contacts()) {
      const values = methods({ phones: phoneNumbers, emails })
      const holders = customers.filter((customer) => methods(customer).some((value) => values.includes(value)))
      expect(holders, values.join(' ')).toHaveLength(1)
    }
  })
})
