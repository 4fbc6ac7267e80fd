import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive, isOurs, stopProcess } from '@jumpring/infra/local'

const prefix = 'jumpring-test-'

/** A folder for this run; named after our process, so that a later run sees whether it is still needed. */
export async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`))
  // PostgreSQL may have to run as another user than we do.
  await chmod(dir, 0o755)
  return dir
}

/** Ends the servers and apps of runs that were killed, and removes their folders. */
export async function sweepLeftovers(): Promise<void> {
  for (const name of (await readdir(tmpdir())).filter((each) => each.startsWith(prefix))) {
    const owner = Number(name.slice(prefix.length).split('-')[0])
    if (owner > 0 && (await isAlive(owner))) continue
    await clearAway(join(tmpdir(), name))
  }
}

/** Ends every server and app that still runs on this folder, and removes it. */
export async function clearAway(dir: string): Promise<void> {
  const files = await readdir(dir, { recursive: true }).catch(() => [])
  for (const file of files.filter((each) => each.endsWith('.pid'))) {
    const pid = Number((await readFile(join(dir, file), 'utf8').catch(() => '')).split('\n')[0])
    // An app's command line names the program and not the folder, which its environment does.
    const isIt = (await isOurs(pid, dir)) || ((await isOurs(pid, join('dist', 'main.js'))) && (await isTold(pid, dir)))
    if (pid > 0 && isIt) await stopProcess(pid, 'SIGKILL')
  }
  await rm(dir, { recursive: true, force: true })
}

/** Whether a process's environment names the folder: ids are reused, and the apps of other runs look the same. True where it cannot be seen. */
async function isTold(pid: number, dir: string): Promise<boolean> {
  if (process.platform !== 'linux') return true
  return (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).includes(dir)
}
