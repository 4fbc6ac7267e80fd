import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { App } from './apps.ts'
import { isAlive } from './processes.ts'
import { supervise } from './supervise.ts'
import { AlreadyRunning, becomeTheSupervisor, resign } from './survivors.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'jumpring-supervise-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const never = new AbortController().signal
const folders = () => ({ logs: join(dir, 'logs'), run: join(dir, 'run') })

/** A program that says in a file that it is ready, and runs until it is ended. */
async function program(body = 'setInterval(() => {}, 1000)'): Promise<App> {
  const file = join(dir, 'program.mjs')
  await writeFile(file, `import { writeFileSync } from 'node:fs'\nwriteFileSync(process.env.READY, 'yes')\n${body}`)
  const ready = join(dir, 'ready')
  const isReady = () =>
    readFile(ready, 'utf8').then(
      (text) => text === 'yes',
      () => false,
    )
  return { name: 'program', args: [file], env: { READY: ready }, ready: isReady }
}

const pidOf = async () => Number(await readFile(join(dir, 'run', 'program.pid'), 'utf8').catch(() => '0'))

test('a process that is killed is started again, and it is said; once stopped it stays away', async () => {
  const said: string[] = []
  const supervised = await supervise(await program(), folders(), (line) => said.push(line), never)
  const first = await pidOf()
  process.kill(first, 'SIGKILL')
  const second = await vi.waitFor(async () => {
    const pid = await pidOf()
    expect(pid).toBeGreaterThan(0)
    expect(pid).not.toBe(first)
    return pid
  }, 5_000)
  expect(said).toEqual(['program ended (SIGKILL); starting it again'])
  await supervised.stop()
  expect(await isAlive(second)).toBe(false)
  expect(await pidOf()).toBe(0)
})

test('a process that ends before it is ready is an error that names its log', async () => {
  const app = { ...(await program('process.exit(3)')), ready: async () => false }
  await expect(supervise(app, folders(), () => {}, never)).rejects.toThrow(
    /ended at once \(code 3\); see .*program\.log/,
  )
})

test('an interruption ends a process that is still starting', async () => {
  const interrupted = new AbortController()
  const starting = supervise(
    { ...(await program()), ready: async () => false },
    folders(),
    () => {},
    interrupted.signal,
  )
  await vi.waitFor(async () => expect(await pidOf()).toBeGreaterThan(0))
  const pid = await pidOf()
  interrupted.abort()
  await expect(starting).rejects.toThrow()
  expect(await isAlive(pid)).toBe(false)
})

test('a second supervisor of the same checkout is told so; one after a killed supervisor is not', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'infra/local/start.ts'])
  await writeFile(join(dir, 'supervisor.pid'), String(other.pid))
  await expect(becomeTheSupervisor(dir)).rejects.toThrow(AlreadyRunning)
  other.kill('SIGKILL')
  await vi.waitFor(async () => expect(await isAlive(other.pid ?? 0)).toBe(false))
  await becomeTheSupervisor(dir)
  expect(await readFile(join(dir, 'supervisor.pid'), 'utf8')).toBe(String(process.pid))
  await resign(dir)
})
