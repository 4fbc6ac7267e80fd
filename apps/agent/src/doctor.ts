import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { Cloud } from './cloud/client.ts'
import { type Config, readConfig, readKey } from './config.ts'
import { checkQueries } from './sql/check.ts'
import { planOf, type SqlConfig } from './sql/config.ts'
import { openStore } from './store/store.ts'

/** One thing looked at; `problem` says what is wrong and what to do. */
export interface Finding {
  readonly what: string
  readonly problem: string | null
}

/** Looks at everything the agent needs. */
export async function examine(dataDir: string): Promise<Finding[]> {
  const config = readConfig(dataDir)
  if (!config) return [{ what: 'Enrollment', problem: 'Not enrolled. Run "enroll" with the code you were given.' }]
  const cloud = new Cloud(
    { cloud: config.cloud, agentId: config.agentId, key: readKey(dataDir) },
    AbortSignal.timeout(20_000),
  )
  return [
    { what: 'Enrollment', problem: null },
    await attempt('Data folder', () => reachable(dataDir)),
    await attempt('Database', async () => checkDatabase(dataDir, config.region)),
    await attempt('Inbox', () => reachable(join(config.edt, 'Inbox'))),
    await attempt('Outbox', () => reachable(join(config.edt, 'Outbox'))),
    ...(config.sql ? await examineQueries(dataDir, config, config.sql) : []),
    await attempt(`Cloud at ${config.cloud}`, () => cloud.hello()),
  ]
}

/** Tries each query of The Edge's database. Throws nothing: a mapping file that cannot be used is a finding too. */
export async function examineQueries(dataDir: string, config: Config, sql: SqlConfig): Promise<Finding[]> {
  const store = openStore(dataDir, config.region)
  try {
    return await checkQueries(planOf(sql), { store, settings: config })
  } catch (error) {
    return [{ what: 'Mapping file', problem: error instanceof Error ? error.message : String(error) }]
  } finally {
    store.db.close()
  }
}

async function attempt(what: string, look: () => Promise<unknown>): Promise<Finding> {
  try {
    await look()
    return { what, problem: null }
  } catch (error) {
    return { what, problem: error instanceof Error ? error.message : String(error) }
  }
}

async function reachable(folder: string): Promise<void> {
  try {
    await access(folder, constants.R_OK | constants.W_OK)
  } catch (cause) {
    throw new Error(`${folder} is missing, or this user may not read and write there.`, { cause })
  }
}

function checkDatabase(dataDir: string, region: string): void {
  const { db } = openStore(dataDir, region)
  try {
    const result = String(db.prepare('PRAGMA quick_check').get()?.quick_check)
    if (result !== 'ok') {
      throw new Error(
        'agent.db is damaged. Stop the agent, move agent.db away and start it: it is made anew from the kept files.',
      )
    }
  } finally {
    db.close()
  }
}
