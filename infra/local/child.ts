import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { App } from './apps.ts'
import { root } from './paths.ts'
import { sendSignal, until } from './processes.ts'

/** A running process of ours. */
export interface Child {
  name: string
  pid: number
  /** Settles when the process has ended, with how: `code 1`, `SIGKILL`. */
  ended: Promise<string>
  /** Asks the process to end; kills it after `graceMs`. */
  stop(graceMs?: number): Promise<void>
  /** Sends a signal; does not wait. */
  signal(signal: NodeJS.Signals): void
}

/** Folders of a set of processes: one log a process, and one file with the id of each that runs. */
export interface ChildFolders {
  logs: string
  run: string
}

/** Starts an app in a process group of its own (a Ctrl-C must reach only us), its output appended to `<logs>/<name>.log`. */
export function startChild(app: App, folders: ChildFolders): Child {
  const log = logFile(app.name, folders)
  const pidFile = join(folders.run, `${app.name}.pid`)
  for (const file of [log, pidFile]) mkdirSync(dirname(file), { recursive: true })
  const output = openSync(log, 'a')
  const child = spawn(process.execPath, app.args, {
    cwd: root,
    env: childEnv(app.env),
    detached: true,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  const ended = endOf(child).finally(() => rmSync(pidFile, { force: true }))
  const pid = child.pid ?? 0
  if (pid > 0) writeFileSync(pidFile, String(pid))
  const signal = (name: NodeJS.Signals) => {
    if (pid > 0 && child.exitCode === null && child.signalCode === null) sendSignal(pid, name)
  }
  const stop = async (graceMs = 15_000) => {
    signal('SIGTERM')
    const impatient = setTimeout(() => signal('SIGKILL'), graceMs)
    await ended
    clearTimeout(impatient)
  }
  return { name: app.name, pid, ended, stop, signal }
}

/** Waits until the app is ready; throws, naming its log, when the process ends first or takes longer than `timeoutMs`. */
export async function whenReady(app: App, child: Child, folders: ChildFolders, timeoutMs = 60_000): Promise<void> {
  let how: string | undefined
  child.ended.then((end) => (how = end))
  await until(
    async () => {
      if (how !== undefined) return 'ended'
      return (await app.ready()) && 'ready'
    },
    { timeoutMs, what: `${app.name} to be ready (its log: ${logFile(app.name, folders)})`, everyMs: 60 },
  )
  if (how !== undefined) throw new Error(`${app.name} ended at once (${how}); see ${logFile(app.name, folders)}`)
}

/** What of our own environment a child may see, with `env` on top: never an address or password meant for another. */
export function childEnv(env: Record<string, string>): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LANG', 'TZ', 'NODE_EXTRA_CA_CERTS']
  const ours = kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  // A program that was compiled before starts with a tenth to a quarter less of the processor's time.
  const cache = join(root, 'node_modules', '.cache', 'compiled')
  return { NODE_NO_WARNINGS: '1', NODE_COMPILE_CACHE: cache, ...Object.fromEntries(ours), ...env }
}

function logFile(name: string, folders: ChildFolders): string {
  return join(folders.logs, `${name}.log`)
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(String(error)))
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`))
  })
}
