import { afterEach, beforeEach, expect, test } from 'vitest'
import { add, type CommandedShop, create, nora, openCommandedShop } from '../../tests/downlink.ts'
import { edtRecord } from '../../tests/store.ts'

let shop: CommandedShop
beforeEach(() => {
  shop = openCommandedShop()
})
afterEach(() => shop.close())

test('[CO-05] a new customer is written without a key and found again by its WebTransferWebID', async () => {
  const id = await shop.take(create({ acquisition: 'Podium', store: '002', optedOutPhones: ['+12035550155'] }))
  const [record] = shop.imports()
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
  await shop.exports(
    edtRecord({ key: '001-01000', first: 'Olaf', last: 'Berg', more: { CustomerTransfer: { WebTransferWebID: id } } }),
  )
  expect(shop.reportOf(id)).toEqual({ id, outcome: 'seen', key: '001-01000' })
})

test('[CO-05] a new customer whose e-mail a customer has is reported as that one, not written', async () => {
  await shop.exports(edtRecord({ ...nora, emails: ['Olaf@Example.com'] }))
  const id = await shop.take(create())
  expect(shop.reportOf(id)).toEqual({ id, outcome: 'matched', key: '001-00017' })
  expect(shop.folder.list('Outbox')).toEqual([])
})

test('an e-mail of a couple means its primary, one of strangers means nobody', async () => {
  const shared = { emails: ['olaf@example.com'] }
  await shop.exports(
    edtRecord({ ...nora, ...shared, key: '001-00020', more: { CustomerAccountKey: '001-00021' } }),
    edtRecord({ ...nora, ...shared, key: '001-00021', more: { CustomerAccountKey: '001-00021' } }),
  )
  const couple = await shop.take(create())
  expect(shop.reportOf(couple)).toEqual({ id: couple, outcome: 'matched', key: '001-00021' })
  await shop.exports(edtRecord({ ...nora, ...shared, key: '001-00022' }))
  expect(shop.reportOf(await shop.take(create()))?.outcome).toBe('failed')
})

test('[CO-05] a new customer whose e-mail nobody has is matched by phone, in whatever form the store has it', async () => {
  await shop.exports(edtRecord({ ...nora, phones: [{ type: 'Cell', number: '(203) 555-0155' }] }))
  const id = await shop.take(create())
  expect(shop.reportOf(id)).toEqual({ id, outcome: 'matched', key: '001-00017' })
  expect(shop.folder.list('Outbox')).toEqual([])
})

test('[CO-05] the e-mail decides before the phone', async () => {
  await shop.exports(
    edtRecord({ ...nora, phones: [{ type: 'Cell', number: '2035550155' }] }),
    edtRecord({ ...nora, key: '001-00018', phones: [], emails: ['olaf@example.com'] }),
  )
  const id = await shop.take(create())
  expect(shop.reportOf(id)).toEqual({ id, outcome: 'matched', key: '001-00018' })
})

test('[CO-05] two wishes for the same person, before The Edge has shown either, make one customer', async () => {
  const first = await shop.take(create())
  const byEmail = await shop.take(create({ phones: ['+12035550156'] }))
  const byPhone = await shop.take(create({ emails: ['o.berg@example.com'] }))
  const other = await shop.take(create({ phones: ['+12035550157'], emails: ['other@example.com'] }))
  expect(shop.imports().map(({ PairValue }) => PairValue.CustomerTransfer)).toEqual([
    { WebTransferWebID: first },
    { WebTransferWebID: other },
  ])
  expect([byEmail, byPhone].map((id) => shop.reportOf(id)?.outcome)).toEqual(['written', 'written'])
  const more = { CustomerTransfer: { WebTransferWebID: first } }
  await shop.exports(edtRecord({ key: '001-01000', first: 'Olaf', last: 'Berg', more }))
  expect([first, byEmail, byPhone].map(shop.reportOf)).toEqual([
    { id: first, outcome: 'seen', key: '001-01000' },
    { id: byEmail, outcome: 'matched', key: '001-01000' },
    { id: byPhone, outcome: 'matched', key: '001-01000' },
  ])
  expect(shop.reportOf(other)?.outcome).toBe('written')
})

test('[CO-05] a new customer with a phone that a customer is about to get is that one', async () => {
  await shop.exports(edtRecord(nora))
  await shop.take(add({ phones: ['+12035550155'] }))
  const id = await shop.take(create())
  expect(shop.reportOf(id)).toEqual({ id, outcome: 'matched', key: '001-00017' })
})
