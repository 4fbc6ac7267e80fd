import { JumpringError } from '@jumpring/contracts'
import type { z } from 'zod'

/** What came in, checked. @throws `invalid_input`, which names fields and never a value */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new JumpringError('invalid_input', `Not of the agreed form: ${fieldsOf(parsed.error)}.`)
}

/** The fields that a schema complains about, without their values. */
export function fieldsOf(error: z.ZodError): string {
  const fields = error.issues.map((issue) => issue.path.join('.') || 'the whole')
  return [...new Set(fields)].slice(0, 10).join(', ')
}

/** Text as PostgreSQL keeps it: any character but NUL. */
export function storable(text: string): string {
  return text.replaceAll('\0', '')
}
