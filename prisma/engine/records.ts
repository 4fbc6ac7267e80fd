import { customerSchema } from '@jumpring/contracts'
import { z } from 'zod'

/** A customer as the cloud keeps it: JSON text. An older version may have stored what this one does not read. */
export const storedCustomerSchema = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown
    } catch {
      context.addIssue('This is no JSON.')
      return z.NEVER
    }
  })
  .pipe(customerSchema)
