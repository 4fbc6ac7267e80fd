import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
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
  await writeFile(changed, await schemaWith('drifted String?'))

  const { code, output } = await migrateCli(...toSchema(changed))
  expect(code).toBe(2)
  expect(output).toContain('Changed the `rate_budget` table')
  expect(output).toContain('Added column `drifted`')
})

test.concurrent('migrate dev takes over what migrate() has applied, applies what is pending, writes what is missing', async () => {
  const copy = join(folder, 'copy')
  await cp(migrations, join(copy, 'migrations'), { recursive: true })
  await mkdir(join(copy, 'migrations', '29990101000000_pending'))
  // A function whose body holds semicolons: a migration goes to the server in one piece.
  const pending = `ALTER TABLE "rate_budget" ADD COLUMN "pending" TEXT;
    CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN n := n * 2; RETURN n; END $$;`
  await writeFile(join(copy, 'migrations', '29990101000000_pending', 'migration.sql'), pending)
  await writeFile(join(copy, 'schema.prisma'), await schemaWith('pending String?\n  missing String?'))
  await writeFile(
    join(copy, 'prisma.config.mjs'),
    `export default {
      schema: 'schema.prisma',
      migrations: { path: 'migrations' },
      datasource: { url: process.env.DATABASE_OWNER_URL },
    }`,
  )

  const { code, output } = await migrateCli('dev', '--name', 'missing', '--config', join(copy, 'prisma.config.mjs'))
  expect(output).toContain('Your database is now in sync with your schema')
  expect(code).toBe(0)
  const written = (await readdir(join(copy, 'migrations'))).find((name) => name.endsWith('_missing'))
  expect(await readFile(join(copy, 'migrations', `${written}`, 'migration.sql'), 'utf8')).toMatch(
    /^-- AlterTable\nALTER TABLE "rate_budget" ADD COLUMN +"missing" TEXT;\s*$/,
  )
})

test('the databases in which migrations were tried out are gone', async () => {
  const left = await asSuperuser((client) =>
    client.query(`select from pg_database where datname like 'prisma_migrate_shadow_db_%'`),
  )
  expect(left.rowCount).toBe(0)
})

/** schema.prisma with more columns in one of its tables. */
async function schemaWith(columns: string): Promise<string> {
  return (await readFile(schema, 'utf8')).replace('model RateBudget {', `$&\n  ${columns}`)
}

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
