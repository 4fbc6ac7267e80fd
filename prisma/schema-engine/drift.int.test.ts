import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asSuperuser, freshDatabase, type TestDatabase } from '../../tests/support/database.ts'
import { prismaEnv } from './env.ts'

const schema = join(import.meta.dirname, '..', 'schema.prisma')
const migrations = join(import.meta.dirname, '..', 'migrations')
const toSchema = (path: string) => ['diff', '--exit-code', '--from-migrations', migrations, '--to-schema', path]

let database: TestDatabase
let folder: string

beforeAll(async () => {
  database = await freshDatabase()
  folder = await mkdtemp(join(tmpdir(), 'jumpring-'))
})

afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

test.concurrent('schema.prisma and the migrations say the same', async () => {
  const { code, output } = await migrateCli(...toSchema(schema))
  expect(code).toBe(0)
  // The words count as well: without an answer from its engine the CLI ends with 0, too.
  expect(output).toContain('No difference detected')
})

test.concurrent('a column that no migration makes is a difference', async () => {
  const changed = join(folder, 'schema.prisma')
  const text = await readFile(schema, 'utf8')
  await writeFile(changed, text.replace('model RateBudget {', '$&\n  drifted String?'))

  const { code, output } = await migrateCli(...toSchema(changed))
  expect(code).toBe(2)
  expect(output).toContain('Changed the `rate_budget` table')
  expect(output).toContain('Added column `drifted`')
})

test.concurrent('what migrate() has applied, the Prisma CLI takes for applied', async () => {
  const { code, output } = await migrateCli('status')
  expect(code).toBe(0)
  expect(output).toContain('Database schema is up to date')
})

test('the databases in which migrations were tried out are gone', async () => {
  const left = await asSuperuser((client) =>
    client.query(`select from pg_database where datname like 'prisma_migrate_shadow_db_%'`),
  )
  expect(left.rowCount).toBe(0)
})

/** `prisma migrate …` as a contributor calls it. */
function migrateCli(...args: string[]): Promise<{ code: number; output: string }> {
  const program = join(import.meta.dirname, 'migrate.ts')
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, ...args],
      { env: prismaEnv(database.ownerUrl) },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    )
  })
}
