import { JumpringError } from '@jumpring/contracts'
import type { Logger } from 'pino'
import { pause } from '../bell.ts'
import type { Cloud } from '../cloud/client.ts'
import type { State } from '../store/state.ts'
import { isRefusal } from './install.ts'
import { keptLicenses, noteConfirmed, noteRefused } from './kept.ts'

/** How often it looks for a license that the cloud has not got: one that was installed while there was no line, or before a restore. */
const everyMs = 5000

/** Hands in what was installed while the cloud did not answer, until `signal` aborts. */
export async function runLicenses(
  { state, cloud, log }: { state: State; cloud: Cloud; log: Logger },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await handIn(state, cloud, log)
    await pause(everyMs, signal)
  }
}

async function handIn(state: State, cloud: Cloud, log: Logger): Promise<void> {
  const generation = state.get('generation')
  if (generation === undefined) return
  for (const kept of keptLicenses(state)) {
    if (kept.confirmedBy === generation || kept.refusal !== null) continue
    try {
      await cloud.installLicense(kept.file)
      noteConfirmed(state, kept, generation)
      log.info({ platform: kept.platform }, 'The license is installed.')
    } catch (error) {
      if (!(error instanceof JumpringError)) throw error
      if (!isRefusal(error)) return
      noteRefused(state, kept, error.message)
      log.warn({ platform: kept.platform, code: error.code }, error.message)
    }
  }
}
