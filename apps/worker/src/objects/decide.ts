import type { Connector } from '@jumpring/connector-kit'
import { type ConnectionSettings, type ErrorCode, looksAt, type OpenStream } from '@jumpring/contracts'
import type { ContactRef, ObjectWork } from '@jumpring/db/engine'
import {
  decideObject,
  type ObjectDecision,
  type PlatformObject,
  projectAppointment,
  projectItem,
  projectJob,
  projectSaleLine,
} from '@jumpring/sync'
import { notRecorded } from '../set-aside.ts'

/** What is known around a page of records. */
export interface Surroundings {
  readonly streams: ReadonlySet<OpenStream>
  readonly settings: ConnectionSettings
  /** A UTC instant. */
  readonly now: string
  contactOf(customer: string): ContactRef
  /** What makes two contacts one (Connector.identity). */
  readonly identity: Connector['identity']
}

/** What to do with one record. */
export type ObjectVerdict =
  | { readonly kind: 'skip' }
  | (Extract<ObjectDecision, { kind: 'write' }> & { readonly contact: (ContactRef & { edgeKey: string }) | null })
  | { readonly kind: 'held'; readonly code: ErrorCode; readonly message: string }
  /** `unknown`: that the cloud has no record of the customer, as a sentence; null where it has one. */
  | { readonly kind: 'waits'; readonly customer: string; readonly unknown: string | null }

/** Decides what the platform gets of one record that is no customer. Pure. */
export function decide(work: ObjectWork, around: Surroundings): ObjectVerdict {
  // CO-12: whatever stands on the work list, a stream that is closed is not synchronized.
  if (!looksAt(work.kind, around.streams)) return { kind: 'skip' }
  const known = work.link !== null && work.link.state.sent !== null
  if (work.kind === 'item') {
    const product = projectItem(work.key, work.record, {
      filter: around.settings.itemFilter,
      itemsGoUp: around.streams.has('items'),
      soldGoUp: around.streams.has('soldItems'),
      known,
    })
    return product === null ? { kind: 'skip' } : write(work, product, null)
  }
  const projection =
    work.kind === 'saleLine'
      ? projectSaleLine(work.record)
      : work.kind === 'job'
        ? projectJob(work.record)
        : projectAppointment(work.record, { now: around.now, known })
  if (projection.kind === 'nothing') return { kind: 'skip' }
  if (projection.kind === 'held') return projection
  const contact = around.contactOf(projection.customer)
  if (contact.identifiers === null)
    return { kind: 'waits', customer: projection.customer, unknown: notRecorded(projection.customer, contact.shown) }
  // Where the number makes a contact, one that was merged is known by who remains.
  const edgeKey = around.identity === 'externalId' ? (contact.holder ?? projection.customer) : projection.customer
  return write(work, projection.object, { ...contact, edgeKey })
}

function write(
  work: ObjectWork,
  object: PlatformObject,
  contact: (ContactRef & { edgeKey: string }) | null,
): ObjectVerdict {
  const decision = decideObject(object, contact?.edgeKey ?? null, work.link?.state ?? { sent: null })
  return decision.kind === 'unchanged' ? { kind: 'skip' } : { ...decision, contact }
}
