// `npm run bench [-- --json]`: runs tests/bench/*.bench.ts one after the other, since each wants the machine for itself.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { root } from './paths.ts'

const folder = join(root, 'tests', 'bench')
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
const asJson = process.argv.includes('--json')
const benchSchema = z.object({
  bench: z.custom<() => Promise<Record<string, unknown>>>((value) => typeof value === 'function'),
})

const results: Record<string, Record<string, unknown>> = {}
for (const file of (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.bench.ts')).sort()) {
  const name = file.replace('.bench.ts', '')
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stderr.write(`… ${name}\n`)
  const { bench } = benchSchema.parse(await import(join(folder, file)))
  results[name] = await bench()
}

if (asJson) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
for (const [name, figures] of asJson ? [] : Object.entries(results)) {
  process.stdout.write(`\n${name}\n`)
  for (const [figure, value] of Object.entries(figures)) {
    process.stdout.write(`  ${figure.padEnd(40)} ${typeof value === 'object' ? JSON.stringify(value) : value}\n`)
  }
}
