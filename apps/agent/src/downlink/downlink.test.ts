import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HarnessCloud } from '../../tests/cloud.ts'
import { startAgent } from '../../tests/in-process.ts'
import { StoreFolder } from '../../tests/store.ts'
import { describeStatus, readStatus } from '../status.ts'

let cloud: HarnessCloud
let store: StoreFolder
let agent: { stop(): Promise<void> } | undefined

beforeEach(async () => {
  cloud = await new HarnessCloud().start()
  store = new StoreFolder()
  store.export([{ key: '001-00017', first: 'Nora', last: 'Lindqvist' }], true)
})
afterEach(async () => {
  await agent?.stop()
  agent = undefined
  await cloud.stop()
  store.remove()
})

const wish = {
  do: 'addMethods' as const,
  key: '001-00017',
  phones: ['+12035550199'],
  emails: [],
  addresses: [],
  optedOutPhones: [],
}

test('[CO-11] a command that this version does not understand is reported, and holds up no other', async () => {
  const [strange, usual] = [randomUUID(), randomUUID()]
  cloud.commands.push({ id: strange, wish: { do: 'engrave', key: '001-00017' } }, { id: usual, wish })
  agent = await startAgent(cloud, store)
  await vi.waitFor(() => expect(cloud.reportOf(usual)?.outcome).toBe('written'), 5000)
  await vi.waitFor(() => expect(cloud.reportOf(strange)).toMatchObject({ outcome: 'failed' }), 5000)
})

test('an Outbox that cannot be written is said, and loses nothing', async () => {
  agent = await startAgent(cloud, store)
  const outbox = join(store.edt, 'Outbox')
  rmSync(outbox, { recursive: true })
  writeFileSync(outbox, 'a file where the folder should be')
  const id = randomUUID()
  cloud.commands.push({ id, wish })
  const status = () => readStatus(store.data)
  await vi.waitFor(async () => expect(describeStatus(await status())).toContain('Outbox cannot be written'), 5000)
  rmSync(outbox)
  mkdirSync(outbox)
  await vi.waitFor(() => expect(cloud.reportOf(id)?.outcome).toBe('written'), 8000)
  expect((await status()).outboxTrouble).toBeNull()
}, 20_000)
