import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Stack, sharedStack } from '../support/stack.ts'
import { dropFile, edtCustomer, edtFile } from './support/edt.ts'
import { openShops, type Shop } from './support/shop.ts'
import { foundIn, tracesOf } from './support/traces.ts'

let stack: Stack
let shop: Shop
let unlucky: Shop

beforeAll(async () => {
  stack = await sharedStack()
  const [first, second] = await openShops(stack, [{ name: 'odd' }, { name: 'unlucky' }])
  shop = first ?? expect.fail('the first shop did not open')
  unlucky = second ?? expect.fail('the second shop did not open')
})
afterAll(async () => {
  await Promise.all([shop?.close(), unlucky?.close()])
  await stack?.stop()
})

const phoneOf = (type: string, PhonePhone: unknown) => ({ Key: type, PairValue: { PhoneType: type, PhonePhone } })
const emailOf = (type: string, EmailEmail: unknown) => ({ Key: type, PairValue: { EmailType: type, EmailEmail } })
const secrets = {
  CustomerSSNO: '078-05-1120',
  CustomerTaxId: '98-7654321',
  CustomerLicenseNo: 'D1234-56789',
  CustomerNotes: 'Ring for the anniversary is a surprise',
  CustomerBirthDate: '1971-02-03',
  CustomerCreditLimit: 87654.25,
}

describe.concurrent('what The Edge writes', () => {
  test('[AG-02] a byte-order mark, .JSON, other key widths, empty values, unknown fields and dates in three forms are read', async () => {
    const records = [
      edtCustomer(
        '1-000652',
        'Jörg Müller-Groß',
        { phones: ['(203) 555-0801'] },
        { CustomerDateEntered: '03/04/2019 10:11:12' },
      ),
      edtCustomer(
        '001-00653',
        ' Zoë   Ångström ',
        { phones: ['203.555.0802'] },
        { CustomerDateEntered: '2019-03-04', Emails: null, Addresses: '' },
      ),
      edtCustomer(
        '01-654',
        '',
        { phones: ['+1 203 555 0803'] },
        {
          CustomerCompany: 'Bröder & Söhne',
          CustomerDateEntered: '2019-03-04T10:11:12',
          CustomerShoeSize: { left: 9 },
        },
      ),
      edtCustomer(
        '001-00655',
        '',
        { emails: ['nameless@example.com', ''] },
        { CustomerTitle: null, CustomerCompany: '' },
      ),
    ]
    await dropFile(shop.edtFolder, `\uFEFF${edtFile(records)}`, { ending: '.JSON', full: true })
    await shop.contactWith('+12035550801', ({ name }) => name === 'Jörg Müller-Groß')
    await shop.contactWith('+12035550802', ({ name }) => name === 'Zoë Ångström')
    await shop.contactWith('+12035550803', ({ name }) => name === 'Bröder & Söhne')
    await shop.contactWith('nameless@example.com', ({ name }) => name === 'nameless@example.com')

    // The same customer, written in another width: changed, not new.
    await dropFile(shop.edtFolder, edtFile([edtCustomer('001-00652', 'Jörg Müller-Groß', { phones: ['2035550804'] })]))
    const { phoneNumbers } = await shop.contactWith('+12035550804')
    expect(phoneNumbers).toEqual(['+12035550804'])
  })

  test('[AG-02] of forty phones the first valid one of the preferred type goes up, letter case aside', async () => {
    const Phones = [
      phoneOf('Home', '2035550805'),
      ...Array.from({ length: 37 }, (_, index) => phoneOf('Other', `20355508${String(index + 10)}`)),
      phoneOf('CELL', 'ask for Otto'),
      phoneOf('cell', 2035550850),
    ]
    const Emails = [
      emailOf('home', 'not an e-mail'),
      emailOf('Home', 'FORTY@example.com'),
      emailOf('Work', 'w@example.com'),
    ]
    const more = { Phones, Emails, CustomerPrefPhone: 'Cell', CustomerPrefEMail: 'HOME' }
    await dropFile(shop.edtFolder, edtFile([edtCustomer('001-00656', 'Forty Phones', {}, more)]))
    const contact = await shop.contactWith('+12035550850')
    expect(contact).toMatchObject({ phoneNumbers: ['+12035550850'], emails: ['forty@example.com'] })
  })

  test('[AG-02] a NUL, half a character and a name without end harm nobody else', async () => {
    await dropFile(
      shop.edtFolder,
      edtFile([
        edtCustomer('001-00660', 'Nul\u0000l Byte', { phones: ['2035550860'] }),
        edtCustomer('001-00661', 'Half \ud83d Pair', { phones: ['2035550861'] }),
        edtCustomer('001-00662', `End ${'less '.repeat(50_000)}`, { phones: ['2035550862'] }),
        edtCustomer('001-00663', 'Good Neighbor', { phones: ['2035550863'] }),
      ]),
    )
    await shop.contactWith('+12035550863')
    for (const [key, phone] of [
      ['001-00660', '+12035550860'],
      ['001-00661', '+12035550861'],
      ['001-00662', '+12035550862'],
    ] as const) {
      const settled = await stack.waitFor(
        async () =>
          (await shop.contacts()).some(({ phoneNumbers }) => phoneNumbers.includes(phone)) ||
          (await shop.staff.quarantine(key)).length > 0,
        { what: `${key} to arrive or to be set aside` },
      )
      expect(settled).toBe(true)
    }
  })

  test('[AG-02] a record that is missing from a full export is no deletion', async () => {
    await dropFile(shop.edtFolder, edtFile([edtCustomer('001-00664', 'Still Here', { phones: ['2035550864'] })]), {
      full: true,
    })
    await shop.contactWith('+12035550864')
    await dropFile(shop.edtFolder, edtFile([edtCustomer('001-00665', 'Only One', { phones: ['2035550865'] })]), {
      full: true,
    })
    await shop.contactWith('+12035550865')
    await shop.contactWith('+12035550864')
    expect(await shop.requests('DELETE /v4/contacts/:identifier')).toBe(0)
  })

  test('[CO-11] [AG-02] a file that ends in the middle is set aside; what was whole in it went up, and the next is read', async () => {
    const whole = edtFile([edtCustomer('001-00670', 'Pia Storm', { phones: ['2035550870'] })])
    await dropFile(unlucky.edtFolder, `${whole.slice(0, -2)},{"Key":"001-00671","PairValue":{"CustomerFirst`)
    await dropFile(unlucky.edtFolder, edtFile([edtCustomer('001-00672', 'Quin Storm', { phones: ['2035550872'] })]))
    await unlucky.contactWith('+12035550870')
    await stack.waitFor(
      async () => (await unlucky.contacts()).some(({ phoneNumbers }) => phoneNumbers.includes('+12035550872')),
      { what: 'the customer of the next file', timeout: 55_000 },
    )
    const [entry] = await unlucky.staff.quarantine()
    expect(entry).toMatchObject({
      code: 'unreadable_file',
      message: expect.stringMatching(/stops in the middle.*SetAside/),
    })
  })

  test('[CO-11] [AG-02] a damaged file holds nobody up: what was whole before the damage went up, and a person is told', async () => {
    const before = edtCustomer('001-00674', 'Rhea Storm', { phones: ['2035550874'] })
    const lost = edtCustomer('001-00675', 'Sam Storm', { phones: ['2035550875'] })
    await dropFile(shop.edtFolder, edtFile([before, lost]).replace('"001-00675"', '"001-00675'))
    await dropFile(shop.edtFolder, edtFile([edtCustomer('001-00676', 'Tess Storm', { phones: ['2035550876'] })]))
    await shop.contactWith('+12035550874')
    await shop.contactWith('+12035550876')
    const entries = await shop.staff.quarantine()
    expect(entries.find(({ code }) => code === 'unreadable_file')).toMatchObject({
      stage: 'agent',
      whoMustAct: 'store',
      message: expect.stringMatching(/damaged: after 1 customer .*full export/),
    })
  })
})

test('[AG-04] what must stay in the store is in no table, on no platform, in no log; no log, run or history of a workflow names a customer', async () => {
  const more = { ...secrets, ItemCost: 99_123.45, CreditCardNumber: '4111111111111111' }
  await dropFile(
    shop.edtFolder,
    edtFile([edtCustomer('001-00680', 'Private Person', { phones: ['2035550880'] }, more)]),
  )
  const { uid } = await shop.contactWith('+12035550880')
  await shop.changeContact(uid, { name: 'Private P.' })
  const kept = [...Object.values(secrets), 4111111111111111].map(String)

  const db = new pg.Client({ connectionString: stack.database.ownerUrl })
  await db.connect()
  const tables = await db.query(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`)
  const names = z
    .array(z.object({ table_name: z.string() }))
    .parse(tables.rows)
    .map((row) => row.table_name)
  expect(names).toContain('record')
  for (const name of names) {
    const found = await db.query(
      `SELECT 1 FROM ${db.escapeIdentifier(name)} t WHERE EXISTS (SELECT FROM unnest($1::text[]) s WHERE strpos(t::text, s) > 0)`,
      [kept],
    )
    expect(found.rows, `table ${name}`).toEqual([])
  }
  await db.end()

  const podium = JSON.stringify(await shop.get('/state/podium/contacts'))
  expect(podium).toContain('+12035550880')
  expect(kept.filter((value) => podium.includes(value))).toEqual([])

  const people = ['Private', 'Müller', 'Storm', '2035550880', '2035550801', 'forty@example.com']
  const traces = await tracesOf(stack, shop.tenant.connectionId)
  // What the histories carry is readable: both name the tenant.
  const { id, connectionId } = shop.tenant
  expect(foundIn(traces, [id]).filter(([place]) => place.includes(connectionId))).toHaveLength(2)
  expect(foundIn(traces, [...kept, ...people])).toEqual([])
})
