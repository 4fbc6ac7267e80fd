import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './paths.ts'
import { isOurs, stopProcess } from './processes.ts'

const supervisorFile = 'supervisor.pid'
const supervisorMark = join('infra', 'local', 'start.ts')

/** Another `npm start` of this checkout is running. */
export class AlreadyRunning extends Error {}

/** Notes in `runDir` that we are the one supervisor of this checkout. Throws {@link AlreadyRunning} if another lives. */
export async function becomeTheSupervisor(runDir: string): Promise<void> {
  await mkdir(runDir, { recursive: true })
  const file = join(runDir, supervisorFile)
  const other = await readPid(file)
  if (other && other !== process.pid && (await isOurs(other, supervisorMark))) {
    throw new AlreadyRunning(
      `npm start is running already (process ${other}): its addresses are in .jumpring/addresses.json. ` +
        `End it with Ctrl-C, or: kill ${other}`,
    )
  }
  await rm(file, { force: true })
  // `wx`: of two that start at the same moment one fails here.
  await writeFile(file, String(process.pid), { flag: 'wx' })
}

/** The opposite of {@link becomeTheSupervisor}. */
export async function resign(runDir: string): Promise<void> {
  await rm(join(runDir, supervisorFile), { force: true })
}

/** Ends the apps that outlived a killed run, last started first. */
export async function stopSurvivors(runDir: string, say: (line: string) => void): Promise<void> {
  const files = (await readdir(runDir)).filter((name) => name.endsWith('.pid') && name !== supervisorFile)
  for (const name of files) {
    const pid = await readPid(join(runDir, name))
    if (pid && (await isOurs(pid, join(root, 'apps')))) {
      say(`Stopping ${name.replace('.pid', '')} of an earlier run`)
      await stopProcess(pid, 'SIGTERM')
    }
    await rm(join(runDir, name), { force: true })
  }
}

async function readPid(file: string): Promise<number | undefined> {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''))
  return pid > 0 ? pid : undefined
}
