import { afterAll, beforeAll, expect, test } from 'vitest'
import { sandboxClient } from './support/sandbox.ts'
import { type Stack, startStack } from './support/stack.ts'
import { createTestTenant, type TestTenant } from './support/tenant.ts'

let stack: Stack
let tenant: TestTenant

beforeAll(async () => {
  stack = await startStack({ ownTemporal: true })
  tenant = await createTestTenant(stack)
  await stack.addAgent({ name: 'agent', code: await tenant.enrollmentCode(), license: await tenant.license() })
})
afterAll(() => stack?.stop())

const key = '001-00017'

/** Changes Nora's phone in the store and waits until Podium shows the new one; gives her phones there. */
async function changePhone(digits: string): Promise<string[]> {
  const sandbox = sandboxClient(stack.addresses.sandbox)
  await sandbox.post(`/store/customers/${key}/phone`, { phone: digits })
  const nora = await stack.waitFor(
    async () => (await sandbox.contacts()).find(({ phoneNumbers }) => phoneNumbers.includes(`+1${digits}`)),
    { what: `Podium to show +1${digits}` },
  )
  return nora.phoneNumbers
}

test('[CO-03] a phone changed in an EDT file takes the place of the old one in Podium', async () => {
  expect(await changePhone('2035550118')).toEqual(['+12035550118'])
})

test('[CO-05] a customer who is new in Podium is created in The Edge, with our id in WebTransferWebID', async () => {
  const sandbox = sandboxClient(stack.addresses.sandbox)
  const email = 'maren.okafor@example.com'
  const { organizationUid } = tenant.account
  await sandbox.post('/control/podium/contacts', { organizationUid, name: 'Maren Okafor', emails: [email] })
  const customer = await stack.waitFor(
    async () =>
      (await sandbox.customers()).find(({ PairValue }) =>
        PairValue.Emails.some((each) => each.PairValue.EmailEmail === email),
      ),
    { what: `the store to show ${email}` },
  )
  expect(customer.PairValue).toMatchObject({ CustomerFirstName: 'Maren', CustomerLastName: 'Okafor' })
  expect(customer.PairValue.CustomerTransfer).toMatchObject({ WebTransferWebID: expect.stringMatching(/.+/) })
})

test.each(['api', 'worker', 'agent', 'temporal'])('after a kill -9 of %s changes flow again', async (name) => {
  await stack.kill(name)
  await stack.start(name)
  const line = 120 + ['api', 'worker', 'agent', 'temporal'].indexOf(name)
  expect(await changePhone(`2035550${line}`)).toEqual([`+12035550${line}`])
})
