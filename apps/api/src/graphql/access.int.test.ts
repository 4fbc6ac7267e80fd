import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Directory, operations, problem, provision, secrets } from './testing/provision.ts'
import { seedCustomers, seedMatches } from './testing/seed.ts'
import { type Answer, operator, startWorld, type World } from './testing/world.ts'

let world: World
let ours: Directory
let theirs: Directory
let asOperator: string
/** Names nothing at all. */
const nowhere: Directory = {
  vendorId: randomUUID(),
  tenantId: randomUUID(),
  storeId: randomUUID(),
  sourceId: randomUUID(),
  connectionId: randomUUID(),
  licenseId: randomUUID(),
  vendor: '',
  store: '',
}

beforeAll(async () => {
  world = await startWorld()
  ours = await provision(world, 'podium', 'Lindqvist Jewelers')
  theirs = await provision(world, 'clientbook', 'Okafor Diamonds')
  asOperator = await world.signIn(operator.email, operator.password)
  await seedCustomers(world, ours, keys)
  for (const id of decisions)
    await world.owner.query(
      `INSERT INTO duplicate_decision (id, tenant_id, decision, customers, decided_by, decided_as) VALUES ($1, $2, 'join', '{}', $1, 'store')`,
      [id, ours.tenantId],
    )
  // Any number may have become the next one's.
  await world.owner.query(
    `INSERT INTO merger (tenant_id, source_id, old_key, key, seq, unsure)
     SELECT $1, $2, old_key, key, 1, true FROM unnest($3::text[], $4::text[]) AS t(old_key, key)`,
    [ours.tenantId, ours.sourceId, keys.slice(0, -1), keys.slice(1)],
  )
})
afterAll(() => world.close())

/** Enough for each who asks to join two, keep two apart, and take one decision back. */
const keys = Array.from({ length: 60 }, (_, index) => `001-${String(index + 1).padStart(5, '0')}`)
const decisions = Array.from({ length: 20 }, () => randomUUID())
let asked = 0
const twoCustomers = (sourceId: string) => {
  asked += 2
  return keys.slice(asked - 2, asked).map((key) => ({ sourceId, key }))
}

const everythingOfTenant =
  'id name region vendor { id } stores { id sourceId } sources { id storeLicenseId } licenses(first: 5) { edges { node { id status } } } agents { id } connections { id } quarantine(first: 5) { edges { node { id } } }'
const everythingOfConnection = `id name tier licensedTier license { id } mode status overview { progress { done total } lag { seconds live } counts { created quarantined } links { status count } } runs(first: 5) { edges { node { id } } }`

interface Asked {
  readonly query: string
  readonly variables: object
}
type Who = 'operator' | 'vendor' | 'store' | 'nobody'

/** Every field and mutation that names something of a tenant or a vendor, and who may use it on their own. */
const fields: [name: string, who: readonly Who[], ask: (of: Directory) => Asked][] = [
  [
    'tenant',
    ['operator', 'vendor', 'store'],
    ({ tenantId }) => ({
      query: `query ($id: ID!) { r: tenant(id: $id) { ${everythingOfTenant} } }`,
      variables: { id: tenantId },
    }),
  ],
  [
    'connection',
    ['operator', 'vendor', 'store'],
    ({ connectionId }) => ({
      query: `query ($id: ID!) { r: connection(id: $id) { ${everythingOfConnection} } }`,
      variables: { id: connectionId },
    }),
  ],
  [
    'activity',
    ['operator', 'vendor', 'store'],
    ({ connectionId }) => ({
      query: 'query ($id: ID!) { r: activity(connectionId: $id) { edges { node { id } } } }',
      variables: { id: connectionId },
    }),
  ],
  [
    'createUser (vendor staff)',
    ['operator'],
    ({ vendorId }) => ({
      query: operations.createUser,
      variables: { input: { email: mail(), password: 'a-password-long', role: 'vendor', vendorId } },
    }),
  ],
  [
    'createUser (store staff)',
    ['operator', 'vendor'],
    ({ tenantId }) => ({
      query: operations.createUser,
      variables: { input: { email: mail(), password: 'a-password-long', role: 'store', tenantId } },
    }),
  ],
  [
    'createTenant',
    ['operator', 'vendor'],
    ({ vendorId }) => ({
      query: operations.createTenant,
      variables: { input: { name: `Tenant ${randomUUID()}`, vendorId } },
    }),
  ],
  [
    'createStore',
    ['operator', 'vendor'],
    ({ tenantId }) => ({
      query: operations.createStore,
      variables: { input: { tenantId, number: '002', name: 'Harbor', sourceName: randomUUID() } },
    }),
  ],
  [
    'createStore (in a source)',
    ['operator', 'vendor'],
    ({ tenantId, sourceId }) => ({
      query: operations.createStore,
      variables: { input: { tenantId, number: number(), name: 'Harbor', sourceId } },
    }),
  ],
  [
    'createEnrollmentCode',
    ['operator', 'vendor', 'store'],
    ({ tenantId, sourceId }) => ({ query: operations.createEnrollmentCode, variables: { tenantId, sourceId } }),
  ],
  [
    'createConnection',
    ['operator', 'vendor'],
    ({ tenantId }) => ({
      query: operations.createConnection,
      variables: {
        input: {
          tenantId,
          platform: 'podium',
          name: 'Second',
          tier: 'clienteling',
          baseUrl: 'http://127.0.0.1:9',
          secrets,
        },
      },
    }),
  ],
  [
    'connectAccount',
    ['operator', 'vendor'],
    ({ connectionId }) => ({ query: operations.connectAccount, variables: { id: connectionId, secrets } }),
  ],
  [
    'setStoreLicenseId',
    ['operator', 'vendor', 'store'],
    ({ tenantId, sourceId }) => ({
      query: operations.setStoreLicenseId,
      variables: { tenantId, sourceId, storeLicenseId: 'JR-0001' },
    }),
  ],
  [
    'requestLicense',
    ['operator', 'vendor'],
    ({ connectionId }) => ({
      query: operations.requestLicense,
      variables: { input: { connectionId, tier: 'clienteling_plus', mailTo: 'store@example.com' } },
    }),
  ],
  [
    'license',
    ['operator', 'vendor', 'store'],
    ({ licenseId }) => ({
      query: 'query ($id: ID!) { r: license(id: $id) { id status file mailTo } }',
      variables: { id: licenseId },
    }),
  ],
  ['issueLicense', ['operator'], ({ licenseId }) => ({ query: operations.issueLicense, variables: { id: licenseId } })],
  [
    'revokeLicense',
    ['operator', 'vendor'],
    ({ licenseId }) => ({ query: operations.revokeLicense, variables: { id: licenseId } }),
  ],
  [
    'updateConnection (settings)',
    ['operator', 'vendor', 'store'],
    ({ connectionId }) => ({
      query: operations.updateConnection,
      variables: { input: { connectionId, settings: { intervalMinutes: 30 } } },
    }),
  ],
  ...['pauseConnection', 'resumeConnection', 'runConnectionNow', 'resyncConnection'].map(
    (name): [string, readonly Who[], (of: Directory) => Asked] => [
      name,
      ['operator', 'vendor', 'store'],
      ({ connectionId }) => ({
        query: `mutation ($id: ID!) { r: ${name}(connectionId: $id) { ... on Connection { ${everythingOfConnection} } ${problem} } }`,
        variables: { id: connectionId },
      }),
    ],
  ),
  [
    'replayQuarantined',
    ['operator', 'vendor', 'store'],
    ({ tenantId }) => ({
      query: `mutation ($tenantId: ID!, $ids: [ID!]!) { r: replayQuarantined(tenantId: $tenantId, ids: $ids) { ... on Replays { replays { id replayed code } } ${problem} } }`,
      variables: { tenantId, ids: [randomUUID()] },
    }),
  ],
  ...['approvePreview', 'renewPreview'].map((name): [string, readonly Who[], (of: Directory) => Asked] => [
    name,
    ['operator', 'vendor', 'store'],
    ({ connectionId }) => ({
      query: `mutation ($id: ID!) { r: ${name}(connectionId: $id) { ... on Connection { preview { status counts { what count } waiting { kind } entries(first: 3) { edges { node { key } } } } } ${problem} } }`,
      variables: { id: connectionId },
    }),
  ]),
  [
    'conflicts',
    ['operator', 'vendor', 'store'],
    ({ connectionId }) => ({
      query: 'query ($id: ID!) { r: conflicts(connectionId: $id) { edges { node { id value won } } } }',
      variables: { id: connectionId },
    }),
  ],
  [
    'texts',
    ['operator', 'vendor', 'store'],
    ({ connectionId }) => ({
      query: 'query ($id: ID!) { r: texts(connectionId: $id, status: UNKNOWN) { edges { node { key status } } } }',
      variables: { id: connectionId },
    }),
  ],
  [
    'storeViews',
    ['operator', 'vendor', 'store'],
    ({ tenantId }) => ({
      query:
        'query ($id: ID!) { r: storeViews(tenantId: $id) { number customers connections { location isHome linked held } } }',
      variables: { id: tenantId },
    }),
  ],
  [
    'customers',
    ['operator', 'vendor', 'store'],
    ({ connectionId }) => ({
      query: `query ($id: ID!) { r: customers(connectionId: $id, filter: { selected: true }) { edges { node { key name selectedBy link { uid matchedBy } } } } }`,
      variables: { id: connectionId },
    }),
  ],
  ...['selectCustomers', 'deselectCustomers'].map((name): [string, readonly Who[], (of: Directory) => Asked] => [
    name,
    ['operator', 'vendor', 'store'],
    ({ connectionId }) => ({
      query: `mutation ($input: ChosenCustomersInput!) { r: ${name}(input: $input) { ... on SelectionChanged { changed } ${problem} } }`,
      variables: { input: { connectionId, filter: { name: 'Lindqvist 001-00001' } } },
    }),
  ]),
  [
    'undoMatch',
    ['operator', 'vendor', 'store'],
    ({ connectionId, sourceId }) => ({
      query: `mutation ($id: ID!, $customer: CustomerRefInput!) { r: undoMatch(connectionId: $id, customer: $customer) { ... on MatchUndone { decisionId undone { phones } } ${problem} } }`,
      variables: { id: connectionId, customer: twoCustomers(sourceId)[0] },
    }),
  ],
  [
    'duplicates',
    ['operator', 'vendor', 'store'],
    ({ tenantId }) => ({
      query: `query ($id: ID!) { r: duplicates(tenantId: $id, filter: OPEN) { edges { node { id customers { key name } held { id } decisions { id } owners { because } } } } }`,
      variables: { id: tenantId },
    }),
  ],
  [
    'duplicateDecisions',
    ['operator', 'vendor', 'store'],
    ({ tenantId }) => ({
      query: 'query ($id: ID!) { r: duplicateDecisions(tenantId: $id) { edges { node { id } } } }',
      variables: { id: tenantId },
    }),
  ],
  [
    'decideMerge',
    ['operator', 'vendor', 'store'],
    ({ tenantId, sourceId }) => {
      const [former, remaining] = twoCustomers(sourceId)
      return {
        query: `mutation ($input: DecideMergeInput!) { r: decideMerge(input: $input) { ... on MergeDecided { remaining } ${problem} } }`,
        variables: { input: { tenantId, sourceId, former: former?.key, remaining: remaining?.key, decision: 'APART' } },
      }
    },
  ],
  [
    'joinDuplicates',
    ['operator', 'vendor', 'store'],
    ({ tenantId, sourceId }) => ({
      query: `mutation ($id: ID!, $customers: [CustomerRefInput!]!) { r: joinDuplicates(tenantId: $id, customers: $customers) { ... on DuplicateDecided { decisionId } ${problem} } }`,
      variables: { id: tenantId, customers: twoCustomers(sourceId) },
    }),
  ],
  [
    'keepDuplicatesApart',
    ['operator', 'vendor', 'store'],
    ({ tenantId, sourceId }) => ({
      query: `mutation ($input: KeepDuplicatesApartInput!) { r: keepDuplicatesApart(input: $input) { ... on DuplicateDecided { decisionId } ${problem} } }`,
      variables: { input: { tenantId, kind: 'PHONE', value: '+12035550101', customers: twoCustomers(sourceId) } },
    }),
  ],
  [
    'undoDuplicateDecision',
    ['operator', 'vendor', 'store'],
    ({ tenantId }) => ({
      query: `mutation ($tenantId: ID!, $id: ID!) { r: undoDuplicateDecision(tenantId: $tenantId, id: $id) { ... on DuplicateDecided { decisionId } ${problem} } }`,
      variables: { tenantId, id: decisions.pop() },
    }),
  ],
]

let made = 0
const mail = () => `person-${++made}@example.com`
const number = () => String(100 + ++made)

const tokenOf = (who: Who): string | null =>
  ({ operator: asOperator, vendor: ours.vendor, store: ours.store, nobody: null })[who]

/** not_signed_in and not_allowed are GraphQL errors; not_found is data: null or a Failure. */
function verdict({ data, errors }: Answer): string {
  const code = errors?.[0]?.extensions?.code
  if (code !== undefined) return code
  const result = data?.r
  if (result === null) return 'not_found'
  return typeof result === 'object' && result !== null && 'message' in result && 'code' in result
    ? String(result.code)
    : 'allowed'
}

describe.each(fields)('%s', (name, allowed, ask) => {
  // What is done once is there to be done again.
  beforeEach(async () => {
    await world.owner.query(`UPDATE connection SET preview = $1`, [/Preview$/.test(name) ? 'ready' : null])
    if (name === 'undoMatch') await seedMatches(world, ours, keys)
    const kept = [ours.licenseId, theirs.licenseId]
    await world.owner.query('DELETE FROM license WHERE id <> ALL ($1)', [kept])
    await world.owner.query('UPDATE license SET status = $1', [name === 'issueLicense' ? 'requested' : 'issued'])
  })

  const askAs = (who: Who, of: Directory) => {
    const { query, variables } = ask(of)
    return world.ask(tokenOf(who), query, variables)
  }

  test.for(['operator', 'vendor', 'store', 'nobody'] as const)('[AD-02] on their own, as %s', async (who) => {
    const expected = who === 'nobody' ? 'not_signed_in' : allowed.includes(who) ? 'allowed' : 'not_allowed'
    expect(verdict(await askAs(who, ours))).toBe(expected)
  })

  test.for(['vendor', 'store'] as const)(
    '[AD-02] on what is not theirs, as %s: as if it did not exist',
    async (who) => {
      const foreign = await askAs(who, theirs)
      expect(verdict(foreign)).toBe(allowed.includes(who) ? 'not_found' : 'not_allowed')
      expect(foreign).toEqual(await askAs(who, nowhere))
    },
  )
})

describe('lists', () => {
  const tenants = async (token: string) =>
    JSON.stringify(await world.ask(token, '{ tenants(first: 100) { edges { node { id vendor { id } } } } }'))

  test('[AD-02] show the operator all tenants, a vendor its own, a store itself', async () => {
    expect(await tenants(asOperator)).toContain(ours.tenantId)
    expect(await tenants(asOperator)).toContain(theirs.tenantId)
    expect(await tenants(ours.vendor)).toContain(ours.tenantId)
    expect(await tenants(ours.vendor)).not.toContain(theirs.tenantId)
    expect(JSON.parse(await tenants(ours.store))).toEqual({
      data: { tenants: { edges: [{ node: { id: ours.tenantId, vendor: null } }] } },
    })
  })

  test('[AD-02] of vendors: a vendor sees itself, a store none', async () => {
    const vendors = '{ vendors { id } }'
    expect((await world.ask(ours.vendor, vendors)).data).toEqual({ vendors: [{ id: ours.vendorId }] })
    expect(verdict(await world.ask(ours.store, vendors))).toBe('not_allowed')
    expect(verdict(await world.ask(null, vendors))).toBe('not_signed_in')
  })

  test('[AD-02] a source of another tenant is no source', async () => {
    const input = { tenantId: ours.tenantId, number: '055', name: 'Harbor', sourceId: theirs.sourceId }
    expect(verdict(await world.ask(ours.vendor, operations.createStore, { input }))).toBe('not_found')
    const code = { tenantId: ours.tenantId, sourceId: theirs.sourceId }
    expect(verdict(await world.ask(ours.vendor, operations.createEnrollmentCode, code))).toBe('not_found')
  })

  test('[AD-02] only an operator makes operators and vendors', async () => {
    const user = { input: { email: mail(), password: 'a-password-long', role: 'operator' } }
    const vendor = { input: { name: 'Another', platform: 'podium' } }
    for (const token of [ours.vendor, ours.store]) {
      expect(verdict(await world.ask(token, operations.createUser, user))).toBe('not_allowed')
      expect(verdict(await world.ask(token, operations.createVendor, vendor))).toBe('not_allowed')
    }
    expect(verdict(await world.ask(asOperator, operations.createUser, user))).toBe('allowed')
  })
})

test('[AD-02] a token that was tampered with is no token', async () => {
  const [header, , signature] = ours.store.split('.')
  const claims = Buffer.from(JSON.stringify({ sub: randomUUID(), role: 'operator', iss: 'jumpring', aud: 'person' }))
  const forged = [header, claims.toString('base64url'), signature].join('.')
  expect((await world.ask(forged, '{ me { id } }')).data).toEqual({ me: null })
  expect(verdict(await world.ask(forged, '{ vendors { id } }'))).toBe('not_signed_in')
})
