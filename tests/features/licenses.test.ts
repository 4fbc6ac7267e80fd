import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type License, licenseSchema } from '@jumpring/contracts'
import { type Admin, ensureVendor, issueLicense, requestLicense, signIn } from '@jumpring/infra/local'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { localSigner, signLicense } from '../../apps/worker/src/license/signer.ts'
import { addPerson } from '../support/people.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { licenseKeyOf, mailTo, openAlerts, saidBy, type Till, tillOf } from './support/licenses.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let owner: pg.Pool
let vendor: Admin
let shop: Shop
let other: Shop
let till: Till

beforeAll(async () => {
  stack = await startStack()
  owner = new pg.Pool({ connectionString: stack.database.ownerUrl, max: 1 })
  const [first, second] = await openShops(stack, [
    { name: 'licensed', licensed: false },
    { name: 'other', agent: false },
  ])
  shop = first ?? expect.fail('the first shop did not open')
  other = second ?? expect.fail('the second shop did not open')
  till = tillOf(stack, shop)
  const operator = await signIn(stack.addresses.graphql, stack.operator)
  const person = { email: 'vera@podium.example', password: 'a-long-password' }
  await addPerson(owner, { ...person, role: 'vendor', vendorId: await ensureVendor(operator, 'Podium', 'podium') })
  vendor = await signIn(stack.addresses.graphql, person)
})
afterAll(async () => {
  await Promise.all([shop?.close(), other?.close()])
  await owner?.end()
  await stack?.stop()
})

const store = 'owner@lindqvist.example'
const order = (tier: 'clienteling' | 'clienteling_plus') =>
  requestLicense(vendor, { connectionId: shop.tenant.connectionId, tier, mailTo: store })
const issue = (licenseId: string, validity = {}) => issueLicense(shop.tenant.operator, licenseId, validity)
const revoke = (licenseId: string) =>
  vendor.do(
    z.looseObject({}),
    'mutation ($id: ID!) { result: revokeLicense(licenseId: $id, reason: "The subscription was ended.") { ... on License { id } ... on Problem { code message } } }',
    { id: licenseId },
  )
const open = async () =>
  (await shop.staff.connection()).streams.filter((stream) => stream.open).map(({ stream }) => stream)
const nothing: string[] = []
/** What the store sent has been taken into the cloud. */
const arrived = (lastName: string) =>
  stack.waitFor(
    async () =>
      (await owner.query(`SELECT FROM record WHERE payload::json->>'lastName' = $1`, [lastName])).rowCount === 1,
    { what: `the record of ${lastName}` },
  )

describe('[PD-02] the way of a license', () => {
  let licenseId: string
  let file: string

  test('without one nothing is synchronized, whatever the agent sends', async () => {
    await shop.addCustomer('Nora Early', { phone: '2035550701' })
    await arrived('Early')
    expect(await open()).toEqual(nothing)
    expect(await shop.contacts()).toEqual([])
    expect(await shop.requests('GET /v4/contacts')).toBe(0)
    expect(await till.status()).toContain('No license was installed on this machine.')
  })

  test('the vendor upgrades: the operator is alerted, on the screen and by mail', async () => {
    const { id, status } = await order('clienteling')
    licenseId = id
    expect(status).toBe('requested')
    const mail = await mailTo(stack, stack.operator.email, 'License asked for')
    expect(mail.text).toContain('Podium, Clienteling, store JR-0001')
    expect(await openAlerts(shop.tenant.operator, shop.tenant.id)).toEqual([
      { kind: 'license_requested', message: expect.stringContaining('asks for a license: Podium, Clienteling') },
    ])
    // One order at a time; and the store has nothing to order.
    await expect(order('clienteling_plus')).rejects.toMatchObject({ code: 'conflict' })
    await expect(requestLicense(shop.tenant.staff, { connectionId: shop.tenant.connectionId })).rejects.toThrow(
      'Your role does not allow this.',
    )
  })

  test('the operator issues it: it is mailed to the store with the steps that install it', async () => {
    file = await issue(licenseId)
    const mail = await mailTo(stack, store, 'Your license for Podium: Clienteling')
    expect(mail.text).toContain('jumpring-agent license install podium-JR-0001-1.license')
    expect(mail.attachments).toEqual([{ name: 'podium-JR-0001-1.license', content: file }])
    expect(saidBy(file)).toMatchObject({ store: 'JR-0001', platform: 'podium', tier: 'clienteling', serial: 1 })
    // The store can fetch it from the admin API too; another store's people cannot.
    const query = 'query ($id: ID!) { result: license(id: $id) { file } }'
    const fetched = z.object({ file: z.string() }).nullable()
    expect(await shop.tenant.staff.do(fetched, query, { id: licenseId })).toEqual({ file })
    expect(await other.tenant.staff.do(fetched, query, { id: licenseId })).toBeNull()
    expect(await openAlerts(shop.tenant.operator, shop.tenant.id)).toEqual([])
    expect(await open()).toEqual(nothing)
  })

  test('[PD-01] installed in the store it opens what its tier includes, and what was there goes up', async () => {
    expect(await till.install(file)).toMatch(/^Installed: the license for Podium, until 20\d\d-/)
    await shop.contactWith('+12035550701')
    expect(await open()).toEqual(['customers', 'contactMethods', 'sales', 'appointments', 'serviceJobs'])
    expect(await till.status()).toContain('License for Podium until')
    // Once more is harmless.
    await till.tryInstall(file)
  })

  test('[PD-01] [CO-12] items open with Clienteling+ only, and close at once with a downgrade', async () => {
    const plus = await issue((await order('clienteling_plus')).id)
    expect(await open()).not.toContain('items')
    await till.tryInstall(plus)
    expect(await open()).toContain('items')
    expect(await till.install(file)).toBe('A newer license (number 2) is installed; this is number 1.')

    const { id } = await order('clienteling')
    expect(await open()).not.toContain('items')
    expect(await open()).toContain('customers')
    // The file of the greater tier gives nothing back.
    await till.tryInstall(plus)
    expect(await open()).not.toContain('items')
    await revoke(id)
  })

  test('[CO-12] [AD-07] it expires: its streams close but for opt-outs, nothing is deleted; a new one catches up', async () => {
    const until = new Date(Date.now() + 8000).toISOString()
    await till.tryInstall(await issue((await order('clienteling')).id, { until }))
    await stack.waitFor(async () => (await open()).length === 0, { what: 'the license to expire' })
    expect((await mailTo(stack, store, 'Your license for Podium has ended')).text).toContain('Nothing was deleted')
    expect(await openAlerts(vendor, shop.tenant.id)).toEqual([
      { kind: 'license_expired', message: expect.stringContaining('nothing is synchronized') },
    ])
    const writes = await shop.requests('POST /v4/contacts')
    await shop.addCustomer('Omar Meanwhile', { phone: '2035550702' })
    await arrived('Meanwhile')
    await shop.addContact({ name: 'Petra New', emails: ['petra@example.com'] })
    // Consent is no stream: an opt-out comes down all the same.
    const nora = (await shop.contacts()).find(({ name }) => name === 'Nora Early') ?? expect.fail('Nora is not there')
    await shop.changeContact(nora.uid, { optedOut: ['+12035550701'] })
    await shop.customerWhere(
      'Nora, marked',
      ({ name, doNotContact }) => name === 'Nora Early' && doNotContact.length > 0,
    )
    expect(await open()).toEqual(nothing)
    expect(await shop.requests('POST /v4/contacts')).toBe(writes)
    expect((await shop.contacts()).map(({ name }) => name).sort()).toEqual(['Nora Early', 'Petra New'])

    await till.tryInstall(await issue((await order('clienteling')).id))
    await shop.contactWith('+12035550702')
    await shop.customerWhere('who was new meanwhile', ({ name }) => name === 'Petra New')
    expect(await openAlerts(vendor, shop.tenant.id)).toEqual([])
  })

  test('it is revoked: its streams close at once, and its file is worth nothing', async () => {
    const { id } = await order('clienteling')
    const license = await issue(id)
    await till.tryInstall(license)
    await revoke(id)
    expect(await open()).toEqual(nothing)
    expect((await mailTo(stack, store, 'was revoked')).text).toContain('The subscription was ended.')
    expect(await till.install(license)).toBe('The license was revoked: The subscription was ended.')
  })

  test('installed while there is no line it is kept, and handed in when there is', async () => {
    const license = await issue((await order('clienteling')).id)
    await stack.kill('api')
    expect(await till.install(license)).toContain('the cloud does not answer now')
    await stack.start('api')
    await stack.waitFor(async () => (await open()).length > 0, { what: 'the license to be handed in' })
  })
})

describe('[PD-02] a license that does not hold is refused, in the store and by the cloud, with a sentence that says why', () => {
  const good = (): License => ({
    id: crypto.randomUUID(),
    serial: 99,
    tenant: { id: shop.tenant.id, name: 'Lindqvist Jewelers' },
    store: 'JR-0001',
    connectionId: shop.tenant.connectionId,
    platform: 'podium',
    tier: 'clienteling_plus',
    webStore: false,
    from: '2026-01-01T00:00:00Z',
    until: '2999-01-01T00:00:00Z',
  })
  /** Signed by the service itself. */
  const signed = async (change: Partial<License>, key = licenseKeyOf(stack)) =>
    signLicense(await localSigner(key), licenseSchema.parse({ ...good(), ...change }))

  const cases: [why: string, code: string, sentence: string, make: () => Promise<string>][] = [
    ['no license at all', 'license_unreadable', 'This is no license file.', async () => 'hello'],
    [
      'forged: signed by another key',
      'license_forged',
      'The license was not signed by this service.',
      async () => {
        const { privateKey } = generateKeyPairSync('ed25519', {
          privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
          publicKeyEncoding: { type: 'spki', format: 'pem' },
        })
        await writeFile(join(stack.dir, 'forger.pem'), privateKey)
        return signed({}, join(stack.dir, 'forger.pem'))
      },
    ],
    [
      'altered: another tier written over its own',
      'license_altered',
      'The license does not fit its signature: it was altered after it was issued.',
      async () => {
        const [head, payload = '', signature] = (await signed({ tier: 'clienteling' })).split('.')
        const said = Buffer.from(payload, 'base64url').toString().replace('"clienteling"', '"clienteling_plus"')
        return [head, Buffer.from(said).toString('base64url'), signature].join('.')
      },
    ],
    [
      'for another business',
      'license_foreign',
      'The license is for another business: Other Jewelers.',
      () => signed({ tenant: { id: other.tenant.id, name: 'Other Jewelers' } }),
    ],
    [
      'for another store',
      'license_foreign',
      'The license is for the store JR-0002; this one is JR-0001.',
      () => signed({ store: 'JR-0002' }),
    ],
    [
      'for another platform',
      'license_platform',
      'The license is for Shopify, which this business is not joined to.',
      () => signed({ platform: 'shopify' }),
    ],
    [
      'not valid yet',
      'license_early',
      'The license holds from 2998-01-01 on; install it then.',
      () => signed({ from: '2998-01-01T00:00:00Z' }),
    ],
    [
      'outdated',
      'license_expired',
      'The license ended on 2026-02-01; ask for a new one.',
      () => signed({ until: '2026-02-01T00:00:00Z' }),
    ],
    [
      'older than the one that is installed',
      'license_superseded',
      'is installed; this is number 1.',
      () => signed({ serial: 1 }),
    ],
  ]

  test.each(cases)('%s', async (_why, code, sentence, make) => {
    const license = await make()
    const before = await open()
    const refusal = { code, message: expect.stringContaining(sentence) }
    await expect(till.tryInstall(license)).rejects.toMatchObject(refusal)
    await expect(till.handIn(license)).rejects.toMatchObject(refusal)
    expect(await open()).toEqual(before)
  })

  test('signed by the service, and not known to it', async () => {
    await expect(till.tryInstall(await signed({}))).rejects.toMatchObject({ code: 'license_unknown' })
  })
})
