import type { Chosen } from '@jumpring/db'
import { z } from 'zod'
import { builder } from '../../builder.ts'
import { given, InvalidInput, parseInput } from '../../input.ts'
import { CustomerRefInput } from '../duplicates/types.ts'
import { CustomerFilter, customerFilterSchema } from './types.ts'

/** So many customers one call may name. */
const mostAtOnce = 1000

export const ChosenCustomersInput = builder.inputType('ChosenCustomersInput', {
  description: 'Customers by number, or all whom a filter finds now: one of the two.',
  fields: (t) => ({
    connectionId: t.id({ required: true }),
    customers: t.field({ type: [CustomerRefInput], description: `At most ${mostAtOnce}.` }),
    filter: t.field({ type: CustomerFilter }),
  }),
})

const inputSchema = z.object({
  customers: z
    .array(z.strictObject({ sourceId: z.uuid(), key: z.string().min(1).max(100) }))
    .min(1)
    .max(mostAtOnce)
    .optional(),
  filter: z.preprocess(
    (filter) => (typeof filter === 'object' && filter ? given(filter) : filter),
    customerFilterSchema.optional(),
  ),
})

/** @throws InvalidInput */
export function chosenOf({ customers, filter }: typeof ChosenCustomersInput.$inferInput): Chosen {
  const parsed = parseInput(inputSchema, { customers, filter })
  if (parsed.customers && !parsed.filter) return { customers: parsed.customers }
  if (parsed.filter && !parsed.customers) return { filter: parsed.filter }
  throw new InvalidInput([{ path: 'customers', message: 'Either `customers` or `filter` is wanted.' }])
}
