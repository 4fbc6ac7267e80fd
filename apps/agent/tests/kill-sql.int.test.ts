import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readMapping } from '../src/sql/mapping-file.ts'
import { tablesOf } from '../src/sql/testing/tables.ts'
import { HarnessCloud } from './cloud.ts'
import { AgentProcess, cli, enroll } from './process.ts'
import { StoreFolder } from './store.ts'

let cloud: HarnessCloud
let store: StoreFolder
let agent: AgentProcess
let edge: DatabaseSync
/** Looks often enough to kill the agent in the middle of its work, and leaves the processor to it in between. */
const patience = { timeout: 30_000, interval: 5 }
const customer = '001-00017'
const stamp = '2026-07-01T09:00:00'

beforeEach(async () => {
  cloud = await new HarnessCloud().start()
  store = new StoreFolder()
  agent = new AgentProcess(store.data)
  await enroll(cloud, store)
  const file = join(store.root, 'edge.sqlite')
  edge = new DatabaseSync(file, { timeout: 10_000 })
  edge.exec('PRAGMA journal_mode = WAL')
  for (const table of tablesOf({ time: 'VARCHAR(19)', flag: 'BOOLEAN' })) edge.exec(table)
  edge.exec('CREATE INDEX notes_stamp ON Notes (NotesUpdateDate)')
  edge.exec(`INSERT INTO Customer (CustomerKey, CustomerFirstName, CustomerLastName, CustomerInactive, CustomerUpdateDate)
    VALUES ('${customer}', 'Nora', 'Lindqvist', 0, '${stamp}')`)
  const usual = readMapping()
  const streams = Object.entries(usual.streams).map(([kind, stream]) => [kind, { ...stream, everySeconds: 0.1 }])
  const mapping = join(store.root, 'mapping.json')
  writeFileSync(mapping, JSON.stringify({ ...usual, pageRows: 50, streams: Object.fromEntries(streams) }))
  const kinds = 'customer,wish,note'
  const database = ['--driver', 'sqlite', '--file', file, '--mapping', mapping, '--kinds', kinds]
  await cli('source', 'sql', '--data', store.data, ...database)
})
afterEach(async () => {
  await agent.kill()
  edge.close()
  await cloud.stop()
  store.remove()
})

const count = (sql: string) => Number(edge.prepare(`SELECT count(*) AS n FROM ${sql}`).get()?.n)

/** Lets the agent work and kills it as soon as what it does shows, until all is done. */
async function killAgainAndAgain(done: () => boolean, progress: () => number): Promise<number> {
  let kills = 0
  for (; !done() && kills < 12; kills += 1) {
    const before = progress()
    agent.start()
    await vi.waitFor(() => expect(progress() > before || done()).toBe(true), patience)
    await agent.kill()
  }
  agent.start()
  return kills
}

test('[CB-04] [CB-06] [CB-09] killed while it writes notes, wishes and messages, each is there once, and comes up', async () => {
  const at = '2026-07-04T14:00:09Z'
  const wished = { present: true, item: null, description: 'Something with opals' }
  const numbers = Array.from({ length: 40 }, (_, index) => index)
  const made = numbers.flatMap((number) => [
    { do: 'putNote', key: `jr-n${number}`, customer, text: 'Likes opals.', expected: null, at },
    { do: 'putWish', key: `jr-w${number}`, customer, wished, expected: null, at },
    {
      ...{ do: 'addActivity', key: `jr-m${number}`, customer, channel: 'text', at, subject: null, body: 'See you!' },
      attachments: [],
    },
  ])
  const changed = numbers.flatMap((number) => [
    { do: 'putNote', key: `jr-n${number}`, customer, text: 'Likes pearls.', expected: 'Likes opals.', at },
    { do: 'putWish', key: `jr-w${number}`, customer, wished: { ...wished, present: false }, expected: wished, at },
  ])
  const give = (wishes: object[]) => cloud.commands.push(...wishes.map((wish) => ({ id: randomUUID(), wish })))
  const reported = () => cloud.commands.every(({ id }) => cloud.reportOf(id) !== undefined)
  const writes = () => count(`sqlite_master WHERE name = 'jumpring_command'`) && count('jumpring_command')

  give(made)
  expect(await killAgainAndAgain(() => writes() === made.length, writes)).toBeGreaterThan(2)
  await vi.waitFor(() => expect(reported()).toBe(true), patience)
  give(changed)
  await killAgainAndAgain(() => writes() === made.length + changed.length, writes)
  await vi.waitFor(() => expect(reported()).toBe(true), patience)

  expect(new Set(cloud.commands.map(({ id }) => cloud.reportOf(id)?.outcome))).toEqual(new Set(['already']))
  expect(count(`Notes WHERE NotesText = 'Likes pearls.' AND NotesUpdateSeq = 2`)).toBe(numbers.length)
  expect(count('Wishlist WHERE WishlistDateRemoved IS NOT NULL AND WishlistUpdateSeq = 2')).toBe(numbers.length)
  expect([count('Notes'), count('Wishlist'), count('Activity')]).toEqual([40, 40, 40])
  const last = (kind: 'note' | 'wish') => new Map(cloud.linesOf(kind).map(({ key, record }) => [key, record]))
  await vi.waitFor(() => {
    expect([...last('note').values()]).toMatchObject(numbers.map(() => ({ text: 'Likes pearls.' })))
    expect([...last('wish').values()]).toMatchObject(numbers.map(() => ({ removedAt: at })))
  }, patience)
  const lines = cloud.linesOf('note').map(({ key, record }) => `${key} ${record.text}`)
  expect(lines.length).toBe(new Set(lines).size)
}, 180_000)

test('[AG-02] killed again and again while it reads the database, nothing is lost and nothing comes twice', async () => {
  const expected = new Map<string, string>()
  const put = edge.prepare(
    `INSERT OR REPLACE INTO Notes (NotesKey, NotesCustKey, NotesText, NotesLocked, NotesUpdateSeq, NotesUpdateDate)
     VALUES (?, '${customer}', ?, 0, 1, ?)`,
  )
  const write = (from: number, to: number, text: string, second: number) => {
    edge.exec('BEGIN IMMEDIATE')
    for (let number = from; number < to; number += 1) {
      const key = `001-N${String(number).padStart(5, '0')}`
      put.run(key, text, `2026-07-01T09:00:${String(second).padStart(2, '0')}`)
      expected.set(key, text)
    }
    edge.exec('COMMIT')
  }
  write(0, 4000, 'Likes opals.', 0)
  const lines = () => cloud.linesOf('note')
  for (let round = 1; round <= 8; round += 1) {
    const before = lines().length
    agent.start()
    // In even rounds the store changes notes that were read, and others that were not.
    if (round % 2 === 0) write(round * 400, round * 400 + 120, `Round ${round}`, round)
    await vi.waitFor(() => expect(lines().length).toBeGreaterThan(before), patience)
    if (round % 3 === 0) cloud.cutAnswers = 1
    await agent.kill()
    write(round * 37, round * 37 + 20, `Stopped ${round}`, round)
  }
  agent.start()
  const last = () => new Map(lines().map(({ key, record }) => [key, record.text]))
  await vi.waitFor(() => expect(last()).toEqual(expected), { timeout: 60_000, interval: 50 })
  const changes = lines().map(({ key, record }) => `${key} ${record.text}`)
  expect(changes.length).toBe(new Set(changes).size)
}, 180_000)
