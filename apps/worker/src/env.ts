import { z } from 'zod'

const schema = z.object({
  DATABASE_URL: z.string().min(1),
  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  KEY_FILE: z.string().min(1),
  /** Where platforms reach our api, for webhooks. */
  PUBLIC_URL: z.url(),
  HEALTH_PORT: z.coerce.number().int().default(4101),
  LOG_LEVEL: z.string().default('info'),
})
export type Env = z.infer<typeof schema>

/** The worker's settings from the environment. @throws with every setting that is missing or wrong */
export function readEnv(environment: NodeJS.ProcessEnv = process.env): Env {
  const result = schema.safeParse(environment)
  if (result.success) return result.data
  throw new Error(`The worker's environment is not complete:\n${z.prettifyError(result.error)}`)
}
