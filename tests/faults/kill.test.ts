import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from './world.ts'

let world: World
const customers = 400

beforeAll(async () => {
  world = await startWorld({ customers, ownTemporal: true })
})
afterAll(() => world?.stack.stop())

const shown = async () => (await world.sandbox.contacts(world.tenant.account.organizationUid)).length

test('[CO-01] [AG-03] each of agent, worker, api and Temporal killed during the first upload: nothing lost, nothing doubled', async () => {
  const { stack, sandbox, people, contacts, killAndStart } = world
  // Podium's limit makes the upload last longer than it takes to look and kill, on a busy machine too.
  await sandbox.post('/control/podium/settings', { rateLimit: 60, rateWindowSeconds: 1 })
  // The Edge takes its time, so that the agent is killed in the middle of the file.
  await sandbox.post('/control/store/settings', { writing: 'slow', pieces: 20, pieceWaitMs: 100 })
  const exported = sandbox.post('/store/export', { full: true })
  await stack.waitFor(async () => (await readdir(join(world.agent.edtFolder, 'Inbox'))).length > 0, {
    what: 'the export to begin',
  })
  await killAndStart('agent')
  await exported
  await sandbox.post('/control/store/settings', { writing: 'rename' })
  await people.tillChanges(3)
  const starts: Promise<void>[] = []
  for (const [name, atLeast] of [
    ['worker', 40],
    ['api', 90],
    ['temporal', 120],
  ] as const) {
    await contacts(atLeast)
    await stack.kill(name)
    expect(await shown(), `contacts when ${name} was killed`).toBeLessThan(customers * 0.7)
    starts.push(stack.start(name))
  }
  await sandbox.post('/control/podium/settings', { rateLimit: 0 })
  await people.staffAdd(3)
  await people.staffMake(3)
  await people.tillAdds(3)
  await Promise.all(starts)
  await people.tillChanges(3)
  await world.comesToRestRight()
})

test.each(['agent', 'api', 'worker', 'temporal', 'worker and temporal', 'agent and api'])(
  '[CO-04] [CO-07] %s killed while changes go up and customers come down: nothing lost, nothing doubled',
  async (names) => {
    const { people, contacts, killAndStart } = world
    const before = await shown()
    await people.staffMake(4)
    await people.staffAdd(3)
    await people.tillChanges(3)
    await people.tillAdds(30)
    await contacts(before + 10)
    await killAndStart(...names.split(' and '))
    await people.staffMake(2)
    await world.comesToRestRight()
  },
)

test("with Temporal's database lost, connections get their workflow back by themselves and go on", async () => {
  const { stack, people } = world
  await people.tillAdds(20)
  await people.staffMake(2)
  await stack.kill('temporal')
  await people.tillChanges(2)
  const folder = join(stack.dir, 'temporal')
  for (const name of await readdir(folder)) if (name.startsWith('temporal.db')) await rm(join(folder, name))
  await stack.start('temporal')
  await people.staffAdd(2)
  await world.comesToRestRight()
})

test('the reference sees one contact too many and one too few', async () => {
  const { stack, sandbox, people, tenant } = world
  const { organizationUid } = tenant.account
  // Nobody mends what is broken here.
  await stack.kill('worker')
  const [one] = await sandbox.contacts(organizationUid)
  await fetch(`${stack.addresses.sandbox}/control/podium/contacts/${one?.uid}`, { method: 'DELETE' })
  const extra = { organizationUid, name: 'Nobody', phoneNumbers: ['+12035559999'], emails: [] }
  await sandbox.post('/control/podium/contacts', extra)
  expect(await people.differences()).toEqual([
    expect.stringMatching(/^001-\d+ has 0 contacts$/),
    "the contact Nobody is nobody's",
  ])
})
