import { randomUUID } from 'node:crypto'
import { inTenant } from '@jumpring/db'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assertionOf, enroll, newKeys, TestAgent, upsert } from './testing/agent.ts'
import { startCloud, type TestCloud } from './testing/cloud.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startCloud()
})
afterAll(() => cloud.close())

let made = 0
const freshTenant = () => {
  made += 1
  return cloud.tenant(`Jeweler ${made}`)
}

describe('an enrollment code', () => {
  test('makes one agent; repeated with its key it gives the same, with another none', async () => {
    const { code } = await freshTenant()
    const keys = newKeys()
    const first = await enroll(cloud.api, code, keys.publicKey)
    expect(first.json()).toMatchObject({ tenant: `Jeweler ${made}`, source: 'Main street' })
    await cloud.owner.query('UPDATE enrollment_code SET expires_at = now()')
    expect((await enroll(cloud.api, code, keys.publicKey)).json()).toEqual(first.json())
    const other = await enroll(cloud.api, code, newKeys().publicKey)
    expect(other.statusCode).toBe(403)
    expect(other.json()).toMatchObject({ code: 'enrollment_refused' })
  })

  test('that is over or unknown is refused in the same words', async () => {
    const { code } = await freshTenant()
    await cloud.owner.query('UPDATE enrollment_code SET expires_at = now()')
    const over = await enroll(cloud.api, code, newKeys().publicKey)
    const unknown = await enroll(cloud.api, randomUUID(), newKeys().publicKey)
    expect(over.json()).toEqual(unknown.json())
  })

  test('with a key of another kind is refused and stays good', async () => {
    const { code } = await freshTenant()
    const wrong = await enroll(cloud.api, code, '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----')
    expect(wrong.json()).toMatchObject({ code: 'invalid_input' })
    expect((await enroll(cloud.api, code, newKeys().publicKey)).statusCode).toBe(200)
  })
})

describe("an agent's token", () => {
  test('is given for an assertion by its own key only, and a short one', async () => {
    const { code } = await freshTenant()
    const agent = await TestAgent.enroll(cloud.api, code)
    const refused = await Promise.all(
      [
        assertionOf(agent.agentId, newKeys().privateKey),
        assertionOf(randomUUID(), agent.privateKey),
        assertionOf(agent.agentId, agent.privateKey, 3600),
        assertionOf(agent.agentId, agent.privateKey, -3600),
        'a.b.c',
      ].map(async (assertion) => (await agent.askToken(assertion)).json().code),
    )
    expect(refused).toEqual(Array(5).fill('agent_unknown'))
  })

  test('is refused when it is a person’s, or changed, or none', async () => {
    const { code, tenantId, sourceId } = await freshTenant()
    const agent = await TestAgent.enroll(cloud.api, code)
    const person = cloud.api.jwt.person.sign({ sub: agent.agentId, tenantId, sourceId })
    for (const token of [person, `${agent.token}x`, '']) {
      agent.token = token
      const answer = await cloud.api.inject({ url: '/agent/hello', headers: agent.headers })
      expect([answer.statusCode, answer.json().code]).toEqual([401, 'not_signed_in'])
    }
    expect(() => cloud.api.jwt.person.verify(cloud.api.jwt.agent.sign({ sub: 'x' }))).toThrow()
  })

  test('is worth nothing once the agent is revoked', async () => {
    const { code } = await freshTenant()
    const agent = await TestAgent.enroll(cloud.api, code)
    const { generation } = await agent.hello()
    await cloud.owner.query('UPDATE agent SET revoked_at = now() WHERE id = $1', [agent.agentId])
    const answers = [
      await agent.askToken(),
      await cloud.api.inject({ url: '/agent/hello', headers: agent.headers }),
      await cloud.api.inject({ url: '/agent/commands', headers: agent.headers }),
      await agent.upload({ epoch: randomUUID(), generation }, [upsert(1, '001-00001', 'Nora')]),
      await agent.report([]),
    ]
    expect(answers.map((answer) => answer.json().code)).toEqual(Array(5).fill('agent_unknown'))
    expect((await cloud.owner.query('SELECT FROM record')).rowCount).toBe(0)
  })

  test("[AD-02] that names another tenant's ids opens nothing: the agent is not known there", async () => {
    const mine = await freshTenant()
    const other = await freshTenant()
    const agent = await TestAgent.enroll(cloud.api, mine.code)
    agent.token = cloud.api.jwt.agent.sign({ sub: agent.agentId, tenantId: other.tenantId, sourceId: other.sourceId })
    const answer = await cloud.api.inject({ url: '/agent/hello', headers: agent.headers })
    expect(answer.json()).toMatchObject({ code: 'agent_unknown' })
  })
})

test("[AD-02] in the database a tenant sees and changes its own rows only, and no tenant's without one", async () => {
  const mine = await freshTenant()
  const other = await freshTenant()
  const agent = await TestAgent.enroll(cloud.api, other.code)
  const { generation } = await agent.hello()
  await agent.upload({ epoch: randomUUID(), generation }, [upsert(1, '001-00001', 'Nora')])

  const tables = [
    'record',
    'journal',
    'pending',
    'agent',
    'source',
    'connection',
    'credential',
    'enrollment_code',
    'tenant_counter',
  ]
  for (const table of tables) {
    const theirs = await cloud.owner.query(`SELECT FROM ${table} WHERE tenant_id = $1`, [other.tenantId])
    expect(theirs.rowCount, table).toBeGreaterThan(0)
    const seen = await inTenant(cloud.db, mine.tenantId, (sql) =>
      sql.query(`SELECT FROM ${table} WHERE tenant_id = $1`, [other.tenantId]),
    )
    expect(seen.rowCount, table).toBe(0)
    await expect(
      inTenant(cloud.db, '', (sql) => sql.query(`SELECT FROM ${table}`)),
      table,
    ).resolves.toMatchObject({ rowCount: 0 })
    await expect(cloud.db.pool.query(`SELECT FROM ${table}`), table).rejects.toThrow(/permission denied/)
  }
  const changed = await inTenant(cloud.db, mine.tenantId, (sql) => sql.query(`UPDATE record SET payload = '{}'`))
  expect(changed.rowCount).toBe(0)
  const foreign = inTenant(cloud.db, mine.tenantId, (sql) =>
    sql.query(
      `INSERT INTO record (tenant_id, source_id, kind, key, hash, payload, seq, changed_at) VALUES ($1, $2, 'customer', '001-00009', '', '{}', 1, now())`,
      [other.tenantId, other.sourceId],
    ),
  )
  await expect(foreign).rejects.toThrow(/row-level security/)
})
