import { randomBytes, scryptSync } from 'node:crypto'
import pg from 'pg'

/** Who signs in in a test. */
export interface TestPerson {
  readonly email: string
  readonly password: string
  readonly role: 'operator' | 'vendor' | 'store'
  readonly vendorId?: string
  readonly tenantId?: string
}

/**
 * Makes a person known whose password costs next to nothing to check: what it cost stands with its hash. Made by the api a person takes
 * half a second of the processor until they are signed in, by intent.
 */
export async function addPerson(owner: pg.Pool | pg.Client, person: TestPerson): Promise<void> {
  const { email, password, role, vendorId = null, tenantId = null } = person
  await owner.query(
    'INSERT INTO "user" (email, password_hash, role, vendor_id, tenant_id) VALUES ($1, $2, $3, $4, $5)',
    [email, cheapHash(password), role, vendorId, tenantId],
  )
}

/** The same through a connection of its own. */
export async function addPersonTo(database: { ownerUrl: string }, person: TestPerson): Promise<void> {
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  try {
    await addPerson(owner, person)
  } finally {
    await owner.end()
  }
}

/** As apps/api/src/graphql/modules/people/password.ts writes it. */
function cheapHash(password: string): string {
  const [N, r, p] = [16, 1, 1]
  const salt = randomBytes(16)
  const key = scryptSync(password.normalize('NFKC'), salt, 32, { N, r, p })
  return ['scrypt', N, r, p, salt.toString('base64url'), key.toString('base64url')].join('$')
}
