// `npm test`: everything that a contributor needs to trust the tree. The last line sums it up.
import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Project, readResults, resultsFile } from './results.ts'
import { runTool, since } from './steps.ts'

const total = { passed: 0, failed: 0, skipped: 0 }
const say = (line: string) => process.stdout.write(`${line}\n`)
const started = performance.now()

// The checks go beside the unit tests, which wait for half of their time. turbo keeps what it has found: a check whose files have not
// changed is not run again.
await Promise.all([check('types'), check('lint'), check('arrows'), tests('unit')])
await tests('integration')

say(`all of it took ${since(started)}`)
say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 ? 1 : 0

/** Runs one of the checks among package.json's scripts. */
async function check(name: 'types' | 'lint' | 'arrows'): Promise<void> {
  const start = performance.now()
  const { code, output } = await runTool('turbo', ['run', name, '--output-logs=errors-only'], 'collect')
  if (code !== 0) say(output)
  report(name, code === 0, start)
}

async function tests(project: Project): Promise<void> {
  const start = performance.now()
  say(`… ${project} tests`)
  const file = resultsFile(project)
  await mkdir(dirname(file), { recursive: true })
  await rm(file, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const { code } = await runTool('vitest', ['run', '--project', project, ...reporters], 'show')

  const results = await readResults(project)
  const count = (status: string) => results?.tests.filter((test) => test.status === status).length ?? 0
  total.passed += count('passed')
  total.failed += count('failed') + (results?.brokenFiles.length ?? 0)
  total.skipped += count('skipped')
  // A run can fail without a failed test: an unhandled error, a server that did not come up.
  const unexplained = code !== 0 && count('failed') === 0 && !results?.brokenFiles.length
  report(`${project} tests`, !unexplained, start)
}

function report(step: string, ok: boolean, start: number): void {
  total[ok ? 'passed' : 'failed'] += 1
  say(`${ok ? '✓' : '✗'} ${step} (${since(start)})`)
}
