import { randomUUID } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HarnessCloud } from './cloud.ts'
import { AgentProcess, cli, enroll } from './process.ts'
import { type MadeUpCustomer, StoreFolder } from './store.ts'

let cloud: HarnessCloud
let store: StoreFolder
let agent: AgentProcess

beforeEach(async () => {
  cloud = await new HarnessCloud().start()
  store = new StoreFolder()
  agent = new AgentProcess(store.data)
  await enroll(cloud, store)
})
afterEach(async () => {
  await agent.kill()
  await cloud.stop()
  store.remove()
})

const keyOf = (number: number) => `001-${String(number).padStart(5, '0')}`
const person = (number: number, last: string): MadeUpCustomer => ({
  key: keyOf(number),
  first: 'Nora',
  last,
  phones: [{ type: 'home', number: `203${String(5_550_000 + number)}` }],
})

test('[AG-03] killed again and again while files come in, nothing is lost, nothing comes twice, and the order holds', async () => {
  const expected = new Map<string, string>()
  const people = Array.from({ length: 6000 }, (_, index) => person(index + 1, 'Lindqvist'))
  for (const { key, last } of people) expected.set(key, last)
  store.export(people, true)
  for (let round = 1; round <= 8; round += 1) {
    const arrivals = cloud.arrivals.length
    agent.start()
    const changed = Array.from({ length: 50 }, (_, index) => person(round * 37 + index, `Round ${round}`))
    for (const { key, last } of changed) expected.set(key, last)
    store.export(changed)
    // In odd rounds killed while it uploads, in even ones while it reads.
    if (round % 2 === 1)
      await vi.waitFor(() => expect(cloud.arrivals.length).toBeGreaterThan(arrivals), { timeout: 20_000, interval: 2 })
    else await vi.waitFor(() => expect(readdirSync(store.data)).toContain('agent.db'), { timeout: 20_000, interval: 2 })
    if (round % 3 === 0) cloud.cutAnswers = 1
    await agent.kill()
  }
  agent.start()
  const last = () => new Map([...cloud.records].map(([key, line]) => [key, line.record.lastName]))
  await vi.waitFor(() => expect(last()).toEqual(expected), 30_000)
  await vi.waitFor(() => expect(store.list('Inbox')).toEqual([]), 10_000)
  const changes = cloud.journal.map(({ key, record }) => `${key} ${record.lastName}`)
  expect(changes.length).toBe(new Set(changes).size)
  expect(JSON.parse((await cli('status', '--data', store.data, '--json')).stdout)).toMatchObject({
    waiting: 0,
    setAside: [],
  })
}, 90_000)

test('killed while it applies commands, each is in the Outbox once', async () => {
  store.export([person(1, 'Lindqvist')], true)
  const ids = Array.from({ length: 40 }, () => randomUUID())
  for (const [index, id] of ids.entries()) {
    const emails = [`guest${index}@example.com`]
    cloud.commands.push({
      id,
      wish: { do: 'createCustomer', lastName: 'Berg', phones: [], emails, addresses: [], optedOutPhones: [] },
    })
  }
  for (let round = 0; round < 4; round += 1) {
    const written = store.list('Outbox').length
    agent.start()
    await vi.waitFor(() => expect(store.list('Outbox').length).toBeGreaterThan(written), {
      timeout: 20_000,
      interval: 1,
    })
    await agent.kill()
    if (store.list('Outbox').filter((name) => name.endsWith('.json')).length === ids.length) break
  }
  agent.start()
  await vi.waitFor(() => expect(ids.every((id) => cloud.reportOf(id)?.outcome === 'written')).toBe(true), 20_000)
  const files = store.list('Outbox').filter((name) => name.endsWith('.json'))
  const webIds = files.map(
    (name) => /"WebTransferWebID": "(.+)"/.exec(readFileSync(join(store.edt, 'Outbox', name), 'utf8'))?.[1],
  )
  expect(webIds.toSorted()).toEqual(ids.toSorted())
}, 60_000)

test("[AG-04] nothing that must stay in the store is in what leaves the machine, nor in the log, nor in the agent's memory", async () => {
  const secrets = {
    CustomerSSNO: 'SECRET-SSN',
    CustomerLicenseNo: 'SECRET-LICENSE',
    CustomerTaxId: 'SECRET-TAX',
    CustomerNotes: 'SECRET-NOTE',
  }
  store.export(
    [{ ...person(1, 'Lindqvist'), more: { ...secrets, CustomerCost: 'SECRET-COST', CardNumber: 'SECRET-CARD' } }],
    true,
  )
  agent.start()
  await vi.waitFor(() => expect(cloud.completes).toBe(1), 20_000)
  store.export([{ ...person(1, 'x'.repeat(600)), more: secrets }])
  await vi.waitFor(() => expect(cloud.rejects).toHaveLength(1), 20_000)
  await vi.waitFor(() => expect(agent.output).toContain('Uploaded'), 5000)
  await agent.kill()
  expect(JSON.stringify([cloud.journal, cloud.rejects])).not.toContain('SECRET')
  expect(agent.output).not.toMatch(/SECRET|Lindqvist|2035550001/)
  for (const name of readdirSync(store.data))
    expect(readFileSync(join(store.data, name)).includes('SECRET')).toBe(false)
}, 60_000)

test('what the agent keeps is closed to other users of the machine, also where an earlier version left it open', async () => {
  const open = () => readdirSync(store.data).filter((name) => statSync(join(store.data, name)).mode & 0o077)
  store.export([person(1, 'Lindqvist')], true)
  for (let run = 0; run < 2; run += 1) {
    agent.start()
    await vi.waitFor(() => expect(readdirSync(store.data)).toContain('agent.db-wal'), 20_000)
    await vi.waitFor(() => expect(open()).toEqual([]), 20_000)
    await agent.kill()
    // What an earlier version's configuration says is no secret; where a secret is put into it, it is written anew.
    const left = readdirSync(store.data).filter((name) => !name.endsWith('.pem') && name !== 'config.json')
    for (const name of left) chmodSync(join(store.data, name), 0o644)
  }
}, 60_000)

test('a second agent on the same folder is refused, and the first stops when asked to', async () => {
  store.export([person(1, 'Lindqvist')], true)
  agent.start()
  await vi.waitFor(() => expect(cloud.completes).toBe(1), 20_000)
  await expect(cli('run', '--data', store.data)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('already'),
  })
  expect((await cli('doctor', '--data', store.data)).stdout).not.toContain('BAD')
  await agent.kill('SIGTERM')
  expect(JSON.parse((await cli('status', '--data', store.data, '--json')).stdout)).toMatchObject({
    running: false,
    connected: false,
  })
}, 60_000)
