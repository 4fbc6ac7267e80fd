import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTier } from '../../../../tests/support/open-tier.ts'
import { newEpoch, TestAgent } from './testing/agent.ts'
import { startCloud, type TestCloud, type TestTenant } from './testing/cloud.ts'

let cloud: TestCloud
let tenant: TestTenant
let agent: TestAgent

beforeAll(async () => {
  cloud = await startCloud()
  tenant = await cloud.tenant('Lindqvist Jewelers')
  agent = await TestAgent.enroll(cloud.api, tenant.code)
})
afterAll(() => cloud.close())

const queued = async () => {
  const { rows } = await cloud.owner.query<{ kind: string }>(
    'SELECT kind FROM pending WHERE connection_id = $1 ORDER BY kind',
    [tenant.connectionId],
  )
  return rows.map(({ kind }) => kind)
}
const item = {
  status: 'in_stock',
  inventoryType: 'stock',
  details: [],
  stones: [],
  images: [],
  upload: 'by_filter',
}
const customer = { firstName: 'Nora', lastName: 'Lindqvist', phones: [], emails: [], addresses: [], inactive: false }
const lines = [
  { n: 1, kind: 'customer', key: '001-00001', record: customer },
  { n: 2, kind: 'item', key: '001-150-00004', record: item },
].map((line) => ({ at: '2026-11-22T10:00:00.000Z', op: 'upsert', bulk: false, ...line }))

test('[PD-01] [CO-12] what the agent sends of a stream that is not licensed is kept and waits for nobody; licensed, it catches up', async () => {
  const at = { epoch: newEpoch(), generation: (await agent.hello()).generation }
  expect((await agent.upload(at, lines)).statusCode).toBe(200)
  expect((await cloud.owner.query(`SELECT FROM quarantine`)).rowCount).toBe(0)
  expect(await queued()).toEqual(['customer'])
  await openTier(cloud.db, tenant, 'clienteling_plus')
  expect(await queued()).toEqual(['customer', 'item'])
  await openTier(cloud.db, tenant, null)
  expect(await queued()).toEqual([])
  expect((await cloud.owner.query('SELECT FROM record')).rowCount).toBe(2)
  await openTier(cloud.db, tenant, 'clienteling')
  expect(await queued()).toEqual(['customer'])
})

test('[PD-02] an agent gets the public keys that it judges licenses by', async () => {
  expect((await agent.hello()).licensing).toEqual({ tenantId: tenant.tenantId, platforms: ['podium'], keys: [] })
})

test('a license from nobody in particular is refused', async () => {
  const send = (payload: object, headers = agent.headers) =>
    cloud.api.inject({ method: 'POST', url: '/agent/license', headers, payload })
  expect((await send({ file: 'x.y.z' })).json()).toMatchObject({ code: 'license_unreadable' })
  expect((await send({})).statusCode).toBe(400)
  expect((await send({ file: 'x.y.z' }, { authorization: 'Bearer no' })).statusCode).toBe(401)
})
