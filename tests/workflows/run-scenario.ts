import { randomUUID } from 'node:crypto'
import { taskQueues } from '@jumpring/workflows'
import type { Client, WorkflowHandle } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { type NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker'
import { input, type Scenario, scriptedActivities } from './scenarios.ts'

/** Runs a scenario on a real server to its end. Gives the workflow's history. */
export async function runScenario(
  server: { client: Client; connection: NativeConnection; namespace: string },
  workflowBundle: WorkflowBundleOption,
  scenario: Scenario,
): Promise<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>> {
  const activities = scriptedActivities(scenario, (type) => ApplicationFailure.nonRetryable('needs a person', type))
  const common = { connection: server.connection, namespace: server.namespace, activities }
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue: taskQueues.live, workflowBundle }),
    Worker.create({ ...common, taskQueue: taskQueues.backfill }),
  ])
  const running = Promise.all(workers.map((worker) => worker.run()))
  try {
    const handle = await server.client.workflow.start(scenario.workflow, {
      workflowId: `${scenario.name}-${randomUUID()}`,
      taskQueue: taskQueues.live,
      args: [input],
    })
    await scenario.drive?.(handle)
    await handle.result()
    return await handle.fetchHistory()
  } finally {
    for (const worker of workers) worker.shutdown()
    await running
  }
}
