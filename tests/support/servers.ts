import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { migrate } from '@jumpring/db'
import { ensureDatabase, startPostgres, startTemporal } from '@jumpring/infra/local'
import { inject } from 'vitest'
import { sweepLeftovers, temporaryFolder } from './leftovers.ts'

/** The servers that all tests of a run share. */
export interface Servers {
  /** Address of database `postgres` as superuser. */
  postgresUrl: string
  /** Password of the role that the applications use. */
  appPassword: string
  temporalAddress: string
}

declare module 'vitest' {
  interface ProvidedContext {
    servers: Servers
  }
}

/** A database that holds the migrated schema and nothing else: every test's database is a copy of it. */
export const templateDatabase = 'jumpring_template'

let started: Servers | undefined

/** The servers of this run: those that this process has started, or in a test those of the run. */
export function servers(): Servers {
  return started ?? inject('servers')
}

/**
 * One PostgreSQL and one Temporal on free ports and in a folder of their own. Benchmarks, which run outside the test
 * runner, want `durable`: a commit waits for the disk, as in production.
 */
export async function startServers({ durable }: { durable: boolean }): Promise<Servers & { stop(): Promise<void> }> {
  // Never on a server that the environment names: tests make roles and databases.
  for (const name of ['DATABASE_URL', 'DATABASE_OWNER_URL', 'TEMPORAL_ADDRESS']) delete process.env[name]
  await sweepLeftovers()
  const dir = await temporaryFolder()
  const say = (line: string) => process.stderr.write(`${line}\n`)
  // Each test's database would be looked at for something to vacuum, every minute.
  const shortLived = { fsync: 'off', full_page_writes: 'off', autovacuum: 'off' }
  const settings = { max_connections: '400', ...(durable ? {} : shortLived) }
  const [postgres, temporal] = await Promise.all([
    startPostgres({ dir: join(dir, 'postgres'), settings, say }),
    startTemporal({ dir: join(dir, 'temporal') }),
  ])
  const stop = async () => {
    await Promise.all([postgres.stop(), temporal.stop()])
    await rm(dir, { recursive: true, force: true })
  }
  try {
    const appPassword = randomBytes(16).toString('hex')
    await ensureDatabase(postgres, templateDatabase)
    await migrate({ ownerUrl: postgres.superUrl(templateDatabase), appPassword })
    started = { postgresUrl: postgres.superUrl('postgres'), appPassword, temporalAddress: temporal.address }
    return { ...started, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
