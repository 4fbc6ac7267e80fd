import { z } from 'zod'
import type { Documents } from '../documents.ts'

const conversationSchema = z.object({
  uid: z.uuid(),
  organizationUid: z.uuid(),
  locationUid: z.uuid(),
  /** The phone or e-mail it is held with. */
  identifier: z.string(),
  closed: z.boolean(),
  messages: z.array(z.object({ uid: z.uuid(), body: z.string(), createdAt: z.string() })),
  startedAt: z.string(),
})
export type Conversation = z.infer<typeof conversationSchema>

/** What Podium's inbox shows. Podium docs: a message sent by the public API makes a conversation, open or closed. */
export class Conversations {
  readonly #documents: Documents
  readonly #all = new Map<string, Conversation>()

  constructor(documents: Documents) {
    this.#documents = documents
    for (const one of documents.read('conversation', conversationSchema)) this.#all.set(one.uid, one)
  }

  all(): Conversation[] {
    return [...this.#all.values()]
  }

  get(uid: string): Conversation | undefined {
    return this.#all.get(uid)
  }

  put(conversation: Conversation): void {
    this.#all.set(conversation.uid, conversation)
    this.#documents.put('conversation', conversation.uid, conversation)
  }

  reset(): void {
    this.#all.clear()
    this.#documents.clear('conversation')
  }
}
