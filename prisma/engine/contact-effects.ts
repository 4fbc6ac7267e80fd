import type { UpDecision } from '@jumpring/sync'
import { z } from 'zod'
import type { EffectSort } from './effects.ts'
import { fieldsSchema } from './links.ts'

/** Writes of contacts. */
export const contactEffects: EffectSort<UpDecision> = {
  kinds: ['customer'],
  decision: z.object({ write: fieldsSchema, sent: fieldsSchema }),
}
