import { errorCodes, JumpringError } from '@jumpring/contracts'
import { z } from 'zod'
import { noText } from '../input.ts'

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
  const strange = noText(input)
  if (parsed.success && !strange) return parsed.data
  const faults = [
    ...(strange ? [{ path: strange, message: 'It has characters that are no text.' }] : []),
    ...(parsed.error?.issues ?? []),
  ]
  throw new InvalidInput(faults.map(({ path, message }) => ({ path: [...at, ...path.map(String)].join('.'), message })))
}

/** An id that a list is filtered by, if there is one. @throws `invalid_input` where it cannot be one */
export function filterId(field: string, id: string | null | undefined): string | undefined {
  if (id === null || id === undefined) return undefined
  if (!z.uuid().safeParse(id).success) throw new JumpringError('invalid_input', `\`${field}\` is not an id.`)
  return id
}

/** A text that a list is filtered by, if there is one. @throws `invalid_input` where it is none */
export function filterText(field: string, text: string | null | undefined): string | undefined {
  if (noText(text)) throw new JumpringError('invalid_input', `\`${field}\` has characters that are no text.`)
  return text ?? undefined
}

/** The fields that have a value. */
export function given(input: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined))
}
