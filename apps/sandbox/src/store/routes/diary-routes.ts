import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Activity, Appointment, Notes, Notification, OtherKey, Wishlist } from '../schema/tables.ts'
import type { Store } from '../store.ts'
import { fieldsOf, keyParam } from './fields.ts'

const numberParam = z.object({ number: z.coerce.number().int().min(1).max(8) })
const nameSchema = z.strictObject({ name: z.string() })

type Input = { body: unknown; params: unknown }

/** What the store agrees with its customers, tells them and writes down about them. Each change is exported. */
export function addDiaryRoutes(app: FastifyInstance, store: Store): void {
  const { diary } = store.till
  const route = (method: 'POST' | 'PATCH', path: string, work: (input: Input) => unknown) =>
    app.route({
      method,
      url: `/control/store${path}`,
      handler: async ({ body, params }) => {
        const answer = work({ body: body ?? undefined, params })
        store.exporter.changed()
        return answer
      },
    })
  const keyOf = (params: unknown) => keyParam.parse(params).key

  route('POST', '/appointments', ({ body }) => diary.appointment(fieldsOf(Appointment).parse(body)))
  route('PATCH', '/appointments/:key', ({ body, params }) =>
    diary.changeAppointment(keyOf(params), fieldsOf(Appointment).parse(body)),
  )
  route('POST', '/notifications', ({ body }) => diary.notification(fieldsOf(Notification).parse(body)))
  route('PATCH', '/notifications/:key', ({ body, params }) =>
    diary.changeNotification(keyOf(params), fieldsOf(Notification).parse(body)),
  )
  route('POST', '/wishes', ({ body }) => diary.wish(fieldsOf(Wishlist).parse(body)))
  route('PATCH', '/wishes/:key', ({ body, params }) => diary.changeWish(keyOf(params), fieldsOf(Wishlist).parse(body)))
  route('POST', '/wishes/:key/remove', ({ params }) => diary.removeWish(keyOf(params)))
  route('POST', '/notes', ({ body }) => diary.note(fieldsOf(Notes).parse(body)))
  route('PATCH', '/notes/:key', ({ body, params }) => diary.changeNote(keyOf(params), fieldsOf(Notes).parse(body)))
  route('POST', '/notes/:key/lock', ({ params }) => diary.changeNote(keyOf(params), { NotesLocked: true }))
  route('POST', '/activities', ({ body }) => diary.activity(fieldsOf(Activity).parse(body)))
  route('PATCH', '/other-keys/:number', ({ body, params }) => {
    const { number } = numberParam.parse(params)
    const OtherKeyName = nameSchema.parse(body).name
    const { database } = store
    return (
      database.update(OtherKey, [number], { OtherKeyName }) ??
      database.insert(OtherKey, { OtherKeyNo: number, OtherKeyName })
    )
  })
}
