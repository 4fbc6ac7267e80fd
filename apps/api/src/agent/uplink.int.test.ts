import { randomUUID } from 'node:crypto'
import { zstdCompressSync } from 'node:zlib'
import { maxUploadBytes } from '@jumpring/contracts'
import { batchOf, ingest, openDatabase, renewGeneration } from '@jumpring/db'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readLine } from './read-line.ts'
import { ndjson, newEpoch, patience, TestAgent, upsert } from './testing/agent.ts'
import { startCloud, type TestCloud, type TestTenant } from './testing/cloud.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startCloud()
})
afterAll(() => cloud.close())

let made = 0
/** An agent of a tenant of its own, at the start of an epoch. */
async function freshAgent(): Promise<{
  tenant: TestTenant
  agent: TestAgent
  at: { epoch: string; generation: string }
}> {
  made += 1
  const tenant = await cloud.tenant(`Jeweler ${made}`)
  const agent = await TestAgent.enroll(cloud.api, tenant.code)
  const { generation } = await agent.hello()
  return { tenant, agent, at: { epoch: newEpoch(), generation } }
}

const goodItem = {
  status: 'in_stock',
  inventoryType: 'stock',
  details: [],
  stones: [],
  images: [],
  upload: 'by_filter',
}
const goodLine = { sale: '001-00001', line: 1, amount: { minor: 2500, currency: 'USD' } }

const rowsOf = async (sql: string, ...values: unknown[]) => (await cloud.owner.query(sql, values)).rows
const records = (tenant: TestTenant) =>
  rowsOf(
    "SELECT key, payload::json->>'firstName' AS name, seq::int FROM record WHERE tenant_id = $1 ORDER BY key",
    tenant.tenantId,
  )
const journal = (tenant: TestTenant) =>
  rowsOf(
    "SELECT seq::int, key, before::json->>'firstName' AS before FROM journal WHERE tenant_id = $1 ORDER BY seq",
    tenant.tenantId,
  )
const pending = (tenant: TestTenant) =>
  rowsOf(
    'SELECT key, seq::int, priority, reason FROM pending WHERE connection_id = $1 ORDER BY key',
    tenant.connectionId,
  )
const quarantined = (tenant: TestTenant) =>
  rowsOf(
    'SELECT stage, subject, key, code, message, resolved_at IS NULL AS open FROM quarantine WHERE tenant_id = $1 ORDER BY created_at, subject',
    tenant.tenantId,
  )

describe('an upload', () => {
  test('becomes records, journal, work and an acknowledged number', async () => {
    const { tenant, agent, at } = await freshAgent()
    const answer = await agent.upload(at, [
      upsert(1, '001-00001', 'Nora', { bulk: true }),
      upsert(2, '001-00002', 'Paul'),
      upsert(3, '001-00001', 'Eleonora'),
    ])
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ ...at, acked: 3 })
    expect(await agent.hello()).toMatchObject({ epoch: at.epoch, acked: 3 })
    expect(await records(tenant)).toEqual([
      { key: '001-00001', name: 'Eleonora', seq: 3 },
      { key: '001-00002', name: 'Paul', seq: 2 },
    ])
    expect(await journal(tenant)).toEqual([
      { seq: 1, key: '001-00001', before: null },
      { seq: 2, key: '001-00002', before: null },
      { seq: 3, key: '001-00001', before: 'Nora' },
    ])
    expect(await pending(tenant)).toEqual([
      { key: '001-00001', seq: 3, priority: 1, reason: 'changed' },
      { key: '001-00002', seq: 2, priority: 1, reason: 'changed' },
    ])
  })

  test('[AG-03] sent again, in whole or in part, changes nothing', async () => {
    const { tenant, agent, at } = await freshAgent()
    const lines = [upsert(1, '001-00001', 'Nora'), upsert(2, '001-00002', 'Paul'), upsert(3, '001-00001', 'Eleonora')]
    await agent.upload(at, lines.slice(0, 2))
    const again = await agent.upload(at, lines)
    expect(again.json()).toMatchObject({ acked: 3 })
    await agent.upload(at, lines)
    await agent.upload(at, lines.slice(0, 1))
    expect(await agent.hello()).toMatchObject({ acked: 3 })
    expect(await journal(tenant)).toHaveLength(3)
    expect((await records(tenant)).map((record) => record.name)).toEqual(['Eleonora', 'Paul'])
  })

  test('[AG-03] two at the same time count each line once', async () => {
    const { tenant, agent, at } = await freshAgent()
    const lines = Array.from({ length: 300 }, (_, i) =>
      upsert(i + 1, `001-${String(i % 150).padStart(5, '0')}`, `Name ${i}`),
    )
    const answers = await Promise.all([1, 2, 3, 4].map(() => agent.upload(at, lines)))
    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200, 200, 200])
    expect((await journal(tenant)).map((row) => row.seq)).toEqual(lines.map((line) => line.n))
  })

  test('[AG-03] with a gap is refused whole, and a new epoch sends everything again', async () => {
    const { tenant, agent, at } = await freshAgent()
    await agent.upload(at, [upsert(1, '001-00001', 'Nora')])
    const gap = await agent.upload(at, [upsert(3, '001-00003', 'Ida')])
    expect(gap.statusCode).toBe(409)
    expect(gap.json()).toMatchObject({ code: 'snapshot_needed', ...at, acked: 1 })
    const inside = await agent.upload(at, [upsert(2, '001-00002', 'Paul'), upsert(4, '001-00004', 'Max')])
    expect(inside.statusCode).toBe(409)
    expect(await records(tenant)).toHaveLength(1)

    const next = { ...at, epoch: newEpoch() }
    expect((await agent.upload(next, [upsert(2, '001-00002', 'Paul')])).statusCode).toBe(409)
    const snapshot = [upsert(1, '001-00001', 'Nora', { bulk: true }), upsert(2, '001-00002', 'Paul', { bulk: true })]
    expect((await agent.upload(next, snapshot)).json()).toEqual({ ...next, acked: 2 })
    expect((await records(tenant)).map((record) => record.name)).toEqual(['Nora', 'Paul'])
    // What is equal is dropped: only Paul is new.
    expect(await journal(tenant)).toHaveLength(2)
    expect(await pending(tenant)).toContainEqual({ key: '001-00002', seq: 2, priority: 2, reason: 'snapshot' })
  })

  test('[AG-03] of an older generation is refused: the cloud was restored from a backup', async () => {
    const { tenant, agent, at } = await freshAgent()
    await agent.upload(at, [upsert(1, '001-00001', 'Nora')])
    const generation = await renewGeneration(cloud.db)
    const refused = await agent.upload(at, [upsert(2, '001-00002', 'Paul')])
    expect(refused.statusCode).toBe(409)
    expect(refused.json()).toMatchObject({ code: 'snapshot_needed', generation })
    expect(await agent.hello()).toMatchObject({ generation })
    const snapshot = [upsert(1, '001-00001', 'Nora', { bulk: true }), upsert(2, '001-00002', 'Paul', { bulk: true })]
    expect((await agent.upload({ epoch: newEpoch(), generation }, snapshot)).statusCode).toBe(200)
    expect(await records(tenant)).toHaveLength(2)
  })

  test('that was cut leaves nothing behind', async () => {
    const { tenant, agent, at } = await freshAgent()
    const whole = zstdCompressSync(ndjson([1, 2, 3].map((n) => upsert(n, `001-0000${n}`, 'Nora'))))
    const cut = await agent.upload(at, whole.subarray(0, whole.length - 5))
    expect(cut.statusCode).toBe(400)
    expect(cut.json()).toMatchObject({ code: 'malformed_upload' })
    expect(await records(tenant)).toEqual([])
    expect(await agent.hello()).toMatchObject({ epoch: null, acked: 0 })
  })

  test('that is no NDJSON, too long or compressed otherwise is refused whole', async () => {
    const { tenant, agent, at } = await freshAgent()
    const good = ndjson([upsert(1, '001-00001', 'Nora')])
    const long = ndjson([upsert(2, '001-00002', 'x'.repeat(300_000))])
    const codes = await Promise.all(
      [
        agent.upload(at, Buffer.concat([good, Buffer.from('{"n":2,')]), 'identity'),
        agent.upload(at, Buffer.concat([good, Buffer.from('{"key":"001-00002"}\n')]), 'identity'),
        agent.upload(at, Buffer.concat([good, long]), 'identity'),
        agent.upload(at, good, 'gzip'),
        agent.upload(at, good, 'zstd'),
      ].map(async (answer) => (await answer).json().code),
    )
    expect(codes).toEqual(['malformed_upload', 'malformed_upload', 'too_large', 'invalid_input', 'malformed_upload'])
    expect(await records(tenant)).toEqual([])
  })

  test('that decompresses to more than is allowed is stopped on the way', async () => {
    const { tenant, agent, at } = await freshAgent()
    const line = (n: number) => ({ n, key: '001-00001', filling: 'x'.repeat(250_000) })
    const answer = await agent.upload(
      at,
      Array.from({ length: 300 }, (_, i) => line(i + 1)),
    )
    expect(answer.statusCode).toBe(413)
    expect(answer.json()).toMatchObject({ code: 'too_large' })
    expect(await records(tenant)).toEqual([])
    expect((await agent.upload(at, zstdCompressSync(Buffer.alloc(maxUploadBytes, '\n')))).statusCode).toBe(400)
  })

  test('without lines is answered and changes nothing', async () => {
    const { agent, at } = await freshAgent()
    expect((await agent.upload(at, [])).json()).toEqual({ ...at, acked: 0 })
    expect(await agent.hello()).toMatchObject({ epoch: null })
  })
})

describe('[CO-11] a bad record', () => {
  test('is quarantined with the reason and without its values; the others go on', async () => {
    const { tenant, agent, at } = await freshAgent()
    const secret = { ...upsert(2, '001-00002', 'Paul').record, phones: 'secret 555', socialSecurity: 'secret 078' }
    const answer = await agent.upload(at, [
      upsert(1, '001-00001', 'Nora'),
      { ...upsert(2, '001-00002', 'Paul'), record: secret },
      {
        n: 3,
        at: '2026-11-22T10:00:00Z',
        op: 'reject',
        kind: 'customer',
        key: '001-00003',
        code: 'invalid_record',
        message: 'Has no name.',
        where: 'a.json:3',
      },
      {
        n: 4,
        at: '2026-11-22T10:00:00Z',
        op: 'reject',
        kind: 'customer',
        key: null,
        code: 'unreadable_file',
        message: 'Ends too early.',
        where: 'b.json',
      },
      { n: 5, op: 'dance' },
      upsert(6, '001-00006', 'Ida'),
    ])
    expect(answer.json()).toMatchObject({ acked: 6 })
    expect((await records(tenant)).map((record) => record.key)).toEqual(['001-00001', '001-00006'])
    const entries = await quarantined(tenant)
    expect(entries.map(({ stage, subject, code }) => [stage, subject, code])).toEqual([
      ['ingest', '001-00002', 'invalid_record'],
      ['agent', '001-00003', 'invalid_record'],
      ['agent', 'b.json', 'unreadable_file'],
      ['ingest', 'line 5', 'invalid_record'],
    ])
    expect(JSON.stringify(entries)).not.toContain('secret')
    expect(entries[0].message).toContain('phones is no list')
  })

  test('has one open entry however often it comes, and none once it comes well', async () => {
    const { tenant, agent, at } = await freshAgent()
    const bad = (n: number) => ({ ...upsert(n, '001-00001', 'Nora'), record: {} })
    await agent.upload(at, [bad(1), bad(2)])
    await agent.upload(at, [bad(3)])
    expect((await quarantined(tenant)).map((entry) => entry.open)).toEqual([true])
    await agent.upload(at, [bad(4), upsert(5, '001-00001', 'Nora')])
    expect((await quarantined(tenant)).map((entry) => entry.open)).toEqual([false])
    await agent.upload(at, [upsert(6, '001-00001', 'Nora'), bad(7)])
    expect((await quarantined(tenant)).map((entry) => entry.open)).toEqual([false, true])
  })

  test.each([
    ['item', '001-150-00004', goodItem],
    ['saleLine', '001-00001/1', goodLine],
    ['job', '001-J00007', { number: '7', status: 'done' }],
    ['appointment', '42', { startsAt: '2026-11-22T10:00:00Z', status: 'scheduled' }],
    ['notification', '43', { phone: '2035550117', body: 'Ready.', createdAt: '2026-11-22T10:00:00Z' }],
    ['acquisition', '190718-1', { label: 'Walked by' }],
  ])('of kind %s is resolved by itself once the record comes well, and by no other kind', async (kind, key, record) => {
    const { tenant, agent, at } = await freshAgent()
    const line = (n: number) => ({ n, at: '2026-11-22T10:00:00Z', kind, key })
    const reject = { op: 'reject', code: 'invalid_record', message: 'ItemStatus is not a single letter.', where: 'a:1' }
    const customers = { ...line(2), ...reject, kind: 'customer' }
    const good = { op: 'upsert', bulk: false, record }
    await agent.upload(at, [{ ...line(1), ...reject }, customers, { ...line(3), op: 'upsert', bulk: false, record: 1 }])
    expect(await quarantined(tenant)).toMatchObject([
      { stage: 'agent', subject: key, key, open: true },
      { stage: 'agent', subject: `${kind} ${key}`, key, open: true },
      { stage: 'ingest', subject: `${kind} ${key}`, key, open: true },
    ])
    await agent.upload(at, [{ ...line(4), ...good }])
    expect((await quarantined(tenant)).map(({ subject, open }) => [subject, open])).toEqual([
      [key, true],
      [`${kind} ${key}`, false],
      [`${kind} ${key}`, false],
    ])
    await agent.upload(at, [
      { ...line(5), ...good },
      { ...line(6), ...reject },
    ])
    expect((await quarantined(tenant)).at(-1)).toMatchObject({ subject: `${kind} ${key}`, open: true })
  })

  test('with characters that are no text does not stop the upload', async () => {
    const { tenant, agent, at } = await freshAgent()
    const answer = await agent.upload(at, [
      upsert(1, '001-00001', 'No\u0000ra'),
      upsert(2, '001-00002', 'Pa\ud800ul'),
      {
        n: 3,
        at: '0000-01-01T00:00:00Z',
        op: 'reject',
        kind: 'customer',
        key: 'a\u0000b',
        code: 'invalid_record',
        message: 'N\u0000.',
        where: '\u0000',
      },
      { ...upsert(4, '001-00004', 'Zoë 💍 \u2028\\u0041\\u0000'), at: '0000-01-01T00:00:00Z' },
    ])
    expect(answer.json()).toMatchObject({ acked: 4 })
    expect(await records(tenant)).toMatchObject([{ key: '001-00004', name: 'Zoë 💍 \u2028\\u0041\\u0000' }])
    expect((await quarantined(tenant)).map((entry) => entry.subject).sort()).toEqual(['001-00001', '001-00002', 'ab'])
  })
})

describe('a work list', () => {
  test('keeps the more urgent of two priorities, and starts tries anew', async () => {
    const { tenant, agent, at } = await freshAgent()
    await agent.upload(at, [upsert(1, '001-00001', 'Nora', { bulk: true }), upsert(2, '001-00002', 'Paul')])
    await cloud.owner.query(`UPDATE pending SET attempts = 3, not_before = 'infinity' WHERE connection_id = $1`, [
      tenant.connectionId,
    ])
    await agent.upload(at, [upsert(3, '001-00001', 'Eleonora'), upsert(4, '001-00002', 'Paula', { bulk: true })])
    expect(await pending(tenant)).toEqual([
      { key: '001-00001', seq: 3, priority: 1, reason: 'changed' },
      { key: '001-00002', seq: 4, priority: 1, reason: 'changed' },
    ])
    expect(
      await rowsOf(
        'SELECT FROM pending WHERE connection_id = $1 AND attempts = 0 AND not_before <= now()',
        tenant.connectionId,
      ),
    ).toHaveLength(2)
  })

  test('[CO-12] [CO-13] of a connection without the stream stays empty; one that is paused is filled', async () => {
    const { tenant, agent, at } = await freshAgent()
    await cloud.owner.query(
      `UPDATE connection SET settings = jsonb_set(settings, '{streams,customers}', 'false') WHERE id = $1`,
      [tenant.connectionId],
    )
    await agent.upload(at, [upsert(1, '001-00001', 'Nora')])
    expect(await pending(tenant)).toEqual([])
    expect(await records(tenant)).toHaveLength(1)
    await cloud.owner.query(
      `UPDATE connection SET status = 'paused', settings = jsonb_set(settings, '{streams,customers}', 'true') WHERE id = $1`,
      [tenant.connectionId],
    )
    await agent.upload(at, [upsert(2, '001-00001', 'Eleonora')])
    expect(await pending(tenant)).toHaveLength(1)
  })
})

test('an upload that PostgreSQL ends to resolve a deadlock with a worker is written all the same', async () => {
  const { tenant, agent, at } = await freshAgent()
  await agent.upload(at, [upsert(1, '001-00001', 'Nora'), upsert(2, '001-00002', 'Paul')])
  const worker = await cloud.owner.connect()
  const take = (key: string) =>
    worker.query('SELECT FROM pending WHERE connection_id = $1 AND key = $2 FOR UPDATE', [tenant.connectionId, key])
  // The upload looks for a deadlock after three seconds, the worker after a minute: the upload is the one that is ended.
  await rowsOf(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''3s''', current_database()); END $$`,
  )
  await worker.query(`BEGIN; SET LOCAL deadlock_timeout = '60s'`)
  await take('001-00002')
  const db = openDatabase(cloud.appUrl)
  const lines = [upsert(3, '001-00001', 'Eleonora'), upsert(4, '001-00002', 'Paula')]
  const ingesting = ingest(
    db,
    { ...tenant, agentId: agent.agentId },
    at.epoch,
    batchOf(lines.map((line) => readLine(JSON.stringify(line)))),
  )
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  await expect.poll(async () => (await rowsOf(waiting)).length, { ...patience, interval: 10 }).toBe(1)
  await take('001-00001')
  await worker.query('COMMIT')
  worker.release()
  expect(await ingesting).toEqual({ acked: 4, connectionIds: [tenant.connectionId] })
  expect((await journal(tenant)).map((row) => row.seq)).toEqual([1, 2, 3, 4])
  await db.close()
})

test('an upload whose record is put on a work list between its look and its write is written all the same', async () => {
  const { tenant, agent, at } = await freshAgent()
  const other = await cloud.owner.connect()
  await other.query('BEGIN')
  await other.query('LOCK TABLE journal IN SHARE MODE')
  const uploading = agent.upload(at, [upsert(1, '001-00001', 'Nora')])
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  await expect.poll(async () => (await rowsOf(waiting)).length, { ...patience, interval: 10 }).toBe(1)
  await other.query(
    `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
     VALUES ($1, $2, 'customer', '001-00001', $3, 0, 2, 'selected')`,
    [tenant.connectionId, tenant.sourceId, tenant.tenantId],
  )
  await other.query('COMMIT')
  other.release()
  expect((await uploading).json()).toMatchObject({ acked: 1 })
  expect(await pending(tenant)).toEqual([{ key: '001-00001', seq: 1, priority: 1, reason: 'changed' }])
})

test('a complete line notes when everything of the source has come up', async () => {
  const { tenant, agent, at } = await freshAgent()
  const complete = () => rowsOf('SELECT FROM source WHERE id = $1 AND complete_at IS NOT NULL', tenant.sourceId)
  await agent.upload(at, [upsert(1, '001-00001', 'Nora')])
  expect(await complete()).toHaveLength(0)
  const answer = await agent.upload(at, [{ n: 2, at: '2026-11-22T10:00:00Z', op: 'complete', kind: 'customer' }])
  expect(answer.json()).toMatchObject({ acked: 2 })
  expect(await complete()).toHaveLength(1)
})

test('[AD-02] two sources that hold the same number stay apart, within a tenant and between tenants', async () => {
  const one = await freshAgent()
  const other = await freshAgent()
  const second = await cloud.source(one.tenant.tenantId, 'Second street')
  const secondAgent = await TestAgent.enroll(cloud.api, second.code)
  await one.agent.upload(one.at, [upsert(1, '001-00001', 'Nora')])
  await secondAgent.upload({ ...one.at, epoch: newEpoch() }, [upsert(1, '001-00001', 'Paul')])
  await other.agent.upload(other.at, [upsert(1, '001-00001', 'Ida')])
  const sources = await rowsOf(
    "SELECT source_id, payload::json->>'firstName' AS name FROM record WHERE tenant_id = $1",
    one.tenant.tenantId,
  )
  expect(sources).toHaveLength(2)
  expect(sources).toContainEqual({ source_id: one.tenant.sourceId, name: 'Nora' })
  expect(sources).toContainEqual({ source_id: second.sourceId, name: 'Paul' })
  expect(await pending(one.tenant)).toHaveLength(2)
  expect((await records(other.tenant)).map((record) => record.name)).toEqual(['Ida'])
  // An epoch of another agent is no way to its numbers.
  expect((await secondAgent.upload(one.at, [upsert(2, '001-00002', 'Max')])).statusCode).toBe(409)
})

test('an epoch or generation that is no UUID is refused', async () => {
  const { agent, at } = await freshAgent()
  expect((await agent.upload({ ...at, epoch: 'x' }, [])).json()).toMatchObject({ code: 'invalid_input' })
  expect((await agent.upload({ ...at, generation: randomUUID() }, [])).statusCode).toBe(409)
})
