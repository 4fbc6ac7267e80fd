import { z } from 'zod'
import {
  associateRefSchema,
  customerKeySchema,
  instantSchema,
  itemKeySchema,
  longText,
  moneySchema,
  text,
} from '../values.ts'

/** A service job of The Edge. Its three states are those of the mission: Not Ready, Done, Picked Up. */
export const jobSchema = z.strictObject({
  number: text,
  customer: customerKeySchema.optional(),
  /** Absent: the source does not tell. EDT's files have customer, number and status only. */
  type: z.enum(['repair', 'custom', 'special_order', 'appraisal']).optional(),
  status: z.enum(['not_ready', 'done', 'picked_up']),
  summary: longText.optional(),
  description: longText.optional(),
  enteredAt: instantSchema.optional(),
  promisedAt: instantSchema.optional(),
  doneAt: instantSchema.optional(),
  pickedUpAt: instantSchema.optional(),
  price: moneySchema.optional(),
  item: itemKeySchema.optional(),
  associate: associateRefSchema.optional(),
})
export type Job = z.infer<typeof jobSchema>
