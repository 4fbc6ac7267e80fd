import { z } from 'zod'
import type { Bindable } from './database.ts'
import type { Query } from './paging.ts'

const oneStatement = z
  .union([z.string(), z.array(z.string())])
  .transform((sql) => (typeof sql === 'string' ? sql : sql.join('\n')).trim())
  .pipe(
    z
      .string()
      .min(1)
      .regex(/^[^;]*$/, 'must be one statement, without a semicolon'),
  )

/** SQL as one text, or as a list of lines. */
export const sqlSchema = oneStatement.pipe(z.string().regex(/^select\b/i, 'must be one SELECT'))

/** `:name`, but not PostgreSQL's `::type`. */
const parameterForm = /(?<!:):([A-Za-z]\w*)/g

const onlyWith = (names: readonly string[]) =>
  z.string().superRefine((sql, context) => {
    for (const [written, name = ''] of sql.matchAll(parameterForm)) {
      if (names.includes(name)) continue
      context.addIssue({ code: 'custom', message: `${written} is none of ${names.map((one) => `:${one}`).join(' ')}` })
    }
  })

/** A statement that writes, with named parameters out of these. */
export const statementSchema = (...names: string[]) => oneStatement.pipe(onlyWith(names))
/** A SELECT with named parameters out of these. */
export const selectSchema = (...names: string[]) => sqlSchema.pipe(onlyWith(names))

/** What is bound to the parameters of a statement. */
export type Values = Readonly<Record<string, Bindable>>

/** `:name` → `?`, which every driver knows. */
export function positional(statement: string, values: Values): Query {
  const parameters: Bindable[] = []
  const sql = statement.replace(parameterForm, (_, name: string) => {
    parameters.push(values[name] ?? null)
    return '?'
  })
  return { sql, parameters }
}
