import { randomBytes } from 'node:crypto'
import {
  type Admin,
  createEnrollmentCode,
  createPodiumConnection,
  createStore,
  createTenant,
  ensureVendor,
  makeLicense,
  orFailure,
  type PodiumAccount,
  podiumAccount,
  signIn,
} from '@jumpring/infra/local'
import { z } from 'zod'
import { addPersonTo } from './people.ts'
import type { Stack } from './stack.ts'

/** A tenant of a test: one store, one Podium account of its own, one connection; its agent is not enrolled yet, and its license not ordered. */
export interface TestTenant {
  id: string
  sourceId: string
  connectionId: string
  account: PodiumAccount
  /** A fresh code for an agent of the source. */
  enrollmentCode(sourceId?: string): Promise<string>
  /** A new license for the connection: ordered, issued and signed, not installed yet. Gives the file. */
  license(): Promise<string>
  /** Another source, with a store of this number. Gives its id. */
  addSource(number: string, name: string): Promise<string>
  /** Another store in the source that is there. */
  addStore(number: string, name: string): Promise<void>
  /** The admin API as this tenant's store staff: made known when it is first used. */
  staff: Admin
  /** The admin API as the operator. */
  operator: Admin
}

/** Provisions a tenant through the admin API. `settings` as in ConnectionSettingsInput. */
export async function createTestTenant(
  stack: Stack,
  options: {
    name?: string
    settings?: Record<string, unknown>
    tier?: 'clienteling' | 'clienteling_plus'
    startWith?: 'UPLOAD' | 'PREVIEW'
  } = {},
): Promise<TestTenant> {
  const { graphql, sandbox } = stack.addresses
  const tag = randomBytes(4).toString('hex')
  const name = options.name ?? `Jewelers ${tag}`
  const operator = await operatorOf(stack)
  const vendorId = await ensureVendor(operator, 'Podium', 'podium')
  const { id } = await createTenant(operator, vendorId, name)
  const sourceId = await createStore(operator, id, '001', 'Main Street', 'JR-0001')
  const account = await podiumAccount(sandbox, { name, locations: ['Main Street', 'Harbor Mall'] })
  const { settings, tier = 'clienteling', startWith = 'UPLOAD' } = options
  const connectionId = await createPodiumConnection(operator, {
    tenantId: id,
    sandbox,
    account,
    ...(settings && { settings }),
    tier,
    startWith,
  })
  return {
    id,
    sourceId,
    connectionId,
    account,
    enrollmentCode: (source = sourceId) => createEnrollmentCode(operator, id, source),
    license: () => makeLicense(operator, { connectionId, tier, sourceId }),
    addSource: (number, storeName) => createStore(operator, id, number, storeName),
    addStore: async (number, storeName) => {
      await operator.do(
        z.looseObject({}),
        `mutation ($input: CreateStoreInput!) { result: createStore(input: $input) { ... on Store { id } ${orFailure} } }`,
        { input: { tenantId: id, number, name: storeName, sourceId } },
      )
    },
    staff: whenUsed(async () => {
      const person = { email: `staff-${tag}@example.com`, password: randomBytes(12).toString('hex') }
      await addPersonTo(stack.database, { ...person, role: 'store', tenantId: id })
      return signIn(graphql, person)
    }),
    operator,
  }
}

// An address may try only so often in a minute.
const operators = new WeakMap<Stack['operator'], Promise<Admin>>()

function operatorOf({ operator, addresses }: Stack): Promise<Admin> {
  const known = operators.get(operator) ?? signIn(addresses.graphql, operator)
  operators.set(operator, known)
  return known
}

/** One who signs in with the first operation, once. */
function whenUsed(enter: () => Promise<Admin>): Admin {
  let admin: Promise<Admin> | undefined
  return {
    do: async (schema, operation, variables) => {
      admin ??= enter()
      return (await admin).do(schema, operation, variables)
    },
  }
}
