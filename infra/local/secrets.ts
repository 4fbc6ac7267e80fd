import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createKeyFile, createLicenseKeyFile } from '@jumpring/db'
import { z } from 'zod'

const accountSchema = z.object({ email: z.string(), password: z.string() })
const secretsSchema = z.object({
  /** Of the database role jumpring_app. */
  appPassword: z.string(),
  /** Who may sign in: the service's operator, and for the demo tenant its vendor's staff and the store's. */
  accounts: z.object({ operator: accountSchema, vendor: accountSchema, store: accountSchema }),
})

/** What this checkout's system has made up for itself: passwords, and the paths of the service's keys. */
export type Secrets = z.infer<typeof secretsSchema> & { keyFile: string; licenseKeyFile: string }

/** Reads `dir`'s secrets, or makes them up the first time; readable for their owner only. */
export async function localSecrets(dir: string): Promise<Secrets> {
  const file = join(dir, 'local-secrets.json')
  const keyFile = join(dir, 'local-keys.json')
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const licenseKeyFile = join(dir, 'license-key.pem')
  await createKeyFile(keyFile)
  await createLicenseKeyFile(licenseKeyFile)
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  if (kept !== undefined) return { ...secretsSchema.parse(JSON.parse(kept)), keyFile, licenseKeyFile }

  const password = () => randomBytes(18).toString('base64url')
  const account = (email: string) => ({ email, password: password() })
  const made = {
    appPassword: password(),
    accounts: {
      operator: account('operator@jumpring.example'),
      vendor: account('vera.holm@podium.example'),
      store: account('ingrid@lindqvist.example'),
    },
  }
  await writeAtomically(file, made)
  return { ...made, keyFile, licenseKeyFile }
}

/** Writes JSON that only its owner may read, whole or not at all. */
export async function writeAtomically(file: string, value: unknown): Promise<void> {
  await writeFile(`${file}.part`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.part`, file)
}
