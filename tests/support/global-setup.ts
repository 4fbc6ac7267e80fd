import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '@jumpring/db'
import { ensureDatabase, startPostgres, startTemporal } from '@jumpring/infra/local'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of database `postgres` as superuser. */
    postgresUrl: string
    /** Password of the role that the applications use. */
    appPassword: string
    temporalAddress: string
  }
}

/** A database that holds the migrated schema and nothing else: every test's database is a copy of it. */
export const templateDatabase = 'jumpring_template'

/** One PostgreSQL and one Temporal for the whole run, on free ports and in folders of their own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Never on a server that the environment names: tests make roles and databases.
  for (const name of ['DATABASE_URL', 'DATABASE_OWNER_URL', 'TEMPORAL_ADDRESS']) delete process.env[name]
  const dir = await mkdtemp(join(tmpdir(), 'jumpring-test-'))
  // PostgreSQL may have to run as another user than we do.
  await chmod(dir, 0o755)
  const said = (line: string) => process.stderr.write(`${line}\n`)
  const [postgres, temporal] = await Promise.all([
    // Nothing here has to survive a power cut; a killed server or client loses nothing without fsync either.
    startPostgres({ dir: join(dir, 'postgres'), settings: { fsync: 'off', max_connections: '400' }, say: said }),
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
    project.provide('postgresUrl', postgres.superUrl('postgres'))
    project.provide('appPassword', appPassword)
    project.provide('temporalAddress', temporal.address)
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}
