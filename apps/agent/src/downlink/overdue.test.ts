import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { add, type CommandedShop, create, nora, openCommandedShop } from '../../tests/downlink.ts'
import { edtRecord } from '../../tests/store.ts'
import { Bell } from '../bell.ts'
import { reportOverdue } from './overdue.ts'

let shop: CommandedShop
beforeEach(() => {
  shop = openCommandedShop()
})
afterEach(() => shop.close())

/** Looks for what has not shown, after so many minutes and with little patience. */
async function minutesPass(minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) shop.memory().commands.countMinute()
  const parts = { store: shop.memory(), edtDir: shop.folder.edt, log: pino({ level: 'silent' }), reports: new Bell() }
  await reportOverdue(parts, { exports: 3, minutes: 10, minutesInSilence: 100 })
}
const unrelated = { key: '001-00099', first: 'Una', last: 'Related' }

test('[CO-11] what The Edge has taken and does not show in its next exports is reported as failed, once', async () => {
  await shop.exports(edtRecord(nora))
  const id = await shop.take(add({ phones: ['+12035550199'] }))
  const [name = ''] = shop.folder.list('Outbox')
  rmSync(join(shop.folder.edt, 'Outbox', name))
  await minutesPass(50)
  await shop.exports(edtRecord(unrelated))
  await shop.exports(edtRecord(unrelated))
  await minutesPass(0)
  expect(shop.reportOf(id)?.outcome).toBe('written')
  await shop.exports(edtRecord({ ...nora, last: 'Berg' }))
  await minutesPass(0)
  const report = shop.reportOf(id)
  expect(report).toMatchObject({ outcome: 'failed', code: 'not_shown_by_edge' })
  expect(report && 'message' in report && report.message).toContain(name)
  for (const sent of shop.memory().commands.unreported(10)) shop.memory().commands.markReported(sent)
  await minutesPass(1000)
  expect(shop.memory().commands.unreported(10)).toEqual([])
})

test('[CO-11] what lies in the Outbox for days is reported as not taken, though The Edge exports nothing', async () => {
  const id = await shop.take(create())
  await minutesPass(99)
  expect(shop.reportOf(id)?.outcome).toBe('written')
  await minutesPass(1)
  expect(shop.reportOf(id)).toMatchObject({ outcome: 'failed', code: 'not_taken_by_edge' })
})

test('what shows after it was reported as failed is reported as seen', async () => {
  await shop.exports(edtRecord(nora))
  const id = await shop.take(add({ phones: ['+12035550199'] }))
  const created = await shop.take(create())
  await minutesPass(100)
  await shop.exports(
    edtRecord({ ...nora, phones: [{ type: 'Podium', number: '2035550199' }] }),
    edtRecord({ ...nora, key: '001-01000', more: { CustomerTransfer: { WebTransferWebID: created } } }),
  )
  expect(shop.reportOf(id)).toEqual({ id, outcome: 'seen', key: '001-00017' })
  expect(shop.reportOf(created)).toEqual({ id: created, outcome: 'seen', key: '001-01000' })
})

test('[CO-11] a creation that did not show and is tried again is written again, under the id that The Edge takes once only', async () => {
  const first = await shop.take(create())
  const joined = await shop.take(create({ emails: [] }))
  await minutesPass(100)
  expect(shop.reportOf(joined)?.outcome).toBe('failed')
  const again = await shop.take(create())
  const asWell = await shop.take(create({ emails: [] }))
  expect(shop.imports().map(({ PairValue }) => PairValue.CustomerTransfer)).toEqual([
    { WebTransferWebID: first },
    { WebTransferWebID: first },
  ])
  const more = { CustomerTransfer: { WebTransferWebID: first } }
  await shop.exports(edtRecord({ key: '001-01000', first: 'Olaf', last: 'Berg', more }))
  expect([first, again, asWell].map((id) => shop.reportOf(id)?.outcome)).toEqual(['seen', 'matched', 'matched'])
})

test('[CO-11] a change that did not show and is tried again is written again, with all that may be imported yet', async () => {
  await shop.exports(edtRecord(nora))
  await shop.take(add({ phones: ['+12035550199'] }))
  await minutesPass(100)
  const other = await shop.take(add({ phones: ['+12035550198'] }))
  const again = await shop.take(add({ phones: ['+12035550199'] }))
  const numbers = shop
    .imports()
    .map(({ PairValue }) => PairValue.Phones.slice(2).map(({ Key, PairValue: phone }) => [Key, phone.PhonePhone]))
  const both = [
    ['Podium', '2035550199'],
    ['Podium 2', '2035550198'],
  ]
  expect(numbers).toEqual([both.slice(0, 1), both, both])
  const phones = both.map(([type = '', number = '']) => ({ type, number }))
  await shop.exports(edtRecord({ ...nora, phones: [...(nora.phones ?? []), ...phones] }))
  expect([other, again].map((id) => shop.reportOf(id)?.outcome)).toEqual(['seen', 'seen'])
})
