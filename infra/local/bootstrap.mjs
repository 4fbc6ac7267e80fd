// The way into every command of the root package.json, on whatever Node (20 or later) the machine has: installs what is
// missing, then goes on under the Node that the lock file names. No dependencies, no types: nothing is installed yet.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..', '..')
const modules = join(root, 'node_modules')
const node24 = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
const say = (line) => process.stderr.write(`${line}\n`)

const [command, ...rest] = process.argv.slice(2)
const commands = ['start', 'test', 'bench', 'features', 'demo-change']
if (!command || !commands.includes(command)) fail(`say which command: ${commands.join(', ')}`)
if (Number(process.versions.node.split('.')[0]) < 20)
  fail(`Node ${process.version} is too old: install Node 20 or later`)

// npm and Prisma would otherwise look for downloads that are not needed.
const env = {
  ...process.env,
  PRISMA_SCHEMA_ENGINE_BINARY: '/bin/false',
  CHECKPOINT_DISABLE: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  PATH: [join(modules, '.bin'), process.env.PATH].join(delimiter),
}

if (command === 'start') forgetDeadRun()
await once('packages', join(modules, '.jumpring-stamp'), ['package-lock.json'], installPackages)
await once(
  'database client',
  join(root, 'prisma', 'generated', '.jumpring-stamp'),
  ['prisma/schema.prisma', 'package-lock.json'],
  generateClient,
)
goOn()

/** Takes away the addresses of a run that was killed, at once: what waits for this start must not take them for its own. */
function forgetDeadRun() {
  const file = join(env.JUMPRING_DIR ?? join(root, '.jumpring'), 'addresses.json')
  try {
    const { pid } = JSON.parse(readFileSync(file, 'utf8'))
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    if (error.code !== 'EPERM') rmSync(file, { force: true })
  }
}

/** Does `work` unless the stamp says that it was done with these very files. */
async function once(what, stamp, files, work) {
  const hash = createHash('sha256')
  for (const file of files) {
    if (!existsSync(join(root, file))) return
    hash.update(readFileSync(join(root, file)))
  }
  const now = `${hash.digest('hex')} ${process.platform}-${process.arch}`
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now && existsSync(node24)) return
  rmSync(stamp, { force: true })
  const started = Date.now()
  await work()
  mkdirSync(join(stamp, '..'), { recursive: true })
  writeFileSync(stamp, now)
  say(`Ready: ${what} (${seconds(started)})`)
}

async function installPackages() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  if (isInstalled(packages)) return
  say(`Installing ${Object.keys(packages).length} packages (about 1.2 GB unpacked, half a minute to a few minutes) …`)
  const started = Date.now()
  const ticking = setInterval(() => say(`  … ${seconds(started)}`), 5_000)
  const npm = process.env.npm_execpath
  const args = ['ci', '--loglevel=error']
  const done = npm ? await run(process.execPath, [npm, ...args]) : await run('npm', args)
  clearInterval(ticking)
  if (done !== 0) fail('npm ci failed: see above. Without a connection to a package registry nothing can be installed')
  if (!existsSync(node24)) fail('npm ci left no Node 24: install scripts must be allowed (no --ignore-scripts)')
}

/** Whether npm, run by hand, has put these very packages in place: its own list is the last thing that it writes. */
function isInstalled(packages) {
  const list = join(modules, '.package-lock.json')
  if (!existsSync(list) || !existsSync(node24)) return false
  const installed = JSON.parse(readFileSync(list, 'utf8')).packages
  const wanted = Object.entries(packages).filter(([path, { optional }]) => path.includes('node_modules/') && !optional)
  return wanted.every(([path, { version }]) => path in installed && installed[path].version === version)
}

async function generateClient() {
  if ((await run(node24, [join(modules, 'prisma', 'build', 'index.js'), 'generate'], join(root, 'prisma'))) !== 0) {
    fail('prisma generate failed: see above')
  }
}

/** Runs an installer: its output goes to stderr, since stdout belongs to the command (which may print JSON). */
function run(program, args, cwd = root) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 2, 2] })
    child.once('error', () => resolve(127))
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

/** The command itself, under Node 24, as if it had been started directly: its signals and its exit code. */
function goOn() {
  const child = spawn(node24, [join(root, 'infra', 'local', `${command}.ts`), ...rest], {
    cwd: root,
    env,
    stdio: 'inherit',
  })
  // On Ctrl-C the terminal signals the child as well; it bears being told twice.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // An npm that was killed outright tells us nothing, but then we have another parent.
  const parent = process.ppid
  const orphaned = () => process.env.npm_lifecycle_event && process.ppid !== parent && child.kill('SIGTERM')
  setInterval(orphaned, 1_000).unref()
  child.once('error', (error) => fail(String(error)))
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}

function seconds(started) {
  return `${Math.round((Date.now() - started) / 1000)} s`
}

function fail(sentence) {
  say(sentence)
  process.exit(1)
}
