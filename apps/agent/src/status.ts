import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordKind } from '@jumpring/contracts'
import { platformNames } from '@jumpring/contracts'
import { readConfig } from './config.ts'
import { keptLicenses } from './license/kept.ts'
import type { KeptLicense } from './license/schema.ts'
import { takeLock } from './lock.ts'
import { kindsOf } from './sql/config.ts'
import { isFullyRead } from './store/completeness.ts'
import { openStore } from './store/store.ts'

/** What a person wants to know of an agent. Instants are UTC. */
export interface Status {
  readonly enrolled: boolean
  readonly running: boolean
  readonly connected: boolean
  /** A sentence, where something needs attention. */
  readonly trouble: string | null
  /** A sentence, where nothing can be written for The Edge. */
  readonly outboxTrouble: string | null
  readonly tenant: string | null
  readonly source: string | null
  /** Changes that wait to go up. */
  readonly waiting: number
  readonly lastUploadAt: string | null
  readonly lastFile: string | null
  readonly lastFileAt: string | null
  /** Whether a full export from The Edge has been read; until then nobody is created in The Edge. */
  readonly fullExportRead: boolean
  /** Changes written for The Edge that it has not shown yet. */
  readonly openCommands: number
  /** Of those, the ones that it should have shown long ago. */
  readonly unseenCommands: number
  /** A file in the Inbox that has not ended yet and does not grow: those after it wait for it, for half a minute. */
  readonly waitingFor: string | null
  readonly licenses: readonly Pick<KeptLicense, 'platform' | 'tier' | 'until' | 'refusal'>[]
  /** The kinds that are read from The Edge's database; empty where EDT's files are the only source. */
  readonly fromDatabase: readonly RecordKind[]
  /** Sentences: what cannot be read from The Edge's database, or written into it. */
  readonly sqlTroubles: readonly string[]
  /** Files that could not be read, or not to their end, in the folder SetAside. `why` is null where it is not known any more. */
  readonly setAside: readonly { readonly file: string; readonly why: string | null }[]
}

/** Reads the state of an agent, running or not. */
export async function readStatus(dataDir: string): Promise<Status> {
  const config = readConfig(dataDir)
  if (!config || !existsSync(join(dataDir, 'agent.db'))) {
    const nothing = {
      running: false,
      connected: false,
      trouble: null,
      outboxTrouble: null,
      waiting: 0,
      openCommands: 0,
      unseenCommands: 0,
    }
    const never = { lastUploadAt: null, lastFile: null, lastFileAt: null, fullExportRead: false, waitingFor: null }
    const none = { licenses: [], fromDatabase: [], sqlTroubles: [], setAside: [] }
    return {
      enrolled: config !== undefined,
      tenant: config?.tenant ?? null,
      source: config?.source ?? null,
      ...nothing,
      ...never,
      ...none,
    }
  }
  const lock = takeLock(dataDir)
  lock?.release()
  const running = lock === undefined
  const { db, state, spool, commands, setAside } = openStore(dataDir, config.region)
  try {
    return {
      enrolled: true,
      running,
      connected: running && (state.get('connected') ?? false),
      trouble: state.get('trouble') ?? null,
      outboxTrouble: state.get('outboxTrouble') ?? null,
      tenant: config.tenant,
      source: config.source,
      waiting: spool.size(),
      lastUploadAt: state.get('lastUploadAt') ?? null,
      lastFile: state.get('lastFile') ?? null,
      lastFileAt: state.get('lastFileAt') ?? null,
      fullExportRead: isFullyRead({ state }, 'customer'),
      openCommands: commands.count('prepared') + commands.count('written') + commands.count('unseen'),
      unseenCommands: commands.count('unseen'),
      waitingFor: state.get('waitingFor') ?? null,
      licenses: keptLicenses(state).map(({ platform, tier, until, refusal }) => ({ platform, tier, until, refusal })),
      fromDatabase: config.sql ? kindsOf(config.sql) : [],
      sqlTroubles: Object.values((config.sql && state.get('sqlTrouble')) ?? {}),
      setAside: (await readdir(join(config.edt, 'SetAside')).catch(() => [])).map((file) => ({
        file,
        why: setAside.messageOf(file),
      })),
    }
  } finally {
    db.close()
  }
}

/** The status in sentences. */
export function describeStatus(status: Status): string {
  if (!status.enrolled) return 'This agent is not enrolled. Run "enroll" with the code you were given.'
  const lines = [
    `${status.tenant ?? '?'}, ${status.source ?? '?'}`,
    status.running
      ? `Running, ${status.connected ? 'connected to the cloud.' : 'not connected to the cloud.'}`
      : 'Not running.',
    status.trouble,
    status.outboxTrouble,
    ...(status.licenses.length > 0
      ? status.licenses.map(describeLicense)
      : ['No license was installed on this machine.']),
    status.lastFile
      ? `Last file from The Edge: ${status.lastFile}, read ${status.lastFileAt}.`
      : 'No file from The Edge yet.',
    status.fullExportRead
      ? null
      : 'No full export from The Edge yet: new customers are not written into it until there is one.',
    `${status.waiting} changes wait to go up; last upload ${status.lastUploadAt ?? 'never'}.`,
    `${status.openCommands} changes written for The Edge are not imported yet.`,
    status.unseenCommands > 0
      ? `${status.unseenCommands} of them should have shown long ago: The Edge has not taken or has refused them.`
      : null,
    status.waitingFor && `${status.waitingFor} has not been written to its end yet; the files after it wait.`,
    status.fromDatabase.length > 0 ? `Read from The Edge's database: ${status.fromDatabase.join(', ')}.` : null,
    ...status.sqlTroubles,
    ...status.setAside.map(
      ({ file, why }) => `${file}: ${why ?? 'It could not be read and lies in the folder SetAside.'}`,
    ),
  ]
  return lines.filter((line) => line !== null).join('\n')
}

function describeLicense({ platform, until, refusal }: Status['licenses'][number]): string {
  return refusal === null
    ? `License for ${platformNames[platform]} until ${until.slice(0, 10)}.`
    : `The license for ${platformNames[platform]} is refused by the cloud. ${refusal}`
}
