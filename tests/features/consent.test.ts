import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { openShops, readings, type Shop, type ShopOptions } from './support/shop.ts'

let stack: Stack
let shops: Shop[]

const [replace, add] = readings
const kinds = [
  { ...replace, name: 'A-replace', settings: { mode: 'A' } },
  { ...add, name: 'A-add', settings: { mode: 'A' } },
  { ...add, name: 'B-add', settings: { mode: 'B' } },
] satisfies ShopOptions[]

beforeAll(async () => {
  stack = await sharedStack()
  shops = await openShops(stack, kinds)
})
afterAll(async () => {
  await Promise.all(shops.map((shop) => shop.close()))
  await stack?.stop()
})

describe.each(kinds)('in mode $name', ({ name: kind }) => {
  const open = () => shops.find(({ agent }) => agent === `agent-${kind}`) ?? expect.fail('the shop did not open')
  /** An opt-out passes in every mode: when it has, everything that stood before it has been looked at too. */
  const afterAnOptOut = async (shop: Shop, phone: string) => {
    const key = await shop.addCustomer('Later Marker', { phone })
    const { uid } = await shop.contactWith(`+1${phone}`)
    await shop.changeContact(uid, { optedOut: [`+1${phone}`] })
    await shop.customerWhere('the later opt-out', (each) => each.key === key && each.doNotContact.length === 1)
  }

  test('[PD-04] an opt-out in Podium marks the number with every customer who has it, and no other number', async () => {
    const shop = open()
    const ada = await shop.addCustomer('Ada Brenner', { phone: '2035550401' })
    await shop.post(`/store/customers/${ada}/phone`, { phone: '2035550402', type: 'Work' })
    const { uid } = await shop.contactWith('+12035550401')
    const emil = await shop.addCustomer('Emil Brenner', { phone: '2035550401', email: 'emil@example.com' })
    await shop.contactWith('emil@example.com')

    await shop.changeContact(uid, { optedOut: ['+12035550401'] })
    for (const key of [ada, emil]) {
      const marked = await shop.customerWhere(
        `${key} marked`,
        (each) => each.key === key && each.doNotContact.length > 0,
      )
      expect(marked.doNotContact).toEqual(['2035550401'])
    }
  })

  test('an opt-out is never lifted: not by Podium taking it back, and not by The Edge sending the number again', async () => {
    const shop = open()
    const key = await shop.addCustomer('Cora Bell', { phone: '2035550403' })
    const { uid } = await shop.contactWith('+12035550403')
    await shop.changeContact(uid, { optedOut: ['+12035550403'] })
    await shop.customerWhere('Cora marked', (each) => each.key === key && each.doNotContact.length === 1)
    await shop.changeContact(uid, { optedOut: [] })
    await afterAnOptOut(shop, kind === 'A-replace' ? '2035550404' : '2035550405')
    expect((await shop.customer(key)).doNotContact).toEqual(['2035550403'])

    // The number is entered for somebody else, who has an e-mail as well: only that goes up.
    await shop.addCustomer('Dora Bell', { phone: '(203) 555-0403', email: 'dora@example.com' })
    const dora = await shop.contactWith('dora@example.com')
    expect(dora.phoneNumbers).toEqual([])
  })

  test('a number that The Edge calls do-not-contact never goes up', async () => {
    const shop = open()
    const key = await shop.addCustomer('Finn Sato', { email: 'finn@example.com' })
    await shop.contactWith('finn@example.com')
    await shop.post(`/store/customers/${key}/phone`, { phone: '2035550406', type: 'Cell', doNotContact: true })
    await shop.post(`/store/customers/${key}/phone`, { phone: '2035550407', type: 'Work' })
    await shop.contactWith('+12035550407', ({ emails }) => emails.includes('finn@example.com'))
    expect((await shop.contacts()).flatMap(({ phoneNumbers }) => phoneNumbers)).not.toContain('+12035550406')
  })

  test('[AD-07] a number that Podium has and The Edge marks is on the worklist until staff have opted it out there', async () => {
    const shop = open()
    const phone = `203555042${kinds.findIndex(({ name }) => name === kind)}`
    const key = await shop.addCustomer('Ines Falk', { phone })
    const { uid } = await shop.contactWith(`+1${phone}`)
    await shop.post(`/store/customers/${key}/phone`, { phone, type: 'Cell', doNotContact: true })
    const entry = () => shop.staff.quarantine(key).then((open) => open.find(({ code }) => code === 'still_contactable'))
    const told = await stack.waitFor(entry, { what: 'the entry' })
    expect(told.message).toContain(`ending in ${phone.slice(-4)}: opt it out`)

    await shop.changeContact(uid, { optedOut: [`+1${phone}`] })
    await stack.waitFor(async () => (await entry()) === undefined, { what: 'the entry to close' })
  })

  test('a customer with nothing but a do-not-contact number is held, with the reason', async () => {
    const shop = open()
    const key = await shop.addCustomer('Gil Ruiz', {})
    await shop.post(`/store/customers/${key}/phone`, { phone: '2035550408', type: 'Cell', doNotContact: true })
    const held = await stack.waitFor(
      async () => (await shop.staff.quarantine(key)).find(({ message }) => message.includes('no phone that may')),
      { what: 'the reason' },
    )
    expect(held.code).toBe('needs_identifier')
    expect((await shop.contacts()).flatMap(({ phoneNumbers }) => phoneNumbers)).not.toContain('+12035550408')
  })
})

test('[CO-05] a new contact who has opted out comes down marked as such', async () => {
  const [shop] = shops
  if (!shop) return expect.fail('the shop did not open')
  await shop.staff.pause()
  const uid = await shop.addContact({ name: 'Hana Mori', phoneNumbers: ['+12035550409', '+12035550410'] })
  await shop.changeContact(uid, { optedOut: ['+12035550409'] })
  await shop.staff.resume()
  const hana = await shop.customerWhere(
    'Hana, marked',
    ({ name, doNotContact }) => name === 'Hana Mori' && doNotContact.length > 0,
  )
  expect(hana.doNotContact).toEqual(['2035550409'])
  await shop.marker()
  expect((await shop.customer(hana.key)).doNotContact).toEqual(['2035550409'])
})
