import { z } from 'zod'
import type { Table, Value } from '../schema/table.ts'

const valueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** Fields of a table by The Edge's names, with any value: odd ones are what a store has. */
export function fieldsOf<Column extends string>(table: Table<Column>): z.ZodType<Partial<Record<Column, Value>>> {
  const shape: Record<string, z.ZodType<Value | undefined>> = {}
  for (const column of Object.keys(table.columns)) shape[column] = valueSchema.optional()
  return z.strictObject(shape) as unknown as z.ZodType<Partial<Record<Column, Value>>>
}

export const keyParam = z.object({ key: z.string() })
