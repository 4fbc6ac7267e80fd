import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../tests/support/database.ts'
import { servers } from '../tests/support/servers.ts'
import { migrate } from './migrate.ts'

const folder = join(import.meta.dirname, 'migrations')
const names = async () =>
  (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name)

let database: TestDatabase
let client: pg.Client

beforeEach(async () => {
  database = await freshDatabase()
  client = new pg.Client({ connectionString: database.ownerUrl })
  await client.connect()
})
afterEach(async () => {
  await client.end()
  await database.drop()
})

test('each migration has a moment of its own that is over: what `migrate:dev` writes next comes behind them all', async () => {
  const stamps = (await names()).map((name) => name.slice(0, 14))
  expect(new Set(stamps).size).toBe(stamps.length)
  const now = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  for (const stamp of stamps) expect(stamp <= now, stamp).toBe(true)
})

test('a migration that was applied under another name is not applied again', async () => {
  await client.query(
    `UPDATE _prisma_migrations SET migration_name = '20991231235959_brake' WHERE migration_name LIKE '%\\_brake'`,
  )
  const { applied } = await migrate({ ownerUrl: database.ownerUrl, appPassword: servers().appPassword })
  expect(applied).toEqual([])
  const { rows } = await client.query<{ name: string }>('SELECT migration_name AS name FROM _prisma_migrations')
  expect(rows.map(({ name }) => name).toSorted()).toEqual((await names()).toSorted())
})
