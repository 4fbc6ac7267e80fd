import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { Cloud } from './cloud/client.ts'
import { readConfig, readKey } from './config.ts'
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
    await attempt('Data folder can be written', () => access(dataDir, constants.W_OK)),
    await attempt('Database is sound', async () => checkDatabase(dataDir)),
    ...(await Promise.all(
      ['Inbox', 'Outbox'].map((folder) =>
        attempt(`${folder} can be read and written`, () =>
          access(join(config.edt, folder), constants.R_OK | constants.W_OK),
        ),
      ),
    )),
    await attempt(`Cloud at ${config.cloud} knows this agent`, () => cloud.hello()),
  ]
}

async function attempt(what: string, look: () => Promise<unknown>): Promise<Finding> {
  try {
    await look()
    return { what, problem: null }
  } catch (error) {
    return { what, problem: error instanceof Error ? error.message : String(error) }
  }
}

function checkDatabase(dataDir: string): void {
  const { db } = openStore(dataDir)
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
