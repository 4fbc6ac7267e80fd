import { compactVerify, decodeProtectedHeader, importJWK, type JWK, errors as joseErrors } from 'jose'
import { z } from 'zod'
import { JumpringError } from './errors.ts'
import { type Platform, platformNames, platformSchema, tierSchema } from './streams.ts'
import { instantSchema } from './values.ts'

/** EDT: the StoreLicenseID, which names the folder with a store's Inbox and Outbox. */
export const storeLicenseIdSchema = z.string().regex(/^[\w.-]{1,60}$/, 'Letters, digits, - _ and . only.')

/** What a license says. */
export const licenseSchema = z.strictObject({
  id: z.uuid(),
  /** Rises with each license of a connection: an older one is never installed over a newer. */
  serial: z.int().min(1),
  tenant: z.strictObject({ id: z.uuid(), name: z.string() }),
  store: storeLicenseIdSchema,
  connectionId: z.uuid(),
  platform: platformSchema,
  tier: tierSchema,
  /** Whether web sales may come into The Edge (Shopify). */
  webStore: z.boolean(),
  from: instantSchema,
  until: instantSchema,
})
export type License = z.infer<typeof licenseSchema>

/** EdDSA (Ed25519) with a local key, ES256 (ECDSA on P-256) with AWS KMS. */
const algorithms = ['EdDSA', 'ES256'] as const

/** A public key that licenses are signed with, as JWK. */
export const licenseKeySchema = z.object({
  kty: z.enum(['OKP', 'EC']),
  crv: z.enum(['Ed25519', 'P-256']),
  x: z.string(),
  y: z.string().optional(),
  /** RFC 7638 thumbprint. */
  kid: z.string(),
  alg: z.enum(algorithms),
})
export type LicenseKey = z.infer<typeof licenseKeySchema>

/** What an agent has to know to judge a license by itself: in the answers to enroll and hello. */
export const licensingSchema = z.object({
  tenantId: z.uuid(),
  /** The platforms that the tenant is to be joined to. */
  platforms: z.array(platformSchema),
  keys: z.array(licenseKeySchema),
})
export type Licensing = z.infer<typeof licensingSchema>

/** `POST /agent/license`. Repeating it with the same file is harmless. */
export const installBodySchema = z.strictObject({ file: z.string().min(1).max(10_000) })
export const installAnswerSchema = z.object({ platform: platformSchema, tier: tierSchema, until: instantSchema })
export type InstallAnswer = z.infer<typeof installAnswerSchema>

/** The file's `typ`, so that no other signature of ours passes for a license. */
export const licenseType = 'jumpring-license'

/**
 * Reads a license file (a compact JWS) and checks its signature.
 * @throws `license_unreadable`, `license_forged`, `license_altered`
 */
export async function readLicense(file: string, keys: readonly LicenseKey[]): Promise<License> {
  const { kid, alg, typ } = headerOf(file.trim())
  if (typ !== licenseType) throw new JumpringError('license_unreadable')
  const key = keys.find((known) => known.kid === kid && known.alg === alg)
  if (key === undefined) throw new JumpringError('license_forged')
  const { y, ...rest } = key
  const jwk: JWK = { ...rest, ...(y !== undefined && { y }) }
  try {
    const { payload } = await compactVerify(file.trim(), await importJWK(jwk, key.alg), { algorithms: [key.alg] })
    return licenseSchema.parse(JSON.parse(new TextDecoder().decode(payload)))
  } catch (cause) {
    if (cause instanceof joseErrors.JWSSignatureVerificationFailed)
      throw new JumpringError('license_altered', undefined, { cause })
    throw new JumpringError('license_unreadable', undefined, { cause })
  }
}

function headerOf(file: string): { kid?: string | undefined; alg?: string | undefined; typ?: string | undefined } {
  try {
    const { kid, alg, typ } = decodeProtectedHeader(file)
    return { kid, alg, typ }
  } catch (cause) {
    throw new JumpringError('license_unreadable', undefined, { cause })
  }
}

/** Where and when a license is to be installed. */
export interface LicensePlace {
  readonly tenantId: string
  /** Null while nobody has given it. */
  readonly storeLicenseId: string | null
  readonly platforms: readonly Platform[]
  readonly now: Date
  /** The serial of the license of this platform that is installed; absent: none is. */
  readonly installedSerial?: number | undefined
}

/**
 * Whether a license holds in this place at this time.
 * @throws `license_foreign`, `license_platform`, `license_early`, `license_expired`, `license_superseded`, each with a sentence
 */
export function checkLicense(license: License, place: LicensePlace): void {
  if (license.tenant.id !== place.tenantId)
    throw new JumpringError('license_foreign', `The license is for another business: ${license.tenant.name}.`)
  if (license.store.toLowerCase() !== place.storeLicenseId?.toLowerCase())
    throw new JumpringError(
      'license_foreign',
      `The license is for the store ${license.store}; this one is ${place.storeLicenseId ?? 'without a store license id'}.`,
    )
  if (!place.platforms.includes(license.platform))
    throw new JumpringError(
      'license_platform',
      `The license is for ${platformNames[license.platform]}, which this business is not joined to.`,
    )
  if (new Date(license.from) > place.now)
    throw new JumpringError('license_early', `The license holds from ${license.from.slice(0, 10)} on; install it then.`)
  if (new Date(license.until) <= place.now)
    throw new JumpringError('license_expired', `The license ended on ${license.until.slice(0, 10)}; ask for a new one.`)
  if (place.installedSerial !== undefined && license.serial < place.installedSerial)
    throw new JumpringError(
      'license_superseded',
      `A newer license (number ${place.installedSerial}) is installed; this is number ${license.serial}.`,
    )
}
