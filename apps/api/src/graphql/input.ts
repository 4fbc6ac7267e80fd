import { errorCodes } from '@jumpring/contracts'
import type { z } from 'zod'

/** Values a person entered that cannot be taken, by field. Holds none of the values. */
export class InvalidInput extends Error {
  readonly code = 'invalid_input'
  readonly fields: readonly { readonly path: string; readonly message: string }[]

  constructor(fields: readonly { readonly path: string; readonly message: string }[]) {
    super(errorCodes.invalid_input.meaning)
    this.name = 'InvalidInput'
    this.fields = fields
  }
}

/**
 * Checks what GraphQL has let through. A field given as null counts as not given.
 * @param at where the value stands in the input, for the messages
 * @throws InvalidInput
 */
export function parseInput<S extends z.ZodType>(schema: S, input: object, at: readonly string[] = []): z.output<S> {
  const parsed = schema.safeParse(given(input))
  if (parsed.success) return parsed.data
  throw new InvalidInput(
    parsed.error.issues.map(({ path, message }) => ({ path: [...at, ...path.map(String)].join('.'), message })),
  )
}

/** The fields that have a value. */
export function given(input: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined))
}
