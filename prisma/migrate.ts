import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'

const folder = new URL('./migrations/', import.meta.url)
/** Any number that nothing else locks. */
const migrationLock = 7_301_544

/**
 * Applies prisma/migrations in order and lets `jumpring_app` sign in. One that was applied under another name is known by its content. Keeps Prisma's own books (`_prisma_migrations`), so the
 * Prisma CLI sees the same state. Safe to run from several processes at once.
 * @param options.ownerUrl a role that may create tables and roles
 * @param options.appPassword the password of the application's role
 * @throws if a migration fails, or if one that was applied has been edited since
 */
export async function migrate(options: { ownerUrl: string; appPassword: string }): Promise<{ applied: string[] }> {
  const client = new pg.Client({ connectionString: options.ownerUrl })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock])
    await client.query(`CREATE TABLE IF NOT EXISTS _prisma_migrations (
      id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL,
      logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)`)
    const applied = await applyMissing(client)
    await letAppSignIn(client, options.appPassword)
    return { applied }
  } finally {
    await client.end()
  }
}

async function applyMissing(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    'SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL',
  )
  const known = new Map(rows.map((row) => [row.migration_name, row.checksum]))
  const nameOf = new Map(rows.map((row) => [row.checksum, row.migration_name]))
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  const applied: string[] = []
  for (const name of names.sort()) {
    const sql = await readFile(new URL(`${name}/migration.sql`, folder), 'utf8')
    const checksum = createHash('sha256').update(sql).digest('hex')
    if (known.has(name)) {
      if (known.get(name) !== checksum)
        throw new Error(`Migration ${name} was changed after it had been applied to this database.`)
      continue
    }
    const formerName = nameOf.get(checksum)
    if (formerName !== undefined) {
      await client.query('UPDATE _prisma_migrations SET migration_name = $2 WHERE migration_name = $1', [
        formerName,
        name,
      ])
      continue
    }
    await client.query('BEGIN')
    await client.query(sql)
    await client.query(
      'INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES (gen_random_uuid(), $1, $2, now(), 1)',
      [checksum, name],
    )
    await client.query('COMMIT')
    applied.push(name)
  }
  return applied
}

async function letAppSignIn(client: pg.Client, password: string): Promise<void> {
  const secret = client.escapeLiteral(password)
  const { rowCount } = await client.query(`SELECT FROM pg_roles WHERE rolname = 'jumpring_app'`)
  await client.query(`${rowCount ? 'ALTER' : 'CREATE'} ROLE jumpring_app LOGIN NOINHERIT PASSWORD ${secret}`)
  await client.query('GRANT jumpring_tenant, jumpring_vendor, jumpring_system TO jumpring_app')
}
