import type { UpDecision } from '@jumpring/sync'
import { z } from 'zod'
import type { EffectSort } from './effects.ts'
import { fieldsSchema } from './links.ts'

/** What an effect keeps of a contact's decision; `into`: the number of the customer into whose contact it is merged. */
export type ContactDecision = UpDecision & { readonly into?: string }

/** Writes of contacts. */
export const contactEffects: EffectSort<ContactDecision> = {
  kinds: ['customer'],
  decision: z.object({ write: fieldsSchema, sent: fieldsSchema, into: z.string().exactOptional() }),
}
