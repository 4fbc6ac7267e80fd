import type { Frozen } from '@jumpring/connector-kit'
import type { Caller } from '@jumpring/connector-kit/http/caller'
import { succeeded } from '@jumpring/connector-kit/http/exchange'
import { JumpringError } from '@jumpring/contracts'
import { failureOf, parseAnswer } from './answers.ts'
import { acceptedSchema, attributeAnswerSchema, attributeListSchema, type PodiumContact } from './wire.ts'

/** What staff reads beside our values on a contact. An attribute is known by it, so it does not change. */
export const labels = { externalId: 'Edge customer', acquisition: 'Acquisition' } as const

/** Podium's contact has no such field: an attribute that a store may have. Our assumption. */
const sourceLabel = 'Source'

/** Podium docs: a value that is not encrypted can be used as a filter; neither value tells about the person. */
const definition = { dataType: 'STRING', ownerResourceType: 'ORGANIZATION', isEncrypted: false }

const path = '/v4/contact_attributes'

/**
 * The uid of the organization's attribute of this label, made where there is none. Podium lets two of one label stand: two callers
 * that each made one look again and settle on the older; values of the other still count, since contacts are read by label.
 */
export async function ensureAttribute(caller: Caller, label: string): Promise<string> {
  const there = await oldest(caller, label)
  if (there !== undefined) return there
  const made = await caller.read({ method: 'POST', path, body: { label, ...definition } }, attributeAnswerSchema)
  return (await oldest(caller, label)) ?? made.data.uid
}

async function oldest(caller: Caller, label: string): Promise<string | undefined> {
  const { data } = await caller.read({ method: 'GET', path }, attributeListSchema)
  const ofLabel = data.filter((one) => one.label === label && one.dataType === definition.dataType)
  return ofLabel.toSorted((a, b) => compare(a.createdAt ?? '', b.createdAt ?? '') || compare(a.uid, b.uid))[0]?.uid
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Gives a contact that is there a value. Podium docs: PATCH changes one it has, POST adds one it has not; both answer 404
 * for a contact and for an attribute that is not there, so one follows the other for each identifier in turn.
 */
export async function writeAttribute(
  caller: Caller,
  identifiers: Frozen['identifiers'],
  { uid, value }: { readonly uid: string; readonly value: string },
): Promise<{ identifier: string }> {
  const body = { value }
  for (const identifier of identifiers) {
    for (const method of ['PATCH', 'POST'] as const) {
      const at = `/v4/contacts/${encodeURIComponent(identifier)}/attributes/${encodeURIComponent(uid)}`
      const answer = await caller.answer({ method, path: at, body })
      if (succeeded(answer)) return parseAnswer(answer, acceptedSchema).data
      const failure = failureOf(answer, { body })
      if (failure.code !== 'contact_not_found') throw failure
    }
  }
  throw new JumpringError('contact_not_found')
}

/** What stands on a contact under our labels. */
export function labeledValues(contact: PodiumContact): { externalId?: string; acquisition?: string; source?: string } {
  const externalId = labeledAs(contact, labels.externalId)
  const acquisition = labeledAs(contact, labels.acquisition)
  const source = labeledAs(contact, sourceLabel) ?? acquisition
  return {
    ...(externalId === undefined ? {} : { externalId }),
    ...(acquisition === undefined ? {} : { acquisition }),
    ...(source === undefined ? {} : { source }),
  }
}

function labeledAs(contact: PodiumContact, label: string): string | undefined {
  const values = (contact.attributes ?? []).flatMap((attribute) =>
    attribute?.label === label && typeof attribute.value === 'string' ? [attribute.value.trim()] : [],
  )
  return values.find((value) => value !== '')
}
