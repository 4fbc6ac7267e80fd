import { cp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, test } from 'vitest'
import { startWorld, type World } from './world.ts'

let world: World

beforeAll(async () => {
  world = await startWorld({ customers: 120 })
  await world.sandbox.post('/store/export', { full: true })
  await world.comesToRestRight()
})
afterAll(() => world?.stack.stop())

/** Files for The Edge lie in the Outbox, and it does not take them yet. */
async function leaveCommandsOpen(): Promise<void> {
  const { stack, sandbox, people, agent } = world
  await sandbox.post('/control/store/settings', { edtRunMs: 3000 })
  await people.staffMake(4)
  await people.staffAdd(3)
  const files = async () => (await readdir(join(agent.edtFolder, 'Outbox'))).filter((name) => name.endsWith('.json'))
  await stack.waitFor(async () => (await files()).length > 0, { what: 'files in the Outbox' })
}

async function loseMemory(): Promise<void> {
  const { dataDir } = world.agent
  for (const name of await readdir(dataDir)) if (name.startsWith('agent.db')) await rm(join(dataDir, name))
}

test('[CO-04] what both sides changed while the agent was away: nothing of The Edge is overwritten with older values', async () => {
  const { stack, people } = world
  await stack.kill('agent')
  await people.bothChange(6)
  await stack.start('agent')
  await world.comesToRestRight()
})

test('[AG-03] the agent loses its memory while it is stopped: no second customer, no second contact', async () => {
  const { stack, people } = world
  await stack.kill('agent')
  await loseMemory()
  await people.tillChanges(2)
  await stack.start('agent')
  await people.staffMake(2)
  await world.comesToRestRight()
})

test('[AG-03] [CO-05] the agent loses its memory with files in the Inbox and commands in the Outbox', async () => {
  const { stack, sandbox, people } = world
  await leaveCommandsOpen()
  await stack.kill('agent')
  await people.bothChange(2)
  await people.tillAdds(3)
  await people.staffMake(2)
  await loseMemory()
  await sandbox.post('/control/store/settings', { edtRunMs: 200 })
  await stack.start('agent')
  await world.comesToRestRight()
})

test('[AG-03] the machine in the store is set back to an older image', async () => {
  const { stack, sandbox, people, agent } = world
  const image = `${agent.dataDir}-image`
  await stack.kill('agent')
  await cp(agent.dataDir, image, { recursive: true })
  await stack.start('agent')
  await people.tillChanges(3)
  await people.tillAdds(3)
  await people.staffMake(3)
  await world.comesToRestRight()
  await leaveCommandsOpen()
  await stack.kill('agent')
  await people.bothChange(3)
  await rm(agent.dataDir, { recursive: true })
  await cp(image, agent.dataDir, { recursive: true })
  await sandbox.post('/control/store/settings', { edtRunMs: 200 })
  await stack.start('agent')
  await people.staffMake(2)
  await world.comesToRestRight()
})
