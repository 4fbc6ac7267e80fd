import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { openShops, readings, type Shop } from './support/shop.ts'

let stack: Stack
let shops: Shop[]

beforeAll(async () => {
  stack = await sharedStack()
  shops = await openShops(
    stack,
    readings.map((reading) => ({ ...reading, settings: { mode: 'B' } })),
  )
})
afterAll(async () => {
  await Promise.all(shops.map((shop) => shop.close()))
  await stack?.stop()
})

describe.each(readings)('where Podium and The Edge take lists to $name', ({ name: reading }) => {
  const open = () => shops.find(({ agent }) => agent === `agent-${reading}`) ?? expect.fail('the shop did not open')

  test('[PD-04] customers and their changes go up', async () => {
    const shop = open()
    const key = await shop.addCustomer('Alma Richter', { phone: '2035550301' })
    await shop.contactWith('+12035550301', ({ name }) => name === 'Alma Richter')
    await shop.post(`/store/customers/${key}/phone`, { phone: '2035550302' })
    const contact = await shop.contactWith('+12035550302')
    expect(contact.phoneNumbers).toEqual(reading === 'replace' ? ['+12035550302'] : ['+12035550301', '+12035550302'])
  })

  test('[PD-04] neither new contacts nor changed methods come down; opt-outs do', async () => {
    const shop = open()
    const key = await shop.addCustomer('Bela Kovac', { phone: '2035550303' })
    const { uid } = await shop.contactWith('+12035550303')
    const before = await shop.customers()

    await shop.addContact({ name: 'Nobody Here', emails: ['nobody@example.com'] })
    await shop.changeContact(uid, { phoneNumbers: ['+12035550303', '+12035550304'], emails: ['bela@example.com'] })
    await shop.changeContact(uid, { optedOut: ['+12035550303'] })
    const bela = await shop.customerWhere('opted out', (each) => each.key === key && each.doNotContact.length > 0)

    expect(bela.doNotContact).toEqual(['2035550303'])
    expect([bela.phones, bela.emails]).toEqual([['Cell 2035550303'], []])
    expect((await shop.customers()).map((each) => each.key)).toEqual(before.map((each) => each.key))
  })

  test('[PD-04] a contact that Podium had before is matched, not doubled', async () => {
    const shop = open()
    const uid = await shop.addContact({ name: 'Cleo A', phoneNumbers: ['+12035550305'], emails: ['cleo@example.com'] })
    await shop.addCustomer('Cleo Andrade', { email: 'cleo@example.com', phone: '2035550306' })
    await shop.contactWith('cleo@example.com', ({ name }) => name === 'Cleo Andrade')
    const cleos = (await shop.contacts()).filter(({ emails }) => emails.includes('cleo@example.com'))
    expect(cleos.map((contact) => contact.uid)).toEqual([uid])
  })

  test('[PD-03] [PD-04] changed to mode A, who was new in Podium meanwhile comes down', async () => {
    const shop = open()
    await shop.addContact({ name: 'Meanwhile New', emails: ['meanwhile@example.com'] })
    await shop.staff.change({ settings: { mode: 'A' } })
    await shop.customerWhere('who was new meanwhile', ({ name }) => name === 'Meanwhile New')
  })
})
