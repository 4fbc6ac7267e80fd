import type { Labels } from './labels.ts'
import type { Attribute, Contact, Tag } from './model.ts'

export type ContactView = ReturnType<typeof contactView>
type Sources = { attributes: Labels<Attribute>; tags: Labels<Tag> }

/** A contact as the API and the webhooks show it. Podium docs: schema `contact`. */
export function contactView(contact: Contact, { attributes, tags }: Sources) {
  const { organizationUid } = contact
  const channel = (type: 'PHONE' | 'EMAIL', identifier: string) => {
    return {
      type,
      identifier,
      label: null,
      marketingOptedInLocationUids: [],
      transactionalOptedOutAt: null,
      ...contact.consents[identifier],
      createdAt: contact.createdAt,
      updatedAt: contact.updatedAt,
    }
  }
  return {
    uid: contact.uid,
    name: contact.name,
    phoneNumbers: contact.phoneNumbers,
    emails: contact.emails,
    address: contact.address,
    channels: [
      ...contact.phoneNumbers.map((phone) => channel('PHONE', phone)),
      ...contact.emails.map((email) => channel('EMAIL', email)),
    ],
    attributes: Object.entries(contact.attributes).flatMap(([uid, value]) => {
      const attribute = attributes.get(organizationUid, uid)
      return attribute ? [{ ...attributeHead(attribute), value }] : []
    }),
    tags: contact.tagUids.flatMap((uid) => {
      const tag = tags.get(organizationUid, uid)
      return tag ? [{ uid, label: tag.label, description: tag.description }] : []
    }),
    conversations: contact.conversationUids.map((uid) => ({ uid })),
    locations: contact.locationUids.map((uid) => ({ uid })),
    organization: { uid: organizationUid },
    createdAt: contact.createdAt,
    updatedAt: contact.updatedAt,
  }
}

/** Podium docs: schema `contact_entity_attribute`. */
export function attributeView(attribute: Attribute) {
  const { isEncrypted, createdAt, updatedAt } = attribute
  return { ...attributeHead(attribute), isEncrypted, createdAt, updatedAt }
}

/** Podium docs: schema `contact_entity_tag`. */
export function tagView({ uid, label, description, organizationUid, createdAt, updatedAt }: Tag) {
  return { uid, label, description, organization: { uid: organizationUid }, createdAt, updatedAt }
}

function attributeHead({ uid, label, dataType, ownerResourceType, organizationUid }: Attribute) {
  return { uid, label, dataType, ownerResource: { type: ownerResourceType, uid: organizationUid } }
}
