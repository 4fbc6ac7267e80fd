import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Observation } from './contact.ts'
import { accepted, decideDown, decideUp, type LinkState, merged, prepared, takenOver, unlinked } from './link.ts'

/**
 * Two customers with a contact each, which staff merges at some time; who stands for the one that remains may leave, and the other
 * follows. Writes are applied late, messages come late, in order. The customers' own phones and those of staff are told apart by their
 * numbers: that is the oracle.
 */
type Reading = 'replace' | 'add'
type Step =
  | { do: 'edgeSets'; who: number; phone: number }
  | { do: 'staffAdds'; contact: number; phone: number }
  | { do: 'run'; who: number }
  | { do: 'leaves'; who: number }
  | { do: 'apply' | 'deliver' | 'merge' }

const ownPhone = (who: number, n: number) => `+1203555${who + 1}00${n}`
const staffPhone = (n: number) => `+12035559${n}00`
type Event = { contact: Observation; goneContact?: number }

class World {
  people = [0, 1].map((who) => ({
    phones: [ownPhone(who, 0)],
    state: unlinked as LinkState,
    contact: who,
    stands: true,
    left: false,
  }))
  contacts = new Map<number, { phones: string[]; version: number }>()
  applying: { contact: number; phone: string }[] = []
  events: Event[] = []
  isMerged = false
  writers: number[] = []
  commanded: { who: number; phone: string }[] = []
  staffEntered: string[] = []
  readonly reading: Reading

  constructor(reading: Reading) {
    this.reading = reading
  }

  step(step: Step): void {
    if (step.do === 'edgeSets') this.edgeSets(step.who, ownPhone(step.who, step.phone))
    else if (step.do === 'staffAdds') this.staffAdds(this.isMerged ? 0 : step.contact, staffPhone(step.phone))
    else if (step.do === 'run') this.run(step.who)
    else if (step.do === 'apply') this.apply()
    else if (step.do === 'deliver') this.deliver(this.events.shift())
    else if (step.do === 'merge') this.merge()
    // One stays: a contact whose customers have all left stays as it is.
    else if (step.do === 'leaves' && !this.people.some(({ left }) => left)) this.person(step.who).left = true
  }

  settle(): void {
    for (let round = 0; round < 4; round += 1) {
      for (const who of [0, 1]) this.run(who)
      while (this.applying.length > 0) this.apply()
      while (this.events.length > 0) this.deliver(this.events.shift())
    }
  }

  person(who: number) {
    const person = this.people[who]
    if (!person) throw new Error('There are two.')
    return person
  }

  private edgeSets(who: number, phone: string): void {
    const { phones } = this.person(who)
    this.person(who).phones = [phone, ...phones.filter((one) => one !== phone && one !== phones[0])]
  }

  private run(who: number): void {
    const me = this.person(who)
    const other = this.person(1 - who)
    if (!me.stands) {
      if (!other.left || me.left) return
      Object.assign(me, { stands: true, state: takenOver(other.state) })
      other.stands = false
    }
    const [phone] = me.phones
    const decision = decideUp({ ...(phone !== undefined && { phone }) }, me.state)
    me.state = accepted(prepared(me.state, decision), decision)
    if (decision.write.phone === undefined) return
    this.writers.push(who)
    this.applying.push({ contact: me.contact, phone: decision.write.phone })
  }

  private apply(): void {
    const write = this.applying.shift()
    if (!write) return
    const at = this.isMerged ? 0 : write.contact
    const phones = this.contacts.get(at)?.phones ?? []
    this.change(at, this.reading === 'replace' ? [write.phone] : [...new Set([...phones, write.phone])])
  }

  private staffAdds(contact: number, phone: string): void {
    const phones = this.contacts.get(contact)?.phones
    if (!phones || [...this.contacts.values()].some((one) => one.phones.includes(phone))) return
    this.staffEntered.push(phone)
    this.change(contact, [...phones, phone])
  }

  private merge(): void {
    const [remains, goes] = [this.contacts.get(0), this.contacts.get(1)]
    if (!remains || !goes) return
    this.isMerged = true
    this.contacts.delete(1)
    this.change(0, [...new Set([...remains.phones, ...goes.phones])], 1)
  }

  private change(contact: number, phones: string[], goneContact?: number): void {
    const version = (this.contacts.get(contact)?.version ?? 0) + 1
    this.contacts.set(contact, { phones, version })
    const shown: Observation = {
      uid: `contact-${contact}`,
      phones,
      emails: [],
      addresses: [],
      optedOutPhones: [],
      updatedAt: new Date(version * 1000).toISOString(),
    }
    this.events.push({ contact: shown, ...(goneContact !== undefined && { goneContact }) })
  }

  private deliver(event: Event | undefined): void {
    if (!event) return
    const owners = this.people.filter(({ stands }) => stands)
    if (event.goneContact !== undefined) {
      const [owner, other] = this.person(0).left ? [this.person(1), this.person(0)] : [this.person(0), this.person(1)]
      Object.assign(owner, { stands: true, state: merged(owner.state, other.state), contact: 0 })
      Object.assign(other, { stands: false, contact: 0 })
    }
    const owner =
      this.people.find(({ stands, contact }) => stands && `contact-${contact}` === event.contact.uid) ?? owners[0]
    if (!owner) return
    const { state, phones } = decideDown(event.contact, owner.state)
    owner.state = state
    for (const phone of phones.filter((one) => !owner.phones.includes(one))) {
      owner.phones.push(phone)
      this.commanded.push({ who: this.people.indexOf(owner), phone })
    }
  }
}

/** The merge shows the first phone before it is written again: that is no showing of this write. */
const backToTheOldPhone: Step[] = [
  { do: 'edgeSets', who: 0, phone: 1 },
  { do: 'run', who: 0 },
  { do: 'leaves', who: 0 },
  { do: 'edgeSets', who: 0, phone: 0 },
  { do: 'merge' },
]

const who = fc.nat(1)
const history = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('edgeSets' as const), who, phone: fc.nat(3) }),
    fc.record({ do: fc.constant('staffAdds' as const), contact: who, phone: fc.nat(3) }),
    fc.record({ do: fc.constant('run' as const), who }),
    fc.record({ do: fc.constant('leaves' as const), who }),
    fc.record({ do: fc.constantFrom('apply' as const, 'deliver' as const, 'merge' as const) }),
  ),
  { maxLength: 40 },
)

function after(reading: Reading, steps: readonly Step[]): World {
  const world = new World(reading)
  world.settle()
  for (const one of steps) world.step(one)
  world.settle()
  return world
}

describe.each<Reading>(['replace', 'add'])(
  'customers who come to share a contact, a platform that reads "%s"',
  (reading) => {
    it('guarantee 3: no customer’s own phone comes down, neither to that one nor to the other', () => {
      fc.assert(
        fc.property(history, (steps) => {
          const { commanded, staffEntered } = after(reading, steps)
          expect(staffEntered).toEqual(expect.arrayContaining(commanded.map(({ phone }) => phone)))
        }),
        { numRuns: 500, examples: [[backToTheOldPhone]] },
      )
    })

    it('CO-04: what staff entered and the platform shows at rest is with one of them, once', () => {
      fc.assert(
        fc.property(history, (steps) => {
          const { commanded, staffEntered, contacts } = after(reading, steps)
          const shown = [...contacts.values()].flatMap(({ phones }) => phones)
          for (const phone of staffEntered.filter((one) => shown.includes(one)))
            expect(commanded.map((one) => one.phone)).toContain(phone)
        }),
        { numRuns: 500 },
      )
    })

    it('who stands for the contact gives it its phone; the other, once the merge is known, writes nothing', () => {
      fc.assert(
        fc.property(history, (steps) => {
          const world = after(reading, steps)
          if (!world.isMerged) return
          const standing = world.people.filter(({ stands }) => stands)
          expect(standing).toHaveLength(1)
          const sharing = world.people.findIndex(({ stands }) => !stands)
          const writes = world.writers.length
          world.step({ do: 'edgeSets', who: sharing, phone: 9 })
          world.settle()
          expect(world.writers).toHaveLength(writes)
          const [owner] = standing
          if (!owner) return
          world.step({ do: 'edgeSets', who: 1 - sharing, phone: 8 })
          world.settle()
          expect(world.contacts.get(0)?.phones).toContain(owner.phones[0])
          expect(world.writers).toHaveLength(writes + 1)
        }),
        { numRuns: 500 },
      )
    })

    it('guarantee 4: at rest they stay at rest', () => {
      fc.assert(
        fc.property(history, (steps) => {
          const world = after(reading, steps)
          const before = structuredClone([world.writers, world.commanded, world.people, [...world.contacts]])
          world.settle()
          expect([world.writers, world.commanded, world.people, [...world.contacts]]).toEqual(before)
        }),
        { numRuns: 500 },
      )
    })
  },
)
