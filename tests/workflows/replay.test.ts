import { readFile } from 'node:fs/promises'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { Worker, type WorkflowBundleOption } from '@temporalio/worker'
import { beforeAll, describe, expect, it } from 'vitest'
import { workflowBundle as keptBundle } from '../../apps/worker/src/bundle.ts'
import { historyFile, keptHistories, keptHistoryFile } from './histories.ts'
import { scenarios } from './scenarios.ts'

let workflowBundle: WorkflowBundleOption
beforeAll(async () => {
  workflowBundle = await keptBundle()
})

const replay = (history: unknown) => Worker.runReplayHistory({ workflowBundle }, historyFromJSON(history))

describe('workflows that are running go on under the code as it is now', () => {
  it.each(keptHistories())('%s', async (kept) => {
    await expect(replay(JSON.parse(await readFile(keptHistoryFile(kept), 'utf8')))).resolves.toBeUndefined()
  })

  it('and every scenario has its history', () => {
    const files = keptHistories().map((kept) => keptHistoryFile(kept).href)
    expect(files).toEqual(expect.arrayContaining(scenarios.map((scenario) => historyFile(scenario).href)))
  })

  it('and a change that breaks one is seen', async () => {
    const recorded = await readFile(historyFile({ name: 'first-upload', workflow: 'connection' }), 'utf8')
    // As if the workflow had once called something else at this place.
    await expect(replay(JSON.parse(recorded.replaceAll('"readPlatform"', '"readEverything"')))).rejects.toThrow(
      /[Nn]on-?determinism/,
    )
  })
})
