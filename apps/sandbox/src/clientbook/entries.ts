import type { z } from 'zod'
import { addressParts, type ClientWrite } from './bodies.ts'
import { type addressSchema, type emailSchema, newId, type phoneSchema } from './model.ts'
import { invalid } from './problems.ts'

type Phone = z.infer<typeof phoneSchema>
type Email = z.infer<typeof emailSchema>
type Address = z.infer<typeof addressSchema>
type Head = { id: string; label: string; is_primary: boolean }
/** `make` is undefined for an entry that goes. */
type Given<E> = { label: string; is_primary?: boolean | undefined; make: ((head: Head) => E) | undefined }

/** A client's phones after a write. Throws `invalid`. */
export function phonesAfter(now: Phone[], written: NonNullable<ClientWrite['phones']>): Phone[] {
  const given = written.map(({ label, is_primary, number: raw }, index): Given<Phone> => {
    const number = raw === null ? null : phoneNumber(raw)
    if (number === undefined) throw invalid(`/phones/${index}/number`, 'not_a_phone', raw)
    return { label, is_primary, make: number === null ? undefined : (head) => ({ ...head, number }) }
  })
  return after(now, given, 'ph', ({ number }) => number)
}

/** A client's e-mails after a write. Throws `invalid`. */
export function emailsAfter(now: Email[], written: NonNullable<ClientWrite['emails']>): Email[] {
  const given = written.map(({ label, is_primary, address }, index): Given<Email> => {
    if (address !== null && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)) {
      throw invalid(`/emails/${index}/address`, 'not_an_email', address)
    }
    return { label, is_primary, make: address === null ? undefined : (head) => ({ ...head, address }) }
  })
  return after(now, given, 'em', ({ address }) => address.toLowerCase())
}

/** A client's addresses after a write. */
export function addressesAfter(now: Address[], written: NonNullable<ClientWrite['addresses']>): Address[] {
  const given = written.map(({ label, is_primary, ...parts }): Given<Address> => {
    const isEmpty = addressParts.every((part) => parts[part] === null)
    return { label, is_primary, make: isEmpty ? undefined : (head) => ({ ...head, ...parts }) }
  })
  return after(now, given, 'ad', (address) => JSON.stringify(addressParts.map((part) => address[part])))
}

/** Both lists in one: what the second has and the first has not, under labels that the first leaves free. */
export function joined<E extends Head>(first: E[], second: E[], contentOf: (entry: E) => string): E[] {
  const all = [...first]
  for (const entry of second) {
    if (all.some((other) => contentOf(other) === contentOf(entry))) continue
    const isFree = (label: string) => !all.some((other) => other.label === label)
    let label = entry.label
    for (let count = 2; !isFree(label); count++) label = `${entry.label} ${count}`
    all.push({ ...entry, label, is_primary: all.length === 0 })
  }
  return all
}

/**
 * E.164 where sense can be made of it, else as entered. Undefined: no phone at all.
 * A country code is added as is done in the United States.
 */
export function phoneNumber(raw: string): string | undefined {
  const digits = raw.replace(/\D/g, '')
  if (raw.trim().startsWith('+') && digits.length >= 7 && digits.length <= 15) return `+${digits}`
  if (digits.length === 10) return `+1${digits}`
  if (digits.length === 11 && digits.startsWith('1')) return `+${digits}`
  return digits.length >= 5 ? raw.trim() : undefined
}

/** An entry replaces the one with its label, or takes over the one with its value; others stay. */
function after<E extends Head>(now: E[], given: Given<E>[], prefix: string, contentOf: (entry: E) => string): E[] {
  let list = now
  for (const { label, is_primary, make } of given) {
    const labeled = list.find((entry) => entry.label === label)
    if (make === undefined) {
      list = list.filter((entry) => entry !== labeled)
      continue
    }
    const sought = contentOf(make({ id: '', label, is_primary: false }))
    const before = list.find((entry) => contentOf(entry) === sought) ?? labeled
    const mark = is_primary ?? before?.is_primary ?? false
    const entry = make({ id: before?.id ?? newId(prefix), label, is_primary: mark })
    const place = before ? list.indexOf(before) : list.length
    list = [...list.slice(0, place), entry, ...list.slice(place + 1)]
      .filter((other) => other === entry || (other.label !== label && contentOf(other) !== sought))
      .map((other) => (mark && other !== entry ? { ...other, is_primary: false } : other))
  }
  return list.some(({ is_primary }) => is_primary)
    ? list
    : list.map((entry, index) => ({ ...entry, is_primary: index === 0 }))
}
