import type { Customer, CustomFieldMapping } from '@jumpring/contracts'
import { longText } from './normalize.ts'
import type { SheetFields } from './sheets.ts'

// CB-03. A custom field of The Edge is free text, a preference has a type. They are compared in one form: a number `12.5`, a date
// `2010-06-14`, `yes` or `no`, a choice by its own word. What does not fit the type stays as it was entered, and goes nowhere.

/** The mapped custom fields of a customer, by number. */
export function customFieldsOf(
  customer: Pick<Customer, 'customFields'>,
  mappings: readonly CustomFieldMapping[],
): SheetFields {
  return Object.fromEntries(
    mappings.map((mapping) => [mapping.field, sameForm(customer.customFields?.[mapping.field], mapping)]),
  )
}

/** The mapped preferences of a contact, by the number of their custom field. */
export function preferencesOf(preferences: SheetFields, mappings: readonly CustomFieldMapping[]): SheetFields {
  return Object.fromEntries(
    mappings.map((mapping) => [mapping.field, sameForm(preferences[mapping.preference], mapping)]),
  )
}

/** What goes over, and the numbers of the fields whose value does not fit there. */
export interface Fitting<Values> {
  readonly values: Values
  readonly misfits: readonly string[]
}

/**
 * Custom fields as preferences, by the platform's ids.
 * @param longestThere how long a text the platform takes, in characters
 */
export function toPreferences(
  fields: SheetFields,
  mappings: readonly CustomFieldMapping[],
  longestThere: number = longestCustomField,
): Fitting<SheetFields> {
  const { fitting, misfits } = parted(fields, mappings, Math.min(longestCustomField, longestThere))
  return { values: Object.fromEntries(fitting.map(([{ preference }, value]) => [preference, value])), misfits }
}

/** Preferences as The Edge writes custom fields, by number. */
export function toCustomFields(fields: SheetFields, mappings: readonly CustomFieldMapping[]): Fitting<SheetFields> {
  const { fitting, misfits } = parted(fields, mappings, longestCustomField)
  return {
    values: Object.fromEntries(fitting.map(([mapping, value]) => [mapping.field, asEntered(value, mapping)])),
    misfits,
  }
}

function parted(fields: SheetFields, mappings: readonly CustomFieldMapping[], most: number) {
  const mapped = mappings.flatMap((mapping) => {
    const value = fields[mapping.field]
    return value === undefined ? [] : [[mapping, value] as const]
  })
  const isFitting = ([mapping, value]: (typeof mapped)[number]) => value === null || fits(value, mapping, most)
  return {
    fitting: mapped.filter(isFitting),
    misfits: mapped.filter((one) => !isFitting(one)).map(([{ field }]) => field),
  }
}

/** In characters. EDT has no length for custom fields in its documents; contracts' text holds what comes up. */
export const longestCustomField = 500

const fits = (value: string, mapping: CustomFieldMapping, most: number): boolean =>
  value.length <= most && (mapping.type === 'text' || read[mapping.type](value, mapping) === value)

function sameForm(entered: string | null | undefined, mapping: CustomFieldMapping): string | null {
  const value = longText(entered)
  if (!value) return null
  return mapping.type === 'text' ? value : (read[mapping.type](value, mapping) ?? value)
}

const yes = new Set(['yes', 'y', 'true', 't', '1', 'x'])
const no = new Set(['no', 'n', 'false', 'f', '0'])

/** Reads what a person entered; null where it is nothing of the type. What it gives, it reads as itself. */
const read: Record<
  Exclude<CustomFieldMapping['type'], 'text'>,
  (value: string, mapping: CustomFieldMapping) => string | null
> = {
  number: (value) => {
    const plain = value.replace(/^\$\s*/, '').replace(/,(?=\d{3}(\D|$))/g, '')
    return /^-?\d{1,12}(\.\d{1,4})?$/.test(plain) ? String(Number(plain)) : null
  },
  date: (value) => {
    const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(value) ?? []
    const [, us1, us2, usYear] = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(value) ?? []
    return dateOf(year ?? usYear, month ?? us1, day ?? us2)
  },
  choice: (value, { choices }) => choices.find((choice) => choice.toLowerCase() === value.toLowerCase()) ?? null,
  yesNo: (value) => {
    const said = value.toLowerCase()
    return yes.has(said) ? 'yes' : no.has(said) ? 'no' : null
  },
}

/** A date that there is. */
function dateOf(year = '', month = '', day = ''): string | null {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const instant = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(date) ? date : null
}

/** As a person in the store would enter it. EDT: The Edge shows dates as month/day/year. */
function asEntered(value: string | null, { type }: CustomFieldMapping): string | null {
  if (value === null) return null
  if (type === 'yesNo') return value === 'yes' ? 'Yes' : 'No'
  const [year, month, day] = value.split('-')
  return type === 'date' ? `${month}/${day}/${year}` : value
}
