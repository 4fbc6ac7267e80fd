import { z } from 'zod'
import {
  associateRefSchema,
  customerKeySchema,
  instantSchema,
  itemKeySchema,
  longText,
  moneySchema,
  saleKeySchema,
  text,
} from '../values.ts'

/** `001-00001/1`: sale and line. EDT runs the two together without a separator; the separate fields are used. */
export const saleLineKeySchema = z.string().regex(/^\d{3,}-\d{5,}\/\d{1,4}$/)

/** One line of a sale. EDT: cost, bonus and card fields are not among the fields, so they stay. */
export const saleLineSchema = z.strictObject({
  sale: saleKeySchema,
  line: z.int().min(1),
  /** Absent: a sale over the counter to nobody known. */
  customer: customerKeySchema.optional(),
  soldAt: instantSchema.optional(),
  /** Of the line, with its sign: returned goods and the old piece of an exchange are negative. */
  amount: moneySchema,
  description: longText.optional(),
  item: itemKeySchema.optional(),
  itemType: text.optional(),
  /**
   * Why it is no purchase yet: a layaway that is not paid off (EDT SalelineEnvKey), a special order not picked up. Absent: it is one.
   */
  open: z.enum(['layaway', 'special_order']).optional(),
  associate: associateRefSchema.optional(),
})
export type SaleLine = z.infer<typeof saleLineSchema>
