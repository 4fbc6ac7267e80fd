import { recordKinds } from '@jumpring/contracts'
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
    { name: 'whole', settings, sql: [...recordKinds] },
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
    fields: z.looseObject({ status: z.string(), startsAt: z.string() }),
    history: z.array(z.object({ event: z.string(), status: z.string().nullable() })),
  }),
)
const textsSchema = z.array(z.object({ via: z.string(), to: z.string(), body: z.string() }))
const notificationsSchema = z.array(
  z.looseObject({ NotificationKey: z.string(), NotificationStatus: z.string(), NotificationUpdateSeq: z.number() }),
)
/** UTC, which is this store's own time, as The Edge writes it. */
const inDays = (days: number) => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 11)}15:00:00`

test('[AG-02] [PD-07] an appointment made, moved and completed in the store is on the client’s timeline', async () => {
  const customer = await shop.addCustomer('Nora Lindqvist', { phone: '2035550117' })
  await shop.contactWith('+12035550117')
  const fields = { AppointmentCustKey: customer, AppointmentStart: inDays(2), AppointmentSubject: 'Ring fitting' }
  const key = keyed('AppointmentKey', await shop.post('/control/store/appointments', fields))
  const shown = (what: string, fits: (one: z.infer<typeof objectsSchema>[number]) => boolean) =>
    stack.waitFor(
      async () =>
        objectsSchema
          .parse(await shop.get('/state/podium/objects'))
          .find((one) => one.type === 'appointment' && fits(one)),
      { what },
    )
  const made = await shown('the appointment', ({ fields }) => fields.status === 'scheduled')
  expect(made.identifiers).toContain('+12035550117')

  const moved = inDays(3)
  await shop.patch(`/control/store/appointments/${key}`, { AppointmentStart: moved })
  await shown('it moved', ({ fields }) => Date.parse(fields.startsAt) === Date.parse(`${moved}Z`))
  await shop.patch(`/control/store/appointments/${key}`, { AppointmentStatus: 'Completed' })
  const completed = await shown('it completed', ({ fields }) => fields.status === 'completed')
  expect(completed.history.map(({ event }) => event)).toEqual(['created', 'updated', 'updated'])
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

test('[AG-02] customers that are read from the database go up, and what comes down for them is taken by EDT and seen', async () => {
  const key = await whole.addCustomer('Ines Moreau', { phone: '2035550119' })
  const { uid } = await whole.contactWith('+12035550119')
  await whole.changeContact(uid, { emails: ['ines@example.com'] })
  await whole.customerWhere('her e-mail', (one) => one.key === key && one.emails.includes('ines@example.com'))
  await whole.marker()
  const { overview } = await whole.staff.connection()
  expect(overview.counts.quarantined).toBe(0)
})
