import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Stack, sharedStack } from '../support/stack.ts'
import { openShops, readings, type Shop } from './support/shop.ts'

// The rows of the design's hard cases, each under both readings of what Podium and The Edge do with lists.
let stack: Stack
let shops: Shop[]

beforeAll(async () => {
  stack = await sharedStack()
  shops = await openShops(
    stack,
    readings.map((reading) => ({ ...reading, podium: { ...reading.podium, applyDelayMs: { min: 100, max: 500 } } })),
  )
})
afterAll(async () => {
  await Promise.all(shops.map((shop) => shop.close()))
  await stack?.stop()
})

describe.each(readings)('where Podium and The Edge take lists to $name', ({ name: reading }) => {
  const open = () => shops.find(({ agent }) => agent === `agent-${reading}`) ?? expect.fail('the shop did not open')
  /** Waits until a customer is held, with this reason. */
  const held = (shop: Shop, key: string, code: string) =>
    stack.waitFor(async () => (await shop.staff.quarantine(key)).find((entry) => entry.code === code), {
      what: `${key} held as ${code}`,
    })
  const contactsWith = async (shop: Shop, identifier: string) =>
    (await shop.contacts()).filter(({ phoneNumbers, emails }) => [...phoneNumbers, ...emails].includes(identifier))

  describe.concurrent('each with people of its own', () => {
    test('a phone that strangers share is the older one’s; the other goes up by an e-mail of their own', async () => {
      const shop = open()
      await shop.addCustomer('Abel First', { phone: '2035550701', email: 'abel@example.com' })
      const { uid } = await shop.contactWith('+12035550701', ({ emails }) => emails.includes('abel@example.com'))
      const second = await shop.addCustomer('Bea Second', { phone: '(203) 555-0701', email: 'bea@example.com' })
      const bea = await shop.contactWith('bea@example.com')
      expect(bea).toMatchObject({ name: 'Bea Second', phoneNumbers: [] })
      expect(await contactsWith(shop, '+12035550701')).toMatchObject([{ uid, name: 'Abel First' }])

      await shop.changeContact(uid, { phoneNumbers: ['+12035550701', '+12035550702'] })
      await shop.customerWhere('Abel with both', ({ name, phones }) => name === 'Abel First' && phones.length === 2)
      expect((await shop.customer(second)).phones).toEqual(['Cell (203) 555-0701'])
    })

    test('spouses with one phone are one contact, the primary’s; what comes down reaches the primary only', async () => {
      const shop = open()
      const primary = await shop.addCustomer('Carl Winter', { phone: '2035550703' })
      const { uid } = await shop.contactWith('+12035550703')
      const spouse = await shop.addCustomer('Dina Winter', { phone: '2035550703' }, { CustomerAccountKey: primary })
      const entry = await held(shop, spouse, 'shared_contact')
      expect(entry.message).toBe(
        `Shares the contact of ${primary}; goes up once it has a phone or an e-mail of its own.`,
      )
      await shop.changeContact(uid, { emails: ['winter@example.com'] })
      await shop.customerWhere('Carl with the e-mail', ({ key, emails }) => key === primary && emails.length === 1)
      expect((await shop.customer(spouse)).emails).toEqual([])
      expect(await contactsWith(shop, '+12035550703')).toMatchObject([{ uid, name: 'Carl Winter' }])

      // A method of her own ends the sharing.
      await shop.post(`/store/customers/${spouse}/email`, { email: 'dina@example.com' })
      await shop.contactWith('dina@example.com', ({ name }) => name === 'Dina Winter')
      await stack.waitFor(async () => (await shop.staff.quarantine(spouse)).length === 0, { what: 'Dina free' })
    })

    test('a contact deleted in Podium is not made again by itself, only when a person asks for it', async () => {
      const shop = open()
      const key = await shop.addCustomer('Ella Reed', { phone: '2035550704' })
      const { uid } = await shop.contactWith('+12035550704')
      await shop.remove(`/control/podium/contacts/${uid}`)
      const entry = await held(shop, key, 'deleted_on_platform')
      await shop.post(`/store/customers/${key}/email`, { email: 'ella@example.com' })
      await shop.marker()
      expect(await contactsWith(shop, '+12035550704')).toEqual([])
      expect(await contactsWith(shop, 'ella@example.com')).toEqual([])

      expect(await shop.staff.replay(entry.id)).toBe(true)
      await shop.contactWith('+12035550704', ({ emails }) => emails.includes('ella@example.com'))
    })

    test('a contact that staff made anew after deleting it is its customer’s again', async () => {
      const shop = open()
      const key = await shop.addCustomer('Fay Long', { phone: '2035550705', email: 'fay@example.com' })
      const { uid } = await shop.contactWith('+12035550705')
      await shop.remove(`/control/podium/contacts/${uid}`)
      await held(shop, key, 'deleted_on_platform')
      const anew = await shop.addContact({
        name: 'Fay',
        emails: ['fay@example.com'],
        phoneNumbers: ['+12035550705', '+12035550706'],
      })
      await shop.customerWhere('Fay with the new phone', (each) => each.key === key && each.phones.length === 2)
      await shop.contactWith('fay@example.com', (each) => each.uid === anew && each.name === 'Fay Long')
      await stack.waitFor(async () => (await shop.staff.quarantine(key)).length === 0, {
        what: 'Fay out of quarantine',
      })
    })

    test('contacts merged in Podium stay merged: one customer’s, whose changes go up; the other shares it', async () => {
      const shop = open()
      const one = await shop.addCustomer('Gus Hale', { phone: '2035550707' })
      const two = await shop.addCustomer('August Hale', { email: 'august@example.com' })
      const [winner, loser] = [await shop.contactWith('+12035550707'), await shop.contactWith('august@example.com')]
      await shop.post(`/control/podium/contacts/${loser.uid}/merge`, { into: winner.uid })
      const entry = await held(shop, two, 'shared_contact')
      expect(entry.message).toBe(`Shares the contact of ${one}; goes up once it has a phone or an e-mail of its own.`)

      await shop.post(`/store/customers/${two}/email`, { email: 'a.hale@example.com' })
      await shop.post(`/store/customers/${two}/phone`, { phone: '2035550724' })
      await shop.post(`/store/customers/${one}/phone`, { phone: '2035550708' })
      const after = await shop.contactWith('+12035550708', ({ uid }) => uid === winner.uid)
      await shop.marker()
      expect(await contactsWith(shop, 'a.hale@example.com')).toEqual([])
      expect(await contactsWith(shop, '+12035550724')).toEqual([])
      expect(after).toMatchObject({
        name: 'Gus Hale',
        phoneNumbers: reading === 'replace' ? ['+12035550708'] : ['+12035550707', '+12035550708'],
        emails: ['august@example.com'],
      })
      expect((await shop.contacts()).map(({ uid }) => uid)).not.toContain(loser.uid)
      expect(await shop.customer(one)).toMatchObject({ phones: ['Cell 2035550708'], emails: [] })

      // Gus is gone: August stands for the contact now.
      await shop.patch(`/store/customers/${one}`, { CustomerInactive: true })
      await shop.contactWith('+12035550724', (each) => each.uid === winner.uid && each.name === 'August Hale')
      await shop.marker()
      expect(await contactsWith(shop, 'a.hale@example.com')).toMatchObject([{ uid: winner.uid }])
    })

    test('an identifier changed again and again while writes are applied late ends with the last, in one contact', async () => {
      const shop = open()
      const key = await shop.addCustomer('Hedy Park', { phone: '2035550709', email: 'hedy@example.com' })
      for (const last of [710, 711, 712, 713]) {
        await shop.post(`/store/customers/${key}/phone`, { phone: `2035550${last}` })
        await shop.post(`/store/customers/${key}/email`, { email: `hedy-${last}@example.com` })
      }
      await shop.contactWith('+12035550713', ({ emails }) => emails.includes('hedy-713@example.com'))
      await shop.marker()
      const hers = (await shop.contacts()).filter(({ name }) => name === 'Hedy Park')
      expect(hers).toHaveLength(1)
      expect(hers[0]?.phoneNumbers.at(-1)).toBe('+12035550713')
      expect((await shop.customer(key)).phones).toEqual(['Cell 2035550713'])
    })

    test('executed, then timed out: repeated until it is known, with one contact as the result', async () => {
      const shop = open()
      await shop.post('/control/podium/faults', {
        match: { identifier: '+12035550714' },
        action: 'errorAfterDone',
        times: 3,
      })
      const key = await shop.addCustomer('Ivo Brand', { phone: '2035550714' })
      await shop.contactWith('+12035550714')
      // Changed while the outcome is unknown: the frozen write is repeated first, then the new one follows.
      await shop.post(`/store/customers/${key}/phone`, { phone: '2035550715' })
      const contact = await shop.contactWith('+12035550715')
      expect(contact.phoneNumbers).toEqual(reading === 'replace' ? ['+12035550715'] : ['+12035550714', '+12035550715'])
      await shop.marker()
      expect((await shop.contacts()).filter(({ name }) => name === 'Ivo Brand')).toHaveLength(1)
      expect((await shop.customer(key)).phones).toEqual(['Cell 2035550715'])
    })

    test('[CO-11] a record that always fails is set aside after some tries; the others pass meanwhile', async () => {
      const shop = open()
      await shop.post('/control/podium/faults', {
        match: { identifier: '+12035550716' },
        action: '500',
        times: 'always',
      })
      const key = await shop.addCustomer('Jana Cole', { phone: '2035550716' })
      await shop.addCustomer('Karl Cole', { phone: '2035550717' })
      await shop.contactWith('+12035550717')
      const entry = await held(shop, key, 'record_keeps_failing')
      expect(entry.whoMustAct).toBe('operator')
      expect((await shop.staff.connection()).status).toBe('active')
    })

    test('an inactive customer is not created in Podium; one who becomes inactive stays there', async () => {
      const shop = open()
      await shop.addCustomer('Lea Past', { phone: '2035550718' }, { CustomerInactive: true })
      const key = await shop.addCustomer('Max Past', { phone: '2035550719' })
      const { uid } = await shop.contactWith('+12035550719')
      await shop.patch(`/store/customers/${key}`, { CustomerInactive: true, CustomerLastName: 'Pastor' })
      await shop.contactWith('+12035550719', (each) => each.uid === uid && each.name === 'Max Pastor')
      expect(await contactsWith(shop, '+12035550718')).toEqual([])
    })
  })

  test('a match that is ambiguous is not guessed: it waits on the worklist', async () => {
    const shop = open()
    await shop.staff.pause()
    const keys = [
      await shop.addCustomer('Nora One', { email: 'shop@example.com' }),
      await shop.addCustomer('Nils Two', { email: 'shop@example.com' }),
    ]
    await stack.waitFor(async () => (await shop.staff.connection()).overview.lag.live === 2, {
      what: 'the cloud to have both customers',
    })
    await shop.addContact({
      name: 'Somebody',
      emails: ['shop@example.com'],
      phoneNumbers: ['+12035550720'],
    })
    // The contact is there before the customers go up, and the cloud knows it.
    const waiting = z.object({ waiting: z.number() })
    await stack.waitFor(async () => waiting.parse(await shop.get('/state/podium/webhooks')).waiting === 0, {
      what: 'Podium to have told of the contact',
    })
    await shop.staff.resume()
    const entry = await stack.waitFor(
      async () =>
        (await shop.staff.quarantine()).find(({ code, stage }) => code === 'ambiguous_match' && stage === 'down'),
      { what: 'the ambiguous match' },
    )
    expect(keys.every((key) => entry.message.includes(key))).toBe(true)
    for (const key of keys) await held(shop, key, 'ambiguous_match')
    await shop.marker()
    // Neither way takes the contact by guess.
    expect(await contactsWith(shop, 'shop@example.com')).toMatchObject([
      { name: 'Somebody', phoneNumbers: ['+12035550720'] },
    ])
    const holders = (await shop.customers()).filter(({ emails }) => emails.includes('shop@example.com'))
    expect(holders.map(({ key }) => key)).toEqual(keys)

    // Told apart in the store, it resolves by itself.
    const [one, two] = keys
    await shop.post(`/store/customers/${one}/email`, { email: 'nora.one@example.com' })
    await shop.contactWith('shop@example.com', ({ name }) => name === 'Nils Two')
    await shop.customerWhere('Nils with the phone', (each) => each.key === two && each.phones.length === 1)
    await stack.waitFor(async () => (await shop.staff.quarantine()).every(({ code }) => code !== 'ambiguous_match'), {
      what: 'the worklist clear',
    })
  })

  test('while Podium is out nothing is lost or set aside, and all arrives afterwards', async () => {
    const shop = open()
    await shop.marker()
    const aside = (await shop.staff.quarantine()).length
    await shop.post('/control/podium/faults', { match: { path: '/v4/*' }, action: '500', times: 'always' })
    await shop.addCustomer('Olaf Gray', { phone: '2035550721' })
    const tries = async () => (await shop.staff.connection()).outage?.tries ?? 0
    await stack.waitFor(async () => (await tries()) >= 3, { what: 'three tries' })
    const key = await shop.addCustomer('Pola Gray', { phone: '2035550722' })
    expect((await shop.staff.connection()).status).toBe('active')
    expect(await shop.staff.quarantine()).toHaveLength(aside)

    await shop.remove('/control/podium/faults')
    await shop.contactWith('+12035550721')
    await shop.contactWith('+12035550722')
    expect(await shop.staff.quarantine(key)).toEqual([])
  })

  test('a revoked token pauses the connection and says so; connected again and resumed, what waited goes up', async () => {
    const shop = open()
    const { organizationUid } = shop.tenant.account
    await shop.post('/control/podium/revoke', { organizationUid })
    await shop.addCustomer('Rosa Vale', { phone: '2035550723' })
    const paused = await stack.waitFor(
      async () => {
        const connection = await shop.staff.connection()
        return connection.status === 'paused' && connection
      },
      { what: 'the connection to be paused' },
    )
    expect(paused).toMatchObject({ pausedCode: 'auth', pausedReason: expect.stringMatching(/Podium/) })
    expect((await shop.contacts()).flatMap(({ phoneNumbers }) => phoneNumbers)).not.toContain('+12035550723')

    await shop.operator.connectAccount(await podiumCode(shop))
    await shop.staff.resume()
    await shop.contactWith('+12035550723', ({ name }) => name === 'Rosa Vale')
    await shop.marker()
  })
})

/** What the account's owner has when agreeing once more. */
async function podiumCode({ post, sandboxUrl, tenant }: Shop): Promise<Record<string, string>> {
  const { organizationUid } = tenant.account
  const code = z
    .object({ clientId: z.string(), clientSecret: z.string(), authorizationCode: z.string() })
    .parse(await post('/control/podium/codes', { organizationUid }))
  return { ...code, redirectUri: `${sandboxUrl}/connected` }
}
