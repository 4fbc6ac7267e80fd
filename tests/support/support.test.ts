import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import pg from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from './database.ts'
import { clearAway, temporaryFolder } from './leftovers.ts'
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

test('what a killed run has left is ended, but not the app of another run that has got the same process id since', async () => {
  const [mine, others] = await Promise.all([temporaryFolder(), temporaryFolder()])
  const program = join(others, 'dist', 'main.js')
  await mkdir(join(others, 'dist'))
  await writeFile(program, `console.log('up'); setInterval(() => {}, 1000)`)
  const start = async (folder: string) => {
    const child = spawn(process.execPath, [program], { env: { KEY_FILE: join(folder, 'keys.json') } })
    await once(child.stdout, 'data')
    await writeFile(join(mine, `${child.pid}.pid`), String(child.pid))
    return child
  }
  const [left, running] = [await start(mine), await start(others)]
  const ended = once(left, 'exit')
  await clearAway(mine)
  await ended
  expect(running.exitCode ?? running.signalCode).toBeNull()
  await writeFile(join(others, 'app.pid'), String(running.pid))
  const gone = once(running, 'exit')
  await clearAway(others)
  await gone
})
