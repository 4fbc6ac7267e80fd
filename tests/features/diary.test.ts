import { recordKinds } from '@jumpring/contracts'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Stack, sharedStack } from '../support/stack.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shop: Shop
let whole: Shop

beforeAll(async () => {
  stack = await sharedStack()
  const settings = { sink: 'partnerApi', streams: { notifications: true } }
  const kinds = ['acquisition', 'appointment', 'notification'] as const
  const [first, second] = await openShops(stack, [
    { name: 'diary', settings, sql: [...kinds] },
    { name: 'whole', settings: { ...settings, sink: 'dataFeed' }, sql: [...recordKinds] },
  ])
  shop = first ?? expect.fail('the first shop did not open')
  whole = second ?? expect.fail('the second shop did not open')
})
afterAll(async () => {
  await Promise.all([shop?.close(), whole?.close()])
  await stack?.stop()
})

const keyed = (column: string, value: unknown) => z.object({ [column]: z.string() }).parse(value)[column] ?? ''
const objectsSchema = z.array(
  z.looseObject({
    type: z.string(),
    identifiers: z.array(z.string()),
    fields: z.looseObject({ status: z.string(), startsAt: z.string(), subject: z.string() }),
    history: z.array(z.object({ event: z.string(), status: z.string().nullable() })),
  }),
)
const textsSchema = z.array(z.object({ via: z.string(), to: z.string(), body: z.string() }))
const notificationsSchema = z.array(
  z.looseObject({ NotificationKey: z.string(), NotificationStatus: z.string(), NotificationUpdateSeq: z.number() }),
)
/** UTC, which is this store's own time, as The Edge writes it. */
const inDays = (days: number) => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 11)}15:00:00`

type Entry = z.infer<typeof objectsSchema>[number]

test.each([
  ['partnerApi', () => shop],
  ['dataFeed', () => whole],
])(
  '[AG-02] [PD-07] through %s what becomes of an appointment is on the client’s timeline: made, moved, completed, canceled, no-show',
  async (_sink, open) => {
    const at = open()
    const customer = await at.addCustomer('Nora Lindqvist', { phone: '2035550117' })
    await at.contactWith('+12035550117')
    const make = async (AppointmentSubject: string) => {
      const fields = { AppointmentCustKey: customer, AppointmentStart: inDays(2), AppointmentSubject }
      return keyed('AppointmentKey', await at.post('/control/store/appointments', fields))
    }
    const shown = (subject: string, fits: (one: Entry) => boolean) =>
      stack.waitFor(
        async () => {
          const found = objectsSchema
            .parse(await at.get('/state/podium/objects'))
            .filter(({ type, fields }) => type === 'appointment' && fields.subject === subject)
          if (found.length > 1) throw new Error(`${subject} stands in Podium ${found.length} times.`)
          return found.find(fits)
        },
        { what: `${subject} as it is now` },
      )
    const is = (status: string) => (one: Entry) => one.fields.status === status
    const change = (key: string, fields: Record<string, string>) =>
      at.patch(`/control/store/appointments/${key}`, fields)

    const fitting = await make('Ring fitting')
    const [watch, pearls] = [await make('Watch'), await make('Pearls')]
    const made = await shown('Ring fitting', is('scheduled'))
    expect(made.identifiers).toContain('+12035550117')
    await Promise.all([shown('Watch', is('scheduled')), shown('Pearls', is('scheduled'))])
    await change(watch, { AppointmentStatus: 'Canceled' })
    await change(pearls, { AppointmentStatus: 'No Show' })

    const moved = inDays(3)
    await change(fitting, { AppointmentStart: moved })
    await shown('Ring fitting', ({ fields }) => Date.parse(fields.startsAt) === Date.parse(`${moved}Z`))
    await change(fitting, { AppointmentStatus: 'Completed' })
    const completed = await shown('Ring fitting', is('completed'))
    expect(completed.history.map(({ event }) => event)).toEqual(['created', 'updated', 'updated'])
    for (const [subject, status] of [
      ['Watch', 'canceled'],
      ['Pearls', 'no_show'],
    ] as const) {
      const ended = await shown(subject, is(status))
      expect(ended.history.map(({ status }) => status)).toEqual(['scheduled', status])
    }
  },
)

test('[CO-11] [PD-07] an appointment that is past and was never completed waits with that reason, and goes up once it is', async () => {
  const customer = await shop.addCustomer('Pia Past', { phone: '2035550122' })
  await shop.contactWith('+12035550122')
  const fields = { AppointmentCustKey: customer, AppointmentSubject: 'Long ago' }
  const past = keyed(
    'AppointmentKey',
    await shop.post('/control/store/appointments', { ...fields, AppointmentStart: inDays(-2) }),
  )
  const [entry] = await stack.waitFor(
    async () => {
      const open = await shop.staff.quarantine(past)
      return open.length > 0 && open
    },
    { what: 'the past appointment in quarantine' },
  )
  expect(entry).toMatchObject({
    stage: 'up',
    code: 'incomplete_record',
    message: 'The appointment lies in the past and is neither completed nor canceled in The Edge.',
  })
  await shop.post('/control/store/appointments', { ...fields, AppointmentSubject: 'Soon', AppointmentStart: inDays(1) })
  const hers = (status: string, subject: string) =>
    stack.waitFor(
      async () =>
        objectsSchema
          .parse(await shop.get('/state/podium/objects'))
          .some((one) => one.fields.subject === subject && one.fields.status === status),
      { what: `${subject}, ${status}` },
    )
  // The others pass it by.
  await hers('scheduled', 'Soon')
  await shop.patch(`/control/store/appointments/${past}`, { AppointmentStatus: 'Completed' })
  await hers('completed', 'Long ago')
  await stack.waitFor(async () => (await shop.staff.quarantine(past)).length === 0, { what: 'it out of quarantine' })
})

test('[AG-02] [PD-12] [CO-10] a text is sent once by the partner path, and The Edge shows what became of it', async () => {
  const customer = await shop.addCustomer('Ada Berg', { phone: '2035550118' })
  await shop.contactWith('+12035550118')
  const fields = { NotificationCustKey: customer, NotificationMessage: 'Your ring is ready.' }
  const key = keyed('NotificationKey', await shop.post('/control/store/notifications', fields))
  const row = await stack.waitFor(
    async () => {
      const rows = notificationsSchema.parse(await shop.get('/state/store/notifications'))
      return rows.find((one) => one.NotificationKey === key && one.NotificationStatus === 'Delivered')
    },
    { what: 'the text delivered, as The Edge shows it' },
  )
  // Sent, then delivered: each written once.
  expect(row.NotificationUpdateSeq).toBe(3)
  const texts = textsSchema.parse(await shop.get('/state/podium/texts'))
  expect(texts).toMatchObject([{ via: 'partner', to: '+12035550118', body: 'Your ring is ready.' }])
  expect(await shop.get('/state/podium/conversations')).toEqual([])
})

/** Waits until the cloud has a record. */
const cloudHas = async (kind: string, key: string) => {
  const owner = new pg.Client(stack.database.ownerUrl)
  await owner.connect()
  const records = () =>
    owner.query('SELECT FROM record WHERE tenant_id = $1 AND kind = $2 AND key = $3', [shop.tenant.id, kind, key])
  await stack.waitFor(async () => (await records()).rows.length === 1, { what: `${kind} ${key} in the cloud` })
  await owner.end()
}

test('[CO-13] [PD-07] with appointments off none goes; on again, they are as they stand then', async () => {
  const customer = await shop.addCustomer('Ove Strand', { phone: '2035550120' })
  const { uid } = await shop.contactWith('+12035550120')
  const his = async () =>
    objectsSchema
      .parse(await shop.get('/state/podium/objects'))
      .filter(({ identifiers }) => identifiers.includes('+12035550120'))
      .map(({ fields }) => fields.status)
      .toSorted()
  const isShown = (...wanted: string[]) =>
    stack.waitFor(async () => JSON.stringify(await his()) === JSON.stringify(wanted), { what: `his: ${wanted}` })
  const make = async (AppointmentSubject: string) => {
    const fields = { AppointmentCustKey: customer, AppointmentStart: inDays(4), AppointmentSubject }
    return keyed('AppointmentKey', await shop.post('/control/store/appointments', fields))
  }
  const before = await make('Watch')
  await isShown('scheduled')
  await shop.staff.change({ settings: { streams: { appointments: false } } })
  await shop.patch(`/control/store/appointments/${before}`, { AppointmentStatus: 'Completed' })
  await cloudHas('appointment', await make('Bracelet'))
  // The other streams go on.
  await shop.changeContact(uid, { emails: ['ove@example.com'] })
  await shop.marker()
  expect(await his()).toEqual(['scheduled'])
  await shop.staff.change({ settings: { streams: { appointments: true } } })
  await isShown('completed', 'scheduled')
})

test('[CO-13] [CO-10] [PD-12] with texts off none is sent; on again, those that are not too old go, once', async () => {
  const customer = await shop.addCustomer('Una Holt', { phone: '2035550121' })
  await shop.contactWith('+12035550121')
  const write = (NotificationMessage: string, more = {}) =>
    shop.post('/control/store/notifications', { NotificationCustKey: customer, NotificationMessage, ...more })
  const bodies = async () =>
    textsSchema
      .parse(await shop.get('/state/podium/texts'))
      .filter(({ to }) => to === '+12035550121')
      .map(({ body }) => body)
  await write('Before.')
  await stack.waitFor(async () => (await bodies()).length === 1, { what: 'the first text' })
  await shop.staff.change({ settings: { streams: { notifications: false } } })
  await write('Meanwhile.')
  const NotificationDateEntered = new Date(Date.now() - 40 * 60_000).toISOString().slice(0, 19)
  const old = keyed('NotificationKey', await write('Too old.', { NotificationDateEntered }))
  await cloudHas('notification', old)
  await shop.marker()
  expect(await bodies()).toEqual(['Before.'])
  await shop.staff.change({ settings: { streams: { notifications: true } } })
  await stack.waitFor(
    async () =>
      notificationsSchema
        .parse(await shop.get('/state/store/notifications'))
        .some((one) => one.NotificationKey === old && one.NotificationUpdateSeq > 1),
    { what: 'The Edge to know of the one that is too old' },
  )
  await shop.staff.change({ settings: { streams: { notifications: false } } })
  await shop.staff.change({ settings: { streams: { notifications: true } } })
  await shop.marker()
  expect(await bodies()).toEqual(['Before.', 'Meanwhile.'])
})

test('[AG-02] customers that are read from the database go up, and what comes down for them is taken by EDT and seen', async () => {
  const key = await whole.addCustomer('Ines Moreau', { phone: '2035550119' })
  const { uid } = await whole.contactWith('+12035550119')
  await whole.changeContact(uid, { emails: ['ines@example.com'] })
  await whole.customerWhere('her e-mail', (one) => one.key === key && one.emails.includes('ines@example.com'))
  await whole.marker()
  const { overview } = await whole.staff.connection()
  expect(overview.counts.quarantined).toBe(0)
})
