import { z } from 'zod'

const envSchema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4710),
  SANDBOX_DIR: z.string().min(1).default('.jumpring/sandbox'),
  /** The folder into which the service puts its mail. */
  MAIL_DIR: z.string().min(1).optional(),
  SANDBOX_LICENSE_ID: z
    .string()
    .regex(/^[\w-]+$/)
    .default('JR-0001'),
  SANDBOX_CUSTOMERS: z.coerce.number().int().min(0).default(40),
  SANDBOX_HISTORY: z.enum(['yes', 'no']).default('no'),
})

/** The sandbox's settings from the environment. Throws with all that is wrong at once. */
export function readEnv(): z.infer<typeof envSchema> {
  const parsed = envSchema.safeParse(process.env)
  if (!parsed.success) throw new Error(`The sandbox's environment is not right.\n${z.prettifyError(parsed.error)}`)
  return parsed.data
}
