import { randomUUID } from 'node:crypto'
import { type UplinkLine, uplinkLineSchema, wishSchema } from '@jumpring/contracts'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { StoreFolder } from '../../../tests/store.ts'
import { Bell } from '../../bell.ts'
import { takeCommands } from '../../downlink/apply.ts'
import { Gate } from '../../edt/gate.ts'
import { openStore, type Store } from '../../store/store.ts'
import { storeSettingsSchema } from '../../store-settings.ts'
import { checkQueries } from '../check.ts'
import { planOf, type SqlConfig } from '../config.ts'
import { mappingSchema, readMapping } from '../mapping-file.ts'
import { runSql } from '../source.ts'
import { tablesOf } from './tables.ts'

/** A database of a test's own, as the store itself works in it. */
export interface EdgeUnderTest {
  readonly config: SqlConfig
  exec(sql: string): Promise<void>
  rows(sql: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

/** A kind of database by a driver. `open` makes a new, empty one in the folder. */
export interface DriverUnderTest {
  readonly name: string
  /** How it calls a column of times, and of yes and no. */
  readonly types: { readonly time: string; readonly flag: string }
  /** What it takes between date and time. */
  readonly times: 'T' | 'blank'
  /** An SQL value of a number that the driver cannot give; `NULL` where there is none. */
  readonly outOfReach: string
  open(folder: string): Promise<EdgeUnderTest>
}

const patience = { timeout: 10_000, interval: 20 }
type Kind = NonNullable<SqlConfig['kinds']>[number]

/** What the source promises, by whatever driver. */
export function describeSource(driver: DriverUnderTest): void {
  describe(driver.name, () => {
    let folder: StoreFolder
    let store: Store
    let edge: EdgeUnderTest
    let stop: (() => Promise<void>) | undefined
    const writes = { ...readMapping().writes, times: driver.times }

    beforeEach(async () => {
      folder = new StoreFolder()
      store = openStore(folder.data)
      edge = await driver.open(folder.root)
      for (const table of tablesOf(driver.types)) await edge.exec(table)
    })
    afterEach(async () => {
      await stop?.()
      stop = undefined
      store.db.close()
      await edge.close()
      folder.remove()
    })

    /** Looks often and in small pages. */
    function start(kinds: Kind[], mappingChange: object = {}): Bell {
      const plan = planOf({ ...edge.config, kinds })
      const usual = readMapping()
      const streams = Object.entries(usual.streams).map(([kind, stream]) => [kind, { ...stream, everySeconds: 0.1 }])
      const mapping = mappingSchema.parse({
        ...usual,
        streams: Object.fromEntries(streams),
        pageRows: 2,
        ...mappingChange,
      })
      const stopping = new AbortController()
      const settings = storeSettingsSchema.parse({ region: 'US', timeZone: 'America/New_York' })
      const changes = new Bell()
      const nothing = () => undefined
      const gate = new Gate(nothing)
      const log = pino({ level: 'silent' })
      const parts = { ...plan, mapping, store, settings, log, changes, gate, onCommit: nothing, onLabels: nothing }
      const running = runSql(parts, stopping.signal)
      stop = () => {
        stopping.abort()
        return running
      }
      return changes
    }

    const lines = () =>
      [...store.spool.pages(1000, 10_000_000)].flat().map((line) => uplinkLineSchema.parse(JSON.parse(line)))
    const upserts = () => lines().filter((line): line is Extract<UplinkLine, { op: 'upsert' }> => line.op === 'upsert')
    const shown = (kind: string) => upserts().filter((line) => line.kind === kind)
    const insert = (table: string, row: Record<string, string | number | null>) =>
      edge.exec(`INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${Object.values(row).map(literal).join()})`)
    const appointment = (key: string, fields: Record<string, string | number> = {}) =>
      insert('Appointment', {
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
      await insert('Associate', { AssociateKey: 7, AssociateFirstName: 'Ada', AssociateLastName: 'Berg' })
      for (const number of [1, 2, 3, 4, 5]) await appointment(`001-P0000${number}`)
      start(['appointment'])
      await vi.waitFor(() => expect(lines().at(-1)).toMatchObject({ op: 'complete', kind: 'appointment' }), patience)
      expect(upserts()).toHaveLength(5)
      expect(upserts()[0]).toMatchObject({
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
      await edge.exec(`UPDATE Appointment SET AppointmentStatus = 'Completed' WHERE AppointmentKey = '001-P00003'`)
      await vi.waitFor(
        () =>
          expect(upserts().at(-1)).toMatchObject({ key: '001-P00003', bulk: false, record: { status: 'completed' } }),
        patience,
      )
      expect(upserts()).toHaveLength(6)
    })

    test('[AG-02] goes on where it stopped', async () => {
      await appointment('001-P00001')
      start(['appointment'])
      await vi.waitFor(() => expect(lines()).toHaveLength(2), patience)
      await stop?.()
      await appointment('001-P00002', { AppointmentUpdateDate: '2026-07-02T09:00:00' })
      start(['appointment'])
      await vi.waitFor(() => expect(upserts()).toHaveLength(2), patience)
      expect(lines().filter(({ op }) => op === 'complete')).toHaveLength(1)
    })

    test('labels are read first, then customers with their lists in order', async () => {
      for (const number of [1, 2, 3]) {
        const key = `001-0000${number}`
        await insert('Customer', {
          CustomerKey: key,
          CustomerFirstName: 'Nora',
          CustomerLastName: 'Lindqvist',
          CustomerInactive: 0,
          CustomerAcquisition: 'W-1',
          CustomerUpdateDate: '2026-07-01T09:00:00',
        })
        await insert('Phone', {
          PhoneCustKey: key,
          PhoneNo: 2,
          PhoneType: 'Cell',
          PhonePhone: '2035550118',
          PhoneDoNotContact: 1,
        })
        await insert('Phone', {
          PhoneCustKey: key,
          PhoneNo: 1,
          PhoneType: 'Home',
          PhonePhone: '2035550117',
          PhoneDoNotContact: 0,
        })
      }
      await insert('WhyIn', { WhyInKey: 'W-1', WhyInDesc: 'Walked by', WhyInUpdateDate: '2026-07-01T09:00:00' })
      start(['customer', 'acquisition'])
      await vi.waitFor(() => expect(lines()).toHaveLength(6), patience)
      expect(upserts().map(({ kind }) => kind)).toEqual(['acquisition', 'customer', 'customer', 'customer'])
      expect(upserts()[1]).toMatchObject({
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
      expect(store.mirror.customer('001-00001')?.lists.Phones).toMatchObject([
        { Key: 'Home', PairValue: { PhoneDoNotContact: false } },
        { Key: 'Cell', PairValue: { PhoneDoNotContact: true } },
      ])
    })

    test('[CB-03] [CB-04] [CB-06] custom fields, wishes and notes come, and again when they change', async () => {
      const stamp = '2026-07-01T09:00:00'
      await insert('Associate', { AssociateKey: 7, AssociateFirstName: 'Ada', AssociateLastName: 'Berg' })
      const name = { CustomerFirstName: 'Nora', CustomerLastName: 'Lindqvist', CustomerInactive: 0 }
      const fields = { CustomerKey1: '6 1/2', CustomerKey2: '', CustomerKey3: null, CustomerKey8: 'Platinum' }
      await insert('Customer', { CustomerKey: '001-00017', ...name, ...fields, CustomerUpdateDate: stamp })
      await insert('CustomerTransfer', {
        WebTransferEdgeID: '001-00017',
        WebTransferWebID: '',
        WebTransferRequiresWebUpload: 1,
      })
      const wish = { WishlistCustKey: '1-17', WishlistAssociate: 7, WishlistUpdateDate: stamp }
      await insert('Wishlist', { WishlistKey: '1-W1', ...wish, WishlistItemKey: '1-150-4', WishlistItemDesc: 'A ring' })
      await insert('Wishlist', { WishlistKey: 'jr-a', ...wish, WishlistItemKey: '', WishlistItemDesc: 'Opals, Zoë' })
      const note = { NotesCustKey: '1-17', NotesAsKey: 7, NotesDate: stamp, NotesUpdateDate: stamp }
      await insert('Notes', { NotesKey: '1-N1', ...note, NotesText: 'Likes opals.', NotesLocked: 0 })
      await insert('Notes', { NotesKey: '1-N2', ...note, NotesText: 'Paid in full.', NotesLocked: 1 })
      start(['customer', 'wish', 'note'])
      await vi.waitFor(() => expect(upserts()).toHaveLength(5), patience)
      const by = { associate: { number: '7', name: 'Ada Berg' } }
      expect(upserts()).toMatchObject([
        { record: { webUpload: true, customFields: { '1': '6 1/2', '8': 'Platinum' } } },
        { key: '001-W00001', record: { customer: '001-00017', item: '001-150-00004', description: 'A ring', ...by } },
        { key: 'jr-a', record: { customer: '001-00017', description: 'Opals, Zoë', ...by } },
        { key: '001-N00001', record: { text: 'Likes opals.', locked: false, at: '2026-07-01T13:00:00Z', ...by } },
        { key: '001-N00002', record: { text: 'Paid in full.', locked: true } },
      ])
      expect(upserts()[0]?.record).toHaveProperty('customFields', { '1': '6 1/2', '8': 'Platinum' })
      await edge.exec(`UPDATE Notes SET NotesText = 'Likes pearls.', NotesLocked = 1 WHERE NotesKey = '1-N1'`)
      await edge.exec(`UPDATE Wishlist SET WishlistDateBought = '2026-07-02T10:00:00' WHERE WishlistKey = '1-W1'`)
      await vi.waitFor(() => expect(upserts()).toHaveLength(7), patience)
      expect(upserts().slice(5)).toMatchObject([
        { record: { boughtAt: '2026-07-02T14:00:00Z' } },
        { record: { text: 'Likes pearls.', locked: true } },
      ])
    })

    test('[CO-09] lines of sales come with their sale, their amounts to the cent, and again when their sale changes', async () => {
      const stamp = { SalelineUpdateSeq: 1, SalelineUpdateDate: '2026-07-01T09:00:00' }
      await insert('Sale', {
        SaleKey: '001-00042',
        SaleDate: '2026-07-01T09:00:00',
        SaleUpdateDate: '2026-07-01T09:00:00',
      })
      await insert('Envelope', { EnvKey: '001-E00007', EnvType: 'Special Order' })
      for (const [number, amount] of [1250.5, -19.99, 0.1, 100, 7].entries()) {
        const envelope = number === 3 ? '001-E00007' : ''
        const key = { SalelineSaleKey: '001-00042', SalelineLineNo: number + 1, SalelineEnvKey: envelope }
        await insert('Saleline', {
          ...key,
          SalelineAmount: amount,
          SalelineCost: 3,
          SalelineCustKey: '001-00017',
          ...stamp,
        })
      }
      start(['saleLine'])
      await vi.waitFor(() => expect(upserts()).toHaveLength(5), patience)
      const amount = (minor: number) => ({
        record: { amount: { minor, currency: 'USD' }, soldAt: '2026-07-01T13:00:00Z' },
      })
      expect(upserts()).toMatchObject([125050, -1999, 10, 10000, 700].map(amount))
      expect(upserts()[3]).toMatchObject({ key: '001-00042/4', record: { open: 'special_order' } })
      await edge.exec(`UPDATE Sale SET SaleDate = '2026-07-02T09:00:00', SaleUpdateDate = '2026-07-02T09:00:00'`)
      await vi.waitFor(() => expect(upserts()).toHaveLength(10), patience)
      // All lines of one stamp come, in whatever order.
      const again = upserts().slice(5)
      expect(again.map(({ key }) => key).toSorted()).toEqual([1, 2, 3, 4, 5].map((line) => `001-00042/${line}`))
      for (const line of again) expect(line).toMatchObject({ record: { soldAt: '2026-07-02T13:00:00Z' } })
    })

    test('[AG-04] what a query names beyond the documented columns stays in the store', async () => {
      await insert('Customer', {
        CustomerKey: '001-00001',
        CustomerFirstName: 'Nora',
        CustomerLastName: 'Lindqvist',
        CustomerInactive: 0,
        CustomerSSNO: '078-05-1120',
        CustomerUpdateDate: '2026-07-01T09:00:00',
      })
      const stream = { key: ['CustomerKey'], changes: 'hash', everySeconds: 1, query: 'SELECT * FROM Customer' }
      start(['customer'], { streams: { customer: stream } })
      await vi.waitFor(() => expect(upserts()).toHaveLength(1), patience)
      expect(JSON.stringify([lines(), store.db.prepare('SELECT * FROM mirror').all()])).not.toContain('078-05-1120')
    })

    test('a table that is missing is named, a record that is wrong is set aside, and the others go on', async () => {
      await edge.exec('DROP TABLE Job')
      await appointment('001-P00001', { AppointmentStatus: 'Perhaps' })
      await appointment('001-P00002')
      start(['job', 'appointment'])
      await vi.waitFor(() => expect(lines()).toHaveLength(3), patience)
      expect(lines()[0]).toMatchObject({
        op: 'reject',
        key: '001-P00001',
        message: expect.stringContaining('AppointmentStatus'),
      })
      await vi.waitFor(() => expect(store.state.get('sqlTrouble')?.job).toMatch(/"job" cannot be read.*job/i), patience)
    })

    test('a record that the database cannot give, or that has no number, is set aside alone', async () => {
      const beyond = driver.outOfReach
      for (const number of [1, 2, 3, 4, 5]) await appointment(`001-P0000${number}`)
      await edge.exec(`UPDATE Appointment SET AppointmentMinutes = ${beyond} WHERE AppointmentKey = '001-P00003'`)
      const note = { NotesCustKey: '1-17', NotesLocked: 0, NotesUpdateDate: '2026-07-01T09:00:00' }
      await insert('Notes', { NotesKey: '1-N1', ...note, NotesText: 'Likes opals.' })
      await insert('Notes', { NotesKey: '', ...note, NotesText: 'Whose?' })
      start(['appointment', 'note'])
      await vi.waitFor(() => expect(lines().filter(({ op }) => op === 'complete')).toHaveLength(2), patience)
      expect(shown('note').map(({ key }) => key)).toEqual(['001-N00001'])
      const rejects = lines().flatMap((line) => (line.op === 'reject' ? [[line.kind, line.key]] : []))
      if (beyond === 'NULL') expect(rejects).toEqual([['note', null]])
      else {
        expect(rejects).toEqual([
          ['appointment', '001-P00003'],
          ['note', null],
        ])
        expect(shown('appointment').map(({ key }) => key.at(-1))).toEqual(['1', '2', '4', '5'])
        await edge.exec(`UPDATE Appointment SET AppointmentMinutes = 45 WHERE AppointmentKey = '001-P00003'`)
        await vi.waitFor(() => expect(shown('appointment').at(-1)).toMatchObject({ record: { minutes: 45 } }), patience)
      }
      expect(store.state.get('sqlTrouble')).toEqual({})
    })

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
          insert('Notification', {
            NotificationKey: key,
            NotificationType: type,
            NotificationStatus: status,
            ...text,
            ...stamp,
          })
        await add('1-T1', 'Text', 'Pending')
        await add('1-T2', 'Text', 'Sent')
        await add('1-T3', 'Email', 'Pending')
        const changes = start(['notification'], { writes: { ...writes, bookkeeping } })
        await vi.waitFor(() => expect(upserts()).toMatchObject([{ key: '001-T00001', bulk: false }]), patience)
        const id = randomUUID()
        const wish = {
          do: 'notificationStatus',
          notification: '001-T00001',
          status: 'sent',
          at: '2026-07-04T14:00:09Z',
        } as const
        store.commands.addForDatabase({ id, wish })
        changes.ring()
        await vi.waitFor(() => expect(store.commands.unreported(10)).toEqual([{ id, outcome: 'already' }]), patience)
        const seen = async () => {
          const [row] = await edge.rows(
            `SELECT NotificationStatus AS a, NotificationUpdateSeq AS b FROM Notification WHERE NotificationKey = '1-T1'`,
          )
          return [row?.a, row?.b]
        }
        expect(await seen()).toEqual(['Sent', 2])
        // A crash after the store had it, before this agent had noted that.
        store.db.exec(`UPDATE command SET state = 'prepared', report = NULL`)
        changes.ring()
        await vi.waitFor(() => expect(store.commands.unreported(10)).toEqual([{ id, outcome: 'already' }]), patience)
        expect(await seen()).toEqual(['Sent', 2])
        expect(upserts()).toHaveLength(1)
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
      await insert('Customer', { CustomerKey: '001-000017', ...name, CustomerUpdateDate: '2026-07-01T09:00:00' })
      const changes = start(['customer', ...kinds], { writes: { ...writes, bookkeeping } })
      await vi.waitFor(() => expect(store.mirror.customer(customer)).toBeDefined(), patience)
      /** Has a command written; gives what is reported. */
      const write = async (wish: object, id: string = randomUUID()) => {
        takeCommands(store, [{ id, wish: wishSchema.parse(wish) }], { statements: true })
        changes.ring()
        const reportOf = () => store.commands.unreported(100).find((one) => one.id === id)
        await vi.waitFor(() => expect(reportOf()).toBeDefined(), patience)
        return reportOf()?.outcome
      }
      const rows = (table: string, ...columns: string[]) =>
        edge.rows(`SELECT ${columns.map((column, index) => `${column} AS c${index}`).join()} FROM ${table} ORDER BY 1`)
      const rowsOf = async (table: string, ...columns: string[]) =>
        (await rows(table, ...columns)).map((row) => Object.values(row))
      return { write, rowsOf }
    }

    test.each(['store', 'agent'])(
      '[CB-06] [CB-11] a note is made once under the key that the cloud chose, changed, and comes up (noted in: %s)',
      async (bookkeeping) => {
        const { write, rowsOf } = await shop(['note'], bookkeeping)
        const id = randomUUID()
        expect(await write(aNote({ associate: '7' }), id)).toBe('already')
        await vi.waitFor(() => expect(shown('note')).toHaveLength(1), patience)
        expect(shown('note')[0]).toMatchObject({
          key: 'jr-n1',
          bulk: false,
          record: { customer, text: 'Likes opals.', at, locked: false, associate: { number: '7' } },
        })
        // A crash after the store had it, before this agent had noted that.
        store.db.exec(`UPDATE command SET state = 'prepared', report = NULL`)
        expect(await write(aNote(), randomUUID())).toBe('already')
        expect(store.commands.unreported(100)).toContainEqual({ id, outcome: 'already' })
        const longer = `Likes opals; "réglé" at O'Hara’s.\n${'Call first: 😀 “é”. '.repeat(900)}End`
        expect(await write(aNote({ text: longer, expected: 'Likes opals.' }))).toBe('already')
        expect(await rowsOf('Notes', 'NotesKey', 'NotesCustKey', 'NotesText', 'NotesUpdateSeq')).toEqual([
          ['jr-n1', '001-000017', longer, 2],
        ])
        await vi.waitFor(() => expect(shown('note')[1]).toMatchObject({ record: { text: longer } }), patience)
      },
    )

    test('[CB-06] a note that staff have changed or locked is left alone; of what is too long nothing is cut', async () => {
      const { write, rowsOf } = await shop(['note'])
      const note = { NotesCustKey: '001-000017', NotesUpdateSeq: 1, NotesUpdateDate: '2026-07-01T09:00:00' }
      await insert('Notes', { NotesKey: '1-N1', ...note, NotesText: 'Likes pearls.', NotesLocked: 0 })
      await insert('Notes', { NotesKey: '1-N2', ...note, NotesText: 'Paid.', NotesLocked: 1 })
      await vi.waitFor(() => expect(shown('note')).toHaveLength(2), patience)
      const change = { key: '001-N00001', text: 'Likes amber.', expected: 'Likes opals.' }
      expect(await write(aNote(change))).toBe('changed')
      expect(await write(aNote({ ...change, expected: null }))).toBe('changed')
      expect(await write(aNote({ key: '001-N00002', text: 'Paid twice.', expected: 'Paid.' }))).toBe('changed')
      expect(await write(aNote({ key: '001-N00003', text: 'Gone?', expected: 'Gone.' }))).toBe('failed')
      expect(await write(aNote({ ...change, expected: 'Likes pearls.' }))).toBe('already')
      const long = 'x'.repeat(20_000)
      const small = { ...writes, note: { ...writes.note, longest: { text: 19_999 } } }
      await stop?.()
      const changes = start(['customer', 'note'], { writes: small })
      const id = randomUUID()
      takeCommands(store, [{ id, wish: wishSchema.parse(aNote({ text: long })) }], { statements: true })
      changes.ring()
      await vi.waitFor(
        () =>
          expect(store.commands.unreported(100)).toContainEqual(
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
      await vi.waitFor(() => expect(shown('wish')).toHaveLength(1), patience)
      const by = { associate: { number: '7' } }
      expect(shown('wish')[0]).toMatchObject({
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
        () => expect(shown('wish')[1]).toMatchObject({ record: { description: long.description } }),
        patience,
      )
      expect(await write(aWish({ wished: { ...long, present: false }, expected: ring }))).toBe('changed')
      expect(await write(aWish({ wished: { ...long, present: false }, expected: long }))).toBe('already')
      await vi.waitFor(() => expect(shown('wish')[2]).toMatchObject({ record: { removedAt: at } }), patience)
      expect(await write(aWish({ wished: long, expected: { ...long, present: false } }))).toBe('already')
      await edge.exec(
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
      const { write, rowsOf } = await shop(['note'])
      await insert('Customer', {
        CustomerKey: '001-00016',
        CustomerFirstName: 'Eleonora',
        CustomerLastName: 'Lindqvist',
        CustomerInactive: 0,
        CustomerOldCustKey: '001-000017',
        CustomerUpdateDate: '2026-07-02T09:00:00',
      })
      await edge.exec(`DELETE FROM Customer WHERE CustomerKey = '001-000017'`)
      await vi.waitFor(() => expect(store.mirror.customer('001-00016')).toBeDefined(), patience)
      await edge.exec('DROP TABLE Activity')
      const id = randomUUID()
      takeCommands(store, [{ id, wish: wishSchema.parse(aMessage()) }], { statements: true })
      expect(await write(aNote())).toBe('already')
      expect(await rowsOf('Notes', 'NotesKey', 'NotesCustKey')).toEqual([['jr-n1', '001-00016']])
      await vi.waitFor(() => expect(store.state.get('sqlTrouble')?.writes).toMatch(/activity/i), patience)
      const settings = storeSettingsSchema.parse({ region: 'US' })
      const found = await checkQueries(planOf({ ...edge.config, kinds: ['note'] }), { store, settings })
      expect(found.filter(({ problem }) => problem !== null)).toMatchObject([{ what: 'Writing of "activity"' }])
      // Each rest after a refusal is over at once.
      const now = performance.now.bind(performance)
      let later = 0
      vi.spyOn(performance, 'now').mockImplementation(() => now() + later)
      onTestFinished(() => void vi.restoreAllMocks())
      await vi.waitFor(() => {
        later += 20_000
        expect(store.commands.unreported(100)).toContainEqual(expect.objectContaining({ id, outcome: 'failed' }))
      }, patience)
    })
  })
}

function literal(value: string | number | null): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}
