import { z } from 'zod'

/** What Podium's inbox shows. Podium docs: a message sent by the public API makes a conversation, open or closed. */
export const conversationSchema = z.object({
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
