import { faultsOf, JumpringError } from '@jumpring/contracts'
import type { z } from 'zod'

/** What came in, checked. @throws `invalid_input`, which names fields and never a value */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new JumpringError('invalid_input', `Not of the agreed form: ${faultsOf(parsed.error, input)}.`)
}

/** Text as PostgreSQL keeps it: any character but NUL. */
export function storable(text: string): string {
  return text.replaceAll('\0', '')
}
