import { z } from 'zod'
import { openTier } from '../../../../../tests/support/open-tier.ts'
import { addPerson } from '../../../../../tests/support/people.ts'
import { operator, type World } from './world.ts'

export const problem = '... on Problem { code message } ... on InvalidInput { fields { path message } }'

/** What each part of a directory is made with, in order. */
export const operations = {
  createVendor: `mutation ($input: CreateVendorInput!) { r: createVendor(input: $input) { ... on Vendor { id } ${problem} } }`,
  createUser: `mutation ($input: CreateUserInput!) { r: createUser(input: $input) { ... on User { id email role } ${problem} } }`,
  createTenant: `mutation ($input: CreateTenantInput!) { r: createTenant(input: $input) { ... on Tenant { id } ${problem} } }`,
  createStore: `mutation ($input: CreateStoreInput!) { r: createStore(input: $input) { ... on Store { id sourceId number } ${problem} } }`,
  createConnection: `mutation ($input: CreateConnectionInput!) { r: createConnection(input: $input) { ... on Connection { id } ${problem} } }`,
  updateConnection: `mutation ($input: UpdateConnectionInput!) { r: updateConnection(input: $input) { ... on Connection { id tier licensedTier mode streams { stream on open } defaultLocation } ${problem} } }`,
  requestLicense: `mutation ($input: RequestLicenseInput!) { r: requestLicense(input: $input) { ... on License { id status tier serial } ${problem} } }`,
  issueLicense: `mutation ($id: ID!) { r: issueLicense(licenseId: $id) { ... on License { id status tier serial } ${problem} } }`,
  revokeLicense: `mutation ($id: ID!) { r: revokeLicense(licenseId: $id, reason: "The account was closed.") { ... on License { id status reason } ${problem} } }`,
  setStoreLicenseId: `mutation ($tenantId: ID!, $sourceId: ID!, $storeLicenseId: String!) { r: setStoreLicenseId(tenantId: $tenantId, sourceId: $sourceId, storeLicenseId: $storeLicenseId) { ... on Source { id storeLicenseId } ${problem} } }`,
  connectAccount: `mutation ($id: ID!, $secrets: JSON!) { r: connectAccount(connectionId: $id, secrets: $secrets) { ... on Connection { id } ${problem} } }`,
  createEnrollmentCode: `mutation ($tenantId: ID!, $sourceId: ID!) { r: createEnrollmentCode(tenantId: $tenantId, sourceId: $sourceId) { ... on EnrollmentCode { code expiresAt } ${problem} } }`,
}

/** What a Podium account is entered as; no answer may ever hold one of these values. */
export const secrets = {
  clientId: 'client-7731',
  clientSecret: 'hush-client-secret',
  refreshToken: 'hush-refresh-token',
}

const idSchema = z.object({ id: z.string() })

/** A tenant with a store, a source, a connection and staff, made by its vendor's staff. */
export interface Directory {
  readonly vendorId: string
  readonly tenantId: string
  readonly storeId: string
  readonly sourceId: string
  readonly connectionId: string
  /** Asked for, not issued. */
  readonly licenseId: string
  /** Tokens. */
  readonly vendor: string
  readonly store: string
}

/** Provisions through the API what a vendor and one of its tenants have. */
export async function provision(world: World, platform: 'podium' | 'clientbook', name: string): Promise<Directory> {
  const asOperator = await world.signIn(operator.email, operator.password)
  const make = async (token: string, operation: keyof typeof operations, input: object) =>
    idSchema.parse(await world.get(token, operations[operation], { input })).id
  const password = 'long-enough-password'
  const vendorId = await make(asOperator, 'createVendor', { name: `Vendor of ${name}`, platform })
  const vendorEmail = `vendor@${platform}.example`
  await addPerson(world.owner, { email: vendorEmail, password, role: 'vendor', vendorId })
  const vendor = await world.signIn(vendorEmail, password)

  const tenantId = await make(vendor, 'createTenant', { name })
  const store = z.object({ id: z.string(), sourceId: z.string() }).parse(
    await world.get(vendor, operations.createStore, {
      input: { tenantId, number: '001', name: 'Main Street', sourceName: 'Main Street', storeLicenseId: 'JR-0001' },
    }),
  )
  const storeEmail = `store@${platform}.example`
  await addPerson(world.owner, { email: storeEmail, password, role: 'store', tenantId })
  const connectionId = await make(vendor, 'createConnection', {
    tenantId,
    platform: 'podium',
    name: 'Podium',
    tier: 'clienteling',
    settings: { defaultLocation: 'location-1' },
    baseUrl: 'http://127.0.0.1:9/podium',
    secrets,
  })
  await openTier(world.db, { tenantId, connectionId }, 'clienteling')
  return {
    vendorId,
    tenantId,
    storeId: store.id,
    sourceId: store.sourceId,
    connectionId,
    licenseId: await make(vendor, 'requestLicense', { connectionId, tier: 'clienteling', mailTo: storeEmail }),
    vendor,
    store: await world.signIn(storeEmail, password),
  }
}
