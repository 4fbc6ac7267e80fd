import { z } from 'zod'

const schema = z.object({
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

/** The agent's environment; all else is in its data folder. */
export const env = schema.parse(process.env)
