import { connectionSettingsSchema } from '@jumpring/contracts'
import { connectionWorkflowName, type LaneResult, taskQueues } from '@jumpring/workflows'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { workflowBundle } from '../../apps/worker/src/bundle.ts'
import { skippingTime } from '../support/skipping-time.ts'
import { input } from './scenarios.ts'

let environment: TestWorkflowEnvironment
beforeAll(async () => {
  environment = await skippingTime()
})
afterAll(() => environment?.teardown())

it('[CO-02] a connection that nobody rings runs by itself every 15 minutes, for days, in a history that stays small', async () => {
  // A quarter of an hour, as of a connection that says nothing else; lane.int.test.ts shows that a pass gives it.
  const quarter = connectionSettingsSchema.parse({}).intervalMinutes * 60_000
  expect(quarter).toBe(15 * 60_000)
  const passesAt: number[] = []
  const runLane = async (): Promise<LaneResult> => {
    passesAt.push(await environment.currentTimeMs())
    const state = passesAt.length > 288 ? 'gone' : 'active'
    return { state, more: false, backfill: false, readPlatform: false, waitMs: quarter }
  }
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: taskQueues.live,
    workflowBundle: await workflowBundle(),
    activities: { runLane, readPlatform: async () => ({ done: true, waitMs: 0 }) },
  })
  const workflowId = 'three-days'
  await worker.runUntil(
    environment.client.workflow.execute(connectionWorkflowName, {
      workflowId,
      taskQueue: taskQueues.live,
      args: [input],
    }),
  )
  const gaps = passesAt.slice(1).map((at, index) => at - (passesAt[index] ?? 0))
  expect(gaps).toHaveLength(288)
  for (const gap of gaps) expect(gap / quarter).toBeCloseTo(1, 1)
})
