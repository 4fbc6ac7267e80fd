import { openDatabase, renewGeneration } from '@jumpring/db'
import { afterAll, beforeAll, test } from 'vitest'
import { readPodium } from './admin.ts'
import { type OwnDatabase, startOwnDatabase } from './database.ts'
import { startWorld, type World } from './world.ts'

let postgres: OwnDatabase
let world: World

beforeAll(async () => {
  postgres = await startOwnDatabase()
  world = await startWorld({ customers: 200, database: postgres.database })
})
afterAll(() => world?.stack.stop())

test('PostgreSQL killed during the first upload and while customers come down: nothing lost, nothing doubled', async () => {
  const { sandbox, people, contacts } = world
  await sandbox.post('/store/export', { full: true })
  await contacts(30)
  await postgres.kill()
  await people.tillChanges(2)
  await postgres.start()
  await contacts(90)
  await people.staffMake(3)
  await people.staffAdd(3)
  await people.tillAdds(3)
  await postgres.kill()
  await people.staffMake(2)
  await postgres.start()
  await world.comesToRestRight()
})

test("the cloud's database set back to an earlier backup: both sides come to rest, right", async () => {
  const { stack, people } = world
  await cloud('kill')
  await postgres.stop()
  await postgres.backUp()
  await postgres.start()
  await cloud('start')

  await people.tillAdds(4)
  await people.tillChanges(3)
  await people.staffMake(5)
  await people.staffAdd(4)
  await people.bothChange(2)
  await world.comesToRestRight()

  // Set back at night: the store's machine is off, Podium is read first.
  await stack.kill('agent')
  await cloud('kill')
  await postgres.stop()
  await people.tillChanges(2)
  await people.staffMake(2)
  await postgres.setBack()
  await postgres.start()
  const db = openDatabase(postgres.database.appUrl)
  await renewGeneration(db)
  await db.close()
  await cloud('start')
  await readPodium(world)
  await people.staffAdd(1)
  await stack.start('agent')
  await world.comesToRestRight()

  async function cloud(what: 'kill' | 'start'): Promise<void> {
    await Promise.all(['api', 'worker'].map((name) => stack[what](name)))
  }
})
