import { basename } from 'node:path'
import {
  checkLicense,
  type InstallAnswer,
  JumpringError,
  type License,
  type Licensing,
  platformNames,
  readLicense,
} from '@jumpring/contracts'
import { Cloud } from '../cloud/client.ts'
import { type Config, keepLicensing, readConfig, readKey } from '../config.ts'
import { openStore } from '../store/store.ts'
import { installedSerial, keep, noteConfirmed, noteRefused } from './kept.ts'

const patienceMs = 30_000

/** What became of a license that was to be installed. */
export interface Outcome {
  readonly license: License
  /** What the cloud says; null: it does not answer now, and the running agent hands the license in when it is back. */
  readonly confirmed: InstallAnswer | null
}

/**
 * Installs a license: judged here first, without the cloud, then handed in there, where it opens the streams.
 * @throws the `license_…` code that says why it is refused; nothing is kept of it then
 */
export async function installLicense(dataDir: string, file: string, now = new Date()): Promise<Outcome> {
  const config = readConfig(dataDir)
  if (!config) throw new Error('This agent is not enrolled. Run "enroll" first.')
  const identity = { cloud: config.cloud, agentId: config.agentId, key: readKey(dataDir) }
  const cloud = new Cloud(identity, AbortSignal.timeout(patienceMs))
  const store = openStore(dataDir, config.region)
  try {
    const judge = async (licensing: Licensing | undefined) => {
      const license = await readLicense(file, licensing?.keys ?? [])
      checkLicense(license, {
        tenantId: licensing?.tenantId ?? '',
        storeLicenseId: storeLicenseIdOf(config),
        platforms: licensing?.platforms ?? [],
        now,
        installedSerial: installedSerial(store.state, license.platform),
      })
      return license
    }
    const license = await judge(config.licensing).catch(async (error) => {
      // A key or a platform may be newer than what this agent has last heard.
      const unheard = isRefusal(error) && ['license_forged', 'license_platform'].includes(error.code)
      const heard = unheard ? await cloud.hello().catch(() => null) : null
      if (heard === null) throw error
      keepLicensing(dataDir, heard.licensing)
      return judge(heard.licensing)
    })
    keep(store.state, license, file)
    try {
      const { generation } = await cloud.hello()
      const confirmed = await cloud.installLicense(file)
      noteConfirmed(store.state, license, generation)
      return { license, confirmed }
    } catch (error) {
      if (!isRefusal(error)) return { license, confirmed: null }
      noteRefused(store.state, license, error.message)
      throw error
    }
  } finally {
    store.db.close()
  }
}

/** What a person reads of it. */
export function describeOutcome({ license, confirmed }: Outcome): string {
  const what = `the license for ${platformNames[license.platform]}, until ${license.until.slice(0, 10)}`
  return confirmed
    ? `Installed: ${what}.`
    : `Kept: ${what}. It is good, but the cloud does not answer now; the running agent hands it in when it is back.`
}

/** EDT: the folder with Inbox and Outbox has the name of the store's license id. */
export const storeLicenseIdOf = ({ edt }: Config): string => basename(edt)

export const isRefusal = (error: unknown): error is JumpringError =>
  error instanceof JumpringError && error.code.startsWith('license_')
