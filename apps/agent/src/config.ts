import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Licensing, licensingSchema } from '@jumpring/contracts'
import { z } from 'zod'
import { type SqlConfig, sqlConfigSchema } from './sql/config.ts'
import { storeSettings } from './store-settings.ts'

const configSchema = z.strictObject({
  /** Base address of the cloud's API. */
  cloud: z.url(),
  /** The folder with Inbox and Outbox: `<EDT folder>/<StoreLicenseID>`. */
  edt: z.string().min(1),
  agentId: z.uuid(),
  tenant: z.string(),
  source: z.string(),
  ...storeSettings,
  /** What it takes to judge a license without the cloud, as it was last heard of it. */
  licensing: licensingSchema.optional(),
  /** The Edge's database as a second source. */
  sql: sqlConfigSchema.optional(),
})
/** What enrollment leaves in `config.json`, and what `source` adds to it. With a database's password in it. */
export type Config = z.infer<typeof configSchema>

const configFile = (dataDir: string) => join(dataDir, 'config.json')
const keyFile = (dataDir: string) => join(dataDir, 'agent-key.pem')

/** The agent's configuration, or undefined before it is enrolled. Throws where the file is damaged. */
export function readConfig(dataDir: string): Config | undefined {
  if (!existsSync(configFile(dataDir))) return undefined
  return configSchema.parse(JSON.parse(readFileSync(configFile(dataDir), 'utf8')))
}

export function writeConfig(dataDir: string, config: z.input<typeof configSchema>): void {
  writeDurably(configFile(dataDir), `${JSON.stringify(config, null, 2)}\n`, 0o600)
}

/** Keeps what the cloud says of licenses, where it is new. */
export function keepLicensing(dataDir: string, licensing: Licensing): void {
  const config = readConfig(dataDir)
  if (config && JSON.stringify(config.licensing) !== JSON.stringify(licensing))
    writeConfig(dataDir, { ...config, licensing })
}

/** Makes The Edge's database a source, or leaves it alone. It counts from the next start of the agent. Throws before enrollment. */
export function setDatabase(dataDir: string, sql: SqlConfig | undefined): void {
  const config = readConfig(dataDir)
  if (!config) throw new Error('This agent is not enrolled. Run "enroll" first.')
  const { sql: _before, ...others } = config
  writeConfig(dataDir, sql ? { ...others, sql } : others)
}

/** The agent's private Ed25519 key. It never leaves this machine. */
export function readKey(dataDir: string): KeyObject {
  return createPrivateKey(readFileSync(keyFile(dataDir), 'utf8'))
}

/** The key of an earlier, interrupted enrollment, or a new one. */
export function readOrCreateKey(dataDir: string): KeyObject {
  mkdirSync(dataDir, { recursive: true })
  if (existsSync(keyFile(dataDir))) return readKey(dataDir)
  const { privateKey } = generateKeyPairSync('ed25519')
  writeDurably(keyFile(dataDir), privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600)
  return privateKey
}

function writeDurably(path: string, content: string, mode: number): void {
  const unfinished = `${path}.part`
  // A piece that a crash left would keep its own mode.
  rmSync(unfinished, { force: true })
  const file = openSync(unfinished, 'wx', mode)
  writeSync(file, content)
  fsyncSync(file)
  closeSync(file)
  renameSync(unfinished, path)
}
