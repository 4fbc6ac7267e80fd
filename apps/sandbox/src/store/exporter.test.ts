import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { eventually, send, startSandbox } from '../testing/kit.ts'
import { emptyFields } from './customer.ts'

const record = z.object({ Key: z.string(), PairValue: z.record(z.string(), z.unknown()) })
const listSchema = z.object({ Customers: z.array(record) })
const fileSchema = z.object({ file: z.string() })

function read(path: string) {
  return listSchema.parse(JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))).Customers
}

async function started(store = {}, customers = 40) {
  const sandbox = await startSandbox({ customers, store })
  const inbox = join(sandbox.store.folder, 'Inbox')
  const full = async () =>
    fileSchema.parse((await send(`${sandbox.url}/store/export`, 'POST', { full: true })).body).file
  return { ...sandbox, inbox, full }
}

it('the first start exports all customers, with all fields of EDT', async () => {
  const { inbox, url } = await started()
  const [name = '', ...others] = readdirSync(inbox)
  expect(others).toEqual([])
  expect(name).toMatch(/^\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-FULL-CustomerList\.json$/)
  const customers = read(join(inbox, name))
  expect(customers).toHaveLength(40)
  for (const { PairValue } of customers) {
    const lists = ['Addresses', 'Emails', 'Phones', 'CustomerTransfer']
    expect(Object.keys(PairValue)).toEqual([...Object.keys(emptyFields), ...lists])
  }
  const nora = customers.find(({ Key }) => Key === '001-00017')
  expect(nora?.PairValue).toMatchObject({
    CustomerFirstName: 'Nora',
    Phones: [{ PairValue: { PhonePhone: '2035550117' } }],
  })
  const state = z.array(record).parse((await send(`${url}/state/store/customers`)).body)
  expect(state.map(({ Key }) => Key)).toEqual(customers.map(({ Key }) => Key))
})

it('changes go out together, the changed customers only, in files that never share a name', async () => {
  const { url, inbox } = await started()
  await send(`${url}/store/customers/001-00017/phone`, 'POST', { phone: '2035550200' })
  await send(`${url}/store/customers/001-00016/email`, 'POST', { email: 'new@example.com', type: 'Work' })
  await eventually(() => readdirSync(inbox).filter((name) => name.endsWith('json')).length).toBe(2)
  const added = await send(`${url}/store/customers`, 'POST', {
    phone: '2035550201',
    fields: { CustomerLastName: 'Neu' },
  })
  expect(added).toMatchObject({ status: 201, body: { Key: '001-00041' } })
  await eventually(() => readdirSync(inbox).filter((name) => name.endsWith('json')).length).toBe(3)
  const [, second = '', third = ''] = readdirSync(inbox).sort()
  expect(read(join(inbox, second)).map(({ Key }) => Key)).toEqual(['001-00016', '001-00017'])
  expect(read(join(inbox, third)).map(({ Key }) => Key)).toEqual(['001-00041'])
})

it('a slow file grows under its final name', async () => {
  const { inbox, full } = await started({ writing: 'slow', pieces: 5, pieceWaitMs: 40 })
  const seen = new Set<boolean>()
  const done = full()
  await eventually(
    () => {
      const last = readdirSync(inbox).sort().at(-1) ?? ''
      try {
        seen.add(read(join(inbox, last)).length === 40)
      } catch {
        seen.add(false)
      }
      return seen.has(false) && readdirSync(inbox).length === 2
    },
    { interval: 5 },
  ).toBe(true)
  expect(read(await done)).toHaveLength(40)
})

it.each([
  ['iso', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/],
  ['date', /^\d{4}-\d\d-\d\d$/],
  ['us', /^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d$/],
] as const)('dates can be written as %s', async (dates, pattern) => {
  const { full } = await started({ dates, byteOrderMark: true, ending: 'JSON' })
  const file = await full()
  expect(file).toMatch(/CustomerList\.JSON$/)
  expect(readFileSync(file, 'utf8').charCodeAt(0)).toBe(0xfeff)
  for (const { PairValue } of read(file)) expect(PairValue.CustomerDateEntered).toMatch(pattern)
})

it('an unchanged customer is the same bytes in every full file', async () => {
  const { url, full } = await started()
  const lines = async () => readFileSync(await full(), 'utf8').split('\n')
  const before = await lines()
  await send(`${url}/store/customers/001-00017`, 'PATCH', { CustomerFirstName: 'Eleonora' })
  const after = await lines()
  expect(after.filter((line, index) => line !== before[index])).toHaveLength(1)
})

it('without automatic export nothing goes out until it is asked for', async () => {
  const { url, inbox } = await started({ autoExport: false, collectMs: 0 })
  await send(`${url}/store/customers/001-00017/phone`, 'POST', { phone: '2035550200' })
  await send(`${url}/control/store/trim`, 'POST', { keys: ['001-00001'] })
  expect(readdirSync(inbox)).toHaveLength(1)
  const { file } = fileSchema.parse((await send(`${url}/store/export`, 'POST')).body)
  expect(read(file).map(({ Key }) => Key)).toEqual(['001-00017'])
  expect((await send(`${url}/store/export`, 'POST', {})).body).toEqual({ file: null, files: [] })
})

it('what the till does not know is refused', async () => {
  const { url } = await started()
  expect((await send(`${url}/store/customers/001-99999/phone`, 'POST', { phone: '1' })).status).toBe(404)
  expect((await send(`${url}/store/customers/001-00017`, 'PATCH', { FirstName: 'x' })).status).toBe(400)
})
