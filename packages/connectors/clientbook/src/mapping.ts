import type { FreezeSource } from '@jumpring/connector-kit'
import { distinct, instant } from '@jumpring/connector-kit/http/values'
import type { Address, ConnectionSettings } from '@jumpring/contracts'
import {
  type ContactFields,
  countryCode,
  type MethodLabels,
  normalizeAddress,
  normalizeEmail,
  normalizePhone,
  type Observation,
  splitName,
  tidy,
} from '@jumpring/sync'
import type { ClientWrite } from './api.ts'
import type { Client } from './wire.ts'

/** Of the entries on a client, ours: a write replaces it, and what staff entered under labels of their own stays. */
const label = 'POS'

/** What a write says of a client: only the fields that are given. */
export function toClientWrite(fields: ContactFields): ClientWrite {
  const { name, phone, email, address, acquisition, externalId } = fields
  return {
    ...(name === undefined ? {} : nameParts(name)),
    ...(phone === undefined ? {} : { phones: [{ label, number: phone, is_primary: true }] }),
    ...(email === undefined ? {} : { emails: [{ label, address: email, is_primary: true }] }),
    ...(address === undefined ? {} : { addresses: [{ label, ...toClientbookAddress(address), is_primary: true }] }),
    ...(acquisition === undefined ? {} : { acquisition_source: acquisition }),
    ...(externalId === undefined ? {} : { pos_id: externalId }),
  }
}

/** A client's own values in place of ours, under the labels they had; what it had none of is taken away. */
export function toRestoration(restore: ContactFields, written: ContactFields, labels: MethodLabels): ClientWrite {
  const gone = (field: keyof ContactFields) => written[field] !== undefined && restore[field] === undefined
  const back = toClientWrite(restore)
  // Under a label of its own the value was never replaced: ours stands beside it, and goes.
  const own = <Entry extends { label: string }>(field: keyof MethodLabels, entries: readonly Entry[], ours: Entry) => {
    const { [field]: ownLabel = label } = labels
    return ownLabel === label ? entries : [...entries.map((entry) => ({ ...entry, label: ownLabel })), ours]
  }
  return {
    ...back,
    ...(back.phones && { phones: own('phone', back.phones, { label, number: null }) }),
    ...(back.emails && { emails: own('email', back.emails, { label, address: null }) }),
    ...(back.addresses && { addresses: own('address', back.addresses, { label }) }),
    ...(gone('name') && { first_name: null, last_name: null }),
    ...(gone('phone') && { phones: [{ label, number: null }] }),
    ...(gone('email') && { emails: [{ label, address: null }] }),
    ...(gone('address') && { addresses: [{ label }] }),
    ...(gone('acquisition') && { acquisition_source: null }),
    ...(gone('externalId') && { pos_id: null }),
  }
}

/**
 * What the first write says. A customer without any name goes by what staff would recognize: the e-mail, else the phone, as on
 * Podium. Our assumption: Clientbook wants one of the three; whoever has none goes by the number.
 */
export function toFirstWrite({ externalId: _inThePath, ...fields }: ContactFields, source: FreezeSource): ClientWrite {
  const { edgeKey, settings } = source
  const location = locationOf(edgeKey, settings)
  return {
    ...toClientWrite({ ...fields, name: fields.name ?? fields.email ?? fields.phone ?? edgeKey }),
    ...(location === undefined ? {} : { home_location_id: location }),
  }
}

/** The location of a customer or sale: by the first part of its key (`001-00017` → `001`). */
export function locationOf(key: string, settings: ConnectionSettings): string | undefined {
  return settings.locations[key.slice(0, key.indexOf('-'))] ?? settings.defaultLocation
}

function nameParts(name: string): Pick<ClientWrite, 'first_name' | 'last_name'> {
  const { firstName = null, lastName } = splitName(name)
  return { first_name: firstName, last_name: lastName }
}

function toClientbookAddress(address: Address): Omit<NonNullable<ClientWrite['addresses']>[number], 'label'> {
  return {
    line1: address.street ?? null,
    line2: address.street2 ?? null,
    city: address.city ?? null,
    region: address.state ?? null,
    postal_code: address.zip ?? null,
    // A country that nobody can tell by its two letters is left out; Clientbook takes no other.
    country: countryCode(address.country ?? '') ?? null,
  }
}

/** A client as the core compares it. Values that are no phone or e-mail are dropped; `region` completes national numbers. */
export function toObservation(client: Client, region: string): Observation {
  const phones = (of: Client['phones']) =>
    distinct(
      of.map(({ number }) => number),
      (value) => normalizePhone(value, region),
    )
  const emails = client.emails.map(({ address }) => address)
  const labels = {
    ...firstLabel('phone', client.phones, ({ number }) => normalizePhone(number, region)),
    ...firstLabel('email', client.emails, ({ address }) => normalizeEmail(address)),
    ...firstLabel('address', client.addresses, fromClientbookAddress),
  }
  const name = tidy([client.first_name, client.last_name].filter(Boolean).join(' '))
  const acquisition = tidy(client.acquisition_source ?? undefined)
  const externalId = tidy(client.pos_id ?? undefined)
  const createdAt = instant(client.created_at)
  const updatedAt = instant(client.updated_at)
  return {
    uid: client.id,
    ...(externalId === undefined ? {} : { externalId }),
    ...(name === undefined ? {} : { name }),
    phones: phones(client.phones),
    emails: distinct(emails, normalizeEmail),
    addresses: client.addresses.flatMap((address) => fromClientbookAddress(address) ?? []),
    optedOutPhones: phones(client.phones.filter((phone) => phone.sms_opted_out_at !== null)),
    locations: client.home_location_id === null ? [] : [client.home_location_id],
    tags: client.tags,
    labels,
    ...(acquisition === undefined ? {} : { acquisition, source: acquisition }),
    ...(createdAt === null ? {} : { createdAt }),
    ...(updatedAt === null ? {} : { updatedAt }),
  }
}

/** What the first entry is called that holds something. */
function firstLabel<Entry extends { label: string }>(
  field: keyof MethodLabels,
  entries: readonly Entry[],
  read: (entry: Entry) => unknown,
): MethodLabels {
  const first = entries.find((entry) => read(entry) !== null)
  return first ? { [field]: first.label } : {}
}

function fromClientbookAddress(address: Client['addresses'][number]): Address | null {
  return normalizeAddress({
    street: address.line1 ?? '',
    street2: address.line2 ?? '',
    city: address.city ?? '',
    state: address.region ?? '',
    zip: address.postal_code ?? '',
    country: address.country ?? '',
  })
}
