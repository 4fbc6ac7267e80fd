import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freshDatabase, ownerPool, type TestDatabase } from '../tests/support/database.ts'
import { type Database, inTenant, openDatabase } from './scope.ts'

let database: TestDatabase
let db: Database
const tenantId = randomUUID()

beforeEach(async () => {
  database = await freshDatabase()
  db = openDatabase(database.appUrl, { connections: 1, keepsPlans: true })
})
afterEach(async () => {
  await db.close()
  await database.drop()
})

test('after a migration that adds a column a kept statement fails once, and then gives the column', async () => {
  const read = () => inTenant(db, tenantId, (sql) => sql.query('SELECT * FROM source WHERE tenant_id = $1', [tenantId]))
  expect((await read()).fields.map(({ name }) => name)).not.toContain('nickname')
  const owner = ownerPool(database, 1)
  await owner.query('ALTER TABLE source ADD COLUMN nickname text')
  await owner.end()
  await expect(read()).rejects.toMatchObject({ code: '0A000' })
  expect((await read()).fields.map(({ name }) => name)).toContain('nickname')
})

test('a statement is kept under its text, one that gets a list is not', async () => {
  const kept = await inTenant(db, tenantId, async (sql) => {
    for (let time = 0; time < 2; time += 1) {
      await sql.query('SELECT key FROM record WHERE key = $1', ['a'])
      await sql.query('SELECT key FROM record WHERE key = ANY($1)', [['a']])
    }
    const { rows } = await sql.query<{ statement: string }>('SELECT statement FROM pg_prepared_statements')
    return rows.map(({ statement }) => statement)
  })
  expect(kept).toEqual(['SELECT key FROM record WHERE key = $1'])
})

test('a plan that was made while a table was small reads it by its index', async () => {
  const owner = ownerPool(database, 1)
  await owner.query(
    `INSERT INTO record (tenant_id, source_id, kind, key, hash, payload, seq, changed_at) VALUES ($1, $1, 'customer', '001-00001', '', '{}', 1, now())`,
    [tenantId],
  )
  await owner.query('ANALYZE record')
  await owner.end()
  const text = 'SELECT payload FROM record WHERE tenant_id = $1 AND source_id = $2 AND kind = $3 AND key = $4'
  const plan = await inTenant(db, tenantId, async (sql) => {
    const ask = () => sql.query(text, [tenantId, tenantId, 'customer', '001-00001'])
    // From the sixth time on it is the kept one.
    for (let time = 0; time < 6; time += 1) await ask()
    const { rows } = await sql.query<{ name: string }>('SELECT name FROM pg_prepared_statements')
    const id = `'${tenantId}'`
    const explained = await sql.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN EXECUTE "${rows[0]?.name}" (${id}, ${id}, 'customer', '001-00001')`,
    )
    return explained.rows.map((row) => row['QUERY PLAN']).join('\n')
  })
  expect(plan).toContain('Index Scan using record_pkey')
})
