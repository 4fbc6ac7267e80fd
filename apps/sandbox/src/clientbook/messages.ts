import { z } from 'zod'
import { addOwnActivity } from './activities.ts'
import { type Clientbook, within } from './clientbook.ts'
import { phoneNumber } from './entries.ts'
import { type Actor, attachmentSchema, type Client, type Message, newId, stampNow } from './model.ts'
import { Problem } from './problems.ts'
import { clientView, messageView } from './views.ts'

export const newMessageSchema = z.strictObject({
  channel: z.enum(['sms', 'email']).default('sms'),
  direction: z.enum(['outbound', 'inbound']).default('outbound'),
  subject: z.string().nullable().default(null),
  body: z.string().min(1),
  attachments: z.array(attachmentSchema).default([]),
  /** Of a text: which of the client's phones; their primary one unless given. */
  phone: z.string().optional(),
})
export type NewMessage = z.infer<typeof newMessageSchema>

const asClient: Actor = { type: 'client', associate_id: null, point_of_sale_id: null }

/**
 * A text or an e-mail from staff to a client, or back. A client's STOP ends all texts to that number until their START.
 * Throws `recipient_opted_out`.
 */
export function addMessage(book: Clientbook, client: Client, input: NewMessage, staff: Actor): Message {
  const { phone, ...rest } = input
  const { id: client_id, account_id } = client
  const number = input.channel === 'sms' ? numberOf(client, phone) : undefined
  const inbound = input.direction === 'inbound'
  if (!inbound && number !== undefined && hasOptedOut(book, account_id, number)) {
    throw new Problem('recipient_opted_out')
  }
  const by = inbound ? asClient : staff
  const now = stampNow()
  const head = { id: newId('ms'), account_id, client_id, seq: book.nextSeq() }
  const message = book.messages.put({ ...head, ...rest, sent_at: now, sent_by: by, updated_at: now })
  book.emit(inbound ? 'message.received' : 'message.sent', account_id, by, () => ({
    object: messageView(message, book),
  }))
  addOwnActivity(book, client, inbound ? 'message_received' : 'message_sent', input.body.slice(0, 200), now)
  const word = input.body.trim().toUpperCase()
  if (inbound && number !== undefined && (word === 'STOP' || word === 'START')) {
    setOptedOut(book, account_id, number, word === 'STOP')
  }
  return message
}

export function hasOptedOut(book: Clientbook, accountId: string, number: string): boolean {
  return book.optOuts.get(within(accountId, number)) !== undefined
}

/** The owner of a number wants no texts any more, or does again; every client who has it shows it. */
export function setOptedOut(book: Clientbook, account_id: string, number: string, out: boolean): void {
  if (out === hasOptedOut(book, account_id, number)) return
  const affected = book.clients.of(account_id).filter(({ phones }) => phones.some((phone) => phone.number === number))
  const before = affected.map((client) => clientView(client, book).phones)
  if (out) book.optOuts.put({ account_id, number, since: stampNow() })
  else book.optOuts.remove(within(account_id, number))
  for (const [index, one] of affected.entries()) {
    const client = book.clients.put({ ...one, ...book.stamp(asClient, one) })
    const previous = { phones: before[index] }
    book.emit('client.updated', account_id, asClient, () => ({ object: clientView(client, book), previous }))
  }
}

function numberOf({ phones }: Client, given: string | undefined): string {
  const number = given === undefined ? phones.find(({ is_primary }) => is_primary)?.number : phoneNumber(given)
  if (number === undefined) throw new Problem('invalid', { detail: 'There is no phone for a text.' })
  return number
}
