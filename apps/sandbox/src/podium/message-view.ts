import type { Shelf } from '../platform/shelf.ts'
import type { Text } from '../platform/texts.ts'
import type { Contacts } from './contacts.ts'
import type { Conversation } from './conversations.ts'
import { wholeSeconds } from './model.ts'

/** Podium docs: schema `message`. */
export function messageView(
  text: Text,
  { contacts, conversations }: { contacts: Contacts; conversations: Shelf<Conversation> },
) {
  const { uid, account: organizationUid, to, body, locationUid, status, failureReason } = text
  const createdAt = wholeSeconds(text.createdAt)
  const contact = contacts.find(organizationUid, to)
  const holds = (one: Conversation) => one.messages.some((message) => message.uid === uid)
  const conversation = conversations.all().findLast(holds)
  return {
    uid,
    body,
    attachmentUrl: null,
    contact: { uid: contact?.uid ?? null, name: contact?.name ?? null, externalIdentifier: null },
    contactName: contact?.name ?? null,
    conversation: {
      uid: conversation?.uid ?? null,
      assignedUserUid: null,
      channel: { identifier: to, type: to.includes('@') ? ('email' as const) : ('phone' as const) },
      startedAt: conversation?.startedAt ?? null,
    },
    createdAt,
    failureReason: status === 'failed' ? failureReason : null,
    items: [
      {
        uid,
        attachmentContentType: null,
        attachmentUrl: null,
        body,
        createdAt,
        deliveryStatus: status,
        encryptedAt: null,
        sendBody: body,
        sourceType: 'api',
        type: 'message',
      },
    ],
    location: { uid: locationUid, organizationUid },
    sender: { uid: null },
    senderUid: null,
    webchatUrl: null,
  }
}
