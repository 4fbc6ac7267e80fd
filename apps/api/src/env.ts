import { z } from 'zod'

const envSchema = z.object({
  /** Of the role jumpring_app. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  PORT: z.coerce.number().int().min(0).max(65_535),
  /** Where agents and platforms reach this api. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/$/, '')),
  TEMPORAL_ADDRESS: z.string().min(1),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  /** prisma/keyring.ts */
  KEY_FILE: z.string().min(1),
  /** The first operator, made at start where nobody has this e-mail. */
  OPERATOR_EMAIL: z.email(),
  OPERATOR_PASSWORD: z.string().min(8),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
})
export type Env = z.infer<typeof envSchema>

/** Reads the environment. @throws with every missing or wrong variable in one message, without values */
export function readEnv(): Env {
  const parsed = envSchema.safeParse(process.env)
  if (parsed.success) return parsed.data
  throw new Error(
    parsed.error.issues.map((issue) => `Environment variable ${issue.path.join('.')}: ${issue.message}`).join('\n'),
  )
}
