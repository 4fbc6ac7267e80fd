import { z } from 'zod'
import { associateRefSchema, customerKeySchema, instantSchema, longText, text } from '../values.ts'

/** An appointment of The Edge. */
export const appointmentSchema = z.strictObject({
  customer: customerKeySchema.optional(),
  startsAt: instantSchema,
  minutes: z.int().min(0).max(1440).optional(),
  subject: text.optional(),
  note: longText.optional(),
  status: z.enum(['scheduled', 'completed', 'canceled', 'no_show']),
  createdAt: instantSchema.optional(),
  updatedAt: instantSchema.optional(),
  associate: associateRefSchema.optional(),
})
export type Appointment = z.infer<typeof appointmentSchema>
