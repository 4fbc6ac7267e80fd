import { z } from 'zod'
import { associateRefSchema, customerKeySchema, instantSchema, itemKeySchema, longText, text } from '../values.ts'

/** A wish of a customer. EDT: WishlistItemKey may be empty, a wish for something that is not in stock. */
export const wishRecordSchema = z.strictObject({
  customer: customerKeySchema.optional(),
  item: itemKeySchema.optional(),
  description: longText.optional(),
  enteredAt: instantSchema.optional(),
  eventAt: instantSchema.optional(),
  event: text.optional(),
  /** Fulfilled by a sale, of this item or another (EDT WishlistFinalItkey). */
  boughtAt: instantSchema.optional(),
  removedAt: instantSchema.optional(),
  associate: associateRefSchema.optional(),
})
export type WishRecord = z.infer<typeof wishRecordSchema>
