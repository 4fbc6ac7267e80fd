import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker'

/** Names the SDK's version, which the file is made for. */
const sdkManifest = createRequire(import.meta.url).resolve('@temporalio/worker/package.json')
const workflowsFolder = fileURLToPath(new URL('../../../workflows/', import.meta.url))

/**
 * The workflows as one file. Making it takes seconds, so it is kept under the hash of what went into it: a worker that starts again
 * after a crash is there at once.
 */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  const codePath = join(tmpdir(), 'jumpring-workflows', `${await hashOfSources()}.cjs`)
  if (!existsSync(codePath)) {
    const { code } = await bundleWorkflowCode({ workflowsPath: join(workflowsFolder, 'all.ts'), logger: quiet })
    await mkdir(join(codePath, '..'), { recursive: true })
    const unfinished = `${codePath}.${process.pid}`
    await writeFile(unfinished, code)
    await rename(unfinished, codePath)
  }
  return { codePath }
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(sdkManifest))
  const files = (await readdir(workflowsFolder, { recursive: true })).filter(
    (name) => /\.(ts|json)$/.test(name) && !/node_modules|\.(test|history)\./.test(name),
  )
  for (const name of files.sort()) hash.update(name).update(await readFile(join(workflowsFolder, name)))
  return hash.digest('hex').slice(0, 16)
}

const ignore = () => {}
const quiet = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: console.error }
