import type { AssociateRef, Money } from '@jumpring/contracts'
import { longText } from '@jumpring/sync'
import { DateTime } from 'luxon'
import type { Fields } from './record.ts'
import { localDate, type Scalar, text } from './values.ts'

const amountForm =
  /^(?<open>\()?(?<sign>[-+]?)\p{Sc}?(?<sign2>-?)(?<whole>\d+|\d{1,3}(?:,\d{3})+)?(?:\.(?<part>\d+))?\)?$/u

/**
 * An amount in integer minor units, whether it is written as a number or as text (`1250.5`, `$1,250.50`, `(12.00)` for a negative one).
 * Undefined where there is none. What is no number is a fault.
 */
export function moneyOf(
  field: string,
  value: Scalar | undefined,
  currency: string,
  faults: string[],
): Money | undefined {
  const written = text(value)
  if (written === undefined) return undefined
  const groups = amountForm.exec(written.replace(/\s/g, ''))?.groups
  if (groups === undefined || (groups.whole === undefined && groups.part === undefined)) {
    faults.push(`${field} is not a number.`)
    return undefined
  }
  const { whole = '0', part = '', sign, sign2, open } = groups
  const digits = minorDigits(currency)
  const units = whole.replaceAll(',', '') + part.slice(0, digits).padEnd(digits, '0')
  const size = Number(units) + (Number(part[digits] ?? 0) >= 5 ? 1 : 0)
  const negative = sign === '-' || sign2 === '-' || open === '('
  return { minor: negative && size > 0 ? -size : size, currency }
}

/** How many decimals the currency has. */
function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

/** A time of the store as a UTC instant; of a date alone, its beginning. Undefined for what is no date. */
export function instantOf(value: Scalar | undefined, timeZone: string): string | undefined {
  const local = localDate(value)
  if (local === undefined) return undefined
  return DateTime.fromISO(local, { zone: timeZone }).toUTC().toISO({ suppressMilliseconds: true }) ?? undefined
}

/** A key in its one width. Undefined where there is none. What is no such key is a fault. */
export function keyOf(
  field: string,
  value: Scalar | undefined,
  normalize: (raw: string) => string | null,
  faults: string[],
): string | undefined {
  const written = text(value)
  if (written === undefined) return undefined
  const key = normalize(written)
  if (key === null) faults.push(`${field} is not a number of the known form.`)
  return key ?? undefined
}

/** A whole number. Undefined for what is none. */
export function wholeNumber(value: Scalar | undefined): number | undefined {
  const written = text(value)
  return written !== undefined && /^[-+]?\d{1,15}(?:\.0+)?$/.test(written) ? Math.trunc(Number(written)) : undefined
}

/** Columns of an associate, as a database joins them in. Not in EDT's files: our assumption. */
export const associateFields = ['AssociateFirstName', 'AssociateLastName'] as const

/** Who of the store did it; nobody where the number is none. */
export function associateOf(
  number: Scalar | undefined,
  { AssociateFirstName, AssociateLastName }: Fields<(typeof associateFields)[number]>,
): AssociateRef | undefined {
  const written = text(number)
  if (written === undefined || !/^\d{1,3}$/.test(written)) return undefined
  const name = [AssociateFirstName, AssociateLastName].flatMap((part) => text(part) ?? []).join(' ')
  return name === '' ? { number: written } : { number: written, name }
}

/** Room of a short text. EDT: ItemDesc and WishlistItemDesc have 255 characters. */
export const shortText = 255

/** EDT: …DescMemo holds what …Desc has no room for. Some stores have the whole text there. */
export function descriptionOf(desc: Scalar | undefined, memo: Scalar | undefined): string | undefined {
  const [beginning, more] = [longTextOf(desc), longTextOf(memo)]
  if (more === undefined || beginning === undefined) return more ?? beginning
  if (more.startsWith(beginning)) return more
  // No character is cut in two: where the next takes two places, one may have stayed empty.
  const isCut = String(desc).length + (/^[\ud800-\udbff]/.test(String(memo)) ? 1 : 0) >= shortText
  return isCut ? longTextOf(`${String(desc)}${String(memo)}`) : `${beginning}\n${more}`
}

/** A text of several lines, in the form in which the cloud compares it. */
export function longTextOf(value: Scalar | undefined): string | undefined {
  return longText(text(value))
}
