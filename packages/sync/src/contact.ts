import type { Address } from '@jumpring/contracts'

/** One person as a contact platform takes it: at most one value a field. All values are normalized (see normalize.ts). */
export interface ContactFields {
  readonly name?: string
  /** E.164. */
  readonly phone?: string
  /** Trimmed, lower case. */
  readonly email?: string
  readonly address?: Address
  /** CO-06: the label of the first why-in; absent while it is not known. */
  readonly acquisition?: string
  /** The Edge customer number, where the platform knows contacts by it (Connector.identity `externalId`). */
  readonly externalId?: string
}
export type ContactField = keyof ContactFields
export const contactFields = [
  'name',
  'phone',
  'email',
  'address',
  'acquisition',
  'externalId',
] as const satisfies readonly ContactField[]

/** Names of contact methods, as staff gave them. */
export type MethodLabels = { readonly [Field in 'phone' | 'email' | 'address']?: string }

/** One person as a contact platform shows it. All values are normalized. */
export interface Observation {
  /** The platform's own id of the contact. */
  readonly uid: string
  /** The Edge customer number that stands on the contact: as we wrote it, unless staff changed it. */
  readonly externalId?: string
  readonly name?: string
  readonly phones: readonly string[]
  readonly emails: readonly string[]
  readonly addresses: readonly Address[]
  /** Phones whose owner asked not to be texted. */
  readonly optedOutPhones: readonly string[]
  /** BY-05: the platform's ids of the locations it belongs to, the labels of its tags, how it came to be; absent where the platform does not show them. */
  readonly locations?: readonly string[]
  readonly tags?: readonly string[]
  readonly source?: string
  /** What the first of its phones, e-mails and addresses are called there; absent where they have no names. */
  readonly labels?: MethodLabels
  /** CO-06: the acquisition that stands on the contact, as a label. */
  readonly acquisition?: string
  /** UTC instant. */
  readonly createdAt?: string
  /** UTC instant of the platform's last change, as the platform says; absent where it does not. */
  readonly updatedAt?: string
}
