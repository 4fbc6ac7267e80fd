// `npm start`: the whole system on this machine, until Ctrl-C.
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { migrate } from '@jumpring/db'
import { z } from 'zod'
import { agentApp } from './agent.ts'
import { cloudApps, local, type System } from './apps.ts'
import { buildPrograms } from './build.ts'
import { provisionDemo } from './demo.ts'
import { followEvents } from './events.ts'
import { stateDir } from './paths.ts'
import { freePortFrom, isFree } from './ports.ts'
import { ensureDatabase, startPostgres } from './postgres.ts'
import { localSecrets, writeAtomically } from './secrets.ts'
import { since } from './steps.ts'
import { keepServer, supervise } from './supervise.ts'
import { becomeTheSupervisor, resign, stopSurvivors } from './survivors.ts'
import { startTemporal } from './temporal.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)
const folders = { logs: join(stateDir, 'logs'), run: join(stateDir, 'run') }
const addressesFile = join(stateDir, 'addresses.json')

/** What runs, in the order in which it was started; it is stopped the other way round. */
const running: { name: string; stop(): Promise<void> }[] = []
const interrupted = new AbortController()

// The terminal and npm may both tell us, and a person may press Ctrl-C twice: once is enough, more does no harm.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!interrupted.signal.aborted) say('\nStopping …')
    interrupted.abort()
  })
}
// Whoever read what we say has gone (`npm start | head`), and a terminal's other programs end before us on Ctrl-C: all is stopped in order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => interrupted.abort())

try {
  await becomeTheSupervisor(folders.run)
  try {
    await start()
    await untilInterrupted()
  } catch (error) {
    if (!interrupted.signal.aborted) throw error
  } finally {
    await stopAll()
    await resign(folders.run)
  }
} catch (error) {
  for (let reason = error; reason instanceof Error; reason = reason.cause) say(reason.message)
  process.exitCode = 1
}
process.exit()

async function start(): Promise<void> {
  const [started, startedAt] = [performance.now(), new Date()]
  await rm(addressesFile, { force: true })
  await stopSurvivors(folders.run, say)
  // Before all else: where one of them is in use there is nothing to wait for.
  const ports = { ...(await settledPorts()), worker: await portNear(4110, 'worker') }
  const secrets = await localSecrets(join(stateDir, 'keys'))
  const built = buildPrograms()
  // A failure is met where it is awaited; until then it must not count as unhandled.
  built.catch(() => {})

  const postgres = await step('PostgreSQL', async () => {
    const options = { dir: join(stateDir, 'postgres'), say }
    const server = await startPostgres({ ...options, port: 4400 })
    const kept = keepServer('PostgreSQL', server, () => startPostgres({ ...options, port: server.port }), say)
    running.push({ name: 'PostgreSQL', stop: kept.stop })
    return server
  })
  const databaseUrl = await step('database schema', async () => {
    const ownerUrl = postgres.superUrl(postgres.database)
    const url = appUrl(ownerUrl, secrets.appPassword)
    if (postgres.port > 0) await ensureDatabase(postgres, postgres.database)
    await migrate({ ownerUrl, appPassword: decodeURIComponent(url.password) })
    return url.href
  })
  const temporal = await step('Temporal', async () => {
    const options = { dir: join(stateDir, 'temporal'), say }
    const server = await startTemporal({ ...options, port: 4300, uiPort: 4301 })
    const restart = () => startTemporal({ ...options, port: portOf(server.address), uiPort: portOf(server.uiUrl) })
    running.push({ name: 'Temporal', stop: keepServer('Temporal', server, restart, say).stop })
    return server
  })

  const system: System = {
    databaseUrl,
    temporal: { address: temporal.address, namespace: process.env.TEMPORAL_NAMESPACE ?? 'default' },
    keyFile: secrets.keyFile,
    licenseKeyFile: secrets.licenseKeyFile,
    mailDir: join(stateDir, 'mail'),
    ports,
    sandboxDir: join(stateDir, 'sandbox'),
    storeHistory: true,
    operator: secrets.accounts.operator,
    logLevel: process.env.LOG_LEVEL ?? 'info',
  }
  await step('programs', () => built)
  const apps = cloudApps(system)
  // The api first, to stop after the sandbox: a webhook that finds nobody is not tried again for half a minute.
  for (const app of [apps.api, apps.sandbox, apps.worker]) await step(app.name, () => run(app))

  const place = {
    name: 'agent',
    edtFolder: join(system.sandboxDir, 'edt', 'JR-0001'),
    dataDir: join(stateDir, 'agent'),
  }
  await mkdir(place.dataDir, { recursive: true })
  const { connections } = await step('demo store', () => provisionDemo({ ports: system.ports, place, secrets }))
  await step('agent', () => run(agentApp(place, system.logLevel)))

  const addresses = {
    api: local(ports.api),
    graphql: `${local(ports.api)}/graphql`,
    sandbox: local(ports.sandbox),
    podium: `${local(ports.sandbox)}/podium/app`,
    clientbook: `${local(ports.sandbox)}/clientbook/app`,
    store: `${local(ports.sandbox)}/store/app`,
    mail: `${local(ports.sandbox)}/mail`,
    temporalUi: temporal.uiUrl,
    edtFolder: place.edtFolder,
  }
  await writeAtomically(addressesFile, {
    ...addresses,
    accounts: secrets.accounts,
    pid: process.pid,
    ready: true,
  })
  say(`\nReady after ${since(started)}. Ctrl-C stops everything.\n`)
  say(`  Podium, as its staff see it   ${addresses.podium}`)
  say(`  Clientbook                    ${addresses.clientbook}`)
  say(`  the store                     ${addresses.store}`)
  say(`  a day in the store            ${addresses.store}/day`)
  say(`  mail                          ${addresses.mail}`)
  say(`  GraphQL                       ${addresses.graphql}`)
  say(`  Temporal                      ${addresses.temporalUi || temporal.address}`)
  say(`  sign-ins, folders             ${addressesFile}`)
  say(`  what each process says        ${folders.logs}\n`)
  for (const [platform, connectionId] of Object.entries(connections)) {
    followEvents({
      graphql: addresses.graphql,
      account: secrets.accounts.store,
      connection: { id: connectionId, platform },
      since: startedAt,
      say,
      signal: interrupted.signal,
    })
  }

  async function run(app: Parameters<typeof supervise>[0]): Promise<void> {
    const supervised = await supervise(app, folders, say, interrupted.signal)
    running.push({ name: app.name, stop: supervised.stop })
  }
}

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now()
  const result = await work()
  interrupted.signal.throwIfAborted()
  say(`✓ ${name} (${since(begun)})`)
  return result
}

/**
 * The agent and the connection know the api and the sandbox by their addresses, as in real life: so these ports are
 * chosen once.
 */
async function settledPorts(): Promise<{ api: number; sandbox: number }> {
  const file = join(stateDir, 'ports.json')
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  if (kept === undefined) {
    const ports = { api: await portNear(4100, 'api'), sandbox: await portNear(4200, 'sandbox') }
    await writeAtomically(file, ports)
    return ports
  }
  const ports = z.object({ api: z.number(), sandbox: z.number() }).parse(JSON.parse(kept))
  for (const [who, port] of Object.entries(ports)) {
    if (await isFree(port)) continue
    throw new Error(
      `Port ${port} is in use, and the demo store knows the ${who} by it. End what uses it, or delete .jumpring to start anew.`,
    )
  }
  return ports
}

async function portNear(wanted: number, who: string): Promise<number> {
  const port = await freePortFrom(wanted)
  if (port !== wanted) say(`${who}: port ${wanted} is in use, took ${port}`)
  return port
}

/** As role jumpring_app: at DATABASE_URL where that stands beside DATABASE_OWNER_URL, else where the owner is. */
function appUrl(ownerUrl: string, password: string): URL {
  if (process.env.DATABASE_OWNER_URL && process.env.DATABASE_URL) return new URL(process.env.DATABASE_URL)
  const url = new URL(ownerUrl)
  url.username = 'jumpring_app'
  url.password = password
  return url
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1))
}

function untilInterrupted(): Promise<void> {
  if (interrupted.signal.aborted) return Promise.resolve()
  return new Promise((resolve) => interrupted.signal.addEventListener('abort', () => resolve(), { once: true }))
}

async function stopAll(): Promise<void> {
  await rm(addressesFile, { force: true })
  for (const { name, stop } of running.toReversed()) {
    const begun = performance.now()
    await stop().then(
      () => say(`✓ ${name} stopped (${since(begun)})`),
      (error) => say(`✗ ${name} did not stop: ${error}`),
    )
  }
}
