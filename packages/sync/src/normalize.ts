import type { Address, Customer } from '@jumpring/contracts'
import countries from 'i18n-iso-countries'
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' }
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js'

countries.registerLocale(english)

/**
 * A phone in E.164, or null when it is none.
 * The Edge holds bare digits (EDT sample: ten of them); without a country code the number is read in `region`.
 */
export function normalizePhone(raw: string, region: string): string | null {
  const country: CountryCode = isSupportedCountry(region) ? region : 'US'
  const parsed = parsePhoneNumberFromString(raw, country)
  if (!parsed?.isPossible()) return null
  // North American numbers are taken by their form: the list of area codes in a library ages faster than a customer's phone.
  const plausible =
    parsed.countryCallingCode === '1' ? /^[2-9]\d{2}[2-9]\d{6}$/.test(parsed.nationalNumber) : parsed.isValid()
  return plausible ? parsed.number : null
}

/** Trimmed and in lower case, or null when it is no e-mail (Podium's own pattern, without white space). */
export function normalizeEmail(raw: string): string | null {
  const email = tidy(raw)?.toLowerCase() ?? ''
  return email.length <= 254 && /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(email) ? email : null
}

/**
 * A customer or sale number with one width: `1-17`, `001-00017` and `001-000017` are `001-00017`. Null when it is none.
 * EDT: "leading zeros vary in width by source".
 */
export function normalizeKey(raw: string): string | null {
  // Longer ones would fit into no index: no store has so many customers.
  const match = /^\s*0*(\d{1,10})-0*(\d{1,20})\s*$/.exec(raw)
  if (!match?.[1] || !match[2]) return null
  return `${match[1].padStart(3, '0')}-${match[2].padStart(5, '0')}`
}

/** EDT ItemKey, store-category-stock number, with one width: `1-150-4` is `001-150-00004`. Null when it is none. */
export function normalizeItemKey(raw: string): string | null {
  const match = /^\s*0*(\d{1,10})-0*(\d{1,10})-0*(\d{1,20})\s*$/.exec(raw)
  if (!match?.[1] || !match[2] || !match[3]) return null
  return `${match[1].padStart(3, '0')}-${match[2].padStart(3, '0')}-${match[3].padStart(5, '0')}`
}

/**
 * A number that The Edge gives to other things (jobs, appointments, …), with one width where it has the form store-number, with or
 * without letters before the number: `1-J7` is `001-J00007`. What has another form stays as it is; null when it is none at all.
 */
export function normalizePlainKey(raw: string): string | null {
  const match = /^\s*0*(\d{1,10})-([A-Za-z]{0,3})0*(\d{1,20})\s*$/.exec(raw)
  if (match?.[1] && match[3]) return `${match[1].padStart(3, '0')}-${match[2] ?? ''}${match[3].padStart(5, '0')}`
  const plain = raw.trim()
  return /^[\w.:-]{1,60}$/.test(plain) ? plain : null
}

/** White space collapsed, control characters and half surrogate pairs left out; undefined when nothing is left. */
export function tidy(raw: string | undefined): string | undefined {
  return (
    raw
      ?.toWellFormed()
      .replace(/[\p{Cc}\uFFFD]/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim() || undefined
  )
}

/**
 * A text of several lines in the one form in which both sides are compared and written: ends of lines as `\n`, none at either end, and
 * without what is no text: control characters but tabs, and half surrogate pairs (PostgreSQL docs, 8.14: its JSON takes neither NUL
 * nor those). Undefined when nothing is left. What it gives, it gives again.
 */
export function longText(raw: string | null | undefined): string | undefined {
  return (
    raw
      ?.replace(/\r\n?|[\v\f\x85\u2028\u2029]/g, '\n')
      .replace(/(?![\n\t])[\p{Cc}\p{Cs}]/gu, '')
      .trim() || undefined
  )
}

/** The beginning of a text, at most so many UTF-16 units long. No character is cut in two: half of one is no text. */
export function beginningOf(text: string, most: number): string
export function beginningOf(text: string | undefined, most: number): string | undefined
export function beginningOf(text: string | undefined, most: number): string | undefined {
  return text?.slice(0, most).replace(/\p{Cs}$/u, '')
}

const addressParts = ['street', 'street2', 'city', 'state', 'zip', 'country'] as const

/** An address with tidy parts, or null when none is filled. */
export function normalizeAddress(raw: Address): Address | null {
  const entries = addressParts
    .map((part) => [part, tidy(raw[part])] as const)
    .filter(([, value]) => value !== undefined)
  // A country alone says where nobody lives.
  return entries.some(([part]) => part !== 'country') ? Object.fromEntries(entries) : null
}

/** ISO 3166 alpha-2 of a country as people write it (`USA`, `U.S.`, `United States`, `us`); undefined where it cannot be told. */
export function countryCode(raw: string): string | undefined {
  const word = tidy(raw.replaceAll('.', '')) ?? ''
  const code = word.toUpperCase()
  if (code.length === 2) return countries.isValid(code) ? code : undefined
  return countries.alpha3ToAlpha2(code) ?? countries.getSimpleAlpha2Code(word, 'en')
}

/** Whether two addresses are the same place: letter case, punctuation, the zip's extension and an unstated country do not count. */
export function sameAddress(a: Address, b: Address): boolean {
  const plain = (value: string | undefined) =>
    (value ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
  const zip = (value: string | undefined) => plain(value?.replace(/^(\d{5})-\d{4}$/, '$1'))
  const country = (value: string) => countryCode(value) ?? plain(value)
  const lines = (address: Address) => plain(`${address.street ?? ''} ${address.street2 ?? ''}`)
  return (
    lines(a) === lines(b) &&
    plain(a.city) === plain(b.city) &&
    plain(a.state) === plain(b.state) &&
    zip(a.zip) === zip(b.zip) &&
    (!a.country || !b.country || country(a.country) === country(b.country))
  )
}

/** First, middle and last name; null when all are empty. The title and suffix stay in the store. */
export function personName(customer: Pick<Customer, 'firstName' | 'middleName' | 'lastName'>): string | null {
  return tidy([customer.firstName, customer.middleName, customer.lastName].filter(Boolean).join(' ')) ?? null
}

/** A full name in The Edge's two parts: the last word is the last name. Joined again it gives the same name. */
export function splitName(name: string): { firstName?: string; lastName: string } {
  const words = name.trim().split(/\s+/)
  const lastName = words.pop() ?? ''
  return words.length > 0 ? { firstName: words.join(' '), lastName } : { lastName }
}
