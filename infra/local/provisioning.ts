// The operations that set up a tenant, as a vendor's staff would send them to the admin API.
import { z } from 'zod'
import { type Admin, orFailure, Refused } from './admin.ts'

const idSchema = z.object({ id: z.string() })

/** The vendor of a platform: the one that is there, or a new one. Gives its id. */
export async function ensureVendor(admin: Admin, name: string, platform: 'podium'): Promise<string> {
  const vendors = await admin.do(z.array(idSchema.extend({ name: z.string() })), '{ result: vendors { id name } }')
  const there = vendors.find((vendor) => vendor.name === name)
  if (there) return there.id
  const made = await admin.do(
    idSchema,
    `mutation ($input: CreateVendorInput!) { result: createVendor(input: $input) { ... on Vendor { id } ${orFailure} } }`,
    { input: { name, platform } },
  )
  return made.id
}

/** A person of a vendor or of a store; one who is there already stays as they are. */
export async function ensureUser(
  admin: Admin,
  user: { email: string; password: string } & (
    | { role: 'vendor'; vendorId: string }
    | { role: 'store'; tenantId: string }
  ),
): Promise<void> {
  const operation = `mutation ($input: CreateUserInput!) {
    result: createUser(input: $input) { ... on User { id } ${orFailure} }
  }`
  await admin.do(idSchema, operation, { input: user }).catch((error) => {
    if (!(error instanceof Refused && error.code === 'conflict')) throw error
  })
}

const tenantSchema = idSchema.extend({
  sources: z.array(idSchema.extend({ storeLicenseId: z.string().nullable() })),
  connections: z.array(idSchema.extend({ licensedTier: z.string().nullable() })),
})
const tenantFields = 'id sources { id storeLicenseId } connections { id licensedTier }'

/** A tenant with what it has so far. */
export type TenantSeen = z.infer<typeof tenantSchema>

/** The vendor's tenant whose name contains `name`, if there is one. */
export async function findTenant(admin: Admin, vendorId: string, name: string): Promise<TenantSeen | undefined> {
  const page = await admin.do(
    z.object({ edges: z.array(z.object({ node: tenantSchema })) }),
    `query ($filter: TenantFilter) { result: tenants(first: 1, filter: $filter) { edges { node { ${tenantFields} } } } }`,
    { filter: { vendorId, name } },
  )
  return page.edges[0]?.node
}

export async function createTenant(admin: Admin, vendorId: string, name: string): Promise<TenantSeen> {
  return admin.do(
    tenantSchema,
    `mutation ($input: CreateTenantInput!) {
      result: createTenant(input: $input) { ... on Tenant { ${tenantFields} } ${orFailure} }
    }`,
    { input: { name, region: 'US', vendorId } },
  )
}

/** A store with an Edge database of its own, whose EDT folder is named `storeLicenseId`. Gives the id of that source. */
export async function createStore(
  admin: Admin,
  tenantId: string,
  number: string,
  name: string,
  storeLicenseId?: string,
): Promise<string> {
  const made = await admin.do(
    z.object({ sourceId: z.string() }),
    `mutation ($input: CreateStoreInput!) {
      result: createStore(input: $input) { ... on Store { sourceId } ${orFailure} }
    }`,
    { input: { tenantId, number, name, sourceName: name, storeLicenseId } },
  )
  return made.sourceId
}

const podiumAccountSchema = z.object({
  organizationUid: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  authorizationCode: z.string(),
  locations: z.array(z.object({ uid: z.string(), name: z.string() })).min(1),
  /** The account's data feed for each stream. */
  feeds: z.record(z.string(), z.string()),
})

/** An account on the sandbox's Podium whose owner has just agreed. */
export type PodiumAccount = z.infer<typeof podiumAccountSchema>

/** The sandbox's first account, or a new one with these locations. */
export async function podiumAccount(
  sandbox: string,
  account?: { name: string; locations: string[] },
): Promise<PodiumAccount> {
  const answer = await fetch(`${sandbox}/control/podium/${account ? 'accounts' : 'codes'}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account ?? {}),
  })
  return podiumAccountSchema.parse(await answer.json())
}

/** Joins a tenant to an account on the sandbox's Podium. `settings` as in ConnectionSettingsInput. Gives the connection's id. */
export async function createPodiumConnection(
  admin: Admin,
  connection: {
    tenantId: string
    sandbox: string
    account: PodiumAccount
    tier?: 'clienteling' | 'clienteling_plus'
    settings?: Record<string, unknown>
  },
): Promise<string> {
  const { sandbox, tenantId, account, tier = 'clienteling', settings } = connection
  const { clientId, clientSecret, authorizationCode, locations, feeds } = account
  const made = await admin.do(
    idSchema,
    `mutation ($input: CreateConnectionInput!) {
      result: createConnection(input: $input) { ... on Connection { id } ${orFailure} }
    }`,
    {
      input: {
        tenantId,
        platform: 'podium',
        name: 'Podium',
        tier,
        settings: { defaultLocation: locations[0]?.uid, feeds, ...settings },
        baseUrl: `${sandbox}/podium`,
        secrets: { clientId, clientSecret, authorizationCode, redirectUri: `${sandbox}/connected` },
      },
    },
  )
  return made.id
}

/** A code that enrolls one agent for a source. */
export async function createEnrollmentCode(admin: Admin, tenantId: string, sourceId: string): Promise<string> {
  const { code } = await admin.do(
    z.object({ code: z.string() }),
    `mutation ($tenantId: ID!, $sourceId: ID!) {
      result: createEnrollmentCode(tenantId: $tenantId, sourceId: $sourceId) { ... on EnrollmentCode { code } ${orFailure} }
    }`,
    { tenantId, sourceId },
  )
  return code
}

/** Says what a store's EDT folder is called, where that is not known yet. */
export async function setStoreLicenseId(
  admin: Admin,
  source: { tenantId: string; sourceId: string; storeLicenseId: string },
): Promise<void> {
  await admin.do(
    idSchema,
    `mutation ($tenantId: ID!, $sourceId: ID!, $storeLicenseId: String!) {
      result: setStoreLicenseId(tenantId: $tenantId, sourceId: $sourceId, storeLicenseId: $storeLicenseId) {
        ... on Source { id } ${orFailure}
      }
    }`,
    source,
  )
}
