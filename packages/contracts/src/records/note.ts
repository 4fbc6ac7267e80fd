import { z } from 'zod'
import { associateRefSchema, customerKeySchema, instantSchema } from '../values.ts'

/** A note about a customer. The Edge may lock a note once it is saved. */
export const noteSchema = z.strictObject({
  customer: customerKeySchema.optional(),
  text: z.string().min(1).max(20_000),
  at: instantSchema.optional(),
  locked: z.boolean(),
  associate: associateRefSchema.optional(),
})
export type Note = z.infer<typeof noteSchema>
