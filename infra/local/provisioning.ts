// The operations that set up a tenant, as a vendor's staff would send them to the admin API.
import type { Platform } from '@jumpring/contracts'
import { z } from 'zod'
import { type Admin, orFailure, Refused } from './admin.ts'

const idSchema = z.object({ id: z.string() })

/** The vendor of a platform: the one that is there, or a new one. Gives its id. */
export async function ensureVendor(admin: Admin, name: string, platform: Platform): Promise<string> {
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
  connections: z.array(idSchema.extend({ platform: z.string(), licensedTier: z.string().nullable() })),
})
const tenantFields = 'id sources { id storeLicenseId } connections { id platform licensedTier }'

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
  return podiumAccountSchema.parse(await agreedOn(`${sandbox}/control/podium`, account))
}

const clientbookAccountSchema = z.object({
  accountId: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  authorizationCode: z.string(),
  locations: z.array(z.object({ id: z.string(), name: z.string() })).min(1),
  associates: z.array(z.object({ id: z.string(), first_name: z.string(), point_of_sale_id: z.string().nullable() })),
  /** What may be said of a client there. */
  preferences: z.array(z.object({ id: z.string(), name: z.string(), type: z.string(), choices: z.array(z.string()) })),
})

/** An account on the sandbox's Clientbook whose owner has just agreed. */
export type ClientbookAccount = z.infer<typeof clientbookAccountSchema>

/** The same for the sandbox's Clientbook. */
export async function clientbookAccount(
  sandbox: string,
  account?: { name: string; locations: string[] },
): Promise<ClientbookAccount> {
  return clientbookAccountSchema.parse(await agreedOn(`${sandbox}/control/clientbook`, account))
}

const otherKeysSchema = z.array(z.object({ OtherKeyNo: z.int(), OtherKeyName: z.string() }))

/** What the sandbox's store calls its custom fields. */
export async function customFieldsOf(sandbox: string): Promise<{ number: number; name: string }[]> {
  const answer = await fetch(`${sandbox}/state/store/other-keys`)
  const all = otherKeysSchema.parse(await answer.json())
  return all.map(({ OtherKeyNo, OtherKeyName }) => ({ number: OtherKeyNo, name: OtherKeyName }))
}

async function agreedOn(control: string, account: object | undefined): Promise<unknown> {
  const answer = await fetch(`${control}/${account ? 'accounts' : 'codes'}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account ?? {}),
  })
  return answer.json()
}

/** How a tenant is joined to an account on a platform. `settings` as in ConnectionSettingsInput. */
interface Joining {
  tenantId: string
  sandbox: string
  tier?: 'clienteling' | 'clienteling_plus'
  settings?: Record<string, unknown>
  /** BY-01: what the connection begins with. */
  startWith?: 'UPLOAD' | 'PREVIEW'
}

/** Joins a tenant to an account on the sandbox's Podium. Gives the connection's id. */
export function createPodiumConnection(
  admin: Admin,
  { account, settings, ...joining }: Joining & { account: PodiumAccount },
): Promise<string> {
  const { locations, feeds } = account
  const placed = { defaultLocation: locations[0]?.uid, feeds, ...settings }
  return createConnection(admin, 'podium', 'Podium', account, { ...joining, settings: placed })
}

/** Joins a tenant to an account on the sandbox's Clientbook. Gives the connection's id. */
export function createClientbookConnection(
  admin: Admin,
  { account, settings, ...joining }: Joining & { account: ClientbookAccount },
): Promise<string> {
  const placed = { defaultLocation: account.locations[0]?.id, ...settings }
  return createConnection(admin, 'clientbook', 'Clientbook', account, { ...joining, settings: placed })
}

async function createConnection(
  admin: Admin,
  platform: Platform,
  name: string,
  account: PodiumAccount | ClientbookAccount,
  { sandbox, tenantId, tier = 'clienteling', settings, startWith = 'UPLOAD' }: Joining,
): Promise<string> {
  const { clientId, clientSecret, authorizationCode } = account
  const made = await admin.do(
    idSchema,
    `mutation ($input: CreateConnectionInput!) {
      result: createConnection(input: $input) { ... on Connection { id } ${orFailure} }
    }`,
    {
      input: {
        tenantId,
        platform,
        name,
        tier,
        settings,
        startWith,
        baseUrl: `${sandbox}/${platform}`,
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
