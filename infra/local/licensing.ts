// A license, as the vendor's and the operator's people bring it about through the admin API.
import { z } from 'zod'
import { type Admin, orFailure } from './admin.ts'
import { until } from './processes.ts'

const licenseFields = 'id status serial file'
const licenseSchema = z.object({
  id: z.string(),
  status: z.string(),
  serial: z.number().nullable(),
  file: z.string().nullable(),
})
export type LicenseShown = z.infer<typeof licenseSchema>

/** What is asked for; `mailTo` gets the file. */
export interface LicenseWanted {
  connectionId: string
  tier?: 'clienteling' | 'clienteling_plus'
  mailTo?: string
  /** Needed where the tenant has several stores. */
  sourceId?: string
}

/** The vendor orders a tier. */
export function requestLicense(admin: Admin, wanted: LicenseWanted): Promise<LicenseShown> {
  const input = { tier: 'clienteling', mailTo: 'store@example.com', ...wanted }
  return admin.do(
    licenseSchema,
    `mutation ($input: RequestLicenseInput!) {
      result: requestLicense(input: $input) { ... on License { ${licenseFields} } ${orFailure} }
    }`,
    { input },
  )
}

/** The operator issues it; gives the signed file. `from` and `until` are instants in UTC. */
export async function issueLicense(
  admin: Admin,
  licenseId: string,
  validity: { from?: string; until?: string } = {},
): Promise<string> {
  await admin.do(
    licenseSchema,
    `mutation ($licenseId: ID!, $from: DateTime, $until: DateTime) {
      result: issueLicense(licenseId: $licenseId, from: $from, until: $until) { ... on License { ${licenseFields} } ${orFailure} }
    }`,
    { licenseId, ...validity },
  )
  const query = `query ($licenseId: ID!) { result: license(id: $licenseId) { ${licenseFields} } }`
  return until(async () => (await admin.do(licenseSchema, query, { licenseId })).file ?? undefined, {
    timeoutMs: 60_000,
    what: 'a signed license',
  })
}

/** Both: a license of this tier as a file, ready to be installed in the store. */
export async function makeLicense(admin: Admin, wanted: LicenseWanted): Promise<string> {
  return issueLicense(admin, (await requestLicense(admin, wanted)).id)
}
