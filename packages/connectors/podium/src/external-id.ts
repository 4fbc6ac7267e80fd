import type { Caller } from './caller.ts'
import { attributeAnswerSchema, attributeListSchema, type PodiumContact } from './wire.ts'

/** What staff reads beside the number on a contact. The attribute is known by it, so it does not change. */
export const externalIdLabel = 'Edge customer'

/** Podium docs: a value that is not encrypted can be used as a filter; the number tells nothing about the person. */
const definition = { label: externalIdLabel, dataType: 'STRING', ownerResourceType: 'ORGANIZATION', isEncrypted: false }

const path = '/v4/contact_attributes'

/**
 * The uid of the organization's attribute for the number, made where there is none. Podium lets two of one label stand: two callers
 * that each made one look again and settle on the older; values of the other still count, since contacts are read by label.
 */
export async function ensureExternalIdField(caller: Caller): Promise<string> {
  const there = await oldest(caller)
  if (there !== undefined) return there
  const made = await caller.read({ method: 'POST', path, body: definition }, attributeAnswerSchema)
  return (await oldest(caller)) ?? made.data.uid
}

async function oldest(caller: Caller): Promise<string | undefined> {
  const { data } = await caller.read({ method: 'GET', path }, attributeListSchema)
  const ofNumber = data.filter(({ label, dataType }) => label === externalIdLabel && dataType === definition.dataType)
  return ofNumber.toSorted((a, b) => compare(a.createdAt ?? '', b.createdAt ?? '') || compare(a.uid, b.uid))[0]?.uid
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** The number on a contact, if it has one. */
export function externalIdOf(contact: PodiumContact): string | undefined {
  const values = (contact.attributes ?? []).flatMap((attribute) =>
    attribute?.label === externalIdLabel && typeof attribute.value === 'string' ? [attribute.value.trim()] : [],
  )
  return values.find((value) => value !== '')
}
