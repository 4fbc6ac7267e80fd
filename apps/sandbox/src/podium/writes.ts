import { z } from 'zod'
import type { Documents } from '../documents.ts'
import { contactCreateSchema, contactPatchSchema } from './bodies.ts'
import { type Contacts, unique } from './contacts.ts'
import type { Contact } from './model.ts'
import type { PodiumSettingsInForce } from './settings.ts'

const contactUid = z.uuid()
const writeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('upsert'), organizationUid: z.uuid(), body: contactCreateSchema }),
  z.object({ kind: z.literal('patch'), contactUid, body: contactPatchSchema }),
  z.object({ kind: z.literal('delete'), contactUid }),
  z.object({ kind: z.literal('attribute'), contactUid, attributeUid: z.uuid(), value: z.string().nullable() }),
  z.object({ kind: z.literal('tag'), contactUid, tagUid: z.uuid(), present: z.boolean() }),
])
/** A write that was answered with 202. */
export type Write = z.infer<typeof writeSchema>

const pendingSchema = z.object({
  seq: z.number().int(),
  dueAt: z.number(),
  keys: z.array(z.string()),
  write: writeSchema,
})
type Pending = z.infer<typeof pendingSchema>

/**
 * Applies contact writes late, as Podium does: the answer says 202 before anything has changed. Writes that touch the
 * same contact, or the same phone or e-mail, are applied in the order of their requests; others overtake each other.
 */
export class Writes {
  readonly #contacts: Contacts
  readonly #settings: PodiumSettingsInForce
  readonly #documents: Documents
  /** By due time, then by order of request. */
  #pending: Pending[]
  readonly #lastDue = new Map<string, { dueAt: number; count: number }>()
  #seq = 0
  #timer: NodeJS.Timeout | undefined

  constructor(contacts: Contacts, settings: PodiumSettingsInForce, documents: Documents) {
    this.#contacts = contacts
    this.#settings = settings
    this.#documents = documents
    this.#pending = documents.read('pendingWrite', pendingSchema).sort((a, b) => a.dueAt - b.dueAt || a.seq - b.seq)
    for (const pending of this.#pending) {
      this.#seq = Math.max(this.#seq, pending.seq)
      this.#hold(pending)
    }
    this.#schedule()
  }

  get waiting(): number {
    return this.#pending.length
  }

  /** Takes a write that was found valid. `keys`: the contact's uid, and the phone and e-mail it names. */
  accept(write: Write, keys: string[]): void {
    const { min, max } = this.#settings.current.applyDelayMs
    const wait = Math.max(min, max) === 0 ? 0 : min + Math.random() * Math.max(0, max - min)
    const earlier = keys.map((key) => this.#lastDue.get(key)?.dueAt ?? 0)
    if (wait === 0 && Math.max(0, ...earlier) === 0) {
      this.#apply(write)
      return
    }
    const pending = { seq: ++this.#seq, dueAt: Math.max(Date.now() + wait, ...earlier), keys, write }
    const index = this.#pending.findLastIndex((other) => other.dueAt <= pending.dueAt) + 1
    this.#pending.splice(index, 0, pending)
    this.#hold(pending)
    this.#documents.put('pendingWrite', String(pending.seq), pending)
    if (index === 0) this.#schedule()
  }

  reset(): void {
    this.#pending = []
    this.#lastDue.clear()
    this.#documents.clear('pendingWrite')
    this.close()
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    const [next] = this.#pending
    if (next) this.#timer = setTimeout(() => this.#applyDue(), Math.max(0, next.dueAt - Date.now()))
  }

  #applyDue(): void {
    const now = Date.now()
    let next = this.#pending[0]
    while (next && next.dueAt <= now) {
      this.#pending.shift()
      this.#release(next)
      this.#documents.remove('pendingWrite', String(next.seq))
      this.#apply(next.write)
      next = this.#pending[0]
    }
    this.#schedule()
  }

  #hold({ keys, dueAt }: Pending): void {
    for (const key of keys) this.#lastDue.set(key, { dueAt, count: (this.#lastDue.get(key)?.count ?? 0) + 1 })
  }

  #release({ keys }: Pending): void {
    for (const key of keys) {
      const last = this.#lastDue.get(key)
      if (!last || last.count <= 1) this.#lastDue.delete(key)
      else this.#lastDue.set(key, { ...last, count: last.count - 1 })
    }
  }

  #apply(write: Write): void {
    if (write.kind === 'upsert') {
      this.#upsert(write.organizationUid, write.body)
      return
    }
    // Deleted or merged since the request: the write is lost, as its 202 promised nothing.
    const contact = this.#contacts.get(write.contactUid)
    if (!contact) return
    if (write.kind === 'patch') this.#contacts.change(contact, this.#patched(contact, write.body))
    else if (write.kind === 'delete') this.#contacts.remove(contact)
    else if (write.kind === 'tag') {
      const others = contact.tagUids.filter((uid) => uid !== write.tagUid)
      this.#contacts.change(contact, { tagUids: write.present ? [...others, write.tagUid] : others })
    } else {
      const { [write.attributeUid]: _, ...others } = contact.attributes
      const attributes = write.value === null ? others : { ...others, [write.attributeUid]: write.value }
      this.#contacts.change(contact, { attributes })
    }
  }

  /** Podium docs: a contact with the same phone or e-mail is updated. That it then holds both phones is our assumption. */
  #upsert(organizationUid: string, body: z.infer<typeof contactCreateSchema>): void {
    const { phoneNumber, email, address } = body
    const byPhone = phoneNumber === undefined ? undefined : this.#contacts.find(organizationUid, phoneNumber)
    const byEmail = email === undefined ? undefined : this.#contacts.find(organizationUid, email)
    const phones = phoneNumber === undefined ? [] : [phoneNumber]
    const emails = email === undefined ? [] : [email]
    const attributes = Object.fromEntries((body.attributes ?? []).map(({ uid, value }) => [uid, value]))
    let found = byPhone ?? byEmail
    if (byPhone && byEmail && byPhone.uid !== byEmail.uid && this.#settings.current.upsertOfTwo === 'merge') {
      found = this.#contacts.merge(byEmail, byPhone)
    }
    if (!found) {
      this.#contacts.create({
        organizationUid,
        name: body.name,
        phoneNumbers: phones,
        emails,
        address: address ?? null,
        locationUids: body.locations,
        attributes,
        tagUids: body.tags ?? [],
        conversationUids: [],
      })
      return
    }
    this.#contacts.change(found, {
      name: body.name,
      phoneNumbers: [...found.phoneNumbers, ...phones],
      emails: [...found.emails, ...emails],
      ...(address === undefined ? {} : { address }),
      locationUids: unique([...found.locationUids, ...body.locations], (uid) => uid),
      attributes: { ...found.attributes, ...attributes },
      tagUids: unique([...found.tagUids, ...(body.tags ?? [])], (uid) => uid),
    })
  }

  #patched(contact: Contact, body: z.infer<typeof contactPatchSchema>): Partial<Contact> {
    const { phonePatch, emailPatch } = this.#settings.current
    const { name, phoneNumber, email, address, locations, conversationUid } = body
    const list = (mode: 'add' | 'replace', now: string[], value: string) => (mode === 'add' ? [...now, value] : [value])
    return {
      ...(name === undefined ? {} : { name }),
      ...(phoneNumber === undefined ? {} : { phoneNumbers: list(phonePatch, contact.phoneNumbers, phoneNumber) }),
      ...(email === undefined ? {} : { emails: list(emailPatch, contact.emails, email) }),
      ...(address === undefined ? {} : { address }),
      ...(locations === undefined ? {} : { locationUids: locations }),
      ...(conversationUid === undefined
        ? {}
        : { conversationUids: unique([...contact.conversationUids, conversationUid], (uid) => uid) }),
    }
  }
}
