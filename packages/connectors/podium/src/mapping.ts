import type { FreezeSource } from '@jumpring/connector-kit'
import { distinct, instant } from '@jumpring/connector-kit/http/values'
import type { Address, ConnectionSettings } from '@jumpring/contracts'
import { JumpringError } from '@jumpring/contracts'
import {
  type ContactFields,
  normalizeAddress,
  normalizeEmail,
  normalizePhone,
  type Observation,
  tidy,
} from '@jumpring/sync'
import { labeledValues } from './attributes.ts'
import type { ContactBody, PodiumContact } from './wire.ts'

/** The body of a PATCH: only the fields that are given. */
export function toBody(fields: ContactFields): ContactBody {
  const { name, phone, email, address } = fields
  return {
    ...(name === undefined ? {} : { name }),
    ...(phone === undefined ? {} : { phoneNumber: phone }),
    ...(email === undefined ? {} : { email }),
    ...(address === undefined ? {} : { address: toPodiumAddress(address) }),
  }
}

/**
 * The body of a POST. Podium docs: `name` and `locations` are required.
 * A customer without any name goes by what staff would recognize: the e-mail, else the phone.
 */
export function toCreateBody(fields: ContactFields, source: FreezeSource): ContactBody {
  const { edgeKey, settings, externalIdField, acquisitionField } = source
  const attributes = [
    ...(externalIdField === null ? [] : [{ uid: externalIdField, value: edgeKey }]),
    ...attributesOf(fields, acquisitionField),
  ]
  const name = fields.name ?? fields.email ?? fields.phone
  return {
    ...toBody(name === undefined ? fields : { ...fields, name }),
    locations: [locationOf(edgeKey, settings)],
    ...(attributes.length === 0 ? {} : { attributes }),
  }
}

/** What goes into fields that the store's account has been given. */
export function attributesOf(
  { acquisition }: ContactFields,
  acquisitionField: string | null,
): { readonly uid: string; readonly value: string }[] {
  return acquisition === undefined || acquisitionField === null ? [] : [{ uid: acquisitionField, value: acquisition }]
}

/** The location of a customer's home store: the first part of the key (`001-00017` → `001`). Throws `configuration`. */
function locationOf(edgeKey: string, settings: ConnectionSettings): string {
  const store = edgeKey.slice(0, edgeKey.indexOf('-'))
  const location = settings.locations[store] ?? settings.defaultLocation
  if (location === undefined)
    throw new JumpringError('configuration', `Store ${store} has no Podium location, and there is no default location.`)
  return location
}

/** Whole, with `null` for what is absent: an old second line must not stay behind a new street (CO-03). */
function toPodiumAddress(address: Address): NonNullable<ContactBody['address']> {
  return {
    addressLine1: address.street ?? null,
    addressLine2: address.street2 ?? null,
    city: address.city ?? null,
    state: address.state ?? null,
    postalCode: address.zip ?? null,
    country: address.country ?? null,
  }
}

/**
 * A contact as the core compares it. Values that are no phone or e-mail are dropped; `region` completes national numbers.
 * Podium docs: an event's contact names its phones and e-mails as channels, a list's contact in fields of their own too.
 */
export function toObservation(contact: PodiumContact, region: string): Observation {
  const channels = contact.channels ?? []
  const ofType = (type: string) => channels.filter((channel) => channel.type?.toUpperCase() === type)
  const phones = (raw: readonly Raw[]) => distinct(raw, (value) => normalizePhone(value, region))
  const emails = (raw: readonly Raw[]) => distinct(raw, normalizeEmail)

  const phoneChannels = ofType('PHONE')
  const name = tidy(contact.name ?? undefined)
  const address = contact.address ? fromPodiumAddress(contact.address) : null
  const createdAt = instant(contact.createdAt)
  const updatedAt = instant(contact.updatedAt)
  return {
    uid: contact.uid,
    ...labeledValues(contact),
    ...(name === undefined ? {} : { name }),
    phones: phones([...(contact.phoneNumbers ?? []), ...phoneChannels.map(({ identifier }) => identifier)]),
    emails: emails([...(contact.emails ?? []), ...ofType('EMAIL').map(({ identifier }) => identifier)]),
    addresses: address === null ? [] : [address],
    optedOutPhones: phones(
      phoneChannels.filter((channel) => channel.transactionalOptedOutAt).map(({ identifier }) => identifier),
    ),
    ...(contact.locations ? { locations: contact.locations.flatMap((location) => location?.uid ?? []) } : {}),
    ...(contact.tags ? { tags: contact.tags.flatMap((tag) => tag?.label ?? []) } : {}),
    ...(createdAt === null ? {} : { createdAt }),
    ...(updatedAt === null ? {} : { updatedAt }),
  }
}

type Raw = string | null | undefined

function fromPodiumAddress(address: NonNullable<PodiumContact['address']>): Address | null {
  return normalizeAddress({
    street: address.addressLine1 ?? '',
    street2: address.addressLine2 ?? '',
    city: address.city ?? '',
    state: address.state ?? '',
    zip: address.postalCode ?? '',
    country: address.country ?? '',
  })
}
