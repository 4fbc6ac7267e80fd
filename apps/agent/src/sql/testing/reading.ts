import { expect, onTestFinished, test, vi } from 'vitest'
import { type DriverUnderTest, patience, type SourceUnderTest } from './source-under-test.ts'

/** What the source promises of what it reads, by whatever driver. */
export function testReading(driver: DriverUnderTest, source: SourceUnderTest): void {
  const appointment = (key: string, fields: Record<string, string | number> = {}) =>
    source.insert('Appointment', {
      AppointmentKey: key,
      AppointmentCustKey: '1-17',
      AppointmentStart: '2026-07-04T10:00:00',
      AppointmentMinutes: 30,
      AppointmentSubject: 'Ring fitting for Zoë',
      AppointmentStatus: 'Scheduled',
      AppointmentUpdateDate: '2026-07-01T09:00:00',
      AppointmentAsKey: 7,
      ...fields,
    })

  test('[AG-02] reads page by page, then what stamps show as changed, within the same second too', async () => {
    await source.insert('Associate', { AssociateKey: 7, AssociateFirstName: 'Ada', AssociateLastName: 'Berg' })
    for (const number of [1, 2, 3, 4, 5]) await appointment(`001-P0000${number}`)
    source.start(['appointment'])
    await vi.waitFor(
      () => expect(source.lines().at(-1)).toMatchObject({ op: 'complete', kind: 'appointment' }),
      patience,
    )
    expect(source.upserts()).toHaveLength(5)
    expect(source.upserts()[0]).toMatchObject({
      key: '001-P00001',
      bulk: true,
      record: {
        customer: '001-00017',
        startsAt: '2026-07-04T14:00:00Z',
        minutes: 30,
        subject: 'Ring fitting for Zoë',
        status: 'scheduled',
        associate: { number: '7', name: 'Ada Berg' },
      },
    })
    await source.edge.exec(`UPDATE Appointment SET AppointmentStatus = 'Completed' WHERE AppointmentKey = '001-P00003'`)
    await vi.waitFor(
      () =>
        expect(source.upserts().at(-1)).toMatchObject({
          key: '001-P00003',
          bulk: false,
          record: { status: 'completed' },
        }),
      patience,
    )
    expect(source.upserts()).toHaveLength(6)
  })

  test('a computer that slept while the database was read reads on soon after it wakes', async () => {
    await appointment('001-P00001')
    const changes = source.start(['appointment'])
    await vi.waitFor(() => expect(source.lines()).toHaveLength(2), patience)
    const now = performance.now.bind(performance)
    const [hour, minute] = [3_600_000, 60_000]
    let [slept, sleeps] = [0, true]
    vi.spyOn(performance, 'now').mockImplementation(() => {
      if (sleeps) slept += hour
      return now() + slept
    })
    onTestFinished(() => void vi.restoreAllMocks())
    await vi.waitFor(() => expect(slept).toBeGreaterThan(9 * hour), patience)
    sleeps = false
    await appointment('001-P00002', { AppointmentUpdateDate: '2026-07-02T09:00:00' })
    // In steps, for one may fall into a look, which then rests anew; all of them together are less than an hour's look would rest without an end.
    let steps = 0
    await vi.waitFor(
      () => {
        if (steps < 15) slept += 11 * minute
        steps += 1
        changes.ring()
        expect(source.upserts()).toHaveLength(2)
      },
      { ...patience, interval: 500 },
    )
  })

  test('[AG-02] goes on where it stopped', async () => {
    await appointment('001-P00001')
    source.start(['appointment'])
    await vi.waitFor(() => expect(source.lines()).toHaveLength(2), patience)
    await source.stop()
    await appointment('001-P00002', { AppointmentUpdateDate: '2026-07-02T09:00:00' })
    source.start(['appointment'])
    await vi.waitFor(() => expect(source.upserts()).toHaveLength(2), patience)
    expect(source.lines().filter(({ op }) => op === 'complete')).toHaveLength(1)
  })

  test('labels are read first, then customers with their lists in order', async () => {
    for (const number of [1, 2, 3]) {
      const key = `001-0000${number}`
      await source.insert('Customer', {
        CustomerKey: key,
        CustomerFirstName: 'Nora',
        CustomerLastName: 'Lindqvist',
        CustomerInactive: 0,
        CustomerAcquisition: 'W-1',
        CustomerUpdateDate: '2026-07-01T09:00:00',
      })
      await source.insert('Phone', {
        PhoneCustKey: key,
        PhoneNo: 2,
        PhoneType: 'Cell',
        PhonePhone: '2035550118',
        PhoneDoNotContact: 1,
      })
      await source.insert('Phone', {
        PhoneCustKey: key,
        PhoneNo: 1,
        PhoneType: 'Home',
        PhonePhone: '2035550117',
        PhoneDoNotContact: 0,
      })
    }
    await source.insert('WhyIn', { WhyInKey: 'W-1', WhyInDesc: 'Walked by', WhyInUpdateDate: '2026-07-01T09:00:00' })
    source.start(['customer', 'acquisition'])
    await vi.waitFor(() => expect(source.lines()).toHaveLength(6), patience)
    expect(source.upserts().map(({ kind }) => kind)).toEqual(['acquisition', 'customer', 'customer', 'customer'])
    expect(source.upserts()[1]).toMatchObject({
      key: '001-00001',
      record: {
        inactive: false,
        acquisition: 'W-1',
        phones: [
          { type: 'Home', number: '2035550117', doNotContact: false },
          { type: 'Cell', number: '2035550118', doNotContact: true },
        ],
      },
    })
    expect(source.store.mirror.customer('001-00001')?.lists.Phones).toMatchObject([
      { Key: 'Home', PairValue: { PhoneDoNotContact: false } },
      { Key: 'Cell', PairValue: { PhoneDoNotContact: true } },
    ])
  })

  test('[CB-03] [CB-04] [CB-06] custom fields, wishes and notes come, and again when they change', async () => {
    const stamp = '2026-07-01T09:00:00'
    await source.insert('Associate', { AssociateKey: 7, AssociateFirstName: 'Ada', AssociateLastName: 'Berg' })
    const name = { CustomerFirstName: 'Nora', CustomerLastName: 'Lindqvist', CustomerInactive: 0 }
    const fields = { CustomerKey1: '6 1/2', CustomerKey2: '', CustomerKey3: null, CustomerKey8: 'Platinum' }
    await source.insert('Customer', { CustomerKey: '001-00017', ...name, ...fields, CustomerUpdateDate: stamp })
    await source.insert('CustomerTransfer', {
      WebTransferEdgeID: '001-00017',
      WebTransferWebID: '',
      WebTransferRequiresWebUpload: 1,
    })
    const wish = { WishlistCustKey: '1-17', WishlistAssociate: 7, WishlistUpdateDate: stamp }
    await source.insert('Wishlist', {
      WishlistKey: '1-W1',
      ...wish,
      WishlistItemKey: '1-150-4',
      WishlistItemDesc: 'A ring',
    })
    await source.insert('Wishlist', {
      WishlistKey: 'jr-a',
      ...wish,
      WishlistItemKey: '',
      WishlistItemDesc: 'Opals, Zoë',
    })
    const note = { NotesCustKey: '1-17', NotesAsKey: 7, NotesDate: stamp, NotesUpdateDate: stamp }
    await source.insert('Notes', { NotesKey: '1-N1', ...note, NotesText: 'Likes opals.', NotesLocked: 0 })
    await source.insert('Notes', { NotesKey: '1-N2', ...note, NotesText: 'Paid in full.', NotesLocked: 1 })
    source.start(['customer', 'wish', 'note'])
    await vi.waitFor(() => expect(source.upserts()).toHaveLength(5), patience)
    const by = { associate: { number: '7', name: 'Ada Berg' } }
    expect(source.upserts()).toMatchObject([
      { record: { webUpload: true, customFields: { '1': '6 1/2', '8': 'Platinum' } } },
      { key: '001-W00001', record: { customer: '001-00017', item: '001-150-00004', description: 'A ring', ...by } },
      { key: 'jr-a', record: { customer: '001-00017', description: 'Opals, Zoë', ...by } },
      { key: '001-N00001', record: { text: 'Likes opals.', locked: false, at: '2026-07-01T13:00:00Z', ...by } },
      { key: '001-N00002', record: { text: 'Paid in full.', locked: true } },
    ])
    expect(source.upserts()[0]?.record).toHaveProperty('customFields', { '1': '6 1/2', '8': 'Platinum' })
    await source.edge.exec(`UPDATE Notes SET NotesText = 'Likes pearls.', NotesLocked = 1 WHERE NotesKey = '1-N1'`)
    await vi.waitFor(() => expect(source.upserts()).toHaveLength(6), patience)
    await source.edge.exec(`UPDATE Wishlist SET WishlistDateBought = '2026-07-02T10:00:00' WHERE WishlistKey = '1-W1'`)
    await vi.waitFor(() => expect(source.upserts()).toHaveLength(7), patience)
    expect(source.upserts().slice(5)).toMatchObject([
      { record: { text: 'Likes pearls.', locked: true } },
      { record: { boughtAt: '2026-07-02T14:00:00Z' } },
    ])
  })

  test('[CO-09] lines of sales come with their sale, their amounts to the cent, and again when their sale changes', async () => {
    const stamp = { SalelineUpdateSeq: 1, SalelineUpdateDate: '2026-07-01T09:00:00' }
    await source.insert('Sale', {
      SaleKey: '001-00042',
      SaleDate: '2026-07-01T09:00:00',
      SaleUpdateDate: '2026-07-01T09:00:00',
    })
    await source.insert('Envelope', { EnvKey: '001-E00007', EnvType: 'Special Order' })
    for (const [number, amount] of [1250.5, -19.99, 0.1, 100, 7].entries()) {
      const envelope = number === 3 ? '001-E00007' : ''
      const key = { SalelineSaleKey: '001-00042', SalelineLineNo: number + 1, SalelineEnvKey: envelope }
      await source.insert('Saleline', {
        ...key,
        SalelineAmount: amount,
        SalelineCost: 3,
        SalelineCustKey: '001-00017',
        ...stamp,
      })
    }
    source.start(['saleLine'])
    await vi.waitFor(() => expect(source.upserts()).toHaveLength(5), patience)
    const amount = (minor: number) => ({
      record: { amount: { minor, currency: 'USD' }, soldAt: '2026-07-01T13:00:00Z' },
    })
    expect(source.upserts()).toMatchObject([125050, -1999, 10, 10000, 700].map(amount))
    expect(source.upserts()[3]).toMatchObject({ key: '001-00042/4', record: { open: 'special_order' } })
    await source.edge.exec(`UPDATE Sale SET SaleDate = '2026-07-02T09:00:00', SaleUpdateDate = '2026-07-02T09:00:00'`)
    await vi.waitFor(() => expect(source.upserts()).toHaveLength(10), patience)
    // All lines of one stamp come, in whatever order.
    const again = source.upserts().slice(5)
    expect(again.map(({ key }) => key).toSorted()).toEqual([1, 2, 3, 4, 5].map((line) => `001-00042/${line}`))
    for (const line of again) expect(line).toMatchObject({ record: { soldAt: '2026-07-02T13:00:00Z' } })
  })

  test('[AG-04] what a query names beyond the documented columns stays in the store', async () => {
    await source.insert('Customer', {
      CustomerKey: '001-00001',
      CustomerFirstName: 'Nora',
      CustomerLastName: 'Lindqvist',
      CustomerInactive: 0,
      CustomerSSNO: '078-05-1120',
      CustomerUpdateDate: '2026-07-01T09:00:00',
    })
    const stream = { key: ['CustomerKey'], changes: 'hash', everySeconds: 1, query: 'SELECT * FROM Customer' }
    source.start(['customer'], { streams: { customer: stream } })
    await vi.waitFor(() => expect(source.upserts()).toHaveLength(1), patience)
    expect(JSON.stringify([source.lines(), source.store.db.prepare('SELECT * FROM mirror').all()])).not.toContain(
      '078-05-1120',
    )
  })

  test('a table that is missing is named, a record that is wrong is set aside, and the others go on', async () => {
    await source.edge.exec('DROP TABLE Job')
    await appointment('001-P00001', { AppointmentStatus: 'Perhaps' })
    await appointment('001-P00002')
    source.start(['job', 'appointment'])
    await vi.waitFor(() => expect(source.lines()).toHaveLength(3), patience)
    expect(source.lines()[0]).toMatchObject({
      op: 'reject',
      key: '001-P00001',
      message: expect.stringContaining('AppointmentStatus'),
    })
    await vi.waitFor(
      () => expect(source.store.state.get('sqlTrouble')?.job).toMatch(/"job" cannot be read.*job/i),
      patience,
    )
  })

  test('a record that the database cannot give, or that has no number, is set aside alone', async () => {
    const beyond = driver.outOfReach
    for (const number of [1, 2, 3, 4, 5]) await appointment(`001-P0000${number}`)
    await source.edge.exec(`UPDATE Appointment SET AppointmentMinutes = ${beyond} WHERE AppointmentKey = '001-P00003'`)
    const note = { NotesCustKey: '1-17', NotesLocked: 0, NotesUpdateDate: '2026-07-01T09:00:00' }
    await source.insert('Notes', { NotesKey: '1-N1', ...note, NotesText: 'Likes opals.' })
    await source.insert('Notes', { NotesKey: '', ...note, NotesText: 'Whose?' })
    source.start(['appointment', 'note'])
    await vi.waitFor(() => expect(source.lines().filter(({ op }) => op === 'complete')).toHaveLength(2), patience)
    expect(source.shown('note').map(({ key }) => key)).toEqual(['001-N00001'])
    // What is looked at with it, as late as it is, is told once.
    await appointment('001-P00006')
    await vi.waitFor(() => expect(source.shown('appointment').at(-1)?.key).toBe('001-P00006'), patience)
    const rejects = source.lines().flatMap((line) => (line.op === 'reject' ? [[line.kind, line.key]] : []))
    if (beyond === 'NULL') expect(rejects).toEqual([['note', null]])
    else {
      expect(rejects).toEqual([
        ['appointment', '001-P00003'],
        ['note', null],
      ])
      expect(source.shown('appointment').map(({ key }) => key.at(-1))).toEqual(['1', '2', '4', '5', '6'])
      await source.edge.exec(`UPDATE Appointment SET AppointmentMinutes = 45 WHERE AppointmentKey = '001-P00003'`)
      await vi.waitFor(
        () => expect(source.shown('appointment').at(-1)).toMatchObject({ record: { minutes: 45 } }),
        patience,
      )
    }
    expect(source.store.state.get('sqlTrouble')).toEqual({})
  })
}
