import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { zstdCompressSync } from 'node:zlib'
import { errorAnswerSchema, uplinkAnswerSchema } from '@jumpring/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ndjson, patience, TestAgent, upsert } from './testing/agent.ts'
import { startCloud, type TestCloud, type TestTenant } from './testing/cloud.ts'

// Over a real line, where a body comes in pieces, stops, or breaks off.

let cloud: TestCloud
let tenant: TestTenant
let url: string
beforeAll(async () => {
  cloud = await startCloud()
  tenant = await cloud.tenant('Jeweler')
  url = await cloud.api.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => cloud.close())

async function freshAgent() {
  const { code, sourceId } = await cloud.source(tenant.tenantId, randomUUID())
  const agent = await TestAgent.enroll(cloud.api, code)
  const { generation } = await agent.hello()
  return { agent, sourceId, at: { epoch: randomUUID(), generation } }
}

function open(agent: TestAgent, at: { epoch: string; generation: string }, encoding = 'zstd'): ClientRequest {
  return request(`${url}/agent/uplink?epoch=${at.epoch}&generation=${at.generation}`, {
    method: 'POST',
    headers: { ...agent.headers, 'content-type': 'application/x-ndjson', 'content-encoding': encoding },
  })
}

async function answerOf(sent: ClientRequest): Promise<{ status: number | undefined; body: unknown }> {
  const [answer]: IncomingMessage[] = await once(sent, 'response')
  if (!answer) throw new Error('No answer.')
  return { status: answer.statusCode, body: JSON.parse(await text(answer)) }
}

const lines = (count: number, from = 1) =>
  Array.from({ length: count }, (_, i) => upsert(from + i, `001-${String(from + i).padStart(6, '0')}`, 'Nora'))
const openConnections = () => promisify(cloud.api.server.getConnections.bind(cloud.api.server))()
const recordsOf = async (sourceId: string) =>
  (await cloud.owner.query('SELECT FROM record WHERE source_id = $1', [sourceId])).rowCount

test('[AG-03] a line that breaks in the middle leaves whole batches or nothing, and the agent goes on from there', async () => {
  const { agent, sourceId, at } = await freshAgent()
  const whole = ndjson(lines(2500))
  const sent = open(agent, at, 'identity').on('error', () => {})
  sent.write(whole.subarray(0, Math.floor(whole.length * 0.9)))
  await expect.poll(() => recordsOf(sourceId), patience).toBe(2000)
  sent.destroy()
  await expect.poll(openConnections, patience).toBe(0)
  expect(await recordsOf(sourceId)).toBe(2000)
  const { acked } = await agent.hello()
  expect(acked).toBe(2000)
  const rest = await agent.upload(at, lines(500, acked + 1))
  expect(rest.json()).toMatchObject({ acked: 2500 })
  expect(await recordsOf(sourceId)).toBe(2500)
})

test('a refusal reaches an agent that is still sending', async () => {
  const { agent, at } = await freshAgent()
  for (const encoding of ['identity', 'zstd']) {
    const body = ndjson(lines(20_000, 7))
    const sent = open(agent, at, encoding)
    sent.end(encoding === 'zstd' ? zstdCompressSync(body) : body)
    const { status, body: answer } = await answerOf(sent)
    expect(status).toBe(409)
    expect(errorAnswerSchema.parse(answer).code).toBe('snapshot_needed')
    expect(uplinkAnswerSchema.parse(answer)).toEqual({ ...at, acked: 0 })
  }
})

test('a slow agent holds no transaction open, and keeps nobody waiting', async () => {
  const slow = await freshAgent()
  const quick = await freshAgent()
  const body = zstdCompressSync(ndjson(lines(600)))
  const sent = open(slow.agent, slow.at)
  sent.write(body.subarray(0, body.length - 10))
  expect((await quick.agent.upload(quick.at, lines(10))).json()).toMatchObject({ acked: 10 })
  const transactions = () =>
    cloud.owner.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
    )
  await expect.poll(async () => (await transactions()).rowCount, patience).toBe(0)
  sent.end(body.subarray(body.length - 10))
  expect((await answerOf(sent)).body).toMatchObject({ acked: 600 })
})

test('a long upload goes in small batches while another store writes', async () => {
  const small = await freshAgent()
  const large = await freshAgent()
  const batches = async () =>
    (await cloud.owner.query('SELECT DISTINCT xmin::text FROM record WHERE source_id = $1', [large.sourceId])).rowCount
  const locked = await cloud.owner.connect()
  await locked.query('BEGIN')
  await locked.query('SELECT FROM agent WHERE source_id = $1 FOR UPDATE', [small.sourceId])
  const writing = small.agent.upload(small.at, lines(1))
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  await expect.poll(async () => (await cloud.owner.query(waiting)).rowCount, patience).toBe(1)
  const answer = await large.agent.upload(large.at, lines(1000))
  await locked.query('COMMIT')
  locked.release()
  expect(answer.json()).toMatchObject({ acked: 1000 })
  expect(await batches()).toBe(4)
  expect((await writing).json()).toMatchObject({ acked: 1 })
})

test('an upload that stands still does not keep the api from ending', async () => {
  const other = await startCloud()
  const { code } = await other.tenant('Jeweler')
  const agent = await TestAgent.enroll(other.api, code)
  const { generation } = await agent.hello()
  url = await other.api.listen({ host: '127.0.0.1', port: 0 })
  const sent = open(agent, { epoch: randomUUID(), generation })
  const broken = once(sent, 'error')
  sent.write(zstdCompressSync(ndjson(lines(10))).subarray(0, 20))
  await once(other.api.server, 'request')
  await other.close()
  await broken
})
