import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
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

const numberedSchema = z.array(
  z.object({ uid: z.string(), attributes: z.array(z.object({ label: z.string(), value: z.string() })) }),
)

describe.each(readings)('where Podium and The Edge take lists to $name', ({ name: reading }) => {
  const open = () => shops.find(({ agent }) => agent === `agent-${reading}`) ?? expect.fail('the shop did not open')
  const attributesOf = async (shop: Shop, uid: string) =>
    numberedSchema.parse(await shop.get('/state/podium/contacts')).find((contact) => contact.uid === uid)?.attributes

  test('[CO-05] a contact carries the Edge number, and nobody is called once more for it', async () => {
    const shop = open()
    // Once the platform has been read, the connection knows where the number goes.
    await shop.marker()
    const calls = () => shop.requests('POST /v4/contacts/:identifier/attributes/:uid')
    // Who came down got the acquisition of the settings, which goes up.
    await stack.waitFor(async () => (await calls()) === 1, { what: 'the acquisition of who came down' })
    const creates = await shop.requests('POST /v4/contacts')
    const key = await shop.addCustomer('Nora Lindqvist', { phone: '2035550801', email: 'nora@example.com' })
    const { uid } = await shop.contactWith('+12035550801')
    expect(await attributesOf(shop, uid)).toEqual([{ label: 'Edge customer', value: key }])
    expect(await shop.requests('POST /v4/contacts')).toBe(creates + 1)
    // One for the number, one for the acquisition.
    expect(await shop.requests('POST /v4/contact_attributes')).toBe(2)
    expect(await calls()).toBe(1)
  })

  test('[CO-05] after the link is lost, and phone and e-mail were changed by staff, the number tells who it is', async () => {
    const shop = open()
    await shop.marker()
    const key = await shop.addCustomer('Otto Brandt', { phone: '2035550803', email: 'otto@example.com' })
    const { uid } = await shop.contactWith('+12035550803')
    // The contact's own event has come, so that the next one finds no link that waits for it.
    await shop.marker()
    const before = { contacts: (await shop.contacts()).length, customers: (await shop.customers()).length }
    await loseLink(shop, key)
    await shop.changeContact(uid, { phoneNumbers: ['+12035550804'], emails: ['brandt@example.com'] })

    const otto = await shop.customerWhere('Otto with what staff entered', (each) => {
      return each.key === key && each.emails.includes('brandt@example.com')
    })
    expect(otto.phones).toEqual(['Cell 2035550803', 'Podium 2035550804'])
    await shop.post(`/store/customers/${key}/phone`, { phone: '2035550805' })
    await shop.contactWith('+12035550805', (contact) => contact.uid === uid)
    await shop.marker()
    // The marker is one of each.
    expect(await shop.contacts()).toHaveLength(before.contacts + 1)
    expect(await shop.customers()).toHaveLength(before.customers + 1)
    expect(await shop.staff.quarantine()).toEqual([])
  })

  test('[CO-05] the number tells it as well where no message came and the platform is asked', async () => {
    const shop = open()
    await shop.marker()
    const key = await shop.addCustomer('Vera Lang', { phone: '2035550806', email: 'vera@example.com' })
    const { uid } = await shop.contactWith('+12035550806')
    await shop.marker()
    const before = (await shop.customers()).length
    await loseLink(shop, key)
    await shop.post('/control/podium/settings', { webhookLoseNext: 1 })
    await shop.changeContact(uid, { phoneNumbers: ['+12035550807'], emails: ['lang@example.com'] })
    await shop.staff.runNow()
    await shop.customerWhere('Vera with the new e-mail', (each) => {
      return each.key === key && each.emails.includes('lang@example.com')
    })
    await shop.marker()
    expect(await shop.customers()).toHaveLength(before + 1)
  })
})

/** As if the cloud had forgotten, or had been set back to before it knew. */
async function loseLink(shop: Shop, key: string): Promise<void> {
  const client = new pg.Client({ connectionString: stack.database.ownerUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('DELETE FROM link WHERE connection_id = $1 AND key = $2', [
      shop.tenant.connectionId,
      key,
    ])
    expect(rowCount).toBe(1)
  } finally {
    await client.end()
  }
}
