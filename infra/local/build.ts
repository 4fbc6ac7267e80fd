import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import { root } from './paths.ts'

/** The programs of apps/. */
export const programs = ['agent', 'api', 'sandbox', 'worker'] as const
export type Program = (typeof programs)[number]

/** Where `buildPrograms` puts a program. */
export function mainOf(program: Program): string {
  return join(folderOf(program), 'main.js')
}

/**
 * Makes one file of each program (ADR 0029): it starts in a third of the time that reading its hundreds of files takes. What is there already
 * and would be the same is left alone, so a program that runs meanwhile keeps its files. Takes about two seconds.
 */
export async function buildPrograms(): Promise<void> {
  await Promise.all(programs.map(build))
}

/** What cannot be part of a file: native code, and what looks for files beside its own. */
const kept = [/^@temporalio\//, /^@prisma\/.*\.wasm/, 'i18n-iso-countries', 'odbc']

async function build(program: Program): Promise<void> {
  const bundle = await rolldown({
    input: join(root, 'apps', program, 'src', 'main.ts'),
    external: kept,
    platform: 'node',
    logLevel: 'silent',
  })
  const { output } = await bundle.generate({ format: 'esm', entryFileNames: 'main.js' })
  await bundle.close()
  const folder = folderOf(program)
  await mkdir(folder, { recursive: true })
  for (const file of output) await keep(join(folder, file.fileName), file.type === 'chunk' ? file.code : file.source)
  const made = new Set(output.map((file) => file.fileName))
  const stale = (await readdir(folder)).filter((name) => !made.has(name))
  await Promise.all(stale.map((name) => rm(join(folder, name), { recursive: true })))
}

async function keep(path: string, content: string | Uint8Array): Promise<void> {
  const before = await readFile(path).catch(() => undefined)
  if (before?.equals(Buffer.from(content))) return
  const unfinished = `${path}.${process.pid}`
  await mkdir(dirname(path), { recursive: true })
  await writeFile(unfinished, content)
  await rename(unfinished, path)
}

function folderOf(program: Program): string {
  return join(root, 'apps', program, 'dist')
}
