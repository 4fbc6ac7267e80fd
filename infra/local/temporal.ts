import { spawn } from 'node:child_process'
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { anyFreePort, freePortFrom } from './ports.ts'
import { isOurs, stopProcess, until } from './processes.ts'
import { resolveTemporalCli } from './temporal-binary.ts'

/** A Temporal server that answers for namespace `default`. */
export interface Temporal {
  /** host:port of the frontend. */
  address: string
  /** Temporal's own web pages; '' where the server is not ours. */
  uiUrl: string
  isUp(): Promise<boolean>
  /** Ends the server; does nothing to one that is not ours. */
  stop(): Promise<void>
  /** Ends the server by any signal, and waits until it is gone: what it had promised must be in its file. */
  kill(signal: NodeJS.Signals): Promise<void>
}

export interface TemporalOptions {
  /** Holds the server's database, log and process id. */
  dir: string
  /** The ports to try first; any free ones if left out. */
  port?: number
  uiPort?: number
  say?: (line: string) => void
}

// The development server has one history shard and would read its queues 20 times a second: 100 ms for any activity. A worker
// that ends a step of a workflow may take the activity that follows with the answer, without a queue in between.
const startValues = [
  ['--sqlite-pragma', 'journal_mode=WAL'],
  ['--sqlite-pragma', 'synchronous=NORMAL'],
  ['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
  ['--dynamic-config-value', 'history.timerProcessorMaxPollRPS=2000'],
  ['--dynamic-config-value', 'system.enableActivityEagerExecution=true'],
].flat()

/**
 * Brings up Temporal's development server on a SQLite file, in its own process group. A server that outlived a killed
 * run is stopped first: its workflows go on from the file. With TEMPORAL_ADDRESS set, that cluster is used.
 */
export async function startTemporal(options: TemporalOptions): Promise<Temporal> {
  const say = options.say ?? (() => {})
  const outside = process.env.TEMPORAL_ADDRESS
  if (outside) {
    say(`Temporal: ${outside} (TEMPORAL_ADDRESS)`)
    return { address: outside, uiUrl: '', isUp: async () => true, stop: async () => {}, kill: async () => {} }
  }

  const cli = await resolveTemporalCli(say)
  await mkdir(options.dir, { recursive: true })
  const [file, pidFile] = [join(options.dir, 'temporal.db'), join(options.dir, 'temporal.pid')]
  const survivor = Number(await readFile(pidFile, 'utf8').catch(() => '0'))
  if (survivor > 0 && (await isOurs(survivor, file))) {
    say('Temporal: stopping the server of an earlier run')
    await stopProcess(survivor, 'SIGTERM')
  }

  const port = await portNear(options.port, 'Temporal', say)
  const uiPort = await portNear(options.uiPort, "Temporal's web pages", say, port)
  const log = await open(join(options.dir, 'temporal.log'), 'a')
  const server = spawn(
    cli,
    [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
      ...['--log-level', 'error', '--db-filename', file, ...startValues],
    ],
    { detached: true, cwd: options.dir, stdio: ['ignore', log.fd, log.fd] },
  )
  const ended = new Promise<never>((_, reject) => {
    server.once('error', reject)
    server.once('exit', (code) =>
      reject(new Error(`Temporal ended at once (${code}); see ${options.dir}/temporal.log`)),
    )
  })
  ended.catch(() => {})
  server.unref()
  const pid = server.pid ?? 0
  await writeFile(pidFile, String(pid))
  const address = `127.0.0.1:${port}`
  await Promise.race([ended, until(() => hasNamespace(address), { timeoutMs: 60_000, what: 'Temporal to answer' })])
  await log.close()
  const isUp = () => isOurs(pid, file)
  const kill = async (signal: NodeJS.Signals) => {
    if (await isUp()) await stopProcess(pid, signal)
    await rm(pidFile, { force: true })
  }
  return { address, uiUrl: `http://127.0.0.1:${uiPort}`, isUp, stop: () => kill('SIGTERM'), kill }
}

async function portNear(
  wanted: number | undefined,
  who: string,
  say: (line: string) => void,
  taken?: number,
): Promise<number> {
  const port = wanted === undefined ? await anyFreePort() : await freePortFrom(wanted, new Set([taken ?? 0]))
  if (wanted !== undefined && port !== wanted) say(`${who}: port ${wanted} is in use, took ${port}`)
  return port
}

async function hasNamespace(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 })
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' })
    return true
  } finally {
    await connection.close()
  }
}
