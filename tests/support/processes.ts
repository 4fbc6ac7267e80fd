import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type App, type Child, startChild, whenReady } from '@jumpring/infra/local'

/** Processes that write into one folder: each can be started, signaled and killed by its name. */
export interface Processes {
  /** Makes a process known, under its app's name; it is started by `start`. */
  add(app: App): void
  /** Starts a process that is known and does not run, and waits until it is ready. */
  start(name: string): Promise<void>
  /** Sends a signal and does not wait for anything. */
  signal(name: string, signal: NodeJS.Signals): void
  /** Kills a process and waits until it is gone. */
  kill(name: string, signal?: NodeJS.Signals): Promise<void>
  killAll(): Promise<void>
  /** The paths of their logs. */
  logFiles(): Promise<string[]>
  /** The last lines of every log, for a failure's message. */
  logEnds(): Promise<string>
}

/** None yet; their logs and the files with their ids will be in `dir`. */
export function processesIn(dir: string): Processes {
  const folders = { logs: join(dir, 'logs'), run: join(dir, 'run') }
  const apps = new Map<string, App>()
  const running = new Map<string, Child>()

  const kill = async (name: string, signal: NodeJS.Signals = 'SIGKILL') => {
    running.get(name)?.signal(signal)
    await running.get(name)?.ended
    running.delete(name)
  }
  return {
    add: (app) => void apps.set(app.name, app),
    start: async (name) => {
      const app = apps.get(name)
      if (!app) throw new Error(`no process ${name}: there are ${[...apps.keys()].join(', ')}`)
      const child = startChild(app, folders)
      running.set(name, child)
      await whenReady(app, child, folders)
    },
    signal: (name, signal) => running.get(name)?.signal(signal),
    kill,
    killAll: async () => void (await Promise.all([...running.keys()].map((name) => kill(name)))),
    logFiles: async () => (await readdir(folders.logs).catch(() => [])).map((name) => join(folders.logs, name)),
    logEnds: async () => {
      const ends = [...apps.keys()].map(async (name) => {
        const log = await readFile(join(folders.logs, `${name}.log`), 'utf8').catch(() => '')
        return log && `--- ${name}\n${log.trimEnd().split('\n').slice(-8).join('\n')}`
      })
      return (await Promise.all(ends)).filter(Boolean).join('\n')
    },
  }
}
