import { pino } from 'pino'
import { enroll } from '../src/cloud/enroll.ts'
import { readConfig } from '../src/config.ts'
import type { Patience } from '../src/edt/inbox.ts'
import { runAgent } from '../src/run.ts'
import type { HarnessCloud } from './cloud.ts'
import type { StoreFolder } from './store.ts'

/** An agent in this process, enrolled where it is not yet. Stop it before its folder is removed. */
export async function startAgent(
  cloud: HarnessCloud,
  store: StoreFolder,
  patience?: Patience,
): Promise<{ stop(): Promise<void> }> {
  if (!readConfig(store.data)) {
    const given = {
      code: 'TEST-CODE-1',
      cloud: cloud.url,
      edt: store.edt,
      data: store.data,
      name: 'till',
      region: 'US',
    }
    await enroll(given)
  }
  const config = readConfig(store.data)
  if (!config) throw new Error('Enrollment left no configuration.')
  const stopping = new AbortController()
  const options = { config, dataDir: store.data, log: pino({ level: 'silent' }), ...(patience ? { patience } : {}) }
  const running = runAgent(options, stopping.signal)
  return {
    stop: () => {
      stopping.abort()
      return running
    },
  }
}
