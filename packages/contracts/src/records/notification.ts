import { z } from 'zod'
import { customerKeySchema, instantSchema, text } from '../values.ts'

/** A text notification that The Edge wants sent (CO-10). Its key is The Edge's own id of it. */
export const notificationSchema = z.strictObject({
  customer: customerKeySchema.optional(),
  /** As The Edge holds it. */
  phone: text,
  body: z.string().min(1).max(1600),
  createdAt: instantSchema,
})
export type Notification = z.infer<typeof notificationSchema>
