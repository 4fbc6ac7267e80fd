import { randomUUID } from 'node:crypto'
import type { Documents } from '../documents.ts'
import { type Consent, type Contact, consentSchema, contactSchema, stampNow } from './model.ts'

export type ContactFields = Omit<Contact, 'uid' | 'seq' | 'consents' | 'createdAt' | 'updatedAt'>
export type ContactEvent = {
  type: 'contact.created' | 'contact.updated' | 'contact.unchanged' | 'contact.deleted' | 'contact.merged'
  before: Contact | null
  after: Contact | null
}

/** Contacts in memory, found by uid, phone, e-mail and conversation. Contacts are never changed in place. */
export class Contacts {
  /** Told of every change, before anyone else can see the next one. */
  onEvent: (event: ContactEvent) => void = () => {}
  readonly #documents: Documents
  readonly #byUid = new Map<string, Contact>()
  /** `organization|identifier` → uid. An identifier is a phone, an e-mail in lower case, or a conversation uid. */
  readonly #byIdentifier = new Map<string, string>()
  /** In the order of creation; a deleted contact leaves its place. */
  readonly #order = new Map<string, { seq: number; uid: string }[]>()
  readonly #consents = new Map<string, Consent>()
  #seq = 0

  constructor(documents: Documents) {
    this.#documents = documents
    for (const contact of documents.read('contact', contactSchema).sort((a, b) => a.seq - b.seq)) this.#place(contact)
    for (const consent of documents.read('consent', consentSchema)) {
      this.#consents.set(key(consent.organizationUid, consent.identifier), consent)
    }
  }

  all(): Contact[] {
    return [...this.#byUid.values()].sort((a, b) => a.seq - b.seq)
  }

  get size(): number {
    return this.#byUid.size
  }

  get(uid: string): Contact | undefined {
    return this.#byUid.get(uid)
  }

  /** By phone, e-mail or conversation uid; never by the contact's own uid. */
  find(organizationUid: string, identifier: string): Contact | undefined {
    const uid = this.#byIdentifier.get(key(organizationUid, identifier))
    return uid === undefined ? undefined : this.#byUid.get(uid)
  }

  /** Up to `limit` contacts created after `afterSeq`; with a stamp, only those updated after it. */
  page(organizationUid: string, afterSeq: number, limit: number, updatedAfter?: string): Contact[] {
    const order = this.#order.get(organizationUid) ?? []
    const page: Contact[] = []
    for (let index = firstAfter(order, afterSeq); index < order.length && page.length < limit; index++) {
      const contact = this.#byUid.get(order[index]?.uid ?? '')
      if (contact && (updatedAfter === undefined || contact.updatedAt > updatedAfter)) page.push(contact)
    }
    return page
  }

  create(fields: ContactFields): Contact {
    const now = stampNow()
    const head = { uid: randomUUID(), seq: this.#seq + 1, createdAt: now, updatedAt: now }
    const contact = this.#withConsents({ ...fields, ...head, consents: {} })
    this.#place(contact)
    this.#documents.put('contact', contact.uid, contact)
    this.onEvent({ type: 'contact.created', before: null, after: contact })
    return contact
  }

  /** Phones and e-mails that another contact holds are left out. Fires `contact.unchanged` when nothing differs. */
  change(before: Contact, fields: Partial<ContactFields>): Contact {
    const wanted = { ...before, ...fields }
    const isFree = (identifier: string) => {
      const holder = this.find(before.organizationUid, identifier)
      return holder === undefined || holder.uid === before.uid
    }
    const after = this.#withConsents({
      ...wanted,
      phoneNumbers: unique(wanted.phoneNumbers.filter(isFree), (phone) => phone),
      emails: unique(wanted.emails.filter(isFree), (email) => email.toLowerCase()),
    })
    if (JSON.stringify(after) === JSON.stringify(before)) {
      this.onEvent({ type: 'contact.unchanged', before, after: before })
      return before
    }
    const stamped = { ...after, updatedAt: stampNow() }
    this.#reindex(before, stamped)
    this.onEvent({ type: 'contact.updated', before, after: stamped })
    return stamped
  }

  remove(contact: Contact): void {
    this.#unplace(contact)
    this.onEvent({ type: 'contact.deleted', before: contact, after: null })
  }

  /** The loser's methods, tags, attributes and conversations go over to the winner, whose name and address stand. */
  merge(loser: Contact, winner: Contact): Contact {
    this.#unplace(loser)
    const after = this.#withConsents({
      ...winner,
      phoneNumbers: unique([...winner.phoneNumbers, ...loser.phoneNumbers], (phone) => phone),
      emails: unique([...winner.emails, ...loser.emails], (email) => email.toLowerCase()),
      locationUids: unique([...winner.locationUids, ...loser.locationUids], (uid) => uid),
      attributes: { ...loser.attributes, ...winner.attributes },
      tagUids: unique([...winner.tagUids, ...loser.tagUids], (uid) => uid),
      conversationUids: [...winner.conversationUids, ...loser.conversationUids],
      updatedAt: stampNow(),
    })
    this.#reindex(winner, after)
    this.onEvent({ type: 'contact.merged', before: loser, after })
    return after
  }

  consent(organizationUid: string, identifier: string): Consent {
    return (
      this.#consents.get(key(organizationUid, identifier)) ?? {
        organizationUid,
        identifier,
        marketingOptedInLocationUids: [],
        transactionalOptedOutAt: null,
      }
    )
  }

  setConsent(consent: Consent): void {
    const id = key(consent.organizationUid, consent.identifier)
    const holder = this.find(consent.organizationUid, consent.identifier)
    this.#consents.set(id, consent)
    this.#documents.put('consent', id, consent)
    if (holder) this.change(holder, {})
  }

  reset(): void {
    for (const map of [this.#byUid, this.#byIdentifier, this.#order, this.#consents]) map.clear()
    this.#documents.clear('contact')
    this.#documents.clear('consent')
  }

  /** A contact shows the consents of the phones and e-mails it has now. */
  #withConsents(contact: Contact): Contact {
    if (this.#consents.size === 0) return contact
    const consents: Contact['consents'] = {}
    for (const identifier of [...contact.phoneNumbers, ...contact.emails]) {
      const consent = this.#consents.get(key(contact.organizationUid, identifier))
      if (!consent) continue
      const { marketingOptedInLocationUids, transactionalOptedOutAt } = consent
      consents[identifier] = { marketingOptedInLocationUids, transactionalOptedOutAt }
    }
    return { ...contact, consents }
  }

  #reindex(before: Contact, after: Contact): void {
    for (const identifier of identifiers(before)) this.#byIdentifier.delete(key(before.organizationUid, identifier))
    for (const identifier of identifiers(after)) {
      this.#byIdentifier.set(key(after.organizationUid, identifier), after.uid)
    }
    this.#byUid.set(after.uid, after)
    this.#documents.put('contact', after.uid, after)
  }

  #place(contact: Contact): void {
    this.#seq = Math.max(this.#seq, contact.seq)
    this.#byUid.set(contact.uid, contact)
    for (const identifier of identifiers(contact)) {
      this.#byIdentifier.set(key(contact.organizationUid, identifier), contact.uid)
    }
    const order = this.#order.get(contact.organizationUid) ?? []
    order.push({ seq: contact.seq, uid: contact.uid })
    this.#order.set(contact.organizationUid, order)
  }

  #unplace(contact: Contact): void {
    this.#byUid.delete(contact.uid)
    for (const identifier of identifiers(contact)) this.#byIdentifier.delete(key(contact.organizationUid, identifier))
    this.#documents.remove('contact', contact.uid)
  }
}

function identifiers(contact: Contact): string[] {
  return [...contact.phoneNumbers, ...contact.emails, ...contact.conversationUids]
}

function key(organizationUid: string, identifier: string): string {
  return `${organizationUid}|${identifier.toLowerCase()}`
}

/** The first of each, by what makes two the same. */
export function unique(values: string[], same: (value: string) => string): string[] {
  const seen = new Set<string>()
  return values.filter((value) => seen.size < seen.add(same(value)).size)
}

function firstAfter(order: { seq: number }[], seq: number): number {
  let low = 0
  let high = order.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((order[middle]?.seq ?? 0) > seq) high = middle
    else low = middle + 1
  }
  return low
}
