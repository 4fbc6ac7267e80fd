import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { installLicense, type SqlConfig, setDatabase } from '@jumpring/agent'
import { createKeyFile, createLicenseKeyFile } from '@jumpring/db'
import {
  type AgentPlace,
  type App,
  agentApp,
  anyFreePort,
  type Child,
  type CloudApp,
  cloudApps,
  enrollAgent,
  type Gql,
  graphqlClient,
  local,
  type System,
  startChild,
  startTemporal,
  type Temporal,
  until,
  whenReady,
} from '@jumpring/infra/local'
import { freshDatabase, type TestDatabase } from './database.ts'
import { temporaryFolder } from './leftovers.ts'
import { temporalNamespace } from './temporal.ts'

/** A whole system of one test's own: sandbox, api, worker and agents, each a real process that can be killed. */
export interface Stack {
  addresses: { api: string; graphql: string; sandbox: string; temporal: { address: string; namespace: string } }
  database: TestDatabase
  /** The folder with the Inbox and Outbox of the store that the sandbox runs. */
  edtFolder: string
  /** Everything that this system writes; removed at the end. */
  dir: string
  operator: { email: string; password: string }
  /** A GraphQL operation; `as` is the bearer token of who asks. Throws on top-level errors. */
  gql: Gql
  /**
   * Enrols an agent, installs its store's license (a signed file) if there is one, and starts it; it is then known by its name,
   * which starts with `agent`.
   */
  addAgent(agent: {
    name: string
    code: string
    edtFolder?: string
    license?: string
    sql?: SqlConfig
  }): Promise<AgentPlace>
  /** Starts one more worker under this name. */
  addWorker(name: string): Promise<void>
  /** Sends a signal and does not wait for anything: `SIGSTOP` freezes a process, `SIGCONT` lets it go on. */
  signal(name: string, signal: NodeJS.Signals): void
  /** Kills a process (an app, an agent, `temporal` if the stack has its own) and waits until it is gone. */
  kill(name: string, signal?: NodeJS.Signals): Promise<void>
  /** Starts a process that was killed, and waits until it is ready. */
  start(name: string): Promise<void>
  /** Looks until `condition` holds; a failure shows the ends of all logs. */
  waitFor: <T>(
    condition: () => T | Promise<T>,
    options: { timeout?: number; what: string },
  ) => ReturnType<typeof until<T>>
  stop(): Promise<void>
}

export interface StackOptions {
  /** Which of the apps to start; all if left out. */
  apps?: CloudApp[]
  /** A Temporal server of its own, so that it can be killed. Otherwise a namespace on the run's server. */
  ownTemporal?: boolean
  /** Start on the data of an earlier database (a backup, say). */
  database?: TestDatabase
}

/** Starts a system on free ports, with a database and a folder of its own. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const dir = await temporaryFolder()
  const temporalDir = join(dir, 'temporal')
  let temporal: Temporal | undefined = options.ownTemporal ? await startTemporal({ dir: temporalDir }) : undefined
  const temporalAddress = temporal ? { address: temporal.address, namespace: 'default' } : await temporalNamespace()
  const database = options.database ?? (await freshDatabase())
  const system: System = {
    databaseUrl: database.appUrl,
    temporal: temporalAddress,
    keyFile: join(dir, 'keys.json'),
    licenseKeyFile: join(dir, 'license-key.pem'),
    mailDir: join(dir, 'mail'),
    ports: { api: await anyFreePort(), sandbox: await anyFreePort(), worker: await anyFreePort() },
    sandboxDir: join(dir, 'sandbox'),
    operator: { email: 'operator@example.com', password: randomBytes(16).toString('hex') },
    logLevel: 'info',
  }
  await createKeyFile(system.keyFile)
  await createLicenseKeyFile(system.licenseKeyFile)

  const folders = { logs: join(dir, 'logs'), run: join(dir, 'run') }
  const edtFolder = join(system.sandboxDir, 'edt', 'JR-0001')
  const apps = new Map<string, App>(Object.entries(cloudApps(system)))
  const running = new Map<string, Child>()

  async function start(name: string): Promise<void> {
    if (name === 'temporal') {
      temporal = await startTemporal({ dir: temporalDir, port: Number(temporalAddress.address.split(':')[1]) })
      return
    }
    const app = apps.get(name)
    if (!app) throw new Error(`no process ${name}: there are ${[...apps.keys()].join(', ')}`)
    const child = startChild(app, folders)
    running.set(name, child)
    await whenReady(app, child, folders)
  }

  async function kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (name === 'temporal') return temporal?.kill(signal)
    running.get(name)?.signal(signal)
    await running.get(name)?.ended
    running.delete(name)
  }

  async function stop(): Promise<void> {
    await Promise.all([...running.keys()].map((name) => kill(name)))
    await temporal?.stop()
    await database.drop()
    await rm(dir, { recursive: true, force: true })
  }

  async function logEnds(): Promise<string> {
    const ends = [...apps.keys()].map(async (name) => {
      const log = await readFile(join(folders.logs, `${name}.log`), 'utf8').catch(() => '')
      return log && `--- ${name}\n${log.trimEnd().split('\n').slice(-8).join('\n')}`
    })
    return (await Promise.all(ends)).filter(Boolean).join('\n')
  }

  try {
    await Promise.all((options.apps ?? (['sandbox', 'api', 'worker'] as const)).map(start))
  } catch (error) {
    const ends = await logEnds()
    await stop()
    throw new Error(`the stack did not come up\n${ends}`, { cause: error })
  }

  const api = local(system.ports.api)
  return {
    addresses: { api, graphql: `${api}/graphql`, sandbox: local(system.ports.sandbox), temporal: temporalAddress },
    database,
    edtFolder,
    dir,
    operator: system.operator,
    gql: graphqlClient(`${api}/graphql`),
    async addAgent(agent) {
      const place = { name: agent.name, edtFolder: agent.edtFolder ?? edtFolder, dataDir: join(dir, agent.name) }
      await mkdir(place.dataDir, { recursive: true })
      await enrollAgent(place, api, agent.code)
      if (agent.sql !== undefined) setDatabase(place.dataDir, agent.sql)
      if (agent.license !== undefined) await installLicense(place.dataDir, agent.license)
      apps.set(agent.name, agentApp(place, system.logLevel))
      await start(agent.name)
      return place
    },
    async addWorker(name) {
      const ports = { ...system.ports, worker: await anyFreePort() }
      apps.set(name, { ...cloudApps({ ...system, ports }).worker, name })
      await start(name)
    },
    signal: (name, signal) => running.get(name)?.signal(signal),
    kill,
    start,
    async waitFor(condition, { timeout = 30_000, what }) {
      try {
        return await until(condition, { timeoutMs: timeout, what, everyMs: 100 })
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : error}\n${await logEnds()}`, { cause: error })
      }
    },
    stop,
  }
}
