import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { addressSchema, type Contact, stampNow } from './model.ts'
import type { Podium } from './podium.ts'

const phone = z.string().regex(/^\+[1-9]\d{1,15}$/)
const email = z.string().regex(/(.+)@(.+)\.(.+)/)

export const staffCreateSchema = z.strictObject({
  /** Default: the first account. */
  organizationUid: z.uuid().optional(),
  name: z.string().nullable().default(null),
  phoneNumbers: z.array(phone).default([]),
  emails: z.array(email).default([]),
  address: addressSchema.nullable().default(null),
  /** Default: the first location. */
  locations: z.array(z.uuid()).optional(),
})

export const staffPatchSchema = z
  .strictObject({
    name: z.string(),
    phoneNumbers: z.array(phone),
    emails: z.array(email),
    address: addressSchema.nullable(),
    /** The phones and e-mails that want no messages any more; the contact's others do again. */
    optedOut: z.array(z.string()),
  })
  .partial()

/** Someone new writes in, or a person of the store adds them: a contact with a conversation. Undefined: such a phone or e-mail is there. */
export function createAsStaff(podium: Podium, input: z.infer<typeof staffCreateSchema>): Contact | undefined {
  const { organizationUid = podium.accounts.first.uid, phoneNumbers, emails, name, address } = input
  const firstLocation = podium.accounts.get(organizationUid)?.locations[0]?.uid
  if ([...phoneNumbers, ...emails].some((one) => podium.contacts.find(organizationUid, one))) return undefined
  return podium.contacts.create({
    organizationUid,
    name,
    phoneNumbers,
    emails,
    address,
    locationUids: input.locations ?? (firstLocation === undefined ? [] : [firstLocation]),
    attributes: {},
    tagUids: [],
    conversationUids: [randomUUID()],
  })
}

/** A person of the store edits a contact in Podium; lists given are the whole lists. */
export function changeAsStaff(podium: Podium, contact: Contact, input: z.infer<typeof staffPatchSchema>): Contact {
  const { contacts } = podium
  const { optedOut, name, phoneNumbers, emails, address } = input
  const fields = {
    ...(name === undefined ? {} : { name }),
    ...(phoneNumbers === undefined ? {} : { phoneNumbers }),
    ...(emails === undefined ? {} : { emails }),
    ...(address === undefined ? {} : { address }),
  }
  const changed = Object.keys(fields).length === 0 ? contact : contacts.change(contact, fields)
  if (optedOut === undefined) return changed
  for (const identifier of [...changed.phoneNumbers, ...changed.emails]) {
    const consent = contacts.consent(changed.organizationUid, identifier)
    const out = optedOut.includes(identifier)
    if (out === (consent.transactionalOptedOutAt !== null)) continue
    const marketing = out ? [] : consent.marketingOptedInLocationUids
    contacts.setConsent({
      ...consent,
      transactionalOptedOutAt: out ? stampNow() : null,
      marketingOptedInLocationUids: marketing,
    })
  }
  return contacts.get(changed.uid) ?? changed
}
