import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command, Wish } from '@jumpring/contracts'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { edtFile, edtRecord, type MadeUpCustomer, StoreFolder } from '../../tests/store.ts'
import { Bell } from '../bell.ts'
import { scanFile } from '../edt/read-file.ts'
import { openStore, type Store } from '../store/store.ts'
import { storeSettingsSchema } from '../store-settings.ts'
import { takeCommands, writePrepared } from './apply.ts'
import { reportOverdue } from './overdue.ts'

let folder: StoreFolder
let store: Store
let exports = 0

beforeEach(() => {
  folder = new StoreFolder()
  store = openStore(folder.data)
  store.state.set('fullRead', ['customer'])
})
afterEach(() => {
  store.db.close()
  folder.remove()
})

async function theEdgeExports(...records: unknown[]): Promise<void> {
  exports += 1
  const path = join(folder.root, `${exports}-CustomerList.json`)
  writeFileSync(path, edtFile(records))
  await scanFile(store, path, storeSettingsSchema.parse({ region: 'US' }))
}

/** Takes a command and writes its file; returns the command's id. */
async function take(wish: Wish, id: string = randomUUID()): Promise<string> {
  const command: Command = { id, wish }
  expect(takeCommands(store, [command])).toEqual(['taken'])
  await writePrepared(store, folder.edt)
  return id
}

const reportOf = (id: string) => store.commands.unreported(1000).find((report) => report.id === id)

const entries = z.array(z.object({ Key: z.string(), PairValue: z.record(z.string(), z.unknown()) }))
const importSchema = z.object({
  Customers: z.tuple([
    z.object({
      Key: z.string().optional(),
      PairValue: z.looseObject({ Phones: entries, Emails: entries, Addresses: entries, CustomerTransfer: z.unknown() }),
    }),
  ]),
})
function imports() {
  return folder.outbox().map(({ json }) => importSchema.parse(json).Customers[0])
}

/** What The Edge holds after an import. It is not documented whether a list replaces or adds: keyed by type and value where it adds. */
function afterImport(
  before: z.infer<typeof entries>,
  list: z.infer<typeof entries>,
  reading: 'replace' | 'add',
  value: string,
) {
  if (reading === 'replace') return list.map(({ PairValue }) => PairValue[value])
  const held = new Map(
    [...before, ...list].map((entry) => [`${entry.Key}|${String(entry.PairValue[value])}`, entry.PairValue[value]]),
  )
  return [...held.values()]
}

const nora: MadeUpCustomer = {
  key: '001-000017',
  first: 'Nora',
  last: 'Lindqvist',
  phones: [
    { type: 'home', number: '2035550117' },
    { type: 'home', number: '(203) 555-0118', doNotContact: 'Y' },
  ],
  emails: ['nora@example.com'],
}
const add = (more: Partial<Extract<Wish, { do: 'addMethods' }>>): Wish => ({
  do: 'addMethods',
  key: '001-00017',
  phones: [],
  emails: [],
  addresses: [],
  optedOutPhones: [],
  ...more,
})
const create = (more: Partial<Extract<Wish, { do: 'createCustomer' }>> = {}): Wish => ({
  do: 'createCustomer',
  firstName: 'Olaf',
  lastName: 'Berg',
  phones: ['+12035550155'],
  emails: ['olaf@example.com'],
  addresses: [],
  optedOutPhones: [],
  ...more,
})

test.each(['replace', 'add'] as const)(
  '[CO-04] what is added stands beside what was there, when an import means "%s"',
  async (reading) => {
    await theEdgeExports(edtRecord(nora))
    const address = { street: '1 Main Street', city: 'Danbury', state: 'CT', zip: '06810' }
    const id = await take(
      add({ phones: ['+12035550199', '+4930123456'], emails: ['new@example.com'], addresses: [address] }),
    )
    expect(reportOf(id)).toEqual({ id, outcome: 'written' })
    const [record] = imports()
    expect(record?.Key).toBe('001-000017')
    expect(record?.PairValue.CustomerTransfer).toEqual({ WebTransferWebID: id })
    const before = entries.parse(
      z.object({ PairValue: z.object({ Phones: z.unknown() }) }).parse(edtRecord(nora)).PairValue.Phones,
    )
    expect(afterImport(before, record?.PairValue.Phones ?? [], reading, 'PhonePhone')).toEqual([
      '2035550117',
      '(203) 555-0118',
      '2035550199',
      '+4930123456',
    ])
    expect(record?.PairValue.Phones.slice(0, 2)).toEqual(before)
    expect(record?.PairValue.Phones.map((phone) => phone.Key)).toEqual(['home', 'home', 'Podium', 'Podium 2'])
    expect(
      record?.PairValue.Emails.map((email) => [email.Key, email.PairValue.EmailEmail, email.PairValue.EmailSendPromo]),
    ).toEqual([
      ['Home', 'nora@example.com', 'Y'],
      ['Podium', 'new@example.com', 'N'],
    ])
    expect(record?.PairValue.Addresses).toMatchObject([
      { Key: 'Podium', PairValue: { AddressStreet: '1 Main Street', AddressZip: '06810' } },
    ])
  },
)

test('[CO-04] a value that is there already, in whatever form, is not added', async () => {
  await theEdgeExports(edtRecord(nora))
  const id = await take(add({ phones: ['+12035550118'], emails: ['nora@example.com'] }))
  expect(reportOf(id)).toEqual({ id, outcome: 'already' })
  expect(folder.list('Outbox')).toEqual([])
})

test('a second command does not lose what the first adds, though The Edge has not shown it yet', async () => {
  await theEdgeExports(edtRecord(nora))
  const first = await take(add({ phones: ['+12035550199'] }))
  const second = await take(add({ emails: ['new@example.com'] }))
  const third = await take(add({ phones: ['+12035550199'] }))
  const [, record] = imports()
  expect(folder.list('Outbox')).toHaveLength(2)
  expect(record?.PairValue.Phones.map((phone) => phone.PairValue.PhonePhone)).toContain('2035550199')
  const added = [...(nora.phones ?? []), { type: 'Podium', number: '2035550199' }]
  await theEdgeExports(edtRecord({ ...nora, phones: added }))
  expect([first, second, third].map((id) => reportOf(id)?.outcome)).toEqual(['seen', 'written', 'seen'])
  await theEdgeExports(edtRecord({ ...nora, phones: added, emails: ['nora@example.com', 'new@example.com'] }))
  expect(reportOf(second)).toEqual({ id: second, outcome: 'seen', key: '001-00017' })
})

test('what staff take away after it was seen does not come back', async () => {
  await theEdgeExports(edtRecord(nora))
  await take(add({ phones: ['+12035550199'] }))
  await theEdgeExports(
    edtRecord({ ...nora, phones: [...(nora.phones ?? []), { type: 'Podium', number: '2035550199' }] }),
  )
  await theEdgeExports(edtRecord(nora))
  await take(add({ emails: ['new@example.com'] }))
  expect(imports()[1]?.PairValue.Phones.map((phone) => phone.PairValue.PhonePhone)).toEqual([
    '2035550117',
    '(203) 555-0118',
  ])
})

test('an opt-out marks every phone of that number, in the words of the store, and nothing else', async () => {
  await theEdgeExports(
    edtRecord({ ...nora, phones: [...(nora.phones ?? []), { type: 'Cell', number: '203.555.0117' }] }),
  )
  const id = await take({ do: 'optOut', key: '001-00017', phones: ['+12035550117'] })
  expect(reportOf(id)?.outcome).toBe('written')
  const flags = imports()[0]?.PairValue.Phones.map((phone) => phone.PairValue.PhoneDoNotContact)
  expect(flags).toEqual(['Y', 'Y', 'Y'])
  expect(reportOf(await take({ do: 'optOut', key: '001-00017', phones: ['+12035550118'] }))?.outcome).toBe('already')
})

test('an opt-out of a phone that is still on its way goes with it, and is seen only with it', async () => {
  await theEdgeExports(edtRecord(nora))
  await take(add({ phones: ['+12035550199'] }))
  const id = await take({ do: 'optOut', key: '001-00017', phones: ['+12035550199'] })
  expect(imports()[1]?.PairValue.Phones.at(-1)?.PairValue).toMatchObject({
    PhonePhone: '2035550199',
    PhoneDoNotContact: 'Y',
  })
  await theEdgeExports(edtRecord({ ...nora, last: 'Berg' }))
  expect(reportOf(id)?.outcome).toBe('written')
  const phones = [...(nora.phones ?? []), { type: 'Podium', number: '2035550199', doNotContact: 'Y' }]
  await theEdgeExports(edtRecord({ ...nora, phones }))
  expect(reportOf(id)?.outcome).toBe('seen')
})

test('a phone that comes down opted out is written so', async () => {
  await theEdgeExports(edtRecord(nora))
  await take(add({ phones: ['+12035550199', '+12035550117'], optedOutPhones: ['+12035550199', '+12035550117'] }))
  const flags = imports()[0]?.PairValue.Phones.map(({ PairValue }) => [
    PairValue.PhonePhone,
    PairValue.PhoneDoNotContact,
  ])
  expect(flags).toEqual([
    ['2035550117', 'Y'],
    ['(203) 555-0118', 'Y'],
    ['2035550199', 'Y'],
  ])
})

test("the customer's own WebTransferWebID is kept", async () => {
  await theEdgeExports(edtRecord({ ...nora, more: { CustomerTransfer: { WebTransferWebID: 'theirs' } } }))
  await take(add({ phones: ['+12035550199'] }))
  expect(imports()[0]?.PairValue.CustomerTransfer).toEqual({ WebTransferWebID: 'theirs' })
})

test('[CO-05] a new customer is written without a key and found again by its WebTransferWebID', async () => {
  const id = await take(create({ acquisition: 'Podium', store: '002', optedOutPhones: ['+12035550155'] }))
  const [record] = imports()
  expect(record).toMatchObject({
    PairValue: {
      CustomerStoreId: '002',
      CustomerFirstName: 'Olaf',
      CustomerLastName: 'Berg',
      CustomerAcquisition: 'Podium',
      Phones: [{ Key: 'Podium', PairValue: { PhonePhone: '2035550155', PhoneDoNotContact: true } }],
      CustomerTransfer: { WebTransferWebID: id },
    },
  })
  expect(record?.Key).toBeUndefined()
  await theEdgeExports(
    edtRecord({ key: '001-01000', first: 'Olaf', last: 'Berg', more: { CustomerTransfer: { WebTransferWebID: id } } }),
  )
  expect(reportOf(id)).toEqual({ id, outcome: 'seen', key: '001-01000' })
})

test('[CO-05] a new customer whose e-mail a customer has is reported as that one, not written', async () => {
  await theEdgeExports(edtRecord({ ...nora, emails: ['Olaf@Example.com'] }))
  const id = await take(create())
  expect(reportOf(id)).toEqual({ id, outcome: 'matched', key: '001-00017' })
  expect(folder.list('Outbox')).toEqual([])
})

test('an e-mail of a couple means its primary, one of strangers means nobody', async () => {
  const shared = { emails: ['olaf@example.com'] }
  await theEdgeExports(
    edtRecord({ ...nora, ...shared, key: '001-00020', more: { CustomerAccountKey: '001-00021' } }),
    edtRecord({ ...nora, ...shared, key: '001-00021', more: { CustomerAccountKey: '001-00021' } }),
  )
  const couple = await take(create())
  expect(reportOf(couple)).toEqual({ id: couple, outcome: 'matched', key: '001-00021' })
  await theEdgeExports(edtRecord({ ...nora, ...shared, key: '001-00022' }))
  expect(reportOf(await take(create()))?.outcome).toBe('failed')
})

test('[CO-05] a new customer whose e-mail nobody has is matched by phone, in whatever form the store has it', async () => {
  await theEdgeExports(edtRecord({ ...nora, phones: [{ type: 'Cell', number: '(203) 555-0155' }] }))
  const id = await take(create())
  expect(reportOf(id)).toEqual({ id, outcome: 'matched', key: '001-00017' })
  expect(folder.list('Outbox')).toEqual([])
})

test('[CO-05] the e-mail decides before the phone', async () => {
  await theEdgeExports(
    edtRecord({ ...nora, phones: [{ type: 'Cell', number: '2035550155' }] }),
    edtRecord({ ...nora, key: '001-00018', phones: [], emails: ['olaf@example.com'] }),
  )
  const id = await take(create())
  expect(reportOf(id)).toEqual({ id, outcome: 'matched', key: '001-00018' })
})

test('[CO-05] two wishes for the same person, before The Edge has shown either, make one customer', async () => {
  const first = await take(create())
  const byEmail = await take(create({ phones: ['+12035550156'] }))
  const byPhone = await take(create({ emails: ['o.berg@example.com'] }))
  const other = await take(create({ phones: ['+12035550157'], emails: ['other@example.com'] }))
  expect(imports().map(({ PairValue }) => PairValue.CustomerTransfer)).toEqual([
    { WebTransferWebID: first },
    { WebTransferWebID: other },
  ])
  expect([byEmail, byPhone].map((id) => reportOf(id)?.outcome)).toEqual(['written', 'written'])
  const more = { CustomerTransfer: { WebTransferWebID: first } }
  await theEdgeExports(edtRecord({ key: '001-01000', first: 'Olaf', last: 'Berg', more }))
  expect([first, byEmail, byPhone].map(reportOf)).toEqual([
    { id: first, outcome: 'seen', key: '001-01000' },
    { id: byEmail, outcome: 'matched', key: '001-01000' },
    { id: byPhone, outcome: 'matched', key: '001-01000' },
  ])
  expect(reportOf(other)?.outcome).toBe('written')
})

test('[CO-05] a new customer with a phone that a customer is about to get is that one', async () => {
  await theEdgeExports(edtRecord(nora))
  await take(add({ phones: ['+12035550155'] }))
  const id = await take(create())
  expect(reportOf(id)).toEqual({ id, outcome: 'matched', key: '001-00017' })
})

test('a command that comes again is not applied again, but reported again', async () => {
  const id = await take(create())
  for (const report of store.commands.unreported(10)) store.commands.markReported(report)
  expect(reportOf(id)).toBeUndefined()
  await take(create(), id)
  expect(folder.list('Outbox')).toHaveLength(1)
  expect(reportOf(id)?.outcome).toBe('written')
})

test('with an empty memory, a new customer that The Edge shows already is seen, not written again', async () => {
  const id = randomUUID()
  await theEdgeExports(edtRecord({ ...nora, emails: [], more: { CustomerTransfer: { WebTransferWebID: id } } }))
  await take(create(), id)
  expect(reportOf(id)).toEqual({ id, outcome: 'seen', key: '001-00017' })
  expect(folder.list('Outbox')).toEqual([])
})

test('until a full export was read nobody is created and nobody is missing', () => {
  store.state.clear('fullRead')
  const wishes = [create(), add({ phones: ['+12035550199'] })]
  expect(
    takeCommands(
      store,
      wishes.map((wish) => ({ id: randomUUID(), wish })),
    ),
  ).toEqual(['held', 'held'])
})

test('a command for a customer the store does not have fails with a reason', async () => {
  expect(reportOf(await take(add({ phones: ['+12035550199'] })))?.outcome).toBe('failed')
})

test('after a crash between note and file the same file with the same content is written', async () => {
  const id = randomUUID()
  takeCommands(store, [{ id, wish: create() }])
  const [prepared] = store.commands.prepared()
  store.db.close()
  store = openStore(folder.data)
  await writePrepared(store, folder.edt)
  const [name = ''] = folder.list('Outbox')
  expect({ name, content: readFileSync(join(folder.edt, 'Outbox', name), 'utf8') }).toEqual(prepared?.file)
  expect(reportOf(id)?.outcome).toBe('written')
})

test('a customer that shows while its file is being written stays seen', async () => {
  const id = randomUUID()
  takeCommands(store, [{ id, wish: create() }])
  await theEdgeExports(edtRecord({ ...nora, more: { CustomerTransfer: { WebTransferWebID: id } } }))
  store.commands.markWritten(id)
  expect(reportOf(id)).toEqual({ id, outcome: 'seen', key: '001-00017' })
})

test('names of Outbox files rise', async () => {
  await take(create())
  await take(create({ emails: ['other@example.com'], phones: [] }))
  const numbers = store.commands.unreported(10).length
  const [first = 0, second = 0] = folder.list('Outbox').map((name) => Number(name.split('-')[0]))
  expect([numbers, second > first]).toEqual([2, true])
})

/** Looks for what has not shown, after so many minutes and with little patience. */
async function minutesPass(minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) store.commands.countMinute()
  const parts = { store, edtDir: folder.edt, log: pino({ level: 'silent' }), reports: new Bell() }
  await reportOverdue(parts, { exports: 3, minutes: 10, minutesInSilence: 100 })
}
const unrelated = { key: '001-00099', first: 'Una', last: 'Related' }

test('[CO-11] what The Edge has taken and does not show in its next exports is reported as failed, once', async () => {
  await theEdgeExports(edtRecord(nora))
  const id = await take(add({ phones: ['+12035550199'] }))
  const [name = ''] = folder.list('Outbox')
  rmSync(join(folder.edt, 'Outbox', name))
  await minutesPass(50)
  await theEdgeExports(edtRecord(unrelated))
  await theEdgeExports(edtRecord(unrelated))
  await minutesPass(0)
  expect(reportOf(id)?.outcome).toBe('written')
  await theEdgeExports(edtRecord({ ...nora, last: 'Berg' }))
  await minutesPass(0)
  const report = reportOf(id)
  expect(report).toMatchObject({ outcome: 'failed', code: 'not_shown_by_edge' })
  expect(report && 'message' in report && report.message).toContain(name)
  for (const sent of store.commands.unreported(10)) store.commands.markReported(sent)
  await minutesPass(1000)
  expect(store.commands.unreported(10)).toEqual([])
})

test('[CO-11] what lies in the Outbox for days is reported as not taken, though The Edge exports nothing', async () => {
  const id = await take(create())
  await minutesPass(99)
  expect(reportOf(id)?.outcome).toBe('written')
  await minutesPass(1)
  expect(reportOf(id)).toMatchObject({ outcome: 'failed', code: 'not_taken_by_edge' })
})

test('what shows after it was reported as failed is reported as seen', async () => {
  await theEdgeExports(edtRecord(nora))
  const id = await take(add({ phones: ['+12035550199'] }))
  const created = await take(create())
  await minutesPass(100)
  await theEdgeExports(
    edtRecord({ ...nora, phones: [{ type: 'Podium', number: '2035550199' }] }),
    edtRecord({ ...nora, key: '001-01000', more: { CustomerTransfer: { WebTransferWebID: created } } }),
  )
  expect(reportOf(id)).toEqual({ id, outcome: 'seen', key: '001-00017' })
  expect(reportOf(created)).toEqual({ id: created, outcome: 'seen', key: '001-01000' })
})

test('[CO-11] a creation that did not show and is tried again is written again, under the id that The Edge takes once only', async () => {
  const first = await take(create())
  const joined = await take(create({ emails: [] }))
  await minutesPass(100)
  expect(reportOf(joined)?.outcome).toBe('failed')
  const again = await take(create())
  const asWell = await take(create({ emails: [] }))
  expect(imports().map(({ PairValue }) => PairValue.CustomerTransfer)).toEqual([
    { WebTransferWebID: first },
    { WebTransferWebID: first },
  ])
  const more = { CustomerTransfer: { WebTransferWebID: first } }
  await theEdgeExports(edtRecord({ key: '001-01000', first: 'Olaf', last: 'Berg', more }))
  expect([first, again, asWell].map((id) => reportOf(id)?.outcome)).toEqual(['seen', 'matched', 'matched'])
})

test('[CO-11] a change that did not show and is tried again is written again, with all that may be imported yet', async () => {
  await theEdgeExports(edtRecord(nora))
  await take(add({ phones: ['+12035550199'] }))
  await minutesPass(100)
  const other = await take(add({ phones: ['+12035550198'] }))
  const again = await take(add({ phones: ['+12035550199'] }))
  const numbers = imports().map(({ PairValue }) =>
    PairValue.Phones.slice(2).map(({ Key, PairValue: phone }) => [Key, phone.PhonePhone]),
  )
  const both = [
    ['Podium', '2035550199'],
    ['Podium 2', '2035550198'],
  ]
  expect(numbers).toEqual([both.slice(0, 1), both, both])
  const phones = both.map(([type = '', number = '']) => ({ type, number }))
  await theEdgeExports(edtRecord({ ...nora, phones: [...(nora.phones ?? []), ...phones] }))
  expect([other, again].map((id) => reportOf(id)?.outcome)).toEqual(['seen', 'seen'])
})

test('commands stay in the order in which they were taken when the clock is set back', async () => {
  await theEdgeExports(edtRecord(nora))
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    for (const [hour, phone] of [10, 9, 8].map((at) => [at, `+120355501${at + 20}`] as const)) {
      vi.setSystemTime(Date.UTC(2026, 2, 3, hour))
      takeCommands(store, [{ id: randomUUID(), wish: add({ phones: [phone] }) }])
    }
  } finally {
    vi.useRealTimers()
  }
  await writePrepared(store, folder.edt)
  const added = imports().map(({ PairValue }) => PairValue.Phones.slice(2).map((phone) => phone.PairValue.PhonePhone))
  expect(added).toEqual([['2035550130'], ['2035550130', '2035550129'], ['2035550130', '2035550129', '2035550128']])
})

const fieldsOf = (fields: Record<string, string>) => ({
  ...nora,
  more: Object.fromEntries(Object.entries(fields).map(([field, value]) => [`CustomerKey${field}`, value])),
})
const set = (fields: Extract<Wish, { do: 'setCustomFields' }>['fields'], more: { associate?: string } = {}): Wish => ({
  do: 'setCustomFields',
  key: '001-00017',
  fields,
  ...more,
})

test('[CB-03] [CB-11] custom fields are written with the lists as they are, under the associate, and seen', async () => {
  await theEdgeExports(edtRecord(fieldsOf({ 1: '6 1/2', 2: 'Gold' })))
  await take(add({ phones: ['+12035550199'] }))
  const fields = { '1': { expected: '6 1/2', value: '7' }, '2': { expected: 'Gold', value: null } }
  const id = await take(set(fields, { associate: '12' }))
  const [, record] = imports()
  expect(record).toMatchObject({
    Key: '001-000017',
    PairValue: { CustomerKey1: '7', CustomerKey2: '', CustomerUpdateUser: '12' },
  })
  expect(record?.PairValue.Phones.map((phone) => phone.PairValue.PhonePhone)).toEqual([
    '2035550117',
    '(203) 555-0118',
    '2035550199',
  ])
  await theEdgeExports(edtRecord({ ...fieldsOf({ 1: '6 1/2', 2: 'Gold' }), last: 'Berg' }))
  expect(reportOf(id)).toEqual({ id, outcome: 'written' })
  await theEdgeExports(edtRecord(fieldsOf({ 1: '7' })))
  expect(reportOf(id)).toEqual({ id, outcome: 'seen', key: '001-00017' })
})

test('[CB-03] where one of the custom fields is another by now none is written; what is so already is not written again', async () => {
  await theEdgeExports(edtRecord(fieldsOf({ 1: '6 1/2', 2: 'Gold' })))
  const one = { expected: '6 1/2', value: '7' }
  const changed = await take(set({ '1': one, '2': { expected: null, value: 'Silver' } }))
  const already = await take(set({ '2': { expected: 'Silver', value: 'Gold' } }))
  const long = await take(set({ '1': { expected: '6 1/2', value: 'x'.repeat(256) } }))
  expect([changed, already].map((id) => reportOf(id)?.outcome)).toEqual(['changed', 'already'])
  expect(reportOf(long)).toMatchObject({ outcome: 'failed', code: 'value_does_not_fit' })
  expect(folder.list('Outbox')).toEqual([])
})

test('[CB-03] a change of a field waits for the one before; what staff put in between is left, and said', async () => {
  await theEdgeExports(edtRecord(fieldsOf({ 1: '6 1/2' })))
  const first = await take(set({ '1': { expected: '6 1/2', value: '7' } }))
  const second: Command = { id: randomUUID(), wish: set({ '1': { expected: '7', value: '8' } }) }
  expect(takeCommands(store, [second])).toEqual(['held'])
  expect(reportOf(await take(set({ '2': { expected: null, value: 'Gold' } })))?.outcome).toBe('written')
  await theEdgeExports(edtRecord(fieldsOf({ 1: '9' })))
  expect(reportOf(first)).toEqual({ id: first, outcome: 'changed' })
  expect(takeCommands(store, [second])).toEqual(['taken'])
  expect(reportOf(second.id)?.outcome).toBe('changed')
})

test('without the database as a source a note is refused, and the reason says what it takes', async () => {
  await theEdgeExports(edtRecord(nora))
  const note = {
    do: 'putNote',
    key: 'jr-1',
    customer: '001-00017',
    text: 'x',
    expected: null,
    at: '2026-07-04T14:00:09Z',
  } as const
  expect(reportOf(await take(note))).toMatchObject({
    outcome: 'failed',
    message: expect.stringContaining('docs/sql.md'),
  })
})

test('[CB-11] what comes down is recorded under the associate who did it, for new customers too', async () => {
  await theEdgeExports(edtRecord(nora))
  await take(add({ phones: ['+12035550199'], associate: '7' }))
  await take(create({ associate: '12' }))
  await take(add({ emails: ['new@example.com'] }))
  expect(imports().map(({ PairValue }) => PairValue.CustomerUpdateUser)).toEqual(['7', '12', undefined])
})
