import { randomUUID } from 'node:crypto'
import { wishSchema } from '@jumpring/contracts'
import { expect, onTestFinished, test, vi } from 'vitest'
import { takeCommands } from '../../downlink/apply.ts'
import { storeSettingsSchema } from '../../store-settings.ts'
import { checkQueries } from '../check.ts'
import { planOf } from '../config.ts'
import { readMapping } from '../mapping-file.ts'
import { type DriverUnderTest, type Kind, patience, type SourceUnderTest } from './source-under-test.ts'

/** What the source promises of what it writes into the store's database, by whatever driver. */
export function testWriting(driver: DriverUnderTest, source: SourceUnderTest): void {
  const writes = { ...readMapping().writes, times: driver.times }

  test.each(['store', 'agent'])(
    '[CO-10] only waiting texts go up, and what became of them is written back once (noted in: %s)',
    async (bookkeeping) => {
      const text = {
        NotificationCustKey: '001-00017',
        NotificationPhone: '2035550117',
        NotificationMessage: 'Ready.',
      }
      const stamp = {
        NotificationDateEntered: '2026-07-04T10:00:00',
        NotificationUpdateSeq: 1,
        NotificationUpdateDate: '2026-07-04T10:00:00',
      }
      const add = (key: string, type: string, status: string) =>
        source.insert('Notification', {
          NotificationKey: key,
          NotificationType: type,
          NotificationStatus: status,
          ...text,
          ...stamp,
        })
      await add('1-T1', 'Text', 'Pending')
      await add('1-T2', 'Text', 'Sent')
      await add('1-T3', 'Email', 'Pending')
      const changes = source.start(['notification'], { writes: { ...writes, bookkeeping } })
      await vi.waitFor(() => expect(source.upserts()).toMatchObject([{ key: '001-T00001', bulk: false }]), patience)
      const id = randomUUID()
      const wish = {
        do: 'notificationStatus',
        notification: '001-T00001',
        status: 'sent',
        at: '2026-07-04T14:00:09Z',
      } as const
      source.store.commands.addForDatabase({ id, wish })
      changes.ring()
      await vi.waitFor(
        () => expect(source.store.commands.unreported(10)).toEqual([{ id, outcome: 'already' }]),
        patience,
      )
      const seen = async () => {
        const [row] = await source.edge.rows(
          `SELECT NotificationStatus AS a, NotificationUpdateSeq AS b FROM Notification WHERE NotificationKey = '1-T1'`,
        )
        return [row?.a, row?.b]
      }
      expect(await seen()).toEqual(['Sent', 2])
      // A crash after the store had it, before this agent had noted that.
      source.store.db.exec(`UPDATE command SET state = 'prepared', report = NULL`)
      changes.ring()
      await vi.waitFor(
        () => expect(source.store.commands.unreported(10)).toEqual([{ id, outcome: 'already' }]),
        patience,
      )
      expect(await seen()).toEqual(['Sent', 2])
      expect(source.upserts()).toHaveLength(1)
    },
  )

  const customer = '001-00017'
  const aNote = (fields: object = {}) =>
    ({ do: 'putNote', key: 'jr-n1', customer, text: 'Likes opals.', expected: null, at, ...fields }) as const
  const ring = { present: true, item: '001-150-00004', description: null }
  const aWish = (fields: object = {}) =>
    ({ do: 'putWish', key: 'jr-w1', customer, wished: ring, expected: null, at, ...fields }) as const
  const aMessage = (fields: object = {}) => ({
    ...({ do: 'addActivity', key: 'jr-m1', customer, channel: 'text', at, subject: null, body: 'See you!' } as const),
    attachments: ['https://example.com/ring.jpg'],
    ...fields,
  })
  const at = '2026-07-04T14:00:09Z'
  async function shop(kinds: Kind[], bookkeeping = 'store') {
    const name = { CustomerFirstName: 'Nora', CustomerLastName: 'Lindqvist', CustomerInactive: 0 }
    await source.insert('Customer', { CustomerKey: '001-000017', ...name, CustomerUpdateDate: '2026-07-01T09:00:00' })
    const changes = source.start(['customer', ...kinds], { writes: { ...writes, bookkeeping } })
    await vi.waitFor(() => expect(source.store.mirror.customer(customer)).toBeDefined(), patience)
    /** Has a command written; gives what is reported. */
    const write = async (wish: object, id: string = randomUUID()) => {
      takeCommands(source.store, [{ id, wish: wishSchema.parse(wish) }], { statements: true })
      changes.ring()
      const reportOf = () => source.store.commands.unreported(100).find((one) => one.id === id)
      await vi.waitFor(() => expect(reportOf()).toBeDefined(), patience)
      return reportOf()?.outcome
    }
    const rows = (table: string, ...columns: string[]) =>
      source.edge.rows(
        `SELECT ${columns.map((column, index) => `${column} AS c${index}`).join()} FROM ${table} ORDER BY 1`,
      )
    const rowsOf = async (table: string, ...columns: string[]) =>
      (await rows(table, ...columns)).map((row) => Object.values(row))
    return { write, rowsOf, wake: () => changes.ring() }
  }

  test.each(['store', 'agent'])(
    '[CB-06] [CB-11] a note is made once under the key that the cloud chose, changed, and comes up (noted in: %s)',
    async (bookkeeping) => {
      const { write, rowsOf } = await shop(['note'], bookkeeping)
      const id = randomUUID()
      expect(await write(aNote({ associate: '7' }), id)).toBe('already')
      await vi.waitFor(() => expect(source.shown('note')).toHaveLength(1), patience)
      expect(source.shown('note')[0]).toMatchObject({
        key: 'jr-n1',
        bulk: false,
        record: { customer, text: 'Likes opals.', at, locked: false, associate: { number: '7' } },
      })
      // A crash after the store had it, before this agent had noted that.
      source.store.db.exec(`UPDATE command SET state = 'prepared', report = NULL`)
      expect(await write(aNote(), randomUUID())).toBe('already')
      expect(source.store.commands.unreported(100)).toContainEqual({ id, outcome: 'already' })
      const longer = `Likes opals; "réglé" at O'Hara’s.\n${'Call first: 😀 “é”. '.repeat(900)}End`
      expect(await write(aNote({ text: longer, expected: 'Likes opals.' }))).toBe('already')
      expect(await rowsOf('Notes', 'NotesKey', 'NotesCustKey', 'NotesText', 'NotesUpdateSeq')).toEqual([
        ['jr-n1', '001-000017', longer, 2],
      ])
      await vi.waitFor(() => expect(source.shown('note')[1]).toMatchObject({ record: { text: longer } }), patience)
    },
  )

  test('[CB-06] a note that staff have changed or locked is left alone; of what is too long nothing is cut', async () => {
    const { write, rowsOf } = await shop(['note'])
    const note = { NotesCustKey: '001-000017', NotesUpdateSeq: 1, NotesUpdateDate: '2026-07-01T09:00:00' }
    await source.insert('Notes', { NotesKey: '1-N1', ...note, NotesText: 'Likes pearls.', NotesLocked: 0 })
    await source.insert('Notes', { NotesKey: '1-N2', ...note, NotesText: 'Paid.', NotesLocked: 1 })
    await vi.waitFor(() => expect(source.shown('note')).toHaveLength(2), patience)
    const change = { key: '001-N00001', text: 'Likes amber.', expected: 'Likes opals.' }
    expect(await write(aNote(change))).toBe('changed')
    expect(await write(aNote({ ...change, expected: null }))).toBe('changed')
    expect(await write(aNote({ key: '001-N00002', text: 'Paid twice.', expected: 'Paid.' }))).toBe('changed')
    expect(await write(aNote({ key: '001-N00003', text: 'Gone?', expected: 'Gone.' }))).toBe('failed')
    expect(await write(aNote({ ...change, expected: 'Likes pearls.' }))).toBe('already')
    const long = 'x'.repeat(20_000)
    const small = { ...writes, note: { ...writes.note, longest: { text: 19_999 } } }
    await source.stop()
    const changes = source.start(['customer', 'note'], { writes: small })
    const id = randomUUID()
    takeCommands(source.store, [{ id, wish: wishSchema.parse(aNote({ text: long })) }], { statements: true })
    changes.ring()
    await vi.waitFor(
      () =>
        expect(source.store.commands.unreported(100)).toContainEqual(
          expect.objectContaining({ id, code: 'value_does_not_fit' }),
        ),
      patience,
    )
    expect(await rowsOf('Notes', 'NotesKey', 'NotesText')).toEqual([
      ['1-N1', 'Likes amber.'],
      ['1-N2', 'Paid.'],
    ])
  })

  test('[CB-04] a wish is made, changed and taken off the list; what was bought stays so', async () => {
    const { write, rowsOf } = await shop(['wish'])
    expect(await write(aWish({ associate: '7' }))).toBe('already')
    await vi.waitFor(() => expect(source.shown('wish')).toHaveLength(1), patience)
    const by = { associate: { number: '7' } }
    expect(source.shown('wish')[0]).toMatchObject({
      key: 'jr-w1',
      record: { customer, item: ring.item, enteredAt: at, ...by },
    })
    // The ring's character stands where The Edge's description ends and its memo begins.
    const long = {
      ...ring,
      item: null,
      description: `${'A necklace with opals, '.repeat(11)}a💍 ${'and pearls, '.repeat(60)}too`,
    }
    expect(await write(aWish({ wished: long, expected: ring }))).toBe('already')
    await vi.waitFor(
      () => expect(source.shown('wish')[1]).toMatchObject({ record: { description: long.description } }),
      patience,
    )
    expect(await write(aWish({ wished: { ...long, present: false }, expected: ring }))).toBe('changed')
    expect(await write(aWish({ wished: { ...long, present: false }, expected: long }))).toBe('already')
    await vi.waitFor(() => expect(source.shown('wish')[2]).toMatchObject({ record: { removedAt: at } }), patience)
    expect(await write(aWish({ wished: long, expected: { ...long, present: false } }))).toBe('already')
    await source.edge.exec(
      `UPDATE Wishlist SET WishlistDateBought = '2026-07-05T10:00:00', WishlistUpdateDate = '2026-07-05T10:00:00'`,
    )
    expect(await write(aWish({ wished: ring, expected: long }))).toBe('changed')
    expect(await write(aWish({ wished: ring, expected: { ...long, present: false } }))).toBe('changed')
    expect(await rowsOf('Wishlist', 'WishlistKey', 'WishlistDateRemoved', 'WishlistUpdateSeq')).toEqual([
      ['jr-w1', null, 4],
    ])
  })

  test('[CB-09] a message is on the Activity tab once, with its attachments as links', async () => {
    const { write, rowsOf } = await shop([])
    expect(await write(aMessage({ associate: '7' }))).toBe('already')
    expect(await write(aMessage())).toBe('already')
    expect(await write(aMessage({ key: 'jr-m2', channel: 'email', subject: 'Your ring', attachments: [] }))).toBe(
      'already',
    )
    const columns = [
      'ActivityKey',
      'ActivityCustKey',
      'ActivityType',
      'ActivityDesc',
      'ActivityDetail',
      'ActivityAsKey',
    ]
    expect(await rowsOf('Activity', ...columns)).toEqual([
      ['jr-m1', '001-000017', 'Text', 'Text message', 'See you!\nhttps://example.com/ring.jpg', 7],
      ['jr-m2', '001-000017', 'Email', 'Your ring', 'See you!', null],
    ])
  })

  test('a change for a customer who was merged goes to the one that remains; one that the database refuses holds up no other', async () => {
    const { write, rowsOf, wake } = await shop(['note'])
    await source.insert('Customer', {
      CustomerKey: '001-00016',
      CustomerFirstName: 'Eleonora',
      CustomerLastName: 'Lindqvist',
      CustomerInactive: 0,
      CustomerOldCustKey: '001-000017',
      CustomerUpdateDate: '2026-07-02T09:00:00',
    })
    await source.edge.exec(`DELETE FROM Customer WHERE CustomerKey = '001-000017'`)
    await vi.waitFor(() => expect(source.store.mirror.customer('001-00016')).toBeDefined(), patience)
    await source.edge.exec('DROP TABLE Activity')
    const id = randomUUID()
    takeCommands(source.store, [{ id, wish: wishSchema.parse(aMessage()) }], { statements: true })
    expect(await write(aNote())).toBe('already')
    expect(await rowsOf('Notes', 'NotesKey', 'NotesCustKey')).toEqual([['jr-n1', '001-00016']])
    await vi.waitFor(() => expect(source.store.state.get('sqlTrouble')?.writes).toMatch(/activity/i), patience)
    const settings = storeSettingsSchema.parse({ region: 'US' })
    const found = await checkQueries(planOf({ ...source.edge.config, kinds: ['note'] }), {
      store: source.store,
      settings,
    })
    expect(found.filter(({ problem }) => problem !== null)).toMatchObject([{ what: 'Writing of "activity"' }])
    // Each rest after a refusal is over at once.
    const now = performance.now.bind(performance)
    let later = 0
    vi.spyOn(performance, 'now').mockImplementation(() => now() + later)
    onTestFinished(() => void vi.restoreAllMocks())
    await vi.waitFor(() => {
      later += 20_000
      wake()
      expect(source.store.commands.unreported(100)).toContainEqual(expect.objectContaining({ id, outcome: 'failed' }))
    }, patience)
  })
}
