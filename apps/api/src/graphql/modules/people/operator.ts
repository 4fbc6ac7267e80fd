import { createPersonIfAbsent, type Database, findPersonByEmail } from '@jumpring/db'
import { hashPassword } from './password.ts'
import { emailSchema } from './types.ts'

/** Makes sure that this operator can sign in, at the api's start. Somebody who is there keeps their password. */
export async function ensureOperator(db: Database, email: string, password: string): Promise<void> {
  const address = emailSchema.parse(email)
  if ((await findPersonByEmail(db, address)) !== null) return
  const passwordHash = await hashPassword(password)
  await createPersonIfAbsent(db, { email: address, passwordHash, role: 'operator', vendorId: null, tenantId: null })
}
