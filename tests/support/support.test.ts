import { Client, Connection } from '@temporalio/client'
import pg from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from './database.ts'
import { temporalNamespace } from './temporal.ts'

test('two fresh databases hold the same schema and share no row; the application signs in to its own', async () => {
  const [one, two] = await Promise.all([freshDatabase(), freshDatabase()])
  const vendors = async (url: string) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query('select name from vendor').finally(() => client.end())
    return rows.length
  }
  const owner = new pg.Client({ connectionString: one.ownerUrl })
  await owner.connect()
  await owner.query(`insert into vendor (name, platform) values ('Podium', 'podium')`)
  await owner.end()
  expect([await vendors(one.ownerUrl), await vendors(two.ownerUrl)]).toEqual([1, 0])
  await Promise.all([one.drop(), two.drop()])
})

test('a database set back to a backup holds what it held then', async () => {
  const database = await freshDatabase()
  const say = async (sql: string) => {
    const client = new pg.Client({ connectionString: database.ownerUrl })
    await client.connect()
    return client.query(sql).finally(() => client.end())
  }
  await say(`insert into vendor (name, platform) values ('Podium', 'podium')`)
  const backup = await database.backup()
  await say(`insert into vendor (name, platform) values ('Clientbook', 'clientbook')`)
  await database.restore(backup)
  expect((await say('select name from vendor')).rows).toEqual([{ name: 'Podium' }])
  await Promise.all([database.drop(), backup.drop()])
})

test('a workflow id of one namespace is unknown in another', async () => {
  const [one, two] = await Promise.all([temporalNamespace(), temporalNamespace()])
  const connection = await Connection.connect({ address: one.address })
  const [here, there] = [one, two].map(({ namespace }) => new Client({ connection, namespace }))
  await here?.workflow.start('any', { workflowId: 'same', taskQueue: 'none' })
  await expect(here?.workflow.getHandle('same').describe()).resolves.toMatchObject({ workflowId: 'same' })
  await expect(there?.workflow.getHandle('same').describe()).rejects.toThrow(/not found/i)
  await connection.close()
})
