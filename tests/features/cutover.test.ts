import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, sharedStack } from '../support/stack.ts'
import { chooserOf } from './support/choosing.ts'
import { dropFile, edtCustomer, edtFile } from './support/edt.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop

beforeAll(async () => {
  stack = await sharedStack()
  const [opened] = await openShops(stack, [{ name: 'cutover', startWith: 'PREVIEW', agent: false }])
  shop = opened ?? expect.fail('the shop did not open')
})
afterAll(async () => {
  await shop?.close()
  await stack?.stop()
})

test('[BY-01] the links of an earlier integration are adopted, shown first and approved: no second set of contacts', async () => {
  const chooser = chooserOf(shop.tenant)
  const [ada, bo, cy] = ['001-00001', '001-00002', '001-00003']
  const uid = await shop.addContact({ name: 'Ada Old', phoneNumbers: ['+12035551201'] })
  await shop.addContact({ name: 'Bo Contact', emails: ['bo@example.com'] })
  await shop.addContact({ name: 'Di Down', emails: ['di@example.com'] })
  const before = await shop.contacts()

  const edtFolder = join(stack.dir, 'econ', 'JR-0001')
  const license = await shop.tenant.license()
  await stack.addAgent({ name: 'agent-econ', code: await shop.tenant.enrollmentCode(), edtFolder, license })
  // As ECon left it: the contact's id on the customer, though neither phone nor e-mail is the same any more.
  const linked = { CustomerTransfer: { WebTransferWebID: uid } }
  const customers = [
    edtCustomer(ada, 'Ada Linked', { phones: ['2035551202'] }, linked),
    edtCustomer(bo, 'Bo Contact', { emails: ['bo@example.com'] }),
    edtCustomer(cy, 'Cy New', { phones: ['2035551203'] }),
  ]
  await dropFile(edtFolder, edtFile(customers), { full: true })

  const preview = await stack.waitFor(async () => (await chooser.preview()) ?? false, { what: 'a preview' })
  const seen = preview.map(({ what, key, reason }) => [what, key, reason])
  expect(seen).toContainEqual(['LINKED', ada, 'webId'])
  expect(seen).toContainEqual(['LINKED', bo, 'email'])
  expect(seen).toContainEqual(['CREATED', cy, null])
  expect(preview.find(({ what, key }) => what === 'CHANGED' && key === ada)?.changes).toContainEqual({
    field: 'phone',
    from: '+12035551201',
    to: '+12035551202',
  })
  expect(preview).toContainEqual(expect.objectContaining({ what: 'BROUGHT_DOWN', name: 'Di Down', key: null }))
  const written = async () =>
    (await readdir(join(edtFolder, 'Outbox')).catch(() => [])).filter((name) => /\.json$/.test(name))
  expect(await shop.contacts()).toEqual(before)
  expect(await written()).toEqual([])

  await chooser.approvePreview()
  await shop.contactWith('+12035551202', (contact) => contact.uid === uid && contact.name === 'Ada Linked')
  await shop.contactWith('+12035551203')
  const files = await stack.waitFor(
    async () => {
      const names = await written()
      const texts = await Promise.all(names.map((name) => readFile(join(edtFolder, 'Outbox', name), 'utf8')))
      return texts.some((text) => text.includes('di@example.com')) && texts
    },
    { what: 'the new customer for The Edge' },
  )
  expect(files.join()).not.toContain('bo@example.com')
  const names = (await shop.contacts()).map(({ name }) => name).sort()
  expect(names).toEqual(['Ada Linked', 'Bo Contact', 'Cy New', 'Di Down'])
  expect(await chooser.preview()).toBeNull()
})
