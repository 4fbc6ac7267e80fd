import { type Child, type Customer, child, email, emptyCustomer, partsOf, phone } from './customer.ts'
import { seeded } from './random.ts'

const firstNames =
  'Nora Jürgen Zoë Mateo Søren Aïda Björn Chloé Dmitri Elif Fatima Günter Håkon Inés Jean-Luc Kōji Łucja María Niamh Óscar Paulo Quinn Renée Siân Tomáš Ursula Václav Wren Ximena Yara'.split(
    ' ',
  )
const lastNames =
  "Lindqvist Müller Brontë García O'Brien Ødegård Nguyễn Smith-Jones Çelik Dvořák Fernández Groß Horváth Ibáñez Jansen Kowalski Lefèvre Martínez Núñez Okafor Peña Quist Rossi Sjöberg Thörn Ueda Vásquez Wójcik Yılmaz Zürcher".split(
    ' ',
  )
const streets = ['Main St', 'Harbor Rd', 'Elm St', 'Château Ave', 'Old Mill Ln', 'Post Rd', "King's Hwy", 'Beach Rd']
const towns = [
  ['Fairfield', 'CT', '06824'],
  ['Norwalk', 'CT', '06850'],
  ['Rye', 'NY', '10580'],
  ['San José', 'CA', '95112'],
  ['Doña Ana', 'NM', '88032'],
] as const
const companies = ['Harbor Dental', 'Müller & Söhne', 'Blue Heron Inn', 'First Bank, N.A.', 'Peña Landscaping LLC']
const areaCodes =
  '203 475 860 959 212 646 914 516 631 718 201 551 973 908 732 609 215 267 610 484 617 857 508 774 781 413 401 603 802 207 302 410 443 240 301 703 571 804 757 919'.split(
    ' ',
  )

const norasPhone = '2035550117'
/** When the store was last changed at the till. */
export const madeUpAt = '2025-06-01T10:00:00'

/** `mixed` has all that makes a store's data hard; `plain` gives every customer a phone and an e-mail of their own. */
export type Kind = 'mixed' | 'plain'

/**
 * Made-up customers 1 … count, the same for the same seed. Numbers are in the 555 exchange. What is odd about a customer
 * follows from its number, so that a small store already has one of everything. 17 is always Nora Lindqvist.
 */
export function* madeUpCustomers(count: number, seed: number, kind: Kind): Generator<Customer> {
  const random = seeded(seed)
  const pick = picker(random)
  for (let number = 1; number <= count; number++) {
    const customer = plainCustomer(number, pick, random)
    if (kind === 'mixed' && number !== 17) makeOdd(customer, number)
    yield customer
  }
}

function picker(random: () => number): Pick {
  return (from) => {
    const one = from[Math.floor(random() * from.length)]
    if (one === undefined) throw new Error('Nothing to pick from.')
    return one
  }
}

/** A plain made-up customer with this number. */
export function madeUpCustomer(key: string, random: () => number): Customer {
  return plainCustomer(partsOf(key).number, picker(random), random)
}

type Pick = <T>(from: readonly T[]) => T

function plainCustomer(number: number, pick: Pick, random: () => number): Customer {
  const customer = emptyCustomer(keyOf(number))
  const { fields } = customer
  const nora = number === 17
  const first = nora ? 'Nora' : pick(firstNames)
  const last = nora ? 'Lindqvist' : pick(lastNames)
  const year = 1940 + Math.floor(random() * 65)
  Object.assign(fields, {
    CustomerFirstName: first,
    CustomerLastName: last,
    CustomerGender: pick(['M', 'F', 'U']),
    CustomerBirthDate: `${year}-${pick(['02-11', '05-30', '07-19', '12-24'])}T00:00:00`,
    CustomerDateEntered: `20${10 + (number % 15)}-0${1 + (number % 9)}-1${number % 9}T09:30:00`,
    CustomerAcquisition: `190718-093958-01-22-${248843 + (number % 7)}`,
    CustomerPrefMail: 'Home',
    CustomerPrefPhone: 'Cell',
    CustomerPrefEMail: 'Home',
    CustomerSSNO: number % 3 === 0 ? `000-${10 + (number % 80)}-${1000 + (number % 9000)}` : '',
    CustomerLicenseNo: number % 5 === 0 ? `D${100000 + number}` : '',
    CustomerNotes: number % 4 === 0 ? `Prefers yellow gold; "always" asks for ${first}.\r\nRing size 6½.` : '',
    CustomerKey1: pick(['', 'White gold', 'Platinum', 'Rosé gold']),
    CustomerKey2: pick(['', '6½', '7', '5¾']),
    CustomerUpdateDate: madeUpAt,
    CustomerAsKey: 1 + (number % 9),
  })
  const [town, state, zip] = pick(towns)
  customer.Addresses = [
    child('Addresses', customer, 'Home', {
      AddressCompany: '',
      AddressStreet: `${1 + Math.floor(random() * 900)} ${pick(streets)}`,
      AddressStreet2: number % 6 === 0 ? 'Apt 2' : '',
      AddressCity: town,
      AddressState: state,
      AddressZip: zip,
      AddressCountry: number % 2 === 0 ? 'USA' : '',
    }),
  ]
  customer.Emails = [email(customer, 'Home', `${ascii(first)}.${ascii(last)}${number}@example.com`)]
  customer.Phones = [phone(customer, 'Cell', nora ? norasPhone : numberOf(number))]
  return customer
}

/** The oddities of real stores, by number. */
function makeOdd(customer: Customer, number: number): void {
  const { fields } = customer
  const set = (values: Child['PairValue']) => Object.assign(fields, values)
  if (number % 10 === 3) couple(customer, number + 1)
  if (number % 10 === 4) couple(customer, number - 1)
  if (number % 12 === 5) {
    set({
      CustomerIsCompany: true,
      CustomerCompany: companies[number % companies.length] ?? '',
      CustomerTaxId: `06-${1234567 + number}`,
    })
    set({ CustomerFirstName: '', CustomerLastName: number % 24 === 5 ? '' : (fields.CustomerLastName ?? '') })
  }
  if (number % 9 === 4) customer.Emails = []
  if (number % 8 === 6)
    customer.Phones.push(phone(customer, 'Cell', numberOf(number, 1)), phone(customer, 'Work', numberOf(number, 2)))
  if (number % 7 === 2) retype(customer, number % 2 === 0 ? 'cell' : 'CELL')
  if (number % 11 === 7) customer.Phones = customer.Phones.map((one) => dontContact(one))
  if (number % 13 === 9) set({ CustomerInactive: true })
  if (number % 15 === 11) Object.assign(customer, { Phones: [], Emails: [] })
  if (number % 16 === 12)
    customer.Phones = [phone(customer, 'Cell', 'see notes'), phone(customer, 'Home', punctuated(number))]
  if (number % 17 === 13) set({ CustomerPrefPhone: '', CustomerPrefEMail: 'Work', CustomerPrefMail: '' })
  if (number % 19 === 15) customer.Emails.unshift(email(customer, 'Home', 'none'), email(customer, 'Work', 'N/A'))
  if (number % 20 === 0) customer.Phones = [phone(customer, 'Cell', numberOf(number - 1))]
  if (number % 21 === 18) customer.Emails = customer.Emails.map((one) => upperEmail(one))
  if (number % 23 === 8)
    set({ CustomerBirthDate: '', CustomerTitle: null, CustomerFirstName: ` ${fields.CustomerFirstName} ` })
  if (number % 25 === 22) set({ CustomerOldCustKey: keyOf(number + 500_000) })
}

/** Spouses: two customers with one account key and the phone of the first. */
function couple(customer: Customer, spouse: number): void {
  const own = Number(customer.fields.Customerid)
  const primary = Math.min(own, spouse)
  Object.assign(customer.fields, {
    CustomerMarried: true,
    CustomerSpouseKey: keyOf(spouse),
    CustomerAccountKey: keyOf(primary),
    CustomerWeddingAnniv: '2001-06-02T00:00:00',
  })
  customer.Phones = [phone(customer, 'Home', numberOf(primary, 3)), ...customer.Phones.map((one) => ({ ...one }))]
  for (const one of customer.Phones) one.PairValue.PhoneCustAccountKey = keyOf(primary)
}

function retype(customer: Customer, type: string): void {
  const [first, ...others] = customer.Phones
  if (first) customer.Phones = [{ Key: type, PairValue: { ...first.PairValue, PhoneType: type } }, ...others]
}

function dontContact(one: Child): Child {
  return { ...one, PairValue: { ...one.PairValue, PhoneDoNotContact: true } }
}

function upperEmail(one: Child): Child {
  return { ...one, PairValue: { ...one.PairValue, EmailEmail: String(one.PairValue.EmailEmail).toUpperCase() } }
}

/** One number in fourteen has a digit more than the others. */
function keyOf(number: number): string {
  return `001-${String(number).padStart(number % 14 === 8 ? 6 : 5, '0')}`
}

/** Ten digits; each customer has four of their own. */
function numberOf(number: number, which = 0): string {
  const index = number * 4 + which
  const line = 100 + Math.floor(index / areaCodes.length)
  const digits = `${areaCodes[index % areaCodes.length]}${555 + Math.floor(line / 10_000)}${String(line % 10_000).padStart(4, '0')}`
  return digits === norasPhone ? '2035550099' : digits
}

function punctuated(number: number): string {
  const digits = numberOf(number)
  return `(${digits.slice(0, 3)}) ${digits.slice(3, 6)}-${digits.slice(6)}`
}

function ascii(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^a-zA-Z]/g, '')
    .toLowerCase()
}
