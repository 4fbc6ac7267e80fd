import { z } from 'zod'

/** What EDT puts where a single value stands. */
export type Scalar = string | number | boolean | null

/** A single value; what is none (an object, a list) counts as no value. */
export const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]).optional().catch(undefined)

/** A value as text, trimmed. EDT: empty string and null both mean "no value"; numbers appear where text is expected. */
export function text(value: Scalar | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  const trimmed = String(value).trim()
  return trimmed === '' ? undefined : trimmed
}

const yes = new Set(['y', 'yes', 'true', 't', '1', '-1', 'on', 'x'])
const no = new Set(['n', 'no', 'false', 'f', '0', 'off'])

/**
 * A flag in any of the forms seen: Y/N, true/false, 1/0, as text or not. No value is `false`.
 * A word that is neither is `unclear`, which the caller chooses by what errs on the safe side.
 */
export function flag(value: Scalar | undefined, unclear: boolean): boolean {
  const word = text(value)?.toLowerCase()
  if (word === undefined || no.has(word)) return false
  return yes.has(word) || unclear
}

/** "Set", written the way this store writes the same flag elsewhere; `true` where that is not known. */
export function setLike(sample: Scalar | undefined): Scalar {
  if (typeof sample === 'number') return 1
  if (typeof sample !== 'string' || sample.trim() === '') return true
  const word = sample.trim()
  const set = { n: 'Y', y: 'Y', no: 'Yes', yes: 'Yes', '0': '1', '1': '1' }[word.toLowerCase()] ?? 'True'
  return word === word.toLowerCase() ? set.toLowerCase() : set
}

/** "Not set", likewise. */
export function unsetLike(sample: Scalar | undefined): Scalar {
  if (typeof sample === 'number') return 0
  if (typeof sample !== 'string' || sample.trim() === '') return false
  const word = sample.trim()
  const unset = { n: 'N', y: 'N', no: 'No', yes: 'No', '0': '0', '1': '0' }[word.toLowerCase()] ?? 'False'
  return word === word.toLowerCase() ? unset.toLowerCase() : unset
}

const isoForm = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d\d)(?::(\d\d))?)?/
const slashForm = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: +(\d{1,2}):(\d\d)(?::(\d\d))?(?: *([ap])m)?)?/i

/**
 * A store-local date as `YYYY-MM-DD`, with `THH:MM:SS` where a time was given. Undefined for what is no date.
 * EDT: documents say `mm/dd/yyyy hh:mm:ss`, samples have `YYYY-MM-DDThh:mm:ss` and `YYYY-MM-DD`.
 */
export function localDate(value: Scalar | undefined): string | undefined {
  const written = text(value)
  if (written === undefined) return undefined
  const iso = isoForm.exec(written)
  if (iso) return assemble(iso[1], iso[2], iso[3], iso[4], iso[5], iso[6])
  const slash = slashForm.exec(written)
  if (slash) return assemble(slash[3], slash[1], slash[2], hour24(slash[4], slash[7]), slash[5], slash[6])
  return undefined
}

function hour24(hour: string | undefined, half: string | undefined): string | undefined {
  if (hour === undefined || half === undefined) return hour
  return String((Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0))
}

function assemble(...parts: (string | undefined)[]): string | undefined {
  const [year = 0, month = 0, day = 0, hour, minute = 0, second = 0] = parts.map((part) =>
    part === undefined ? undefined : Number(part),
  )
  const midnight = new Date(Date.UTC(year, month - 1, day))
  const exists = year >= 1000 && midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day
  if (!exists || (hour ?? 0) > 23 || minute > 59 || second > 59) return undefined
  const two = (number: number) => String(number).padStart(2, '0')
  const date = `${year}-${two(month)}-${two(day)}`
  return hour === undefined ? date : `${date}T${two(hour)}:${two(minute)}:${two(second)}`
}
