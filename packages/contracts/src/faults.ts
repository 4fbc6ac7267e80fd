import type { z } from 'zod'

type Path = readonly PropertyKey[]

/** So many are told; the rest is counted. */
const most = 5

/**
 * What a schema has against an input, for the person who looks: which field, and what is wrong with it, as the rest of a sentence
 * ("firstName is too long (600 characters, at most 500); phones: more than 200"). Holds names and lengths, never a value.
 * @param input what the schema was given
 */
export function faultsOf(error: z.ZodError, input: unknown): string {
  const faults = [...new Set(error.issues.map((issue) => faultOf(issue, valueAt(input, issue.path))))]
  const more = faults.length - most
  return [...faults.slice(0, most), ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

/** Where a field stands, in words; places in a list are counted from one: `phones no. 2: number`. */
export function fieldAt(path: Path): string {
  const [first, ...rest] = path
  const within = rest.length > 0 && wrappers.has(first) ? rest : path
  return within.reduce<string>((words, part, index) => {
    if (typeof part === 'number') return `${words} no. ${part + 1}`
    const joint = index === 0 ? '' : typeof within[index - 1] === 'number' ? ': ' : '.'
    return `${words}${joint}${nameOf(part)}`
  }, '')
}

/** What is around the fields of a record: on a line of an upload, and in an export of EDT. */
const wrappers: ReadonlySet<PropertyKey | undefined> = new Set(['record', 'PairValue'])

/** A name that no schema knows might be anything. */
const nameOf = (part: PropertyKey) => (/^([a-z]\w{0,39}|\d)$/i.test(String(part)) ? String(part) : '(a strange name)')

function faultOf(issue: z.core.$ZodIssue, value: unknown): string {
  const field = fieldAt(issue.path) || 'it'
  if (issue.code === 'unrecognized_keys')
    return `${field} has what does not belong there: ${issue.keys.slice(0, most).map(nameOf).join(', ')}`
  if (value === undefined) return `${field} is missing`
  switch (issue.code) {
    case 'invalid_type':
      return `${field} is ${kinds[issue.expected] ?? otherForm}`
    case 'too_big':
      if (Array.isArray(value)) return `${field}: more than ${issue.maximum}`
      return typeof value === 'string'
        ? `${field} is too long (${value.length} characters, at most ${issue.maximum})`
        : `${field} is too large (at most ${issue.maximum})`
    case 'too_small':
      if (Array.isArray(value)) return `${field}: fewer than ${issue.minimum}`
      if (value === '') return `${field} is empty`
      return typeof value === 'string'
        ? `${field} is too short (${value.length} characters, at least ${issue.minimum})`
        : `${field} is too small (at least ${issue.minimum})`
    case 'invalid_format':
      return `${field} is ${formats[issue.format] ?? otherForm}`
    case 'invalid_value':
      return `${field} is none of: ${issue.values.join(', ')}`
    default:
      return `${field} is ${otherForm}`
  }
}

const otherForm = 'not of the form it should have'

const kinds: Readonly<Record<string, string>> = {
  string: 'no text',
  number: 'no number',
  int: 'no whole number',
  boolean: 'neither yes nor no',
  array: 'no list',
}

const formats: Readonly<Record<string, string>> = {
  date: 'no date',
  datetime: 'no date with a time',
  email: 'no e-mail address',
  url: 'no web address',
  uuid: 'no id',
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    input,
  )
}
