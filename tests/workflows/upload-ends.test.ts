import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { workflowBundle } from '../../apps/worker/src/bundle.ts'
import { skippingTime } from '../support/skipping-time.ts'
import { runScenario } from './run-scenario.ts'
import { scenarios } from './scenarios.ts'

let environment: TestWorkflowEnvironment
beforeAll(async () => {
  environment = await skippingTime()
})
afterAll(() => environment?.teardown())

it('[CO-01] what is put on the work list just as an upload ends goes up at once, though nobody rings', async () => {
  const scenario = scenarios.find(({ name }) => name === 'more-as-the-upload-ends') ?? expect.fail('no such scenario')
  const { events } = await runScenario(
    { client: environment.client, connection: environment.nativeConnection, namespace: 'default' },
    await workflowBundle(),
    scenario,
  )
  const ended = events?.filter((event) => event.childWorkflowExecutionCompletedEventAttributes) ?? []
  expect(ended).toHaveLength(2)
  // Until then it waits for the next interval.
  expect(events?.filter((event) => event.timerFiredEventAttributes)).toEqual([])
})
