import { type LicenseKey, licenseKeySchema } from '@jumpring/contracts'
import { type Database, inScope } from '../scope.ts'

/** Every public key that licenses have been signed with. */
export function listLicenseKeys(db: Database): Promise<LicenseKey[]> {
  return inScope(db, { as: 'system' }, async (sql) => {
    const { rows } = await sql.query<{ jwk: unknown }>('SELECT jwk FROM license_key ORDER BY added_at, kid')
    return rows.map((row) => licenseKeySchema.parse(row.jwk))
  })
}

/** Makes a key known before anything is signed with it. Harmless when it is known. */
export async function addLicenseKey(db: Database, key: LicenseKey): Promise<void> {
  await inScope(db, { as: 'system' }, (sql) =>
    sql.query('INSERT INTO license_key (kid, jwk) VALUES ($1, $2) ON CONFLICT DO NOTHING', [key.kid, key]),
  )
}
