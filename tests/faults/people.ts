import type { SandboxClient, StoreCustomer } from '../support/sandbox.ts'
import { differences, type StaffWork } from './reference.ts'

/** What people on both sides do while things break; it remembers what must have come of it. */
export interface People {
  /** At the till: new customers, each with a phone and an e-mail of their own. */
  tillAdds(count: number): Promise<void>
  /** At the till: customers of before get another phone in the place of theirs. */
  tillChanges(count: number): Promise<void>
  /** In Podium: new contacts; every third has only a phone, every fourth two phones. */
  staffMake(count: number): Promise<void>
  /** In Podium: a phone is added to contacts that show customers of before; as many as are there, at most `count`. */
  staffAdd(count: number): Promise<void>
  /** The till changes a customer's phone and staff add another to the contact, neither knowing of the other. */
  bothChange(count: number): Promise<void>
  /** In Podium, before the first upload: contacts with a customer's e-mail, an old name and a phone of their own. */
  staffHad(count: number): Promise<void>
  /** Everything that is not as it must be; empty when all is right. */
  differences(): Promise<string[]>
}

/** Opens the till and Podium's screens of one tenant. The store's customers must have been made by now. */
export async function openDoors(sandbox: SandboxClient, organizationUid: string): Promise<People> {
  const before = await sandbox.customers()
  const easy = withoutOddities(before)
  const tillPhones = new Map<string, string>()
  const made: { name: string; email?: string; phones: string[] }[] = []
  const added: { email: string; phone: string }[] = []
  const replaced: { email: string; phone: string }[] = []
  let line = 4000
  let guests = 0
  // The made-up people's numbers are below.
  const newPhone = () => `203555${++line}`
  const takeEasy = () => {
    const customer = easy.pop()
    if (!customer) throw new Error('the store has too few customers for all that people do')
    return customer
  }

  return {
    async tillAdds(count) {
      for (let index = 0; index < count; index += 1) {
        const [phone, number] = [newPhone(), ++guests]
        const fields = { CustomerFirstName: 'Walk', CustomerLastName: `In ${number}` }
        await sandbox.post('/store/customers', { phone, email: `walk.in${number}@example.com`, fields })
      }
    },
    async tillChanges(count) {
      for (let index = 0; index < count; index += 1) {
        const [{ Key }, phone] = [takeEasy(), newPhone()]
        await sandbox.post(`/store/customers/${Key}/phone`, { phone })
        tillPhones.set(Key, phone)
      }
    },
    async staffMake(count) {
      for (let index = 0; index < count; index += 1) {
        const number = ++guests
        const phones = Array.from({ length: number % 4 === 0 ? 2 : 1 }, () => `+1${newPhone()}`)
        const email = `guest${number}@example.com`
        const one = { name: `Guest Number${number}`, phones, ...(number % 3 !== 0 && { email }) }
        const emails = one.email ? [one.email] : []
        await sandbox.post('/control/podium/contacts', {
          organizationUid,
          name: one.name,
          phoneNumbers: phones,
          emails,
        })
        made.push(one)
      }
    },
    async staffAdd(count) {
      const shown = await sandbox.contacts(organizationUid)
      for (let index = 0; index < count; index += 1) {
        const place = easy.findLastIndex((each) => shown.some(({ emails }) => emails.includes(emailOf(each))))
        const [customer] = place < 0 ? [] : easy.splice(place, 1)
        const contact = customer && shown.find(({ emails }) => emails.includes(emailOf(customer)))
        if (!contact) return
        const phone = `+1${newPhone()}`
        const phoneNumbers = [...contact.phoneNumbers, phone]
        await sandbox.patch(`/control/podium/contacts/${contact.uid}`, { phoneNumbers })
        added.push({ email: emailOf(customer), phone })
      }
    },
    async bothChange(count) {
      const shown = await sandbox.contacts(organizationUid)
      for (let index = 0; index < count; index += 1) {
        const customer = takeEasy()
        const contact = shown.find(({ emails }) => emails.includes(emailOf(customer)))
        if (!contact) throw new Error(`${customer.Key} is not in Podium yet`)
        const [phone, other] = [`+1${newPhone()}`, newPhone()]
        const phoneNumbers = [...contact.phoneNumbers, phone]
        await sandbox.patch(`/control/podium/contacts/${contact.uid}`, { phoneNumbers })
        await sandbox.post(`/store/customers/${customer.Key}/phone`, { phone: other })
        replaced.push({ email: emailOf(customer), phone })
        tillPhones.set(customer.Key, other)
      }
    },
    async staffHad(count) {
      for (let index = 0; index < count; index += 1) {
        const [email, phone] = [emailOf(takeEasy()), `+1${newPhone()}`]
        const contact = { organizationUid, name: 'An Old Name', phoneNumbers: [phone], emails: [email] }
        await sandbox.post('/control/podium/contacts', contact)
        replaced.push({ email, phone })
      }
    },
    async differences() {
      const staff: StaffWork = { made, added, replaced }
      const [contacts, customers] = await Promise.all([sandbox.contacts(organizationUid), sandbox.customers()])
      return differences({ contacts, customers, staff, before, tillPhones })
    },
  }
}

/** Active customers who share nothing with anybody and have one phone and one e-mail, both good. */
function withoutOddities(customers: readonly StoreCustomer[]): StoreCustomer[] {
  const phonesOf = ({ PairValue }: StoreCustomer) => PairValue.Phones.map((one) => String(one.PairValue.PhonePhone))
  const all = customers.flatMap(phonesOf)
  return customers.filter((customer) => {
    const { Phones, Emails, CustomerInactive } = customer.PairValue
    const [phone = ''] = phonesOf(customer)
    const isAlone = all.filter((one) => one === phone).length === 1
    const isGood = /^\d{10}$/.test(phone) && Phones[0]?.PairValue.PhoneDoNotContact !== true
    return Phones.length === 1 && Emails.length === 1 && isAlone && isGood && CustomerInactive !== true
  })
}

const emailOf = ({ PairValue }: StoreCustomer) => String(PairValue.Emails[0]?.PairValue.EmailEmail).toLowerCase()
