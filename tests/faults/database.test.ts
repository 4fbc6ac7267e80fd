import { openDatabase, renewGeneration } from '@jumpring/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { readPodium } from './admin.ts'
import { type OwnDatabase, startOwnDatabase } from './database.ts'
import { startWorld, type World } from './world.ts'

let postgres: OwnDatabase
let world: World

beforeAll(async () => {
  postgres = await startOwnDatabase()
  world = await startWorld({ customers: 200, database: postgres.database, texts: true })
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

test("[CO-10] the cloud's database set back to an earlier backup: both sides come to rest, right, and no text is sent again", async () => {
  const { stack, people, sandbox } = world
  await text('Before the backup.')
  await textIs('Before the backup.', 'Delivered')
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
  await text('After the backup.')
  await textIs('After the backup.', 'Delivered')
  await world.comesToRestRight()

  // Set back at night: the store's machine is off, Podium is read first.
  await stack.kill('agent')
  await cloud('kill')
  await postgres.stop()
  await people.tillChanges(2)
  await people.staffMake(2)
  await text('At night.')
  await postgres.setBack()
  await postgres.start()
  const db = openDatabase(postgres.database.appUrl)
  await renewGeneration(db)
  await db.close()
  await cloud('start')
  await readPodium(world)
  await people.staffAdd(1)
  await stack.start('agent')
  await textIs('At night.', 'Delivered')
  await world.comesToRestRight()
  const texts = z.array(z.looseObject({ body: z.string() })).parse(await sandbox.get('/state/podium/texts'))
  expect(texts.map(({ body }) => body)).toEqual(['Before the backup.', 'After the backup.', 'At night.'])
  // Nor was it tried: that the partner's way takes a repeated message for one is our assumption.
  const requests = z
    .record(z.string(), z.record(z.string(), z.number()))
    .parse(await sandbox.get('/state/podium/requests'))
  expect(requests['POST /partner/v1/texts']).toEqual({ 202: 3 })

  async function text(NotificationMessage: string): Promise<void> {
    const [customer = expect.fail('the store has no customer')] = await sandbox.customers()
    const fields = { NotificationCustKey: customer.Key, NotificationPhone: '2035550199', NotificationMessage }
    await sandbox.post('/control/store/notifications', fields)
  }

  async function textIs(body: string, status: string): Promise<void> {
    const rows = z.array(z.looseObject({ NotificationMessage: z.string(), NotificationStatus: z.string() }))
    await stack.waitFor(
      async () =>
        rows
          .parse(await sandbox.get('/state/store/notifications'))
          .some((row) => row.NotificationMessage === body && row.NotificationStatus === status),
      { what: `“${body}” as ${status} in The Edge` },
    )
  }

  async function cloud(what: 'kill' | 'start'): Promise<void> {
    await Promise.all(['api', 'worker'].map((name) => stack[what](name)))
  }
}, 120_000)
