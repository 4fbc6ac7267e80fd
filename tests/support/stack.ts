import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { installLicense, type SqlConfig, setDatabase } from '@jumpring/agent'
import { createKeyFile, createLicenseKeyFile } from '@jumpring/db'
import {
  type AgentPlace,
  agentApp,
  anyFreePort,
  type CloudApp,
  cloudApps,
  enrollAgent,
  type Gql,
  graphqlClient,
  local,
  type System,
  startTemporal,
  type Temporal,
  until,
} from '@jumpring/infra/local'
import { freshDatabase, type TestDatabase } from './database.ts'
import { temporaryFolder } from './leftovers.ts'
import { addPersonTo } from './people.ts'
import { type Processes, processesIn } from './processes.ts'
import { temporalNamespace } from './temporal.ts'

/** A cloud, and agents of one test's own, each a real process. */
export interface Stack {
  addresses: { api: string; graphql: string; sandbox: string; temporal: { address: string; namespace: string } }
  database: TestDatabase
  /** The folder with the Inbox and Outbox of the store that the sandbox runs. */
  edtFolder: string
  /** Everything that this test's processes write; removed at the end. */
  dir: string
  /** The paths of all logs, the cloud's too. */
  logFiles(): Promise<string[]>
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
    /** Where it reaches the cloud; at the api itself if left out. */
    cloud?: string
    edtFolder?: string
    license?: string
    sql?: SqlConfig
  }): Promise<AgentPlace>
  /** Kills a process of one's own (an agent; an app, `temporal` where the stack has its own) and waits until it is gone. */
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

/** A stack whose cloud, too, is one test's own: it can be killed, frozen and looked at. */
export interface OwnStack extends Stack {
  /** Starts one more worker under this name. */
  addWorker(name: string): Promise<void>
  /** Sends a signal and does not wait for anything: `SIGSTOP` freezes a process, `SIGCONT` lets it go on. */
  signal(name: string, signal: NodeJS.Signals): void
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
export async function startStack(options: StackOptions = {}): Promise<OwnStack> {
  const cloud = await startCloud(options)
  const { dir, system, processes } = cloud
  return {
    ...stackOn(cloud, dir, processes),
    async addWorker(name) {
      const ports = { ...system.ports, worker: await anyFreePort() }
      processes.add({ ...cloudApps({ ...system, ports }).worker, name })
      await processes.start(name)
    },
    signal: processes.signal,
    kill: (name, signal) => (name === 'temporal' ? cloud.temporal.kill(signal) : processes.kill(name, signal)),
    start: (name) => (name === 'temporal' ? cloud.temporal.start() : processes.start(name)),
    stop: cloud.stop,
  }
}

let shared: Promise<Cloud> | undefined

/**
 * Agents of a test file's own, on a cloud (api and worker) that is shared by all files which this process runs one after the other:
 * tenants are apart. For who does nothing to the cloud.
 */
export async function sharedStack(): Promise<Stack> {
  shared ??= startSharedCloud()
  const cloud = await shared
  const dir = await mkdtemp(join(cloud.dir, 'file-'))
  const processes = processesIn(dir)
  return {
    ...stackOn(cloud, dir, processes),
    kill: processes.kill,
    start: processes.start,
    stop: async () => {
      await processes.killAll()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Ends when the test runner ends this process; what is left of one that was killed, the next run clears away. */
async function startSharedCloud(): Promise<Cloud> {
  const cloud = await startCloud({ apps: ['api', 'worker'] })
  process.once('SIGTERM', () => void cloud.stop().finally(() => process.exit()))
  return cloud
}

interface Cloud {
  system: System
  database: TestDatabase
  processes: Processes
  /** Everything that it writes. */
  dir: string
  /** Its Temporal, if it has its own. */
  temporal: { kill(signal?: NodeJS.Signals): Promise<void>; start(): Promise<void> }
  stop(): Promise<void>
}

async function startCloud(options: StackOptions): Promise<Cloud> {
  const dir = await temporaryFolder()
  const temporalDir = join(dir, 'temporal')
  let temporal: Temporal | undefined = options.ownTemporal ? await startTemporal({ dir: temporalDir }) : undefined
  const address = temporal ? { address: temporal.address, namespace: 'default' } : await temporalNamespace()
  const database = options.database ?? (await freshDatabase())
  const system: System = {
    databaseUrl: database.appUrl,
    temporal: address,
    keyFile: join(dir, 'keys.json'),
    licenseKeyFile: join(dir, 'license-key.pem'),
    mailDir: join(dir, 'mail'),
    ports: { api: await anyFreePort(), sandbox: await anyFreePort(), worker: await anyFreePort() },
    sandboxDir: join(dir, 'sandbox'),
    operator: { email: 'operator@example.com', password: randomBytes(16).toString('hex') },
    logLevel: 'info',
    // A third of the usual: some tests wait it out.
    platformPatience: 5,
  }
  await addPersonTo(database, { ...system.operator, role: 'operator' })
  await createKeyFile(system.keyFile)
  await createLicenseKeyFile(system.licenseKeyFile)
  const processes = processesIn(dir)
  for (const app of Object.values(cloudApps(system))) processes.add(app)

  async function stop(): Promise<void> {
    await processes.killAll()
    await temporal?.stop()
    await rm(dir, { recursive: true, force: true })
    await database.drop()
  }

  try {
    await Promise.all((options.apps ?? (['sandbox', 'api', 'worker'] as const)).map(processes.start))
  } catch (error) {
    const ends = await processes.logEnds()
    await stop()
    throw new Error(`the stack did not come up\n${ends}`, { cause: error })
  }
  return {
    ...{ system, database, processes, dir, stop },
    temporal: {
      kill: async (signal = 'SIGKILL') => temporal?.kill(signal),
      start: async () => {
        temporal = await startTemporal({ dir: temporalDir, port: Number(address.address.split(':')[1]) })
      },
    },
  }
}

/** What is the same on every cloud: agents whose files are in `dir` and that are among `processes`. */
function stackOn(cloud: Cloud, dir: string, processes: Processes): Omit<Stack, 'kill' | 'start' | 'stop'> {
  const { system, database } = cloud
  const api = local(system.ports.api)
  const edtFolder = join(system.sandboxDir, 'edt', 'JR-0001')
  const all = [...new Set([cloud.processes, processes])]
  return {
    addresses: { api, graphql: `${api}/graphql`, sandbox: local(system.ports.sandbox), temporal: system.temporal },
    database,
    edtFolder,
    dir,
    logFiles: async () => (await Promise.all(all.map((each) => each.logFiles()))).flat(),
    operator: system.operator,
    gql: graphqlClient(`${api}/graphql`),
    async addAgent(agent) {
      const place = { name: agent.name, edtFolder: agent.edtFolder ?? edtFolder, dataDir: join(dir, agent.name) }
      await mkdir(place.dataDir, { recursive: true })
      await enrollAgent(place, agent.cloud ?? api, agent.code)
      if (agent.sql !== undefined) setDatabase(place.dataDir, agent.sql)
      if (agent.license !== undefined) await installLicense(place.dataDir, agent.license)
      processes.add(agentApp(place, system.logLevel))
      await processes.start(agent.name)
      return place
    },
    async waitFor(condition, { timeout = 30_000, what }) {
      try {
        return await until(condition, { timeoutMs: timeout, what, everyMs: 100 })
      } catch (error) {
        const ends = await Promise.all(all.map((each) => each.logEnds()))
        throw new Error(`${error instanceof Error ? error.message : error}\n${ends.join('\n')}`, { cause: error })
      }
    },
  }
}
