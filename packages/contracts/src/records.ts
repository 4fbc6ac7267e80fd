import { z } from 'zod'
import { appointmentSchema } from './records/appointment.ts'
import { customerSchema } from './records/customer.ts'
import { itemSchema } from './records/item.ts'
import { jobSchema } from './records/job.ts'
import { acquisitionSchema } from './records/lookups.ts'
import { noteSchema } from './records/note.ts'
import { notificationSchema } from './records/notification.ts'
import { saleLineKeySchema, saleLineSchema } from './records/sale-line.ts'
import { wishRecordSchema } from './records/wish.ts'
import { customerKeySchema, itemKeySchema, plainKeySchema } from './values.ts'

/** Every kind of record that comes up from The Edge: the form of its key and of itself. */
export const recordSchemas = {
  customer: { key: customerKeySchema, record: customerSchema },
  item: { key: itemKeySchema, record: itemSchema },
  saleLine: { key: saleLineKeySchema, record: saleLineSchema },
  job: { key: plainKeySchema, record: jobSchema },
  appointment: { key: plainKeySchema, record: appointmentSchema },
  notification: { key: plainKeySchema, record: notificationSchema },
  wish: { key: plainKeySchema, record: wishRecordSchema },
  note: { key: plainKeySchema, record: noteSchema },
  acquisition: { key: plainKeySchema, record: acquisitionSchema },
} as const

export const recordKinds = [
  'customer',
  'item',
  'saleLine',
  'job',
  'appointment',
  'notification',
  'wish',
  'note',
  'acquisition',
] as const
export const recordKindSchema = z.enum(recordKinds)
export type RecordKind = z.infer<typeof recordKindSchema>
/** The record of a kind. */
export type RecordOf<Kind extends RecordKind> = z.infer<(typeof recordSchemas)[Kind]['record']>
