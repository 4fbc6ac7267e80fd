// `npm run bench [-- --json] [-- name …]`: runs tests/bench/*.bench.ts one after the other, since each wants the machine for
// itself, and each in a process of its own, so that none pays for the memory of another.
import { fork } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { buildPrograms } from './build.ts'
import { root } from './paths.ts'
import { since } from './steps.ts'

const figuresSchema = z.record(z.string(), z.unknown())
/** A figure that has an aim: tests/bench/support/figures.ts. */
const aimedSchema = z.object({ value: z.number(), aim: z.string(), met: z.boolean() })
type Figures = z.infer<typeof figuresSchema>

const folder = join(root, 'tests', 'bench')
const names = (await readdir(folder)).filter((file) => file.endsWith('.bench.ts')).map((file) => file.slice(0, -9))
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
const asJson = process.argv.includes('--json')

for (const name of wanted.filter((each) => !names.includes(each))) {
  process.stderr.write(`There is no benchmark ${name}; there are ${names.toSorted().join(', ')}.\n`)
  process.exitCode = 1
}

const chosen = names.toSorted().filter((each) => wanted.length === 0 || wanted.includes(each))
if (chosen.length > 0) await buildPrograms()
const results: Record<string, Figures> = {}
for (const name of chosen) {
  const start = performance.now()
  process.stderr.write(`… ${name}\n`)
  results[name] = await run(join(folder, `${name}.bench.ts`)).catch((error) => {
    process.exitCode = 1
    return { error: String(error) }
  })
  process.stderr.write(`  took ${since(start)}\n`)
}

if (asJson) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
else for (const [name, figures] of Object.entries(results)) print(name, figures)

/** What a benchmark prints goes to stderr: stdout may have to be JSON and nothing else. */
function run(file: string): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'bench-process.ts'), [file], { stdio: ['ignore', 2, 2, 'ipc'] })
    child.once('message', (figures) => resolve(figuresSchema.parse(figures)))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`ended with code ${code} and no figures`)))
  })
}

function print(name: string, figures: Figures): void {
  process.stdout.write(`\n${name}\n`)
  for (const [figure, value] of Object.entries(figures)) {
    process.stdout.write(`  ${figure.padEnd(28)} ${shown(value)}\n`)
  }
}

function shown(value: unknown): string {
  const aimed = aimedSchema.safeParse(value).data
  if (aimed) return `${aimed.value}  (aim ${aimed.aim}: ${aimed.met ? 'met' : 'NOT met'})`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
