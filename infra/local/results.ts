import { readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { root, stateDir } from './paths.ts'

/** The two projects of vitest.config.ts. Only `integration` runs against real servers, so only it proves a feature. */
export type Project = 'unit' | 'integration'

/** One test of the last run. */
export interface TestResult {
  project: Project
  /** Path from the root of the checkout. */
  file: string
  /** With the titles of the groups it stands in. */
  title: string
  status: 'passed' | 'failed' | 'skipped'
}

/** The last run of a project. */
export interface ProjectResults {
  /** When it ended. */
  at: Date
  tests: TestResult[]
  /** Files that failed although none of their tests did: they could not be loaded, say. */
  brokenFiles: string[]
}

// Vitest: https://vitest.dev/guide/reporters (JSON). A test that is not run is `skipped`, `pending` or `todo`.
const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
})

/** Where the JSON reporter of a project's run writes. */
export function resultsFile(project: Project): string {
  return join(stateDir, 'test', `${project}.json`)
}

/** The last results of a project; undefined if it has not been run, or its run broke off. */
export async function readResults(project: Project): Promise<ProjectResults | undefined> {
  const text = await readFile(resultsFile(project), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { testResults } = reportSchema.parse(JSON.parse(text))
  const tests = testResults.flatMap((file) =>
    file.assertionResults.map(
      ({ fullName, status }): TestResult => ({
        project,
        file: relative(root, file.name),
        title: fullName.trim(),
        status: status === 'passed' || status === 'failed' ? status : 'skipped',
      }),
    ),
  )
  const brokenFiles = testResults
    .filter((file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'))
    .map((file) => relative(root, file.name))
  return { at: (await stat(resultsFile(project))).mtime, tests, brokenFiles }
}
