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

/**
 * Where the first text stands that is none, though valid JSON: PostgreSQL or a platform would not take NUL or half a surrogate pair.
 * @returns the path to it; null where all is text
 */
export function noText(value: unknown): PropertyKey[] | null {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? [] : null
  if (typeof value !== 'object' || value === null) return null
  const parts = Array.isArray(value) ? value.entries() : Object.entries(value)
  for (const [name, part] of parts) {
    const within = noText(part)
    if (within) return [name, ...within]
  }
  return null
}
