import { z } from 'zod'

const schema = z
  .object({
    DATABASE_URL: z.string().min(1),
    TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
    TEMPORAL_NAMESPACE: z.string().default('default'),
    KEY_FILE: z.string().min(1),
    /** Where platforms reach our api, for webhooks. */
    PUBLIC_URL: z.url(),
    /** How long a platform may take to answer one call, in seconds. */
    PLATFORM_PATIENCE: z.coerce.number().positive().max(60).default(15),
    HEALTH_PORT: z.coerce.number().int().default(4101),
    /** Signs licenses: an Ed25519 key in a file (PKCS 8, PEM), or the id of an asymmetric key of AWS KMS. */
    LICENSE_KEY_FILE: z.string().min(1).optional(),
    LICENSE_KMS_KEY: z.string().min(1).optional(),
    /** Whether mail is put into the folder MAIL_DIR or sent by Amazon SES. What AWS needs (AWS_REGION, …) its SDK reads by itself. */
    MAIL_VIA: z.enum(['folder', 'ses']).default('folder'),
    MAIL_DIR: z.string().min(1).optional(),
    MAIL_FROM: z.string().min(3),
    /** Who is told that a license is asked for. */
    OPERATOR_EMAIL: z.email(),
    LOG_LEVEL: z.string().default('info'),
  })
  .refine((env) => (env.LICENSE_KEY_FILE === undefined) !== (env.LICENSE_KMS_KEY === undefined), {
    path: ['LICENSE_KEY_FILE'],
    message: 'Give either LICENSE_KEY_FILE or LICENSE_KMS_KEY.',
  })
  .refine((env) => env.MAIL_VIA === 'ses' || env.MAIL_DIR !== undefined, {
    path: ['MAIL_DIR'],
    message: 'Say into which folder mail is put.',
  })
export type Env = z.infer<typeof schema>

/** The worker's settings from the environment. @throws with every setting that is missing or wrong */
export function readEnv(environment: NodeJS.ProcessEnv = process.env): Env {
  const result = schema.safeParse(environment)
  if (result.success) return result.data
  throw new Error(`The worker's environment is not complete:\n${z.prettifyError(result.error)}`)
}
