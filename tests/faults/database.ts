import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { migrate } from '@jumpring/db'
import { ensureDatabase, isAlive, type Postgres, startPostgres, stopProcess, until } from '@jumpring/infra/local'
import pg from 'pg'
import type { TestDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/leftovers.ts'

/** A PostgreSQL server of one test's own, which can be killed and set back. Its database stays at the same address. */
export interface OwnDatabase {
  database: TestDatabase
  /** Kills the server as a power cut does. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Keeps a copy of the data; the server must be stopped. */
  backUp(): Promise<void>
  /** Ends the server in order. */
  stop(): Promise<void>
  /** Puts the copy in the place of the data; the server must be stopped. */
  setBack(): Promise<void>
}

const name = 'jumpring'

/** Starts a server with a migrated, empty database. Commits wait for the disk. */
export async function startOwnDatabase(): Promise<OwnDatabase> {
  const dir = await temporaryFolder()
  let server: Postgres = await startPostgres({ dir })
  const { port } = server
  const data = await dataFolder(server.superUrl('postgres'))
  const copy = join(dirname(data), 'backup')
  await ensureDatabase(server, name)
  const ownerUrl = server.superUrl(name)
  const appPassword = randomBytes(16).toString('hex')
  await migrate({ ownerUrl, appPassword })
  const appUrl = new URL(ownerUrl)
  appUrl.username = 'jumpring_app'
  appUrl.password = appPassword
  return {
    database: {
      name,
      ownerUrl,
      appUrl: appUrl.href,
      backup: notHere,
      restore: notHere,
      async drop() {
        await server.stop()
        for (const folder of [data, copy, dir]) await rm(folder, { recursive: true, force: true })
      },
    },
    async kill() {
      const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0])
      if (pid > 0 && (await isAlive(pid))) await stopProcess(pid, 'SIGKILL')
    },
    async start() {
      // The sessions of a killed server notice its end a moment later; until then PostgreSQL refuses to start again.
      const started = await until(() => startPostgres({ dir, port }), {
        timeoutMs: 20_000,
        what: 'PostgreSQL to start',
      })
      server = started
    },
    stop: () => server.stop(),
    backUp: () => copyFolder(data, copy),
    async setBack() {
      await rm(data, { recursive: true })
      await copyFolder(copy, data)
    },
  }
}

/** With its owner: root's server runs as another user. */
async function copyFolder(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', from, to])
}

const notHere = () => Promise.reject(new Error('Here the whole server is backed up and set back.'))

async function dataFolder(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory')
    return rows[0]?.data_directory ?? ''
  } finally {
    await client.end()
  }
}
