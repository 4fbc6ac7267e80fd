import { readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { eventually, send, startSandbox } from '../testing/kit.ts'

async function started(store = {}) {
  const sandbox = await startSandbox({ customers: 40, store: { edtRunMs: 10, ...store } })
  const outbox = join(sandbox.store.folder, 'Outbox')
  const write = (name: string, text: string) => {
    writeFileSync(join(outbox, `${name}.part`), text)
    renameSync(join(outbox, `${name}.part`), join(outbox, name))
  }
  let files = 0
  const bring = async (...customers: unknown[]) => {
    const before = sandbox.store.database.imports().length
    write(`${++files}-CustomerList.json`, JSON.stringify({ Customers: customers }))
    await eventually(() => sandbox.store.database.imports().length).toBe(before + customers.length)
    return sandbox.store.database.imports().slice(before)
  }
  const phonesOf = (key: string) =>
    sandbox.store.customers.find(key)?.Phones.map(({ Key, PairValue }) => [Key, PairValue.PhonePhone])
  return { ...sandbox, outbox, write, bring, phonesOf }
}

const transfer = (id: string) => ({ CustomerTransfer: { WebTransferWebID: id } })
const phone = (type: string, number: string, more = {}) => ({
  Key: type,
  PairValue: { PhoneType: type, PhonePhone: number, ...more },
})

it('a record with a Key changes that customer, whatever the width of the key', async () => {
  const { bring, store } = await started()
  const [entry] = await bring({ Key: '001-0000017', PairValue: { CustomerFirstName: 'Eleonora', ...transfer('w1') } })
  expect(entry).toMatchObject({ outcome: 'changed', key: '001-00017', webId: 'w1' })
  const nora = store.customers.find('001-00017')
  expect(nora?.fields).toMatchObject({ CustomerFirstName: 'Eleonora', CustomerLastName: 'Lindqvist' })
  expect(nora?.Phones).toHaveLength(1)
})

it.each([undefined, null, ''])('a record with the Key %j is a new customer, with the next number', async (Key) => {
  const { bring, store, outbox } = await started()
  const PairValue = { CustomerLastName: 'Neu', Phones: [phone('Podium', '2035550300')], ...transfer('w2') }
  const [entry] = await bring({ Key, PairValue })
  expect(entry).toMatchObject({ outcome: 'created', key: '001-00041' })
  const customer = store.customers.find('001-00041')
  expect(customer?.fields).toMatchObject({ CustomerAccountKey: '001-00041', CustomerPrefPhone: 'Podium' })
  await eventually(() => readdirSync(join(outbox, 'Imported'))).toEqual(['1-CustomerList.json'])
})

it('a web id must be set and unique: the same new customer is not imported twice', async () => {
  const { bring, store } = await started()
  const customer = { PairValue: { CustomerLastName: 'Neu', ...transfer('w3') } }
  await bring(customer)
  const entries = await bring(
    customer,
    { Key: '001-00017', PairValue: transfer('w3') },
    { Key: '001-00017', PairValue: { CustomerFirstName: 'X' } },
    { Key: '001-99999', PairValue: transfer('w4') },
    { Key: '001-00017', PairValue: { Phones: 'none', ...transfer('w5') } },
  )
  expect(entries.map(({ outcome }) => outcome)).toEqual(Array(5).fill('refused'))
  expect(store.customers.count()).toBe(41)
})

it.each([
  ['replace', [['Podium', '2035550300']]],
  [
    'add',
    [
      ['Cell', '2035550117'],
      ['Podium', '2035550300'],
    ],
  ],
] as const)('told to %s, an imported list gives %j', async (phonesImport, expected) => {
  const { bring, phonesOf } = await started({ phonesImport })
  await bring({ Key: '001-00017', PairValue: { Phones: [phone('Podium', '2035550300')], ...transfer('w6') } })
  expect(phonesOf('001-00017')).toEqual(expected)
})

it('the whole list with one more of its own type gives the same either way, and keeps the flags that are given', async () => {
  for (const phonesImport of ['replace', 'add'] as const) {
    const { bring, phonesOf, store } = await started({ phonesImport })
    const Phones = [phone('cell', '(203) 555-0117', { PhoneDoNotContact: true }), phone('Podium', '2035550300')]
    await bring({ Key: '001-00017', PairValue: { Phones, ...transfer('w7') } })
    expect(phonesOf('001-00017')).toHaveLength(2)
    expect(store.customers.find('001-00017')?.Phones[0]?.PairValue.PhoneDoNotContact).toBe(true)
  }
})

it('what was imported is in the next export, web id included; what was refused is not', async () => {
  const { bring, url } = await started({ autoExport: false })
  await bring(
    { Key: '001-00017', PairValue: { CustomerFirstName: 'Eleonora', ...transfer('w8') } },
    { Key: '001-00016', PairValue: { CustomerFirstName: 'Nobody' } },
  )
  const state = await send(`${url}/store/export`, 'POST')
  expect(state.body).toMatchObject({ file: expect.any(String) })
  const customers = await send(`${url}/state/store/customers`)
  expect(customers.body).toContainEqual(
    expect.objectContaining({
      Key: '001-00017',
      PairValue: expect.objectContaining({ CustomerTransfer: expect.objectContaining({ WebTransferWebID: 'w8' }) }),
    }),
  )
})

it('a file that is not whole when it is taken fails, and the next one is imported', async () => {
  const { write, bring, outbox, store } = await started()
  write('0-CustomerList.json', '{"Customers":[{"Key":"001-00017",')
  await eventually(() => readdirSync(join(outbox, 'Failed'))).toEqual(['0-CustomerList.json'])
  expect(store.database.imports()).toMatchObject([{ outcome: 'failed', file: '0-CustomerList.json' }])
  await bring({ PairValue: { CustomerLastName: 'Neu', ...transfer('w9') } })
})

it('files are imported by their rising numbers, each in the run after its download', async () => {
  const { write, store } = await started({ edtRunMs: 100_000 })
  const file = (name: string) =>
    JSON.stringify({ Customers: [{ Key: '001-00017', PairValue: { CustomerFirstName: name, ...transfer('w10') } }] })
  write('10-CustomerList.json', file('Ten'))
  write('9-CustomerList.json', file('Nine'))
  store.importer.run()
  expect(store.database.imports()).toEqual([])
  write('11-CustomerList.JSON', file('Eleven'))
  store.importer.run()
  expect(store.database.imports().map((entry) => entry.file)).toEqual(['9-CustomerList.json', '10-CustomerList.json'])
  store.importer.run()
  expect(store.customers.find('001-00017')?.fields.CustomerFirstName).toBe('Eleven')
})

it('custom fields are imported, under the user that is given, else as EDT’s own', async () => {
  const { bring, store } = await started()
  await bring({
    Key: '001-00017',
    PairValue: { CustomerKey3: '2015-06-20', CustomerUpdateUser: '7', ...transfer('w20') },
  })
  const fields = () => store.customers.find('001-00017')?.fields
  expect(fields()).toMatchObject({ CustomerKey3: '2015-06-20', CustomerUpdateUser: '7' })
  await bring({ Key: '001-00017', PairValue: { CustomerKey3: '', ...transfer('w20') } })
  expect(fields()).toMatchObject({ CustomerKey3: '', CustomerUpdateUser: 'EDT' })
})

it('numbers, owners and update stamps cannot be imported', async () => {
  const { bring, store } = await started()
  const PairValue = {
    CustomerKey: '001-00001',
    CustomerAccountKey: '001-00001',
    CustomerUpdateSeq: 99,
    Invented: 1,
    ...transfer('w11'),
  }
  await bring({ Key: '001-00017', PairValue })
  expect(store.customers.find('001-00017')?.fields).toMatchObject({
    CustomerKey: '001-00017',
    CustomerAccountKey: '001-00017',
    CustomerUpdateSeq: 2,
  })
  expect(store.customers.find('001-00017')?.fields).not.toHaveProperty('Invented')
})
