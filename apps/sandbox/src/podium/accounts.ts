import { randomUUID } from 'node:crypto'
import type { Documents } from '../documents.ts'
import { namedUid, type Organization, organizationSchema, stampNow } from './model.ts'

const kind = 'organization'
const people = [
  ['Ingrid', 'Lindqvist'],
  ['Tomás', 'Herrera'],
] as const

/** The businesses that use Podium. One is there from the start. */
export class Accounts {
  readonly #documents: Documents
  readonly #all = new Map<string, Organization>()

  constructor(documents: Documents) {
    this.#documents = documents
    for (const organization of documents.read(kind, organizationSchema)) this.#all.set(organization.uid, organization)
    if (this.#all.size === 0) this.#addFirst()
  }

  all(): Organization[] {
    return [...this.#all.values()]
  }

  get(uid: string): Organization | undefined {
    return this.#all.get(uid)
  }

  /** The account that is there from the start: "Lindqvist Jewelers", with two locations. */
  get first(): Organization {
    const first = this.#all.get(namedUid('Lindqvist Jewelers'))
    if (!first) throw new Error('The first account is missing.')
    return first
  }

  add(name: string, locationNames: string[], uidOf: (words: string) => string = () => randomUUID()): Organization {
    const organization: Organization = {
      uid: uidOf(name),
      name,
      locations: locationNames.map((location, index) => ({
        uid: uidOf(`${name}/${location}`),
        name: location,
        phoneNumber: `+1203555${String(9000 + index)}`,
      })),
      users: people.map(([firstName, lastName]) => ({
        uid: uidOf(`${name}/${firstName}`),
        firstName,
        lastName,
        email: `${firstName}@example.com`.toLowerCase(),
      })),
      createdAt: stampNow(),
    }
    this.#all.set(organization.uid, organization)
    this.#documents.put(kind, organization.uid, organization)
    return organization
  }

  reset(): void {
    this.#all.clear()
    this.#documents.clear(kind)
    this.#addFirst()
  }

  #addFirst(): void {
    this.add('Lindqvist Jewelers', ['Main Street', 'Harbor Mall'], namedUid)
  }
}
