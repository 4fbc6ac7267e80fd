import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** Whether a process with this id exists (a zombie that nobody has reaped counts as gone). */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  if (process.platform !== 'linux') return true
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z'
}

/** The command line of a process, or '' if it is gone: process ids are reused, so look before a signal. */
export async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    return line.replaceAll('\0', ' ').trim()
  }
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'command=', '-p', String(pid)], (error, stdout) => resolve(error ? '' : stdout.trim()))
  })
}

/** Whether process `pid` lives and its command line contains `mark`. */
export async function isOurs(pid: number, mark: string): Promise<boolean> {
  return (await isAlive(pid)) && (await commandOf(pid)).includes(mark)
}

/** Sends `signal` and waits until the process is gone; after `graceMs` it is killed. */
export async function stopProcess(pid: number, signal: NodeJS.Signals, graceMs = 10_000): Promise<void> {
  sendSignal(pid, signal)
  try {
    await until(async () => !(await isAlive(pid)), { timeoutMs: graceMs, what: `process ${pid} to end` })
  } catch {
    sendSignal(pid, 'SIGKILL')
    await until(async () => !(await isAlive(pid)), { timeoutMs: 5_000, what: `process ${pid} to end after SIGKILL` })
  }
}

/** `process.kill` that does not mind a process that is gone already. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/**
 * Looks again and again until `condition` holds or gives a value; throws, naming `what`, when `timeoutMs` is over.
 * An exception of `condition` counts as "not yet" and is shown if it stays.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs, what, everyMs = 40 }: { timeoutMs: number; what: string; everyMs?: number },
): Promise<Exclude<T, false | null | undefined>> {
  const end = performance.now() + timeoutMs
  let last: unknown
  for (;;) {
    try {
      const value = await condition()
      if (isThere(value)) return value
    } catch (error) {
      last = error
    }
    if (performance.now() > end) {
      throw new Error(`waited ${Math.round(timeoutMs / 1000)} s for ${what}`, { cause: last })
    }
    await delay(everyMs)
  }
}

function isThere<T>(value: T): value is Exclude<T, false | null | undefined> {
  return value !== false && value !== null && value !== undefined
}
