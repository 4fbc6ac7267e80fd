import { continueAsNew, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow'
import type { ConnectionActivities } from '../connection/activities.ts'
import type { ConnectionInput } from '../doorbell.ts'
import { taskQueues } from '../names.ts'

const { runLane } = proxyActivities<Pick<ConnectionActivities, 'runLane'>>({
  taskQueue: taskQueues.backfill,
  startToCloseTimeout: '3 minutes',
  heartbeatTimeout: '5 seconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
})

/**
 * Uploads a bulk of records: the first upload (CO-01), and later every snapshot and resync. Ends when nothing of it is left or the
 * connection is paused; the connection's workflow starts it again. Where it is stands in the database, so it goes on from there.
 */
export async function initialUpload(input: ConnectionInput): Promise<void> {
  for (;;) {
    const pass = await runLane({ ...input, lane: 'backfill' })
    if (pass.state !== 'active' || !pass.backfill) return
    const wait = Math.min(pass.waitMs ?? 1000, 60_000)
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof initialUpload>(input)
    await sleep(Math.max(100, wait))
  }
}
