import { z } from 'zod'
import {
  customerKeySchema,
  instantSchema,
  itemKeySchema,
  localDateSchema,
  longText,
  moneySchema,
  saleKeySchema,
  text,
} from '../values.ts'

/** EDT: Stock, Memo, Consignment, Trade-In, Sample and Assembled exist; what a letter means is the store's own (agent settings). */
export const inventoryTypes = ['stock', 'memo', 'consignment', 'trade', 'sample', 'assembled'] as const
export const inventoryTypeSchema = z.enum(inventoryTypes)
export type InventoryType = z.infer<typeof inventoryTypeSchema>

/**
 * An item of The Edge, as it leaves the store. EDT: ItemCost, margins and the stones' costs are not among the fields, so they stay.
 * Several pieces of a bulk item share one number.
 */
export const itemSchema = z.strictObject({
  category: z.strictObject({ id: text, name: text.optional() }).optional(),
  style: text.optional(),
  /** EDT ItemDesc with its overflow ItemDescMemo. */
  description: longText.optional(),
  /** EDT ItemStatus: `I` in stock; any other value means that it is off the shelf, sold or not. */
  status: z.enum(['in_stock', 'sold', 'off']),
  inventoryType: inventoryTypeSchema,
  /** EDT ItemVendorId: who supplies it. */
  supplier: z.strictObject({ id: text, name: text.optional() }).optional(),
  price: moneySchema.optional(),
  details: z.array(text).max(16),
  metal: text.optional(),
  size: text.optional(),
  stones: z.array(text).max(50),
  /** EDT ItemImage: file names. */
  images: z.array(text).max(50),
  quantity: z.int().optional(),
  enteredOn: localDateSchema.optional(),
  /** EDT ItemNeverUpload, ItemAlwaysUpload: the store's own say, above every filter. */
  upload: z.enum(['by_filter', 'always', 'never']),
  /** EDT ItemOldKey: the number before a transfer gave it this one. */
  oldKey: itemKeySchema.optional(),
  newKey: itemKeySchema.optional(),
  sold: z
    .strictObject({
      sale: saleKeySchema.optional(),
      at: instantSchema.optional(),
      price: moneySchema.optional(),
      customer: customerKeySchema.optional(),
    })
    .optional(),
})
export type Item = z.infer<typeof itemSchema>
