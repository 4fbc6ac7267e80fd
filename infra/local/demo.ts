import { z } from 'zod'
import { type Admin, orFailure, Refused, signIn } from './admin.ts'
import { type AgentPlace, enrollAgent, isEnrolled } from './agent.ts'
import { local } from './apps.ts'
import type { Secrets } from './secrets.ts'

/** The demo tenant, as far as others have to know it. */
export interface Demo {
  connectionId: string
  /** Whether it was made just now. */
  isNew: boolean
}

const idSchema = z.object({ id: z.string() })
const vendorName = 'Podium'
const tenantName = 'Lindqvist Jewelers'

/**
 * Makes a vendor, its staff, a tenant with one store, its connection to the sandbox's Podium and an enrolled agent, through
 * the same API as anyone. Looks before it makes: run again, also after it was cut short, it makes what is missing.
 */
export async function provisionDemo(system: {
  ports: { api: number; sandbox: number }
  place: AgentPlace
  secrets: Secrets
}): Promise<Demo> {
  const { operator, vendor, store } = system.secrets.accounts
  const api = local(system.ports.api)
  const sandbox = local(system.ports.sandbox)
  const admin = await signIn(`${api}/graphql`, operator)

  const vendorId = await findOrCreateVendor(admin)
  await createUser(admin, { ...vendor, role: 'vendor', vendorId })
  const tenant = await findOrCreateTenant(admin, vendorId)
  await createUser(admin, { ...store, role: 'store', tenantId: tenant.id })
  const sourceId = tenant.sources[0]?.id ?? (await createStore(admin, tenant.id))
  const connectionId = tenant.connections[0]?.id ?? (await createConnection(admin, tenant.id, sandbox))
  const isNew = !(await isEnrolled(system.place))
  if (isNew) await enrollAgent(system.place, api, await enrollmentCode(admin, tenant.id, sourceId))
  return { connectionId, isNew }
}

async function findOrCreateVendor(admin: Admin): Promise<string> {
  const vendors = await admin.do(z.array(idSchema.extend({ name: z.string() })), '{ result: vendors { id name } }')
  const there = vendors.find(({ name }) => name === vendorName)
  if (there) return there.id
  const made = await admin.do(
    idSchema,
    `mutation ($input: CreateVendorInput!) { result: createVendor(input: $input) { ... on Vendor { id } ${orFailure} } }`,
    { input: { name: vendorName, platform: 'podium' } },
  )
  return made.id
}

async function createUser(admin: Admin, input: { email: string; password: string } & Record<string, string>) {
  const operation = `mutation ($input: CreateUserInput!) {
    result: createUser(input: $input) { ... on User { id } ${orFailure} }
  }`
  await admin.do(idSchema, operation, { input }).catch((error) => {
    if (!(error instanceof Refused && error.code === 'already_exists')) throw error
  })
}

const tenantSchema = idSchema.extend({ sources: z.array(idSchema), connections: z.array(idSchema) })
const tenantFields = '... on Tenant { id sources { id } connections { id } }'

async function findOrCreateTenant(admin: Admin, vendorId: string): Promise<z.infer<typeof tenantSchema>> {
  const page = await admin.do(
    z.object({ edges: z.array(z.object({ node: tenantSchema })) }),
    `query ($filter: TenantFilter) { result: tenants(first: 1, filter: $filter) { edges { node { ${tenantFields} } } } }`,
    { filter: { vendorId, name: tenantName } },
  )
  const there = page.edges[0]?.node
  if (there) return there
  return admin.do(
    tenantSchema,
    `mutation ($input: CreateTenantInput!) { result: createTenant(input: $input) { ${tenantFields} ${orFailure} } }`,
    { input: { name: tenantName, region: 'US', vendorId } },
  )
}

/** Gives the source that the store's database became. */
async function createStore(admin: Admin, tenantId: string): Promise<string> {
  const made = await admin.do(
    z.object({ sourceId: z.string() }),
    `mutation ($input: CreateStoreInput!) {
      result: createStore(input: $input) { ... on Store { sourceId } ${orFailure} }
    }`,
    { input: { tenantId, number: '001', name: 'Main Street', sourceName: 'Main Street' } },
  )
  return made.sourceId
}

const podiumAccountSchema = z.object({
  clientId: z.string(),
  clientSecret: z.string(),
  authorizationCode: z.string(),
  locations: z.array(z.object({ uid: z.string() })).min(1),
})

/** As when the store's owner agrees on Podium's page: the sandbox gives a code, the connection keeps what it is good for. */
async function createConnection(admin: Admin, tenantId: string, sandbox: string): Promise<string> {
  const answer = await fetch(`${sandbox}/control/podium/codes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  const { locations, ...account } = podiumAccountSchema.parse(await answer.json())
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
        tier: 'clienteling',
        settings: { mode: 'A', defaultLocation: locations[0]?.uid },
        baseUrl: `${sandbox}/podium`,
        secrets: { ...account, redirectUri: `${sandbox}/connected` },
      },
    },
  )
  return made.id
}

async function enrollmentCode(admin: Admin, tenantId: string, sourceId: string): Promise<string> {
  const { code } = await admin.do(
    z.object({ code: z.string() }),
    `mutation ($tenantId: ID!, $sourceId: ID!) {
      result: createEnrollmentCode(tenantId: $tenantId, sourceId: $sourceId) { ... on EnrollmentCode { code } ${orFailure} }
    }`,
    { tenantId, sourceId },
  )
  return code
}
