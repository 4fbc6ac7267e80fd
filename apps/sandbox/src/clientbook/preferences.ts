import type { z } from 'zod'
import type { PreferencesWrite } from './bodies.ts'
import type { Clientbook } from './clientbook.ts'
import type { Actor, Client, Definition, Preferences, valueSchema } from './model.ts'
import { type FieldCode, invalid } from './problems.ts'
import { preferencesView } from './views.ts'

type Value = z.infer<typeof valueSchema>

/** Sets some of a client's preferences, all of them or none. Throws `invalid`. */
export function setPreferences(book: Clientbook, client: Client, { values }: PreferencesWrite, by: Actor): Preferences {
  for (const [index, { preference_id, value }] of values.entries()) {
    const definition = book.definitions.get(preference_id)
    if (definition?.account_id !== client.account_id || definition.archived) {
      throw invalid(`/values/${index}/preference_id`, 'unknown_preference', preference_id)
    }
    const flaw = flawOf(value, definition)
    if (flaw) throw invalid(`/values/${index}/value`, flaw, value)
  }
  const before = preferencesOf(book, client)
  const valueBefore = (id: string) => before.values.find((one) => one.preference_id === id)?.value ?? null
  const changed = new Map(values.map(({ preference_id, value }) => [preference_id, value]))
  for (const [id, value] of changed) if (valueBefore(id) === value) changed.delete(id)
  if (changed.size === 0) return before
  const { seq, updated_at, updated_by } = book.stamp(by, before)
  const after = book.preferences.put({
    ...before,
    seq,
    updated_at,
    values: [
      ...before.values.filter(({ preference_id }) => !changed.has(preference_id)),
      ...[...changed].map(([preference_id, value]) => ({ preference_id, value, updated_at, updated_by })),
    ],
  })
  const previous = {
    values: [...changed.keys()].map((preference_id) => ({ preference_id, value: valueBefore(preference_id) })),
  }
  book.emit('preferences.updated', client.account_id, by, () => ({ object: preferencesView(after, book), previous }))
  return after
}

export function preferencesOf(book: Clientbook, { id, account_id, seq, created_at }: Client): Preferences {
  return book.preferences.get(id) ?? { id, account_id, seq, values: [], updated_at: created_at }
}

/** Why a value cannot be one of this preference; undefined: it can. */
function flawOf(value: Value, { type, choices, max_length }: Definition): FieldCode | undefined {
  if (value === null) return undefined
  if (type === 'text') {
    if (typeof value !== 'string') return 'value_not_allowed'
    return value.length > (max_length ?? 255) ? 'too_long' : undefined
  }
  const fits = {
    number: () => typeof value === 'number' && /^-?\d{1,12}(\.\d{1,4})?$/.test(String(value)),
    date: () => typeof value === 'string' && isDate(value),
    choice: () => typeof value === 'string' && choices.includes(value),
    boolean: () => typeof value === 'boolean',
  }
  return fits[type]() ? undefined : 'value_not_allowed'
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}
