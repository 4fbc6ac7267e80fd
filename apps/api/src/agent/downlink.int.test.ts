import { randomUUID } from 'node:crypto'
import { inTenant } from '@jumpring/db'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { patience, TestAgent, upsert } from './testing/agent.ts'
import { startCloud, type TestCloud, type TestTenant } from './testing/cloud.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startCloud()
})
afterAll(() => cloud.close())

let made = 0
async function freshAgent(): Promise<{ tenant: TestTenant; agent: TestAgent }> {
  made += 1
  const tenant = await cloud.tenant(`Jeweler ${made}`)
  return { tenant, agent: await TestAgent.enroll(cloud.api, tenant.code) }
}

/** A command as a worker makes it, with its link. */
async function command(tenant: TestTenant, wish: object): Promise<{ id: string; linkId: string }> {
  return inTenant(cloud.db, tenant.tenantId, async (sql) => {
    const {
      rows: [link],
    } = await sql.query(
      `INSERT INTO link (tenant_id, connection_id, source_id, kind, status, identifiers, state)
       VALUES ($1, $2, $3, 'customer', 'creating', '{}', '{}') RETURNING id`,
      [tenant.tenantId, tenant.connectionId, tenant.sourceId],
    )
    const {
      rows: [made],
    } = await sql.query(
      'INSERT INTO command (tenant_id, source_id, connection_id, link_id, wish) VALUES ($1, $2, $3, $4, $5) RETURNING id',
      [tenant.tenantId, tenant.sourceId, tenant.connectionId, link?.id, wish],
    )
    await sql.query('UPDATE link SET created_by = $2 WHERE id = $1', [link?.id, made?.id])
    await sql.query(`SELECT pg_notify('jumpring_commands', $1)`, [tenant.sourceId])
    return { id: made?.id, linkId: link?.id }
  })
}

const nora = {
  do: 'createCustomer',
  firstName: 'Nora',
  lastName: 'Lindqvist',
  phones: ['+12035550117'],
  emails: [],
  addresses: [],
  optedOutPhones: [],
}
const statusOf = async (id: string) =>
  (await cloud.owner.query('SELECT status FROM command WHERE id = $1', [id])).rows[0].status
const linkOf = async (id: string) =>
  (await cloud.owner.query('SELECT key, status, shared_with FROM link WHERE id = $1', [id])).rows[0]
const openEntries = async (tenant: TestTenant) =>
  (
    await cloud.owner.query(
      'SELECT stage, subject, code, message FROM quarantine WHERE tenant_id = $1 AND resolved_at IS NULL',
      [tenant.tenantId],
    )
  ).rows

describe('commands', () => {
  test('come oldest first, again and again, until they are reported', async () => {
    const { tenant, agent } = await freshAgent()
    const first = await command(tenant, nora)
    const second = await command(tenant, { ...nora, firstName: 'Paul' })
    expect((await agent.commands()).map((one) => one.id)).toEqual([first.id, second.id])
    expect(await agent.commands()).toHaveLength(2)
    expect((await agent.report([{ id: first.id, outcome: 'written' }])).statusCode).toBe(204)
    expect((await agent.commands()).map((one) => one.id)).toEqual([second.id])
  })

  test('wake a waiting request of their source, and of no other', async () => {
    const { tenant, agent } = await freshAgent()
    const other = await freshAgent()
    const waiting = agent.commands(30)
    const elsewhere = other.agent.commands(1)
    // The waiting request is there before the command is.
    await expect
      .poll(
        async () =>
          (
            await cloud.owner.query('SELECT FROM agent WHERE source_id = $1 AND last_seen_at IS NOT NULL', [
              tenant.sourceId,
            ])
          ).rowCount,
        patience,
      )
      .toBe(1)
    const started = performance.now()
    const { id } = await command(tenant, nora)
    expect((await waiting).map((one) => one.id)).toEqual([id])
    expect(performance.now() - started).toBeLessThan(4000)
    expect(await elsewhere).toEqual([])
  })

  test('are still heard of after the listening connection broke', async () => {
    const { tenant, agent } = await freshAgent()
    const waiting = agent.commands(30)
    await cloud.owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`,
    )
    const { id } = await command(tenant, nora)
    expect((await waiting).map((one) => one.id)).toEqual([id])
  })
})

test('a long request over a real line waits as long as it was told', async () => {
  const { agent } = await freshAgent()
  const url = await cloud.api.listen({ host: '127.0.0.1', port: 0 })
  const started = performance.now()
  const answer = await fetch(`${url}/agent/commands?wait=1`, { headers: agent.headers })
  expect(await answer.json()).toEqual({ commands: [] })
  expect(performance.now() - started).toBeGreaterThan(900)
})

describe('a report', () => {
  test('of a created customer gives the link its key and has the customer looked at', async () => {
    const { tenant, agent } = await freshAgent()
    const { id, linkId } = await command(tenant, nora)
    await agent.report([{ id, outcome: 'written' }])
    const { generation } = await agent.hello()
    await agent.upload({ epoch: randomUUID(), generation }, [upsert(1, '001-00017', 'Nora')])
    await cloud.owner.query('DELETE FROM pending WHERE connection_id = $1', [tenant.connectionId])
    for (let repeated = 0; repeated < 2; repeated++) await agent.report([{ id, outcome: 'seen', key: '001-00017' }])
    expect(await statusOf(id)).toBe('done')
    expect(await linkOf(linkId)).toEqual({ key: '001-00017', status: 'active', shared_with: null })
    const { rows } = await cloud.owner.query('SELECT key, priority FROM pending WHERE connection_id = $1', [
      tenant.connectionId,
    ])
    expect(rows).toEqual([{ key: '001-00017', priority: 1 }])
    await agent.report([
      { id, outcome: 'written' },
      { id, outcome: 'failed', message: 'too late' },
    ])
    expect(await statusOf(id)).toBe('done')
  })

  test('of a match with a customer who has a link already leaves that link alone', async () => {
    const { tenant, agent } = await freshAgent()
    const holder = await command(tenant, nora)
    const late = await command(tenant, nora)
    await agent.report([{ id: holder.id, outcome: 'seen', key: '001-00017' }])
    await agent.report([{ id: late.id, outcome: 'matched', key: '001-00017' }])
    expect(await linkOf(holder.linkId)).toMatchObject({ key: '001-00017', status: 'active' })
    // Its contact, if it has shown one, is met anew.
    expect(await linkOf(late.linkId)).toBeUndefined()
  })

  test('[CO-11] of a failure is quarantined, and closed when it goes through after all', async () => {
    const { tenant, agent } = await freshAgent()
    const { id } = await command(tenant, nora)
    for (let repeated = 0; repeated < 2; repeated++)
      await agent.report([{ id, outcome: 'failed', message: 'The Outbox is full.' }])
    expect(await openEntries(tenant)).toEqual([
      { stage: 'edge', subject: id, code: 'command_failed', message: 'The Outbox is full.' },
    ])
    await agent.report([{ id, outcome: 'seen', key: '001-00017' }])
    expect(await openEntries(tenant)).toEqual([])
    expect(await statusOf(id)).toBe('done')
  })

  test('[CO-11] of a change that The Edge never showed is quarantined under its own code', async () => {
    const { tenant, agent } = await freshAgent()
    const { id } = await command(tenant, nora)
    const failed = { id, outcome: 'failed', code: 'not_shown_by_edge', message: 'It does not show.' }
    await agent.report([{ id, outcome: 'written' }])
    await agent.report([failed])
    expect(await statusOf(id)).toBe('failed')
    expect(await openEntries(tenant)).toEqual([
      { stage: 'edge', subject: id, code: 'not_shown_by_edge', message: 'It does not show.' },
    ])
    await agent.report([{ id, outcome: 'matched', key: '001-00017' }])
    expect([await statusOf(id), await openEntries(tenant)]).toEqual(['done', []])
  })

  test('about an unknown command is taken silently', async () => {
    const { agent } = await freshAgent()
    expect((await agent.report([{ id: randomUUID(), outcome: 'seen', key: '001-00017' }])).statusCode).toBe(204)
  })

  test("[AD-02] about another tenant's command changes nothing", async () => {
    const { tenant } = await freshAgent()
    const other = await freshAgent()
    const { id, linkId } = await command(tenant, nora)
    expect(await other.agent.commands()).toEqual([])
    expect((await other.agent.report([{ id, outcome: 'seen', key: '001-00017' }])).statusCode).toBe(204)
    expect(await statusOf(id)).toBe('queued')
    expect(await linkOf(linkId)).toMatchObject({ key: null, status: 'creating' })
  })
})
