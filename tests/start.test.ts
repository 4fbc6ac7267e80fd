import { type ChildProcess, spawn } from 'node:child_process'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { signIn, until } from '@jumpring/infra/local'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { clearAway, temporaryFolder } from './support/leftovers.ts'
import { sandboxClient } from './support/sandbox.ts'

const root = join(import.meta.dirname, '..')
const addressesSchema = z.object({
  ready: z.literal(true),
  pid: z.int(),
  api: z.url(),
  graphql: z.url(),
  temporalUi: z.url(),
  sandbox: z.url(),
  podium: z.url(),
  clientbook: z.url(),
  store: z.url(),
  mail: z.url(),
  edtFolder: z.string(),
  accounts: z.object({ operator: z.object({ email: z.string(), password: z.string() }) }),
})

let dir = ''
const commands: Command[] = []
beforeAll(async () => {
  dir = await temporaryFolder()
})
afterAll(async () => {
  for (const { process } of commands) process.kill('SIGTERM')
  await Promise.all(commands.map(({ exit }) => exit))
  // A supervisor that a test has killed leaves what it started.
  await clearAway(dir)
})

interface Command {
  process: ChildProcess
  stdout: () => string
  exit: Promise<number | null>
  /** Reads no further: whoever writes on finds the pipe broken. */
  stopReading: () => void
}

/** A command of the root package.json, with its state in `dir`; what it prints is collected. */
function command(...args: string[]): Command {
  const child = spawn(process.execPath, ['infra/local/bootstrap.mjs', ...args], {
    cwd: root,
    env: { ...process.env, JUMPRING_DIR: dir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  const started: Command = {
    process: child,
    stdout: () => text,
    exit: new Promise((resolve) => child.once('close', resolve)),
    stopReading: () => child.stdout.destroy(),
  }
  commands.push(started)
  return started
}

const addressesFile = () => join(dir, 'addresses.json')
const ready = () =>
  until(async () => addressesSchema.parse(JSON.parse(await readFile(addressesFile(), 'utf8'))), {
    timeoutMs: 90_000,
    what: 'npm start to be ready',
  })

/** The lines about what was brought over. */
const linesOf = ({ stdout }: ReturnType<typeof command>) =>
  stdout()
    .split('\n')
    .filter((line) => / → (Podium|The Edge)/.test(line))

async function isAlive(name: string): Promise<boolean> {
  return isPidAlive(Number(await readFile(join(dir, 'run', `${name}.pid`), 'utf8').catch(() => '0')))
}

function isPidAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch {
    return false
  }
}

/** That each address leads to what it is for, and that both of the demo store's platforms have its customers. */
async function whatIsThere(addresses: z.infer<typeof addressesSchema>): Promise<void> {
  const { sandbox, graphql, edtFolder, accounts } = addresses
  const store = sandboxClient(sandbox)
  const keys = z.array(z.object({ Key: z.string() })).parse(await store.get('/state/store/customers'))
  expect(keys.length).toBeGreaterThan(20)
  const clients = z.array(z.object({ pos_id: z.string().nullable() }))
  await until(async () => clients.parse(await store.get('/state/clientbook/clients')).length > 20, {
    timeoutMs: 30_000,
    what: 'the demo customers on Clientbook',
  })
  const counts = z.record(z.string(), z.record(z.string(), z.number()))
  expect(counts.parse(await store.get('/state/podium/requests'))).toMatchObject({
    'POST /v4/contacts': { 202: expect.any(Number) },
  })
  expect((await readdir(edtFolder)).toSorted()).toEqual(expect.arrayContaining(['Inbox', 'Outbox']))
  for (const page of ['podium', 'clientbook', 'store', 'mail', 'graphql', 'temporalUi'] as const) {
    const answer = await fetch(addresses[page], { headers: { accept: 'text/html' } })
    expect([page, answer.status, answer.headers.get('content-type')]).toEqual([
      page,
      200,
      expect.stringContaining('text/html'),
    ])
  }
  const admin = await signIn(graphql, accounts.operator)
  const node = z.object({ connections: z.array(z.object({ platform: z.string(), status: z.string() })) })
  const { edges } = await admin.do(
    z.object({ edges: z.array(z.object({ node })) }),
    '{ result: tenants(first: 10) { edges { node { connections { platform status } } } } }',
    {},
  )
  expect(edges.flatMap(({ node }) => node.connections).toSorted((a, b) => (a.platform < b.platform ? -1 : 1))).toEqual([
    { platform: 'clientbook', status: 'active' },
    { platform: 'podium', status: 'active' },
  ])
}

test('npm start brings everything up, revives what is killed, and goes on with its data the next time', async () => {
  const first = command('start')
  const addresses = await ready()
  const { sandbox } = addresses
  expect((await stat(addressesFile())).mode & 0o077).toBe(0)
  const store = sandboxClient(sandbox)
  await until(async () => (await store.contacts()).length > 20, {
    timeoutMs: 30_000,
    what: 'the demo customers in Podium',
  })
  await whatIsThere(addresses)

  const second = command('start')
  expect(await second.exit).toBe(1)
  expect(second.stdout()).toContain('npm start is running already')

  process.kill(Number(await readFile(join(dir, 'run', 'api.pid'), 'utf8')), 'SIGKILL')
  await until(() => first.stdout().includes('api ended (SIGKILL); starting it again'), {
    timeoutMs: 5_000,
    what: 'a word',
  })
  const change = command('demo-change')
  expect(await change.exit).toBe(0)
  expect(change.stdout()).toMatch(/Podium: +Nora Lindqvist has \+1203555\d{4}, after .* s/)
  await until(() => first.stdout().includes('001-00017 Nora Lindqvist: phone +1 203 555 '), {
    timeoutMs: 5_000,
    what: 'a line for the event',
  })

  // Its supervisor killed outright: everything else runs on, and the next start finds it.
  process.kill(Number(await readFile(join(dir, 'run', 'supervisor.pid'), 'utf8')), 'SIGKILL')
  await first.exit
  expect(await isAlive('worker')).toBe(true)
  const contacts = (await store.contacts()).length
  const told = linesOf(first)
  expect(told.length).toBeGreaterThan(0)
  const dead = await ready()
  expect(isPidAlive(dead.pid)).toBe(false)
  expect(await command('demo-change').exit).toBe(1)
  // A new agent in the same store: what it sends is known already.
  await rm(join(dir, 'agent'), { recursive: true })
  const third = command('start')
  await until(
    () =>
      stat(addressesFile()).then(
        () => false,
        () => true,
      ),
    { timeoutMs: 10_000, what: 'the addresses of the dead run to go' },
  )
  expect(third.stdout()).not.toContain('✓')
  expect(isPidAlive((await ready()).pid)).toBe(true)
  expect(third.stdout()).toContain('Stopping worker of an earlier run')
  expect((await store.contacts()).length).toBe(contacts)
  expect(await command('demo-change').exit).toBe(0)
  await until(() => linesOf(third).some((line) => line.includes('Maren Okafor')), {
    timeoutMs: 20_000,
    what: 'a line for the new customer',
  })
  expect(linesOf(third).filter((line) => told.includes(line))).toEqual([])

  third.process.kill('SIGINT')
  third.process.kill('SIGINT')
  expect(await third.exit).toBe(0)
  // The api goes after who calls it: a webhook that meets nobody comes again only after half a minute.
  const stopped = [...third.stdout().matchAll(/✓ (\w+) stopped/g)].map(([, name]) => name)
  expect(stopped).toEqual(['agent', 'worker', 'sandbox', 'api', 'Temporal', 'PostgreSQL'])
  for (const name of ['agent', 'worker', 'api', 'sandbox', 'supervisor']) expect(await isAlive(name)).toBe(false)
  await expect(stat(addressesFile())).rejects.toThrow()
}, 180_000)

test('a port that the demo store needs and that is in use is said, with what to do', async () => {
  const { api } = z.object({ api: z.number() }).parse(JSON.parse(await readFile(join(dir, 'ports.json'), 'utf8')))
  const other = createServer().listen(api, '127.0.0.1')
  const start = command('start')
  expect(await start.exit).toBe(1)
  expect(start.stdout()).toContain(`Port ${api} is in use`)
  other.close()
}, 60_000)

test('npm start whose reader goes away (npm start | head) stops all that it has started', async () => {
  const start = command('start')
  await until(() => start.stdout().includes('✓ PostgreSQL'), { timeoutMs: 30_000, what: 'the first server' })
  start.stopReading()
  expect(await start.exit).toBe(0)
  expect(await readdir(join(dir, 'run'))).toEqual([])
  for (const server of ['postgres', 'temporal'])
    for (const file of await readdir(join(dir, server), { recursive: true })) expect(file).not.toMatch(/\.pid$/)
}, 60_000)

test('npm run features -- --json prints JSON and nothing else', async () => {
  const features = command('features', '--json')
  expect(await features.exit).toBe(0)
  const { summary } = z.object({ summary: z.record(z.string(), z.number()) }).parse(JSON.parse(features.stdout()))
  expect(Object.values(summary).reduce((sum, count) => sum + count)).toBe(68)
})

test('npm run bench -- --json prints JSON and nothing else, and fails for a benchmark that is not there', async () => {
  const bench = command('bench', '--json', 'no-such-benchmark')
  expect(await bench.exit).toBe(1)
  expect(JSON.parse(bench.stdout())).toEqual({})
})
