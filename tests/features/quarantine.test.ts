import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '../support/stack.ts'
import { dropFile, edtCustomer, edtFile } from './support/edt.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop

beforeAll(async () => {
  stack = await startStack({ apps: ['api', 'worker'] })
  const [opened] = await openShops(stack, [{ name: 'quarantine' }])
  shop = opened ?? expect.fail('the shop did not open')
})
afterAll(async () => {
  await shop?.close()
  await stack?.stop()
})

/** Waits until a customer is in quarantine. */
const heldBack = (key: string) =>
  stack.waitFor(async () => (await shop.staff.quarantine(key))[0], { what: `${key} in quarantine` })
const released = (key: string) =>
  stack.waitFor(async () => (await shop.staff.quarantine(key)).length === 0, { what: `${key} out of quarantine` })

test('[CO-11] what Podium refuses waits with its reason while others pass, and goes up when it is replayed', async () => {
  await shop.post('/control/podium/faults', {
    match: { identifier: '+12035550501' },
    action: '400',
    times: 'always',
  })
  const key = await shop.addCustomer('Ida Grove', { phone: '2035550501' })
  await shop.addCustomer('Kai Moss', { phone: '2035550502' })
  await shop.contactWith('+12035550502')
  const entry = await heldBack(key)
  expect(entry).toMatchObject({ stage: 'up', code: 'platform_refused', whoMustAct: 'store' })
  expect(entry.message).toMatch(/^Podium refused the contact/)
  expect((await shop.staff.connection()).overview.counts.quarantined).toBe(1)

  await shop.remove('/control/podium/faults')
  expect(await shop.staff.replay(entry.id)).toBe(true)
  await shop.contactWith('+12035550501', ({ name }) => name === 'Ida Grove')
  await released(key)
  const brought = await stack.waitFor(async () => (await shop.staff.activity()).find((entry) => entry.key === key), {
    what: 'the line about it',
  })
  // No change led to it but a person: the age of the change in The Edge is not how long it took.
  expect(brought.latencyMs).toBeNull()
})

test('[CO-11] a replay that fails again leaves one entry, not two', async () => {
  await shop.post('/control/podium/faults', { match: { identifier: '+12035550503' }, action: '400', times: 'always' })
  const key = await shop.addCustomer('Lou Marsh', { phone: '2035550503' })
  const first = await heldBack(key)
  expect(await shop.staff.replay(first.id)).toBe(true)
  const second = await stack.waitFor(async () => (await shop.staff.quarantine(key)).find(({ id }) => id !== first.id), {
    what: 'the entry of the second try',
  })
  expect(await shop.staff.quarantine(key)).toEqual([second])
  await shop.remove('/control/podium/faults')
})

test('[CO-11] what is corrected in The Edge goes up by itself', async () => {
  const key = await shop.addCustomer('Mika Lund', {})
  expect(await heldBack(key)).toMatchObject({
    code: 'needs_identifier',
    message: 'The customer has neither a phone nor an e-mail that can be used; one is needed.',
  })
  await shop.post(`/store/customers/${key}/email`, { email: 'mika@example.com' })
  await shop.contactWith('mika@example.com')
  await released(key)
})

test('[CO-11] [AG-02] a record that cannot be read holds up neither its file nor itself once it is mended', async () => {
  const phones = '2035550505 is no list'
  const broken = edtCustomer('001-90002', 'Broken Record', {}, { Phones: phones })
  await dropFile(
    shop.edtFolder,
    edtFile([
      edtCustomer('001-90001', 'Nell Frost', { phones: ['2035550504'] }),
      broken,
      edtCustomer('001-90003', 'Otto Frost', { phones: ['2035550506'] }),
    ]),
  )
  await shop.contactWith('+12035550504')
  await shop.contactWith('+12035550506')
  const entry = await heldBack('001-90002')
  expect(entry).toMatchObject({ stage: 'agent', code: 'invalid_record', whoMustAct: 'store' })
  expect(entry.message).toContain('Phones')
  expect(JSON.stringify(entry)).not.toContain('2035550505')

  await dropFile(shop.edtFolder, edtFile([edtCustomer('001-90002', 'Mended Record', { phones: ['2035550505'] })]))
  await shop.contactWith('+12035550505', ({ name }) => name === 'Mended Record')
  await released('001-90002')
})
