// What Podium and the store must hold, said once more and as simply as can be; shares no code with what it judges.
import { z } from 'zod'
import type { SandboxContact, StoreCustomer } from '../support/sandbox.ts'

/** What people did in Podium, as far as the store's own customers do not say it. */
export interface StaffWork {
  /** Contacts that staff made. The first phone is the preferred one once the customer is in The Edge. */
  readonly made: readonly { readonly name: string; readonly email?: string; readonly phones: readonly string[] }[]
  /** Phones that staff added to a contact that shows this e-mail, and that Podium still shows. */
  readonly added: readonly { readonly email: string; readonly phone: string }[]
  /** Phones that came down but that a later write from The Edge has replaced in Podium (it may show them or not). */
  readonly replaced?: readonly { readonly email: string; readonly phone: string }[]
}

const text = z
  .unknown()
  .transform((value) => (value === null || value === undefined ? '' : String(value).replace(/\s+/g, ' ').trim()))
const fieldsSchema = z.looseObject({
  CustomerFirstName: text,
  CustomerMiddleName: text,
  CustomerLastName: text,
  CustomerCompany: text,
  CustomerPrefPhone: text,
  CustomerPrefEMail: text,
  CustomerAccountKey: text,
  CustomerDateEntered: text,
  CustomerInactive: z.unknown().transform((value) => value === true || value === 'true' || value === 'Y'),
})
const phoneSchema = z.looseObject({
  PhonePhone: text,
  PhoneDoNotContact: z.unknown().transform((value) => value === true),
})

interface Person {
  readonly key: string
  readonly account: string
  readonly entered: string
  readonly active: boolean
  readonly name: string
  /** E.164, the preferred first. */
  readonly phones: readonly string[]
  /** In lower case, the preferred first. */
  readonly emails: readonly string[]
  readonly denied: readonly string[]
}

/** What Podium must show of one customer. */
interface Expected {
  readonly key: string
  readonly name: string
  readonly phone?: string
  readonly email?: string
}

/**
 * Everything that is not as it must be, in sentences; empty when all is right: nothing lost, nothing doubled, on both sides.
 * @param before the store's customers before anything came down: what they had they must have still, unless the till changed it
 * @param tillPhones phones that the till has put in the place of others, by customer
 */
export function differences(world: {
  contacts: readonly SandboxContact[]
  customers: readonly StoreCustomer[]
  staff: StaffWork
  before: readonly StoreCustomer[]
  tillPhones: ReadonlyMap<string, string>
}): string[] {
  const { contacts, customers, staff, before, tillPhones } = world
  return [
    ...wrongInPodium(contacts, expectedContacts(customers.map(personOf)), staff),
    ...wrongFromPodium(customers.map(personOf), staff),
    ...wrongInStore(customers, before, tillPhones),
  ]
}

/** The contacts that a store with these customers must have in Podium. */
function expectedContacts(people: readonly Person[]): Expected[] {
  const active = people.filter((person) => person.active)
  const denied = new Set(people.flatMap((person) => person.denied))
  const owner = ownersOf(active)
  return active.flatMap((person) => {
    const phone = person.phones.find((one) => !denied.has(one) && owner.get(one) === person.key)
    const email = person.emails.find((one) => owner.get(one) === person.key)
    if (phone === undefined && email === undefined) return []
    const name = person.name || email || phone || ''
    return [{ key: person.key, name, ...(phone && { phone }), ...(email && { email }) }]
  })
}

/** Who stands for a phone or an e-mail: a couple's primary, else the customer entered first, else the lowest number. */
function ownersOf(active: readonly Person[]): Map<string, string> {
  const holders = new Map<string, Person[]>()
  for (const person of active)
    for (const value of new Set([...person.phones, ...person.emails]))
      holders.set(value, [...(holders.get(value) ?? []), person])
  return new Map(
    [...holders].map(([value, all]) => {
      const primary = all.find(({ key }) => all.every(({ account }) => account === key))
      const [oldest] = all.toSorted((a, b) => (a.entered + a.key < b.entered + b.key ? -1 : 1))
      return [value, (primary ?? oldest)?.key ?? '']
    }),
  )
}

function wrongInPodium(contacts: readonly SandboxContact[], expected: readonly Expected[], staff: StaffWork): string[] {
  const wrong: string[] = []
  const claimed = new Set<string>()
  for (const one of expected) {
    const found = contacts.filter(
      ({ emails, phoneNumbers }) =>
        (one.email !== undefined && emails.includes(one.email)) ||
        (one.phone !== undefined && phoneNumbers.includes(one.phone)),
    )
    for (const { uid } of found) claimed.add(uid)
    const [contact] = found
    if (!contact || found.length > 1) {
      wrong.push(`${one.key} has ${found.length} contacts`)
      continue
    }
    if (contact.name !== one.name) wrong.push(`${one.key} is called ${contact.name}, not ${one.name}`)
    const more = staff.made.find((made) => isFor(one, made.email, made.phones))?.phones ?? []
    const added = staff.added.filter(({ email }) => email === one.email).map(({ phone }) => phone)
    const must = new Set([...(one.phone ? [one.phone] : []), ...more, ...added])
    const may = (staff.replaced ?? []).filter(({ email }) => email === one.email).map(({ phone }) => phone)
    const shown = contact.phoneNumbers.filter((phone) => !may.includes(phone) || must.has(phone))
    if (!sameSet(shown, [...must])) wrong.push(`${one.key} shows the phones ${shown}, not ${[...must]}`)
    if (!sameSet(contact.emails, one.email ? [one.email] : []))
      wrong.push(`${one.key} shows the e-mails ${contact.emails}, not ${one.email}`)
  }
  for (const { uid, name } of contacts) if (!claimed.has(uid)) wrong.push(`the contact ${name} is nobody's`)
  return wrong
}

function isFor(one: Expected, email: string | undefined, phones: readonly string[]): boolean {
  return email === undefined ? one.phone !== undefined && phones.includes(one.phone) : one.email === email
}

function wrongFromPodium(people: readonly Person[], staff: StaffWork): string[] {
  const wrong: string[] = []
  const count = (values: readonly string[], value: string) => values.filter((one) => one === value).length
  const allPhones = people.flatMap(({ phones }) => phones)
  for (const { name, email, phones } of staff.made) {
    const found = people.filter((one) =>
      email ? one.emails.includes(email) : one.phones.some((p) => phones.includes(p)),
    )
    if (found.length !== 1) wrong.push(`${name} is in the store ${found.length} times`)
    for (const phone of phones)
      if (count(allPhones, phone) !== 1)
        wrong.push(`${phone} of ${name} is in the store ${count(allPhones, phone)} times`)
  }
  for (const { email, phone } of [...staff.added, ...(staff.replaced ?? [])]) {
    const times = count(people.find(({ emails }) => emails.includes(email))?.phones ?? [], phone)
    if (times !== 1 || count(allPhones, phone) !== 1)
      wrong.push(`${phone}, added to ${email}, is in the store ${times} times`)
  }
  return wrong
}

function wrongInStore(
  customers: readonly StoreCustomer[],
  before: readonly StoreCustomer[],
  tillPhones: ReadonlyMap<string, string>,
): string[] {
  const now = new Map(customers.map((customer) => [customer.Key, customer.PairValue]))
  return before.flatMap(({ Key, PairValue }) => {
    const then = PairValue.Phones.map(({ PairValue: { PhonePhone } }) => PhonePhone)
    const wanted = tillPhones.has(Key) ? [tillPhones.get(Key), ...then.slice(1)] : then
    const phones = now
      .get(Key)
      ?.Phones.slice(0, then.length)
      .map(({ PairValue: { PhonePhone } }) => PhonePhone)
    const emails = now.get(Key)?.Emails.slice(0, PairValue.Emails.length)
    const same = JSON.stringify([phones, emails]) === JSON.stringify([wanted, PairValue.Emails])
    return same ? [] : [`${Key} no longer has what the store had entered`]
  })
}

function personOf({ Key, PairValue }: StoreCustomer): Person {
  const fields = fieldsSchema.parse(PairValue)
  const phones = preferredFirst(PairValue.Phones, fields.CustomerPrefPhone).map((one) =>
    phoneSchema.parse(one.PairValue),
  )
  const emails = preferredFirst(PairValue.Emails, fields.CustomerPrefEMail).map((one) =>
    String(one.PairValue.EmailEmail),
  )
  const names = [fields.CustomerFirstName, fields.CustomerMiddleName, fields.CustomerLastName].filter(
    (part) => part !== '',
  )
  return {
    key: sameWidth(Key),
    account: sameWidth(fields.CustomerAccountKey || Key),
    entered: fields.CustomerDateEntered,
    active: !fields.CustomerInactive,
    name: names.join(' ') || fields.CustomerCompany,
    phones: phones.flatMap(({ PhonePhone }) => e164(PhonePhone)),
    emails: emails.map((one) => one.trim().toLowerCase()).filter((one) => /^\S+@\S+\.\S+$/.test(one)),
    denied: phones.filter(({ PhoneDoNotContact }) => PhoneDoNotContact).flatMap(({ PhonePhone }) => e164(PhonePhone)),
  }
}

function preferredFirst<T extends { Key: string }>(list: readonly T[], preferred: string): T[] {
  const isPreferred = ({ Key }: T) => preferred !== '' && Key.toLowerCase() === preferred.toLowerCase()
  return [...list.filter(isPreferred), ...list.filter((one) => !isPreferred(one))]
}

/** `001-000652` and `001-00652` are one. */
function sameWidth(key: string): string {
  const [store, number] = key.split('-')
  return `${store}-${String(Number(number)).padStart(5, '0')}`
}

/** The made-up people all have numbers of ten digits. */
function e164(raw: string): string[] {
  const digits = raw.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '')
  return digits.length === 10 ? [`+1${digits}`] : []
}

const sameSet = (a: readonly string[], b: readonly string[]) =>
  JSON.stringify([...new Set(a)].sort()) === JSON.stringify([...new Set(b)].sort()) && a.length === new Set(a).size
