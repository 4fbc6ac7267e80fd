import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { servers, templateDatabase } from './servers.ts'

/** A database of one test's own. */
export interface TestDatabase {
  name: string
  /** As superuser: sees everything, row-level security does not hold for it. */
  ownerUrl: string
  /** As the applications see it: role jumpring_app, under row-level security. */
  appUrl: string
  /** A copy of what it holds now. Nobody may be connected: kill api and worker first. */
  backup(): Promise<TestDatabase>
  /** Sets it back to a backup, under the same addresses. */
  restore(backup: TestDatabase): Promise<void>
  drop(): Promise<void>
}

/** A migrated, empty database. */
export function freshDatabase(): Promise<TestDatabase> {
  return copyOf(templateDatabase)
}

/** Connections past row-level security. End it before the database is dropped. */
export function ownerPool(database: TestDatabase, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: database.ownerUrl, max })
  // `end` does not wait until its connections are closed: the server may cut them when it drops the database.
  pool.on('error', () => {})
  return pool
}

async function copyOf(template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await asSuperuser((client) => client.query(`create database ${name} template ${template}`))
  const owner = new URL(servers().postgresUrl)
  owner.pathname = `/${name}`
  const app = new URL(owner)
  app.username = 'jumpring_app'
  app.password = servers().appPassword
  return {
    name,
    ownerUrl: owner.href,
    appUrl: app.href,
    backup: () => copyOf(name),
    restore: (backup) =>
      asSuperuser(async (client) => {
        await client.query(`drop database ${name} with (force)`)
        await client.query(`create database ${name} template ${backup.name}`)
      }),
    drop: () => asSuperuser(async (client) => void (await client.query(`drop database ${name} with (force)`))),
  }
}

/** Runs `work` with a superuser's connection to database `postgres`. */
export async function asSuperuser<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: servers().postgresUrl })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
