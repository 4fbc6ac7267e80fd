import type { Address } from '@jumpring/contracts'
import { type ContactField, type ContactFields, contactFields, type Observation } from './contact.ts'
import { type LinkState, type Seen, sameValue, seenValues } from './link.ts'
import { sameAddress } from './normalize.ts'

/** What a wrong match has mixed up on the platform, and what would put it right. */
export interface Unmixed {
  /** The contact's own values in place of those that we had written; a field that it had none of cannot be emptied. */
  readonly restore: ContactFields
  /** What we had written there as the customer's. */
  readonly written: ContactFields
  /** The contact as it will show itself once that is done: its own values, with what staff have entered since. */
  readonly contact: Observation
}

/**
 * Takes a contact and a customer apart again.
 * @param before the contact when it was matched
 * @param state of the link since
 */
export function unmix(before: Observation, state: LinkState): Unmixed {
  const isOurs = (field: ContactField) => {
    const sent = state.sent[field]
    // The number is ours whoever wrote it: left there, it would have the contact taken for the customer's again.
    if (field === 'externalId') return sent !== undefined
    return sent !== undefined && !seenValues(field, before).some((value) => sameValue(field, value, sent))
  }
  const ours = contactFields.filter(isOurs)
  const written: ContactFields = pick(state.sent, ours)
  const { externalId, ...rest } = firstOf(before)
  const isOther = externalId !== undefined && externalId !== state.sent.externalId
  const restore: ContactFields = pick(isOther ? { ...rest, externalId } : rest, ours)
  const { seen } = state
  const name = written.name === undefined ? (seen.name ?? before.name) : before.name
  const acquisition = written.acquisition === undefined ? (seen.acquisition ?? before.acquisition) : before.acquisition
  const updatedAt = seen.updatedAt ?? before.updatedAt
  return {
    restore,
    written,
    contact: {
      uid: before.uid,
      phones: [...new Set([...own(before.phones, restore.phone), ...without(seen.phones, written.phone)])],
      emails: [...new Set([...own(before.emails, restore.email), ...without(seen.emails, written.email)])],
      addresses: addressesOf(restore.address, seen, written.address),
      optedOutPhones: before.optedOutPhones,
      ...(isOther && { externalId }),
      ...(name !== undefined && { name }),
      ...(acquisition !== undefined && { acquisition }),
      ...(updatedAt !== undefined && { updatedAt }),
      ...(before.locations && { locations: before.locations }),
      ...(before.tags && { tags: before.tags }),
      ...(before.source !== undefined && { source: before.source }),
    },
  }
}

/** Phones, e-mails and addresses without those that had been written there as a wrong customer's, should they still show. */
export function withoutWritten<Shown extends Pick<Observation, 'phones' | 'emails' | 'addresses'>>(
  shown: Shown,
  written: readonly ContactFields[],
): Shown {
  if (written.length === 0) return shown
  return {
    ...shown,
    phones: shown.phones.filter((value) => !written.some(({ phone }) => phone === value)),
    emails: shown.emails.filter((value) => !written.some(({ email }) => email === value)),
    addresses: shown.addresses.filter(
      (value) => !written.some(({ address }) => address !== undefined && sameAddress(address, value)),
    ),
  }
}

const own = (values: readonly string[], restored: string | undefined) =>
  restored === undefined ? [] : values.filter((value) => value === restored)

const without = (values: readonly string[], written: string | undefined) => values.filter((value) => value !== written)

function addressesOf(restored: Address | undefined, seen: Seen, written: Address | undefined): Address[] {
  const rest = seen.addresses.filter((one) => written === undefined || !sameAddress(one, written))
  return restored && !rest.some((one) => sameAddress(one, restored)) ? [restored, ...rest] : rest
}

function firstOf({ name, phones, emails, addresses, acquisition, externalId }: Observation): ContactFields {
  const [phone] = phones
  const [email] = emails
  const [address] = addresses
  return {
    ...(name !== undefined && { name }),
    ...(phone !== undefined && { phone }),
    ...(email !== undefined && { email }),
    ...(address !== undefined && { address }),
    ...(acquisition !== undefined && { acquisition }),
    ...(externalId !== undefined && { externalId }),
  }
}

function pick(fields: ContactFields, names: readonly ContactField[]): ContactFields {
  return Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])))
}
