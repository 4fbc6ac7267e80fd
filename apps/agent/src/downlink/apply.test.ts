import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { add, type CommandedShop, create, entries, nora, openCommandedShop } from '../../tests/downlink.ts'
import { edtRecord } from '../../tests/store.ts'
import { takeCommands, writePrepared } from './apply.ts'

let shop: CommandedShop
beforeEach(() => {
  shop = openCommandedShop()
})
afterEach(() => shop.close())

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

test.each(['replace', 'add'] as const)(
  '[CO-04] what is added stands beside what was there, when an import means "%s"',
  async (reading) => {
    await shop.exports(edtRecord(nora))
    const address = { street: '1 Main Street', city: 'Danbury', state: 'CT', zip: '06810' }
    const id = await shop.take(
      add({ phones: ['+12035550199', '+4930123456'], emails: ['new@example.com'], addresses: [address] }),
    )
    expect(shop.reportOf(id)).toEqual({ id, outcome: 'written' })
    const [record] = shop.imports()
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
  await shop.exports(edtRecord(nora))
  const id = await shop.take(add({ phones: ['+12035550118'], emails: ['nora@example.com'] }))
  expect(shop.reportOf(id)).toEqual({ id, outcome: 'already' })
  expect(shop.folder.list('Outbox')).toEqual([])
})

test('a second command does not lose what the first adds, though The Edge has not shown it yet', async () => {
  await shop.exports(edtRecord(nora))
  const first = await shop.take(add({ phones: ['+12035550199'] }))
  const second = await shop.take(add({ emails: ['new@example.com'] }))
  const third = await shop.take(add({ phones: ['+12035550199'] }))
  const [, record] = shop.imports()
  expect(shop.folder.list('Outbox')).toHaveLength(2)
  expect(record?.PairValue.Phones.map((phone) => phone.PairValue.PhonePhone)).toContain('2035550199')
  const added = [...(nora.phones ?? []), { type: 'Podium', number: '2035550199' }]
  await shop.exports(edtRecord({ ...nora, phones: added }))
  expect([first, second, third].map((id) => shop.reportOf(id)?.outcome)).toEqual(['seen', 'written', 'seen'])
  await shop.exports(edtRecord({ ...nora, phones: added, emails: ['nora@example.com', 'new@example.com'] }))
  expect(shop.reportOf(second)).toEqual({ id: second, outcome: 'seen', key: '001-00017' })
})

test('what staff take away after it was seen does not come back', async () => {
  await shop.exports(edtRecord(nora))
  await shop.take(add({ phones: ['+12035550199'] }))
  await shop.exports(edtRecord({ ...nora, phones: [...(nora.phones ?? []), { type: 'Podium', number: '2035550199' }] }))
  await shop.exports(edtRecord(nora))
  await shop.take(add({ emails: ['new@example.com'] }))
  expect(shop.imports()[1]?.PairValue.Phones.map((phone) => phone.PairValue.PhonePhone)).toEqual([
    '2035550117',
    '(203) 555-0118',
  ])
})

test('an opt-out marks every phone of that number, in the words of the store, and nothing else', async () => {
  await shop.exports(edtRecord({ ...nora, phones: [...(nora.phones ?? []), { type: 'Cell', number: '203.555.0117' }] }))
  const id = await shop.take({ do: 'optOut', key: '001-00017', phones: ['+12035550117'] })
  expect(shop.reportOf(id)?.outcome).toBe('written')
  const flags = shop.imports()[0]?.PairValue.Phones.map((phone) => phone.PairValue.PhoneDoNotContact)
  expect(flags).toEqual(['Y', 'Y', 'Y'])
  expect(shop.reportOf(await shop.take({ do: 'optOut', key: '001-00017', phones: ['+12035550118'] }))?.outcome).toBe(
    'already',
  )
})

test('an opt-out of a phone that is still on its way goes with it, and is seen only with it', async () => {
  await shop.exports(edtRecord(nora))
  await shop.take(add({ phones: ['+12035550199'] }))
  const id = await shop.take({ do: 'optOut', key: '001-00017', phones: ['+12035550199'] })
  expect(shop.imports()[1]?.PairValue.Phones.at(-1)?.PairValue).toMatchObject({
    PhonePhone: '2035550199',
    PhoneDoNotContact: 'Y',
  })
  await shop.exports(edtRecord({ ...nora, last: 'Berg' }))
  expect(shop.reportOf(id)?.outcome).toBe('written')
  const phones = [...(nora.phones ?? []), { type: 'Podium', number: '2035550199', doNotContact: 'Y' }]
  await shop.exports(edtRecord({ ...nora, phones }))
  expect(shop.reportOf(id)?.outcome).toBe('seen')
})

test('a phone that comes down opted out is written so', async () => {
  await shop.exports(edtRecord(nora))
  await shop.take(add({ phones: ['+12035550199', '+12035550117'], optedOutPhones: ['+12035550199', '+12035550117'] }))
  const flags = shop
    .imports()[0]
    ?.PairValue.Phones.map(({ PairValue }) => [PairValue.PhonePhone, PairValue.PhoneDoNotContact])
  expect(flags).toEqual([
    ['2035550117', 'Y'],
    ['(203) 555-0118', 'Y'],
    ['2035550199', 'Y'],
  ])
})

test("the customer's own WebTransferWebID is kept", async () => {
  await shop.exports(edtRecord({ ...nora, more: { CustomerTransfer: { WebTransferWebID: 'theirs' } } }))
  await shop.take(add({ phones: ['+12035550199'] }))
  expect(shop.imports()[0]?.PairValue.CustomerTransfer).toEqual({ WebTransferWebID: 'theirs' })
})

test('a command that comes again is not applied again, but reported again', async () => {
  const id = await shop.take(create())
  for (const report of shop.memory().commands.unreported(10)) shop.memory().commands.markReported(report)
  expect(shop.reportOf(id)).toBeUndefined()
  await shop.take(create(), id)
  expect(shop.folder.list('Outbox')).toHaveLength(1)
  expect(shop.reportOf(id)?.outcome).toBe('written')
})

test('with an empty memory, a new customer that The Edge shows already is seen, not written again', async () => {
  const id = randomUUID()
  await shop.exports(edtRecord({ ...nora, emails: [], more: { CustomerTransfer: { WebTransferWebID: id } } }))
  await shop.take(create(), id)
  expect(shop.reportOf(id)).toEqual({ id, outcome: 'seen', key: '001-00017' })
  expect(shop.folder.list('Outbox')).toEqual([])
})

test('until a full export was read nobody is created and nobody is missing', () => {
  shop.memory().state.clear('fullRead')
  const wishes = [create(), add({ phones: ['+12035550199'] })]
  expect(
    takeCommands(
      shop.memory(),
      wishes.map((wish) => ({ id: randomUUID(), wish })),
    ),
  ).toEqual(['held', 'held'])
})

test('a command for a customer the store does not have fails with a reason', async () => {
  expect(shop.reportOf(await shop.take(add({ phones: ['+12035550199'] })))?.outcome).toBe('failed')
})

test('after a crash between note and file the same file with the same content is written', async () => {
  const id = randomUUID()
  takeCommands(shop.memory(), [{ id, wish: create() }])
  const [prepared] = shop.memory().commands.prepared()
  shop.restart()
  await writePrepared(shop.memory(), shop.folder.edt)
  const [name = ''] = shop.folder.list('Outbox')
  expect({ name, content: readFileSync(join(shop.folder.edt, 'Outbox', name), 'utf8') }).toEqual(prepared?.file)
  expect(shop.reportOf(id)?.outcome).toBe('written')
})

test('a customer that shows while its file is being written stays seen', async () => {
  const id = randomUUID()
  takeCommands(shop.memory(), [{ id, wish: create() }])
  await shop.exports(edtRecord({ ...nora, more: { CustomerTransfer: { WebTransferWebID: id } } }))
  shop.memory().commands.markWritten(id)
  expect(shop.reportOf(id)).toEqual({ id, outcome: 'seen', key: '001-00017' })
})

test('names of Outbox files rise', async () => {
  await shop.take(create())
  await shop.take(create({ emails: ['other@example.com'], phones: [] }))
  const numbers = shop.memory().commands.unreported(10).length
  const [first = 0, second = 0] = shop.folder.list('Outbox').map((name) => Number(name.split('-')[0]))
  expect([numbers, second > first]).toEqual([2, true])
})

test('commands stay in the order in which they were taken when the clock is set back', async () => {
  await shop.exports(edtRecord(nora))
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    for (const [hour, phone] of [10, 9, 8].map((at) => [at, `+120355501${at + 20}`] as const)) {
      vi.setSystemTime(Date.UTC(2026, 2, 3, hour))
      takeCommands(shop.memory(), [{ id: randomUUID(), wish: add({ phones: [phone] }) }])
    }
  } finally {
    vi.useRealTimers()
  }
  await writePrepared(shop.memory(), shop.folder.edt)
  const added = shop
    .imports()
    .map(({ PairValue }) => PairValue.Phones.slice(2).map((phone) => phone.PairValue.PhonePhone))
  expect(added).toEqual([['2035550130'], ['2035550130', '2035550129'], ['2035550130', '2035550129', '2035550128']])
})

test('without the database as a source a note is refused, and the reason says what it takes', async () => {
  await shop.exports(edtRecord(nora))
  const note = {
    do: 'putNote',
    key: 'jr-1',
    customer: '001-00017',
    text: 'x',
    expected: null,
    at: '2026-07-04T14:00:09Z',
  } as const
  expect(shop.reportOf(await shop.take(note))).toMatchObject({
    outcome: 'failed',
    message: expect.stringContaining('docs/sql.md'),
  })
})

test('[CB-11] what comes down is recorded under the associate who did it, for new customers too', async () => {
  await shop.exports(edtRecord(nora))
  await shop.take(add({ phones: ['+12035550199'], associate: '7' }))
  await shop.take(create({ associate: '12' }))
  await shop.take(add({ emails: ['new@example.com'] }))
  expect(shop.imports().map(({ PairValue }) => PairValue.CustomerUpdateUser)).toEqual(['7', '12', undefined])
})
