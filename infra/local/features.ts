// `npm run features [-- --json]`: every point of docs/features.md with the tests that carry its id and their last result.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './paths.ts'
import { readResults, type TestResult } from './results.ts'

interface Feature {
  id: string
  point: string
  /** Only tests against real servers count: `proven` if there are any and all passed. */
  state: 'proven' | 'failing' | 'missing'
  proofs: TestResult[]
  /** Unit tests that carry the id too: they help, they prove nothing. */
  unitTests: TestResult[]
}

const ran = await Promise.all([readResults('unit'), readResults('integration')])
const tests = ran.flatMap((results) => results?.tests ?? [])
const features = parseFeatures(await readFile(join(root, 'docs', 'features.md'), 'utf8')).map(withTests)
const count = (state: Feature['state']) => features.filter((feature) => feature.state === state).length
const summary = { proven: count('proven'), failing: count('failing'), missing: count('missing') }
const lastRun = ran[1]?.at.toISOString() ?? null

if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ lastRun, summary, features }, null, 2)}\n`)
} else {
  const marks = { proven: '✓', failing: '✗', missing: '·' }
  for (const { id, point, state, proofs } of features) {
    process.stdout.write(`${marks[state]} ${id}  ${point}\n`)
    for (const proof of proofs) process.stdout.write(`      ${proof.status}: ${proof.title} (${proof.file})\n`)
  }
  const when = lastRun ? `as of the last npm test, ${lastRun}` : 'npm test has not been run yet'
  process.stdout.write(`${summary.proven} proven, ${summary.failing} failing, ${summary.missing} missing (${when})\n`)
}

function parseFeatures(markdown: string): { id: string; point: string }[] {
  return [...markdown.matchAll(/^\| ([A-Z]{2}-\d{2}) \| (.+?) \|$/gm)].map(([, id = '', point = '']) => ({ id, point }))
}

function withTests({ id, point }: { id: string; point: string }): Feature {
  const carriers = tests.filter(({ title }) => idsOf(title).includes(id))
  const proofs = carriers.filter(({ project, status }) => project === 'integration' && status !== 'skipped')
  const passed = proofs.every(({ status }) => status === 'passed')
  const state = proofs.length === 0 ? 'missing' : passed ? 'proven' : 'failing'
  return { id, point, state, proofs, unitTests: carriers.filter(({ project }) => project === 'unit') }
}

/** The ids in the square brackets of a title: `[CO-04] …`, `[PD-03, PD-04] …`. */
function idsOf(title: string): string[] {
  return [...title.matchAll(/\[([^\]]*)\]/g)].flatMap(([, inside = '']) => inside.match(/[A-Z]{2}-\d{2}/g) ?? [])
}
