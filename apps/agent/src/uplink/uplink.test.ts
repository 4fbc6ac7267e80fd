import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HarnessCloud } from '../../tests/cloud.ts'
import { startAgent } from '../../tests/in-process.ts'
import { type MadeUpCustomer, StoreFolder } from '../../tests/store.ts'
import { describeStatus, readStatus } from '../status.ts'
import { reconcile } from './reconcile.ts'

let cloud: HarnessCloud
let store: StoreFolder
let agent: { stop(): Promise<void> } | undefined

beforeEach(async () => {
  cloud = await new HarnessCloud().start()
  store = new StoreFolder()
})
afterEach(async () => {
  await agent?.stop()
  agent = undefined
  await cloud.stop()
  store.remove()
})

const person = (number: number, last = 'Lindqvist'): MadeUpCustomer => ({
  key: `001-${String(number).padStart(5, '0')}`,
  first: 'Nora',
  last,
})
const people = (count: number) => Array.from({ length: count }, (_, index) => person(index + 1))
const names = () => Object.fromEntries([...cloud.records].map(([key, line]) => [key, line.record.lastName]))
const waiting = async () => (await readStatus(store.data)).waiting

const own = { epoch: 'e', generation: 'g', lastLine: 10, ackedLine: 5 }
test.each([
  ['the cloud has what was acknowledged', { epoch: 'e', generation: 'g', acked: 5 }, own, 'go on'],
  ['an answer was lost', { epoch: 'e', generation: 'g', acked: 8 }, own, 'go on'],
  [
    'the first contact',
    { epoch: null, generation: 'g', acked: 0 },
    { ...own, generation: undefined, ackedLine: 0 },
    'go on',
  ],
  ['a new epoch is not known yet', { epoch: 'old', generation: 'g', acked: 99 }, { ...own, ackedLine: 0 }, 'go on'],
  ['the cloud was restored', { epoch: 'e', generation: 'new', acked: 5 }, own, 'snapshot'],
  ['the cloud lacks what was trimmed', { epoch: 'e', generation: 'g', acked: 3 }, own, 'snapshot'],
  ['the cloud has forgotten this epoch', { epoch: null, generation: 'g', acked: 0 }, own, 'snapshot'],
  ['this database is an old copy', { epoch: 'e', generation: 'g', acked: 11 }, own, 'rebuild'],
])('%s', (_, position, agentPosition, step) => {
  expect(reconcile(position, agentPosition)).toBe(step)
})

test('a big store goes up in few uploads, in order, each line once', async () => {
  store.export(people(4500), true)
  agent = await startAgent(cloud, store)
  await vi.waitFor(() => expect(cloud.completes).toBe(1), 15_000)
  expect(cloud.journal).toHaveLength(4500)
  expect(Math.max(...cloud.arrivals.map(({ lines }) => lines))).toBeGreaterThan(2000)
  await vi.waitFor(async () => expect(await waiting()).toBe(0))
}, 20_000)

test('a cloud that takes less at once gets smaller uploads', async () => {
  cloud.mostLines = 600
  store.export(people(1500), true)
  agent = await startAgent(cloud, store)
  await vi.waitFor(() => expect(cloud.completes).toBe(1), 15_000)
  expect(cloud.journal).toHaveLength(1500)
}, 20_000)

test('a cloud that takes nothing is asked again, with growing waits', async () => {
  cloud.forgetful = 3
  store.export(people(1), true)
  const startedAt = performance.now()
  agent = await startAgent(cloud, store)
  await vi.waitFor(() => expect(cloud.completes).toBe(1), 8000)
  expect(performance.now() - startedAt).toBeGreaterThan(125 + 250 + 500)
}, 10_000)

test('[AG-03] answers that are lost after the work was done change nothing', async () => {
  cloud.cutAnswers = 2
  store.export(people(3), true)
  agent = await startAgent(cloud, store)
  await vi.waitFor(() => expect(cloud.completes).toBe(1), 8000)
  await vi.waitFor(async () => expect(await waiting()).toBe(0), 8000)
  expect(cloud.cutAnswers).toBe(0)
  expect(cloud.journal).toHaveLength(3)
}, 10_000)

test('[AG-03] without a cloud it goes on collecting, says so, and sends all in order when the cloud is back', async () => {
  agent = await startAgent(cloud, store)
  store.export(people(2), true)
  await vi.waitFor(() => expect(cloud.completes).toBe(1))
  await cloud.stop()
  for (const last of ['A', 'B', 'C']) store.export([person(1, last)])
  await vi.waitFor(async () => expect(await waiting()).toBe(3), 5000)
  const status = await readStatus(store.data)
  expect([status.connected, describeStatus(status)]).toEqual([
    false,
    expect.stringContaining('The cloud does not answer.'),
  ])
  await cloud.start()
  await vi.waitFor(
    () => expect(cloud.journal.map((line) => line.record.lastName).slice(2)).toEqual(['A', 'B', 'C']),
    10_000,
  )
}, 20_000)

test('a cloud restored from a backup gets every record once more, though nothing changed since', async () => {
  store.export(people(3), true)
  agent = await startAgent(cloud, store)
  await vi.waitFor(() => expect(cloud.completes).toBe(1))
  const backup = cloud.backup()
  store.export([person(2, 'Berg'), person(4)])
  await vi.waitFor(() => expect(cloud.records.size).toBe(4))
  await cloud.stop()
  cloud.restore(backup)
  await cloud.start()
  await vi.waitFor(() => expect(cloud.completes).toBe(2), 10_000)
  expect(names()).toEqual({
    '001-00001': 'Lindqvist',
    '001-00002': 'Berg',
    '001-00003': 'Lindqvist',
    '001-00004': 'Lindqvist',
  })
  expect(cloud.records.get('001-00001')?.bulk).toBe(true)
}, 20_000)

test('a data folder set back to an earlier copy is noticed, and the kept files make up for it', async () => {
  store.export(people(3), true)
  agent = await startAgent(cloud, store)
  await vi.waitFor(() => expect(cloud.completes).toBe(1))
  await agent.stop()
  const copy = join(store.root, 'copy')
  cpSync(store.data, copy, { recursive: true })
  agent = await startAgent(cloud, store)
  store.export([person(2, 'Berg')])
  await vi.waitFor(() => expect(names()['001-00002']).toBe('Berg'))
  await vi.waitFor(() => expect(store.list('Processed')).toHaveLength(2))
  await agent.stop()
  rmSync(store.data, { recursive: true })
  cpSync(copy, store.data, { recursive: true })
  const epoch = cloud.epoch
  agent = await startAgent(cloud, store)
  await vi.waitFor(() => expect(cloud.epoch).not.toBe(epoch), 5000)
  await vi.waitFor(async () => expect([names()['001-00002'], await waiting()]).toEqual(['Berg', 0]), 5000)
}, 20_000)

test('a cloud that refuses the agent is named as that', async () => {
  agent = await startAgent(cloud, store)
  store.export(people(1), true)
  await vi.waitFor(() => expect(cloud.completes).toBe(1))
  cloud.refusing = true
  store.export([person(1, 'Berg')])
  await vi.waitFor(async () => expect((await readStatus(store.data)).trouble).toMatch(/refuses this agent/), 5000)
  expect(await waiting()).toBe(1)
})

test.each([
  ['ahead', -3],
  ['behind', 3],
])('an agent whose clock is days %s is let in', async (_, days) => {
  cloud.clockAheadMs = days * 24 * 60 * 60_000
  store.export([person(1)], true)
  agent = await startAgent(cloud, store)
  await vi.waitFor(() => expect(cloud.completes).toBe(1), 5000)
})
