import { platformSchema, tierSchema } from '@jumpring/contracts'
import { z } from 'zod'

/** A license as the agent keeps it: one a platform. */
export const keptLicenseSchema = z.object({
  platform: platformSchema,
  tier: tierSchema,
  serial: z.int(),
  until: z.iso.datetime(),
  file: z.string(),
  /** The generation of the cloud that has it; a cloud that was set back gets it once more. Null: none has it yet. */
  confirmedBy: z.uuid().nullable(),
  /** Why the cloud refuses it, in a sentence. */
  refusal: z.string().nullable(),
})
export type KeptLicense = z.infer<typeof keptLicenseSchema>
