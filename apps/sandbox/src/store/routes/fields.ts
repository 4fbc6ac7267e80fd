import { z } from 'zod'
import type { Table, Value } from '../schema/table.ts'

const valueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** Fields of a table by The Edge's names, with any value: odd ones are what a store has. */
export function fieldsOf<Column extends string>(table: Table<Column>): z.ZodType<Partial<Record<Column, Value>>> {
  const isColumn = (name: string): name is Column => Object.hasOwn(table.columns, name)
  return z.partialRecord(z.enum(Object.keys(table.columns).filter(isColumn)), valueSchema)
}

export const keyParam = z.object({ key: z.string() })
